//! Sign-ins are limited for each address they come from: tokens are not guessed here, and Real-Debrid is not asked
//! without end on a stranger's behalf.

use super::{AppState, Site, answer::Answer, gate::is_for_a_person};
use crate::domain::{ApiError, ErrorCode, units};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

/// So many at once …
const BURST: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
/// … and then so many a minute.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Addresses that are remembered at most before those are forgotten that may try as often as any.
const REMEMBERED: usize = 10_000;

/// Who has tried how often; clones share it.
#[derive(Clone)]
pub struct Attempts(Arc<DefaultKeyedRateLimiter<IpAddr>>);

impl Default for Attempts {
    fn default() -> Self {
        Self(Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_minute(PER_MINUTE).allow_burst(BURST))))
    }
}

impl Attempts {
    /// Counts an attempt; an error is how long to wait for the next.
    fn count(&self, address: IpAddr) -> Result<(), Duration> {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0.check_key(&network(address)).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

/// Lets a sign-in pass unless its address has tried too often.
pub(super) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_attempt(&request)
        && let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>()
        && let Err(wait) = state.attempts.count(client(&state.site, peer.ip(), request.headers()))
    {
        if is_for_a_person(&request) {
            return Redirect::to("/connection?problem=too_many_attempts").into_response();
        }
        let seconds = wait.as_secs() + 1;
        let millis = i64::try_from(seconds * 1000).unwrap_or(i64::MAX);
        let error = format!("Too many sign-ins came from your address: try again in {}.", units::duration(millis));
        let mut answer = Answer::from(ApiError::new(ErrorCode::TooManyAttempts, error)).into_response();
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return answer;
    }
    next.run(request).await
}

/// What asks Real-Debrid for somebody who is not signed in yet. Signing out, the questions of a page, and how a sign-in
/// stands ask nobody, or no faster than Real-Debrid wants.
fn is_attempt(request: &Request) -> bool {
    let path = request.uri().path();
    request.method() == Method::POST
        && [
            "/api/auth/token",
            "/api/auth/device",
            "/api/auth/demo",
            "/api/auth/ui/sign_in",
            "/api/auth/ui/begin_device",
            "/api/auth/ui/demo",
        ]
        .contains(&path)
}

/// Who asks. Behind a proxy, which is only there if the server knows its public address, the proxy says it: whoever
/// connects from this machine or a private network is believed to be one, and the last address is the one it adds.
fn client(site: &Site, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_proxy = site.public_url.is_some() && is_near(peer);
    let told = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| address(value.to_str().ok()?.rsplit(',').next()?.trim()));
    told.filter(|_| is_proxy).unwrap_or(peer)
}

/// Some proxies write the port too.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// One household has 2^72 addresses of the newer kind.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 72 << 72)),
        IpAddr::V4(address) => IpAddr::V4(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        super::address(text).unwrap()
    }

    #[test]
    fn each_address_has_attempts_of_its_own() {
        let attempts = Attempts::default();
        for _ in 0..BURST.get() {
            assert_eq!(attempts.count(address("192.0.2.1")), Ok(()));
        }
        let wait = attempts.count(address("192.0.2.1")).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(3), "{wait:?}");
        assert_eq!(attempts.count(address("192.0.2.2")), Ok(()));
        // The same by another way of writing, or from the same household.
        assert!(attempts.count(address("::ffff:192.0.2.1")).is_err());
        for host in 0..BURST.get() {
            assert_eq!(attempts.count(address(&format!("2001:db8:1:2::{host:x}"))), Ok(()));
        }
        assert!(attempts.count(address("2001:db8:1:2:ffff::1")).is_err());
        assert!(attempts.count(address("2001:db8:1:3::1")).is_err());
        assert_eq!(attempts.count(address("2001:db8:1:302::1")), Ok(()));
    }

    #[test]
    fn only_a_near_proxy_is_believed_and_only_the_address_that_it_adds() {
        let site = Site { public_url: Some("https://dmm.example.org".to_owned()) };
        let headers: HeaderMap = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "5.5.5.5, 203.0.113.7")]
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .into_iter()
            .collect();
        for proxy in ["127.0.0.1", "172.18.0.2", "::1", "fd00::1", "::ffff:10.0.0.9"] {
            assert_eq!(client(&site, address(proxy), &headers), address("203.0.113.7"), "{proxy}");
            assert_eq!(client(&Site::default(), address(proxy), &headers), address(proxy), "no proxy is known");
            assert_eq!(client(&site, address(proxy), &HeaderMap::new()), address(proxy));
        }
        assert_eq!(client(&site, address("198.51.100.1"), &headers), address("198.51.100.1"));
        assert_eq!(address("203.0.113.7:4711"), address("203.0.113.7"));
        let nonsense = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), HeaderValue::from_static("a b"))]);
        assert_eq!(client(&site, address("127.0.0.1"), &nonsense), address("127.0.0.1"));
    }
}
