//! `.await` for calls and requests. See [`Call`] for why each transport has its own implementation.

use std::pin::Pin;

use serde_json::Value;

use crate::{Call, CallError, Request};

/// Implements `IntoFuture` for calls over a transport, with a future that is `Send` if requested.
macro_rules! into_future {
    ($transport:ty $(, $send:ident)?) => {
        impl<'c, R: 'c $(+ $send)?> IntoFuture for Call<'c, $transport, R> {
            type Output = Result<R, CallError>;
            type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> $(+ $send)? + 'c>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(async move { self.response().await.map(|response| response.value) })
            }
        }

        impl<'c> IntoFuture for Request<'c, $transport> {
            type Output = Result<Value, CallError>;
            type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> $(+ $send)? + 'c>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(async move { self.json_response().await.map(|response| response.value) })
            }
        }
    };
}

#[cfg(feature = "reqwest")]
into_future!(crate::ReqwestTransport, Send);

// The future of a request holds JavaScript values, so it is not `Send`.
#[cfg(feature = "fetch")]
into_future!(crate::fetch::FetchTransport);
