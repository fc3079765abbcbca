//! The request of each operation and of other APIs, and the parsing of success and error responses.

mod error_responses;
mod operations;
mod other_apis;
