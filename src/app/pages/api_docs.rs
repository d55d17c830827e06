//! `/api/docs`: the API, for people. Rendered on the server from the document that programs get, because the renderers
//! that there are for browsers need inline styles, which our policy forbids, and show nothing without JavaScript.

use crate::app::{
    api_docs::{ApiDocs, Subject},
    components::{
        api_operation::{ApiMethod, ApiOperation, ApiShape},
        layout::{Layout, Place},
        prose::Prose,
        trouble::Trouble,
    },
    islands::copy_button::CopyButton,
    server_fns::{ApiDocsData, load_api_docs},
};
use leptos::{either::Either, prelude::*};

/// The whole API on one page.
#[component]
pub fn ApiDocsPage() -> impl IntoView {
    Suspend::new(async move {
        match load_api_docs().await {
            Ok(data) => Either::Left(view! { <Page data /> }),
            Err(error) => Either::Right(view! { <Trouble error here=Place::Elsewhere /> }),
        }
    })
}

#[component]
fn Page(data: ApiDocsData) -> impl IntoView {
    let ApiDocsData { user, docs, preparation } = data;
    let (contents, commands) = (docs.clone(), preparation.clone());
    view! {
        <Layout title="API" here=Place::Elsewhere user=Some(user)>
            <div class="page-head">
                <h1>"API"</h1>
                <p class="lead">
                    "Everything that the pages can do, for scripts and programs. Version " {docs.version} ", also as an "
                    <a href="/api/openapi.json">"OpenAPI 3.1 document"</a> "."
                </p>
            </div>
            <div class="docs">
                <Contents docs=contents />
                <div class="docs-main">
                    <section class="docs-intro">
                        {docs.about.into_iter().map(|text| view! { <p><Prose text /></p> }).collect_view()}
                        <h2 id="preparation">"Before the first command"</h2>
                        <p>"The commands below expect two variables. The token is one of your Real-Debrid account."</p>
                        <div class="docs-command">
                            <pre tabindex="0" aria-label="Commands that prepare a terminal">
                                <code>{commands}</code>
                            </pre>
                            <CopyButton text=preparation />
                        </div>
                    </section>
                    {docs.subjects.into_iter().map(|subject| view! { <Operations subject /> }).collect_view()}
                    <section aria-labelledby="shapes">
                        <h2 id="shapes" class="docs-subject">"Shapes"</h2>
                        <p class="hint">"What bodies and answers are made of."</p>
                        {docs.shapes.into_iter().map(|shape| view! { <ApiShape shape /> }).collect_view()}
                    </section>
                </div>
            </div>
        </Layout>
    }
}

#[component]
fn Contents(docs: ApiDocs) -> impl IntoView {
    let subject = |subject: Subject| {
        let operations = subject.operations.into_iter().map(|operation| {
            view! {
                <li>
                    <a href=format!("#{}", operation.id)>
                        <ApiMethod method=operation.method />
                        <span>{operation.summary}</span>
                    </a>
                </li>
            }
        });
        let link = format!("#{}", anchor(&subject.name));
        view! {
            <li>
                <a class="docs-contents-subject" href=link>
                    {subject.name}
                </a>
                <ul>{operations.collect_view()}</ul>
            </li>
        }
    };
    view! {
        <nav class="docs-contents" aria-label="On this page">
            <ul>
                {docs.subjects.into_iter().map(subject).collect_view()} <li>
                    <a class="docs-contents-subject" href="#shapes">
                        "Shapes"
                    </a>
                </li>
            </ul>
        </nav>
    }
}

#[component]
fn Operations(subject: Subject) -> impl IntoView {
    let id = anchor(&subject.name);
    let label = id.clone();
    view! {
        <section aria-labelledby=label>
            <h2 id=id class="docs-subject">
                {subject.name}
            </h2>
            <p class="hint">{subject.about}</p>
            {subject.operations.into_iter().map(|operation| view! { <ApiOperation operation /> }).collect_view()}
        </section>
    }
}

/// The place of a subject on the page.
fn anchor(name: &str) -> String {
    format!("about-{}", name.to_lowercase().replace(' ', "-"))
}
