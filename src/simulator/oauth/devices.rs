//! Device codes, the credentials they turn into, and the refresh tokens that follow.

use crate::{
    domain::Timestamp,
    simulator::{dice::Dice, knobs::Knobs, library::Id},
};
use std::time::Duration;

/// Everything that the device flow has given out.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    devices: Vec<Device>,
    /// So that no two codes are alike.
    given: u64,
}

#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "the names of the wire")]
struct Device {
    device_code: String,
    user_code: String,
    expires: Timestamp,
    polled: Option<Timestamp>,
    /// A token of the account whose owner said yes.
    owner: Option<String>,
    client_id: String,
    client_secret: String,
    /// None once the owner took it back; the device code itself before the first token.
    refresh: Option<String>,
    /// Those before it.
    outdated: Vec<String>,
}

/// What a device learns when it asks whether it was approved.
pub(crate) enum Poll {
    TooFast,
    Pending,
    /// Or expired.
    Unknown,
    Approved {
        client_id: String,
        client_secret: String,
    },
}

/// A token that was given out.
pub(crate) struct Issued {
    pub(crate) owner: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Devices {
    fn secret(&mut self, parts: usize) -> String {
        self.given += 1;
        let mut dice = Dice::of(0x0A07, self.given);
        (0..parts).map(|_| Id::random(&mut dice).to_string()).collect()
    }

    /// A device code and a code for its owner.
    pub(crate) fn start(&mut self, now: Timestamp, knobs: &Knobs) -> (String, String) {
        let device_code = self.secret(3);
        let user_code = self.secret(1)[..8].to_owned();
        let (client_id, client_secret) = (self.secret(1), self.secret(3).to_lowercase());
        self.devices.push(Device {
            device_code: device_code.clone(),
            user_code: user_code.clone(),
            expires: now.plus_millis(millis(knobs.oauth.code_life)),
            polled: None,
            owner: None,
            client_id,
            client_secret,
            refresh: Some(device_code.clone()),
            outdated: Vec::new(),
        });
        (device_code, user_code)
    }

    /// Codes that wait for their owner.
    pub(crate) fn waiting(&self, now: Timestamp) -> Vec<String> {
        let waits = |device: &&Device| device.owner.is_none() && now < device.expires;
        self.devices.iter().filter(waits).map(|device| device.user_code.clone()).collect()
    }

    /// The owner says yes; false when the code is unknown or has expired.
    pub(crate) fn approve(&mut self, user_code: &str, owner: &str, now: Timestamp) -> bool {
        let device = self.devices.iter_mut().find(|device| device.user_code == user_code && now < device.expires);
        device.map(|device| device.owner = Some(owner.to_owned())).is_some()
    }

    pub(crate) fn poll(&mut self, device_code: &str, now: Timestamp, knobs: &Knobs) -> Poll {
        let Some(device) = self.devices.iter_mut().find(|device| device.device_code == device_code) else {
            return Poll::Unknown;
        };
        let before = device.polled.replace(now);
        let interval = millis(knobs.oauth.interval);
        if knobs.oauth.refuses_fast_polls && before.is_some_and(|before| now.millis_since(before) < interval) {
            return Poll::TooFast;
        }
        match device.owner {
            _ if now >= device.expires => Poll::Unknown,
            None => Poll::Pending,
            Some(_) => {
                Poll::Approved { client_id: device.client_id.clone(), client_secret: device.client_secret.clone() }
            }
        }
    }

    /// A token for who has the credentials and the device code or the latest refresh token.
    pub(crate) fn issue(&mut self, client_id: &str, client_secret: &str, code: &str, knobs: &Knobs) -> Option<Issued> {
        let (access_token, new_refresh) = (self.secret(4), self.secret(3));
        let device = self.devices.iter_mut().find(|device| {
            device.client_id == client_id
                && device.client_secret == client_secret
                && device.refresh.as_deref() == Some(code)
        })?;
        let owner = device.owner.clone()?;
        let refresh_token = if knobs.oauth.refresh_rotates || code == device.device_code {
            device.outdated.extend(device.refresh.replace(new_refresh.clone()));
            new_refresh
        } else {
            code.to_owned()
        };
        Some(Issued { owner, access_token, refresh_token })
    }

    /// What nobody but the application may know.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let of = |device: &Device| {
            let mut secrets = vec![device.device_code.clone(), device.client_secret.clone()];
            secrets.extend(device.refresh.iter().chain(&device.outdated).cloned());
            secrets
        };
        self.devices.iter().flat_map(of).collect()
    }

    /// Every owner takes the application's rights back.
    pub(crate) fn revoke(&mut self) {
        for device in &mut self.devices {
            device.refresh = None;
        }
    }
}
