//! Compares the documentation with the code.

mod doc_tables;
mod npm_package;
mod readme_figures;
