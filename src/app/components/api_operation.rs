//! One operation of the API, and one shape of its bodies, as the page that describes it shows them.

use super::prose::Prose;
use crate::app::{
    api_docs::{Answer, Field, Operation, Piece, Shape},
    islands::copy_button::CopyButton,
};
use leptos::{either::Either, prelude::*};

/// What is asked, what comes back, and the command that asks.
#[component]
pub fn ApiOperation(
    /// The operation.
    operation: Operation,
) -> impl IntoView {
    let Operation { id, method, path, summary, about, is_open, parameters, body, answers, curl, sample } = operation;
    let (label, heading, link, command) = (id.clone(), id.clone(), format!("#{id}"), curl.clone());
    view! {
        <article class="card operation" aria-labelledby=label>
            <h3 id=heading>
                <a href=link>{summary}</a>
            </h3>
            <p class="operation-address">
                <ApiMethod method />
                <code class="break">{path}</code>
                {is_open.then(|| view! { <span class="badge">"no session needed"</span> })}
            </p>
            {about.into_iter().map(|text| view! { <p><Prose text /></p> }).collect_view()}
            {(!parameters.is_empty()).then(|| view! { <h4>"Parameters"</h4><Fields fields=parameters /> })}
            {(!body.is_empty()).then(|| view! { <h4>"Body"</h4><p><Kind pieces=body /></p> })}
            <h4>"Answers"</h4>
            <Answers answers />
            {sample
                .map(|sample| {
                    view! {
                        <details>
                            <summary>"What a success can look like"</summary>
                            <pre tabindex="0" aria-label="An answer">
                                <code>{sample}</code>
                            </pre>
                        </details>
                    }
                })}
            <div class="docs-command">
                <pre tabindex="0" aria-label="A command that asks for it">
                    <code>{command}</code>
                </pre>
                <CopyButton text=curl />
            </div>
        </article>
    }
}

/// A method, told by its colour too.
#[component]
pub fn ApiMethod(
    /// In capitals.
    method: String,
) -> impl IntoView {
    let look = method.clone();
    view! {
        <span class="method" data-method=look>
            {method}
        </span>
    }
}

#[component]
fn Answers(answers: Vec<Answer>) -> impl IntoView {
    let row = |Answer { status, about, kind }: Answer| {
        let look = if status.starts_with('2') { "good" } else { "bad" };
        view! {
            <div>
                <dt>
                    <span class="badge" data-look=look>
                        {status}
                    </span>
                </dt>
                <dd>
                    <Prose text=about />
                    {(!kind.is_empty()).then(|| view! { " · "<Kind pieces=kind /> })}
                </dd>
            </div>
        }
    };
    view! { <dl class="docs-rows narrow-names">{answers.into_iter().map(row).collect_view()}</dl> }
}

/// What a body is made of.
#[component]
pub fn ApiShape(
    /// The shape.
    shape: Shape,
) -> impl IntoView {
    let Shape { name, about, kind, rule, fields, words } = shape;
    let is_plain = kind.iter().all(|piece| !piece.is_shape && piece.text == "object");
    let id = format!("shape-{name}");
    let (label, link) = (id.clone(), format!("#{id}"));
    view! {
        <article class="card shape" aria-labelledby=label>
            <h3 id=id>
                <a href=link>{name}</a>
            </h3>
            {about.into_iter().map(|text| view! { <p><Prose text /></p> }).collect_view()}
            {(!is_plain)
                .then(|| {
                    view! {
                        <p class="hint">
                            <Kind pieces=kind />
                            {(!rule.is_empty()).then(|| view! { ", "<Prose text=rule /> })}
                            {(!fields.is_empty()).then_some(", and these fields:")}
                        </p>
                    }
                })}
            {(!words.is_empty())
                .then(|| {
                    let words = words.into_iter().map(|word| view! { <li><code>{word}</code></li> });
                    view! { <ul class="docs-words">{words.collect_view()}</ul> }
                })}
            {(!fields.is_empty()).then(|| view! { <Fields fields /> })}
        </article>
    }
}

#[component]
fn Fields(fields: Vec<Field>) -> impl IntoView {
    let row = |Field { name, kind, rule, is_optional, about }: Field| {
        view! {
            <div>
                <dt>
                    <code class="break">{name}</code>
                </dt>
                <dd>
                    <span class="docs-kind">
                        <Kind pieces=kind />
                        {(!rule.is_empty()).then(|| view! { ", "<Prose text=rule /> })}
                        {is_optional.then_some(", optional")}
                    </span>
                    {(!about.is_empty()).then(|| view! { <span><Prose text=about /></span> })}
                </dd>
            </div>
        }
    };
    view! { <dl class="docs-rows">{fields.into_iter().map(row).collect_view()}</dl> }
}

/// A type; the shapes in it lead to their descriptions.
#[component]
fn Kind(pieces: Vec<Piece>) -> impl IntoView {
    let piece = |Piece { text, is_shape }: Piece| {
        if is_shape {
            let link = format!("#shape-{text}");
            Either::Left(view! { <a href=link>{text}</a> })
        } else {
            Either::Right(text)
        }
    };
    pieces.into_iter().map(piece).collect_view()
}
