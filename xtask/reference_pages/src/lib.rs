//! Markdown for the generated pages in `docs/reference/`.
//!
//! Tests and `cargo xtask generate` use it; nothing that is released depends on it.

mod markdown_text;
mod page;
mod page_check;
mod schema_objects;
mod schema_type;

pub use markdown_text::{code_span, escape_text, to_anchor, to_sentence};
pub use page::MarkdownPage;
pub use page_check::check_page;
pub use schema_objects::SchemaObjects;
