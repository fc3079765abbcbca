//! `.await` for calls. See [`Call`] for why each transport has its own implementation.

use std::pin::Pin;

use crate::{Call, Error};

/// Lets calls over a transport be awaited, with a future that is `Send` or not.
macro_rules! into_future {
    ($transport:ty $(, $send:ident)?) => {
        impl<'c, R: 'c $(+ $send)?> IntoFuture for Call<'c, $transport, R> {
            type Output = Result<R, Error>;
            type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> $(+ $send)? + 'c>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(async move { self.response().await.map(|response| response.value) })
            }
        }
    };
}

#[cfg(feature = "reqwest")]
into_future!(crate::ReqwestTransport, Send);

// The future of a request holds JavaScript values.
#[cfg(feature = "fetch")]
into_future!(crate::fetch::FetchTransport);
