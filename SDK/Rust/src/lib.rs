// SPDX-License-Identifier: Apache-2.0

//! The plugin interface of Induct for Rust, on the standard library alone.
//!
//! A type becomes a source, an architecture, a gate or an evaluator by one trait; [`plugin!`] exports it. Panics end at
//! the border and become errors with their message.
//!
//! The C headers are the contract; [`abi`] is their mirror, held to their sizes at compile time.

pub mod abi;
mod border;
mod creation;
mod error;
mod evaluator;
mod json;
mod labelled_examples;
mod model;
mod note;
mod plugin;
pub mod random;
mod schema;
mod source;

pub use creation::Creation;
pub use error::Error;
pub use evaluator::{Accumulator, EvaluationBatch, Evaluator, Metric};
pub use json::Json;
pub use labelled_examples::LabelledExamplesLaw;
pub use model::{Architecture, Gate, Initialiser, Model, Output, Parameters, Pass};
pub use note::Note;
pub use plugin::{architecture, evaluator, gate, source, Part, Plugin};
pub use schema::{Dimension, Role, Schema, SchemaView};
pub use source::{FillRequest, HiddenMarkovModel, Source};
