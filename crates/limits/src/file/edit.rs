//! Edits limits files as text, so that comments and layout stay.

mod accept;
mod accept_error;
mod entry_target;
mod field_edit;
mod node_edit;
mod source_tree;
mod text_edit;

pub use accept::{AcceptedChange, accept_changes};
