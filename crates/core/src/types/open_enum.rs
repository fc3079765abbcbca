//! Strings with known values, to which the service may add others.

/// Declares an open enum: one variant for each known value, `Other` for the rest. Reading never fails on a string, and
/// writing gives back what was read.
macro_rules! open_enum {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value that was not known when this was generated.
            Other(::std::string::String),
        }

        impl $name {
            /// The values known today.
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

        impl<'de> crate::parse::lenient::Lenient<'de> for $name {
            fn of_str<E>(value: &str) -> ::std::option::Option<Self> {
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
    fn a_known_value_has_its_variant_and_an_unknown_one_is_kept() {
        let methods: Vec<HttpMethod> = serde_json::from_str(r#"["GET", "TRACE"]"#).expect("strings");
        assert_eq!(methods, [HttpMethod::Get, HttpMethod::Other("TRACE".to_owned())]);
        assert_eq!(serde_json::to_string(&methods).expect("strings"), r#"["GET","TRACE"]"#);
    }

    #[test]
    fn options_is_spelled_option() {
        assert_eq!(HttpMethod::Option.as_str(), "OPTION");
        assert_eq!(HttpMethod::KNOWN, ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"]);
    }
}
