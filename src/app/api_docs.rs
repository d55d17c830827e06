//! The description of the API as a page shows it, made from the `OpenAPI` document that programs get.

mod curl;
mod read;
mod sample;

pub use curl::preparation;
pub use read::read;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// The `OpenAPI` document, as the server provides it to the page.
#[derive(Debug, Clone)]
pub struct ApiDocument {
    /// The document.
    pub document: Arc<Value>,
    /// `DMM_PUBLIC_URL`.
    pub public_url: Option<String>,
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiDocs {
    /// Of the API, which is DMM's.
    pub version: String,
    /// What holds for all of it, a paragraph each.
    pub about: Vec<String>,
    /// The operations by subject.
    pub subjects: Vec<Subject>,
    /// The shapes that they speak of, by name.
    pub shapes: Vec<Shape>,
}

/// Operations that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// In the order of the router.
    pub operations: Vec<Operation>,
}

/// One method of one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its name for programs.
    pub id: String,
    /// In capitals.
    pub method: String,
    /// With the names of its parts in braces.
    pub path: String,
    /// What it does, in a few words.
    pub summary: String,
    /// What else there is to know, a paragraph each.
    pub about: Vec<String>,
    /// Whether it is answered without a session.
    pub is_open: bool,
    /// In the path and behind the question mark.
    pub parameters: Vec<Field>,
    /// The shape of the body; empty without one.
    pub body: Vec<Piece>,
    /// By status.
    pub answers: Vec<Answer>,
    /// A command that asks for it.
    pub curl: String,
    /// What a success can look like.
    pub sample: Option<String>,
}

/// One answer of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: String,
    /// When it comes.
    pub about: String,
    /// Its shape; empty without a body.
    pub kind: Vec<Piece>,
}

/// The shape of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// What it is, a paragraph each.
    pub about: Vec<String>,
    /// What it is made of beside its fields.
    pub kind: Vec<Piece>,
    /// Bounds of a value.
    pub rule: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The words that it can be.
    pub words: Vec<String>,
}

/// A field of a shape, or a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Vec<Piece>,
    /// Its bounds.
    pub rule: String,
    /// Whether it can be left out.
    pub is_optional: bool,
    /// What it means.
    pub about: String,
}

/// A piece of a type: a word, or the name of a shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// As it is read.
    pub text: String,
    /// Whether it is the name of a shape.
    pub is_shape: bool,
}
