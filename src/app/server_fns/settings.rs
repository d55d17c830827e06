//! The settings page and its form.
#![expect(missing_docs, reason = "the server macro generates items without documentation")]

use crate::{
    app::transport::TextJson,
    domain::{ApiError, ApiToken, SessionInfo, SyncConfiguration, SyncStatus, User},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The settings of a signed-in user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettingsData {
    /// Who is signed in.
    pub user: User,
    /// Where the synchronisation stands.
    pub status: SyncStatus,
    /// The settings in force.
    pub configuration: SyncConfiguration,
    /// The browsers that are signed in.
    pub sessions: Vec<SessionInfo>,
    /// The tokens of scripts.
    pub tokens: Vec<ApiToken>,
    /// The token that was made a moment ago.
    pub new_token: Option<String>,
}

/// The settings page.
///
/// # Errors
/// `unauthenticated`; `database_unavailable`.
#[server(prefix = "/api/ui", endpoint = "settings_page")]
pub async fn load_settings() -> Result<SettingsData, ApiError> {
    use crate::{app::request, application::Application};
    let loaded = async {
        let session = request::required_session().await?;
        let application = expect_context::<Application>();
        let status = application.sync_status(session.user.id).await?;
        let configuration = application.configuration(session.user.id).await?;
        let sessions = application.sessions(&session).await?;
        let tokens = application.api_tokens(&session).await?;
        let new_token = request::new_token();
        if new_token.is_some() {
            request::set_cookie(&application.new_token_cookie(""));
        }
        Ok(SettingsData { user: session.user, status, configuration, sessions, tokens, new_token })
    };
    request::shown(loaded.await)
}

/// Stores the settings as they were typed: numbers in the units of the form, boxes only where they are ticked.
///
/// # Errors
/// `unauthenticated`; `invalid_configuration`, naming the first field that is wrong; nothing is changed then.
#[server(prefix = "/api/ui", endpoint = "save_settings", output = server_fn::codec::Post<TextJson>)]
pub async fn save_settings(
    auto_sync: Option<String>,
    sync_interval: String,
    batch_size: String,
    enable_duplicate_detection: Option<String>,
    sync_timeout: String,
    max_retries: String,
) -> Result<(), ApiError> {
    use crate::{
        app::{request, settings_form::Typed},
        application::Application,
        domain::ErrorCode,
    };
    let typed = Typed {
        auto_sync: auto_sync.is_some(),
        sync_interval,
        batch_size,
        enable_duplicate_detection: enable_duplicate_detection.is_some(),
        sync_timeout,
        max_retries,
    };
    let done = async {
        let user = request::required_session().await?.user.id;
        expect_context::<Application>().configure(user, &typed.patch()?).await.map(|_| ())
    };
    match done.await {
        // What was typed comes back, to be mended.
        Err(error) if error.code == ErrorCode::InvalidConfiguration => {
            request::answered_by(Err(error), "", &typed.address())
        }
        Err(error) => request::answered(Err(error), "/settings"),
        Ok(()) => request::answered(Ok(()), "/settings?saved"),
    }
}
