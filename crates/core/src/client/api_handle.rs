//! The handle of one API: it borrows a client and has one method per operation.

/// Declares the handle of one API and the method of [`Client`](crate::Client) that returns it.
macro_rules! api_handle {
    (#[doc = $doc:expr] pub struct $name:ident, $getter:ident) => {
        #[doc = $doc]
        pub struct $name<'c, T: $crate::HttpTransport> {
            client: &'c $crate::Client<T>,
        }

        impl<T: $crate::HttpTransport> Clone for $name<'_, T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T: $crate::HttpTransport> Copy for $name<'_, T> {}

        impl<T: $crate::HttpTransport> ::std::fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl<T: $crate::HttpTransport> $crate::Client<T> {
            #[doc = concat!("The ", stringify!($getter), " API.")]
            pub const fn $getter(&self) -> $name<'_, T> {
                $name { client: self }
            }
        }
    };
}

pub(crate) use api_handle;
