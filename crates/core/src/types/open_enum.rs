//! Enums of strings to which the service may add values.

/// Declares an open enum: one variant for each known value, and `Other` for the rest. Any string parses and round-trips unchanged.
macro_rules! open_enum {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value that is not in the specification.
            Other(::std::string::String),
        }

        impl $name {
            /// The values in the specification.
            pub const KNOWN: &'static [&'static str] = &[$($value),*];

            /// The value as the service spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Other(value) => value,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = ::std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Ok(Self::from(value.as_ref()))
            }
        }

        impl<'de> crate::parse::lenient::LenientDeserialize<'de> for $name {
            fn from_json_str<E>(value: &str) -> ::std::option::Option<Self> {
                Some(Self::from(value))
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use crate::HttpMethod;

    #[test]
    fn unknown_value_round_trips() {
        let methods: Vec<HttpMethod> = serde_json::from_str(r#"["GET", "TRACE"]"#).expect("strings");
        assert_eq!(methods, [HttpMethod::Get, HttpMethod::Other("TRACE".to_owned())]);
        assert_eq!(serde_json::to_string(&methods).expect("strings"), r#"["GET","TRACE"]"#);
    }

    #[test]
    fn rules_and_specs_have_same_methods() {
        assert_eq!(HttpMethod::KNOWN, ajo_engine::rules::METHODS);
    }

    #[test]
    fn options_is_spelled_option() {
        assert_eq!(HttpMethod::Option.as_str(), "OPTION");
        assert_eq!(HttpMethod::KNOWN, ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"]);
    }
}
