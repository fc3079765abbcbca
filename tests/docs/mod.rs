//! The pages against the code.

mod pages;
