//! The help below the status card: three tabs, whole without JavaScript. Every sentence is about this program as it is,
//! with the settings that are in force; every remedy has the button or link that does it.

pub mod about;
pub mod features;
pub mod troubleshooting;

use crate::domain::SyncConfiguration;
use about::About;
use features::Features;
use leptos::prelude::*;
use troubleshooting::Troubleshooting;

/// The tabs: the word in the address, and what people read.
pub const TABS: [(&str, &str); 3] =
    [("about", "About"), ("features", "Features"), ("troubleshooting", "Troubleshooting")];

/// All three, one of them open. The tabs are links, so that each has an address.
#[component]
pub fn Help(
    /// The word in the address, if there is any.
    open: Option<String>,
    /// The settings in force.
    configuration: SyncConfiguration,
) -> impl IntoView {
    let open = TABS.iter().position(|(name, _)| Some(*name) == open.as_deref()).unwrap_or_default();
    let tabs = TABS.map(|(name, label)| {
        let is_open = TABS[open].0 == name;
        view! {
            <a
                role="tab"
                id=format!("tab-{name}")
                href=format!("/sync?help={name}#help")
                aria-selected=is_open.to_string()
                aria-controls=format!("help-{name}")
            >
                {label}
            </a>
        }
    });
    let in_force = configuration.clone();
    view! {
        <section class="card help" id="help" aria-labelledby="help-title">
            <h2 id="help-title">"Help"</h2>
                <div class="tabs" role="tablist" aria-labelledby="help-title">
                    {tabs}
                </div>
                <Panel name="about" is_open={open == 0}>
                    <About />
                </Panel>
                <Panel name="features" is_open={open == 1}>
                    <Features configuration=in_force />
                </Panel>
                <Panel name="troubleshooting" is_open={open == 2}>
                    <Troubleshooting configuration />
                </Panel>
        </section>
    }
}

#[component]
fn Panel(name: &'static str, is_open: bool, children: Children) -> impl IntoView {
    view! {
        <div
            class="tab-panel"
            role="tabpanel"
            id=format!("help-{name}")
            aria-labelledby=format!("tab-{name}")
            tabindex="0"
            hidden=!is_open
        >
            {children()}
        </div>
    }
}

/// One subject.
#[component]
fn Topic(
    /// What it is about.
    title: &'static str,
    /// What there is to say and to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="topic">
            <h3>{title}</h3>
            {children()}
        </div>
    }
}
