//! The enum of verbs, which are the operation ids of the specifications.

/// Declares the enum of verbs from the operation ids of the specifications.
macro_rules! verbs {
    ($(#[$enum_doc:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$enum_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(::serde::Serialize, ::serde::Deserialize))]
        pub enum $name {
            $($(#[$doc])* #[cfg_attr(feature = "serde", serde(rename = $value))] $variant,)*
        }

        impl $name {
            /// All verbs, in the order of the specifications.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The operation id.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $value,)*
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use verbs;
