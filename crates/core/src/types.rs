//! Building blocks of the generated models.

mod lenient_impls;
pub(crate) mod open_enum;
