//! Compares the documentation with the code.

mod doc_tables;
