//! Signing in by a code that is typed in at Real-Debrid: where it begins, and the code while it waits for its user.

use crate::app::{
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
                    "You get a code and say yes to it on real-debrid.com. Nothing secret has to be copied, and you can take your
                    yes back there at any time."
                </p>
                <button class="button primary">"Get a code"</button>
            </form>
        }),
    }
}

#[component]
fn Waiting(device: DeviceData) -> impl IntoView {
    let DeviceData { user_code, address, qr, left, interval } = device;
    view! {
        <section class="card device" aria-labelledby="device-title">
            <h2 id="device-title">"Say yes on real-debrid.com"</h2>
            <div class="device-code">
                <p>
                    <span class="hint">"Your code"</span>
                    <strong>{user_code.clone()}</strong>
                </p>
                <CopyButton text=user_code />
            </div>
            <p>"Open Real-Debrid, sign in there, and enter the code if you are asked for it. This page goes on by itself."</p>
            <div class="card-actions">
                <a class="button primary" href=address target="_blank" rel="noopener noreferrer">
                    "Open Real-Debrid"
                </a>
                <a class="button without-scripts" href="/connection">
                    "I have said yes"
                </a>
                <form method="post" action="/api/auth/ui/give_up_device">
                    <button class="button quiet">"Cancel"</button>
                </form>
            </div>
            {qr.map(|qr| view! { <Picture qr /> })}
            <DeviceWait left interval />
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
            <figcaption class="hint">"Or take a picture of this with your phone."</figcaption>
        </figure>
    }
}
