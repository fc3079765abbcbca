//! Secrets in limits files: their values, the placeholders that replace them, and the HMACs that stored files contain.
//!
//! A definition in memory, in the state file, in a journal, and in a plan has `${NAME}` in place of the value. Only the request
//! body contains the value. [`SecretHmac`] tells whether a value is still the one of a stored file.

mod definition_secrets;
mod placeholders;
mod secret_hmac;
mod secret_value;
mod secret_values;

pub(crate) use definition_secrets::{DefinitionSecrets, StringTemplates};
pub(crate) use placeholders::{align, placeholder_names};
pub use secret_hmac::{SecretHmac, SecretHmacError, SecretSalt};
pub(crate) use secret_value::SecretValue;
pub(crate) use secret_values::MIN_SECRET_LENGTH;
pub use secret_values::SecretValues;
