//! Integration tests, in one binary so that it is linked once.

#[path = "integration/second_opinion.rs"]
mod second_opinion;
