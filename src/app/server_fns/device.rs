//! The connection page, and the sign-in by device on it. The id of that sign-in is in a cookie that no script can read.

use crate::{
    app::transport::TextJson,
    domain::{ApiError, ErrorCode, Timestamp, User},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The connection page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConnectionData {
    /// Who is signed in already.
    pub user: Option<User>,
    /// Whether nothing goes on until that user signs in again.
    pub must_reconnect: bool,
    /// Whether the demo library can be tried.
    pub demo: bool,
    /// The sign-in by device that this browser has begun.
    pub device: Option<DeviceData>,
    /// Why it has just ended, if it has.
    pub ended: Option<ErrorCode>,
}

/// A sign-in by device that waits for its user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeviceData {
    /// What is typed in at Real-Debrid.
    pub user_code: String,
    /// Where, to be typed in on another device.
    pub verification_url: String,
    /// The same with the code in it, if there is such an address.
    pub address: String,
    /// The same to be photographed.
    pub qr: Option<QrCode>,
    /// What is left of the code's life, in milliseconds.
    pub left: i64,
    /// When the code expires.
    pub expires: Timestamp,
    /// Time between two questions, in milliseconds.
    pub interval: i64,
    /// Whether Real-Debrid answers.
    pub is_reached: bool,
}

/// What the browser learns when it asks how the sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Approval {
    /// The user has not approved it yet.
    Waits {
        /// Milliseconds until the next question.
        interval: i64,
        /// Whether Real-Debrid answers.
        is_reached: bool,
    },
    /// The session is there.
    SignedIn,
}

/// A QR code as squares of one unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QrCode {
    /// Units on each side, without the white border.
    pub side: usize,
    /// The dark squares as the path of an SVG.
    pub path: String,
}

/// The connection page. What has become of a sign-in by device is asked while it is rendered, so that it goes on without
/// scripts too.
///
/// # Errors
/// `database_unavailable`.
#[server(prefix = "/api/auth/ui", endpoint = "connection_page")]
pub async fn load_connection() -> Result<ConnectionData, ApiError> {
    use crate::{
        app::{qr, request},
        application::{Application, DeviceProgress},
    };
    let loaded = async {
        let application = expect_context::<Application>();
        let user = request::session().await?.map(|session| session.user);
        let must_reconnect = match &user {
            Some(user) => application.must_reconnect(user.id).await?,
            None => false,
        };
        let mut data = ConnectionData { user, must_reconnect, demo: application.demo(), device: None, ended: None };
        let Some(id) = request::device() else { return Ok(data) };
        match application.device_progress(&id, request::user_agent().as_deref()).await {
            Ok(DeviceProgress::SignedIn(signed_in)) => {
                request::enter(&signed_in).await;
                request::set_cookie(&application.forget_device_cookie());
                leptos_axum::redirect("/sync");
            }
            Ok(DeviceProgress::Pending(pending)) => {
                let address = pending.direct_verification_url.unwrap_or_else(|| pending.verification_url.clone());
                data.device = Some(DeviceData {
                    user_code: pending.user_code,
                    verification_url: pending.verification_url,
                    qr: qr::code(&address),
                    address,
                    left: pending.expires.millis_since(application.clock().now()),
                    expires: pending.expires,
                    interval: pending.interval_millis,
                    is_reached: pending.is_reached,
                });
            }
            Err(error) if error.code != ErrorCode::DatabaseUnavailable => {
                request::set_cookie(&application.forget_device_cookie());
                // Whoever is well connected has just finished it in another tab.
                let is_done = data.user.is_some() && !data.must_reconnect && error.code == ErrorCode::SignInEnded;
                data.ended = Some(error.code).filter(|_| !is_done);
            }
            Err(error) => return Err(error),
        }
        Ok(data)
    };
    request::shown(loaded.await)
}

/// Begins a sign-in by device.
///
/// # Errors
/// `real_debrid_unavailable`.
#[server(prefix = "/api/auth/ui", endpoint = "begin_device")]
pub async fn begin_device() -> Result<(), ApiError> {
    use crate::{app::request, application::Application};
    let begun = expect_context::<Application>().begin_device().await;
    request::answered(begun.map(|begun| request::set_cookie(&begun.cookie)), "/connection")
}

/// Gives the sign-in by device up.
///
/// # Errors
/// `database_unavailable`.
#[server(prefix = "/api/auth/ui", endpoint = "give_up_device")]
pub async fn give_up_device() -> Result<(), ApiError> {
    use crate::{app::request, application::Application};
    let application = expect_context::<Application>();
    let given_up = match request::device() {
        Some(id) => application.give_up_device(&id).await,
        None => Ok(()),
    };
    request::set_cookie(&application.forget_device_cookie());
    request::answered(given_up, "/connection")
}

/// How the sign-in by device stands.
///
/// # Errors
/// `sign_in_ended`, `not_allowed`, `database_unavailable`.
#[server(prefix = "/api/auth/ui", endpoint = "device_state", output = server_fn::codec::Post<TextJson>)]
pub async fn device_state() -> Result<Approval, ApiError> {
    use crate::{
        app::request,
        application::{Application, DeviceProgress},
    };
    let application = expect_context::<Application>();
    let asked =
        application.device_progress(&request::device().unwrap_or_default(), request::user_agent().as_deref()).await;
    let state = match asked {
        Ok(DeviceProgress::Pending(pending)) => {
            Ok(Approval::Waits { interval: pending.interval_millis, is_reached: pending.is_reached })
        }
        Ok(DeviceProgress::SignedIn(signed_in)) => {
            request::enter(&signed_in).await;
            request::set_cookie(&application.forget_device_cookie());
            Ok(Approval::SignedIn)
        }
        Err(error) => Err(error),
    };
    request::answered(state, "/sync")
}
