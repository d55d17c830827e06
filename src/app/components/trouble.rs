//! The page in place of one that could not be shown.

use super::layout::{Layout, Place};
use crate::domain::{ApiError, ErrorCode};
use leptos::prelude::*;

/// Says what went wrong and offers the one step that helps.
#[component]
pub fn Trouble(
    /// What went wrong.
    error: ApiError,
    /// The page it went wrong on.
    here: Place,
) -> impl IntoView {
    let (heading, step, address) = match error.code {
        ErrorCode::Unauthenticated => ("Connect Real-Debrid first", "Connect Real-Debrid", "/connection"),
        ErrorCode::NotFound if here == Place::History => ("No such sync", "Go to the history", "/history"),
        ErrorCode::InvalidRequest if here == Place::History => {
            ("This address cannot be read", "Go to the history", "/history")
        }
        ErrorCode::NotFound => ("No such file", "Go to the library", "/library"),
        ErrorCode::InvalidRequest if here == Place::Sync => {
            ("This address cannot be read", "Go to synchronisation", "/sync")
        }
        ErrorCode::InvalidRequest if here == Place::Duplicates => {
            ("This address cannot be read", "Go to the duplicates", "/duplicates")
        }
        ErrorCode::InvalidRequest => ("This search cannot be read", "Reset filters", "/library"),
        _ => ("This page could not be shown", "Go to the start page", "/"),
    };
    view! {
        <Layout title=heading here user=None>
            <div class="empty">
                <h1>{heading}</h1>
                <p role="alert">{error.error}</p>
                <a class="button primary" href=address>
                    {step}
                </a>
            </div>
        </Layout>
    }
}
