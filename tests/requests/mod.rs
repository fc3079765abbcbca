//! The request of each operation, and the parsing of success and error responses.

mod error_responses;
mod operations;
