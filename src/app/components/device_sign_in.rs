//! Signing in by a code that is typed in at Real-Debrid: where it begins, and the code while it waits for its user.

use crate::app::{
    format,
    islands::{copy_button::CopyButton, device_wait::DeviceWait},
    server_fns::{DeviceData, QrCode},
};
use leptos::{either::Either, prelude::*};

/// Units of white around a QR code, without which cameras do not find it.
const BORDER: usize = 4;

/// The button that gets a code, or the code.
#[component]
pub fn DeviceSignIn(
    /// The sign-in that this browser has begun.
    device: Option<DeviceData>,
) -> impl IntoView {
    match device {
        Some(device) => Either::Left(view! { <Waiting device /> }),
        None => Either::Right(view! {
            <form class="card form" method="post" action="/api/auth/ui/begin_device">
                <h2>"Sign in with a code"</h2>
                <p class="hint">
                    "You get a code and approve it on real-debrid.com. No secret has to be copied, and you can revoke the approval
                    there at any time."
                </p>
                <button class="button primary">"Get a code"</button>
            </form>
        }),
    }
}

#[component]
fn Waiting(device: DeviceData) -> impl IntoView {
    let DeviceData { user_code, verification_url, address, qr, left, expires, interval, is_reached } = device;
    view! {
        <section class="card device" aria-labelledby="device-title">
            <h2 id="device-title">"Approve the code on real-debrid.com"</h2>
            <div class="copyable">
                <p>
                    <span class="hint">"Your code"</span>
                    <strong class="user-code">{user_code.clone()}</strong>
                </p>
                <CopyButton text=user_code />
            </div>
            <p>
                "Open Real-Debrid with the button, or " <span class="break">{verification_url}</span>
                " on another device, and sign in there. Enter the code if you are asked for it. "
                <span class="needs-scripts">"This page goes on by itself."</span>
            </p>
            <div class="card-actions">
                <a class="button primary" href=address target="_blank" rel="noopener noreferrer">
                    "Open Real-Debrid"
                </a>
                <span class="without-scripts">
                    <a class="button" href="/connection">
                        "I have approved it"
                    </a>
                </span>
                <form method="post" action="/api/auth/ui/give_up_device">
                    <button class="button quiet">"Cancel"</button>
                </form>
            </div>
            {qr.map(|qr| view! { <Picture qr /> })}
            <DeviceWait left interval is_reached />
            <p class="without-scripts hint">{format!("The code is valid until {}.", format::time_of_day(expires))}</p>
        </section>
    }
}

/// Black on white in both themes: some cameras read nothing else.
#[component]
fn Picture(qr: QrCode) -> impl IntoView {
    let whole = qr.side + 2 * BORDER;
    view! {
        <figure class="device-picture">
            <svg
                role="img"
                aria-label="QR code of the address at Real-Debrid"
                viewBox=format!("-{BORDER} -{BORDER} {whole} {whole}")
                shape-rendering="crispEdges"
            >
                <path d=qr.path />
            </svg>
            <figcaption class="hint">"Or scan this with your phone."</figcaption>
        </figure>
    }
}
