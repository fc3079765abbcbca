//! Error codes of the service and its gateway.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

use crate::text::{decimal, signed_decimal};

/// An error code of the service, its gateway, or its validation, such as `1451`, `403025`, or `ERR_ENDPOINTCONFIG_101`.
///
/// Adobe's documentation has the same code as a string or as a number; both parse to the same value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceCode(String);

impl ServiceCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ServiceCode {
    fn from(code: &str) -> Self {
        Self(code.to_owned())
    }
}

impl From<i64> for ServiceCode {
    fn from(code: i64) -> Self {
        Self(signed_decimal(code))
    }
}

impl From<u64> for ServiceCode {
    fn from(code: u64) -> Self {
        Self(decimal(code))
    }
}

impl PartialEq<str> for ServiceCode {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl fmt::Display for ServiceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(feature = "serde")]
mod serialization {
    use core::fmt;

    use serde::de::{Deserialize, Deserializer, Visitor};
    use serde::{Serialize, Serializer};

    use super::ServiceCode;

    impl Serialize for ServiceCode {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&self.0)
        }
    }

    impl<'de> Deserialize<'de> for ServiceCode {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct CodeVisitor;

            impl Visitor<'_> for CodeVisitor {
                type Value = ServiceCode;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a code as a string or an integer")
                }

                fn visit_str<E>(self, code: &str) -> Result<ServiceCode, E> {
                    Ok(ServiceCode::from(code))
                }

                fn visit_i64<E>(self, code: i64) -> Result<ServiceCode, E> {
                    Ok(ServiceCode::from(code))
                }

                fn visit_u64<E>(self, code: u64) -> Result<ServiceCode, E> {
                    Ok(ServiceCode::from(code))
                }
            }

            deserializer.deserialize_any(CodeVisitor)
        }
    }
}
