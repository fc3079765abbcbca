//! A call before it is awaited, and its response.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

use crate::error::attempt_error::Received;
use crate::error::call_error::Told;
use crate::transport::retry_loop::Outcome;
use crate::{Error, ErrorKind, Operation};

/// A boxed future that may move between threads.
type Sending<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// A call of the service; nothing is sent until it is awaited.
///
/// `.await` gives the value. [`Call::answer`] gives the value with the HTTP status, the request id and the body as it came.
///
/// ```no_run
/// # #[cfg(feature = "reqwest")]
/// # async fn example(client: ajo_core::Client) -> Result<(), ajo_core::Error> {
/// let answer = client.capping().list().answer().await?;
/// println!("{} configurations, after {} attempts", answer.value.len(), answer.attempts);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until the call is awaited"]
pub struct Call<'c, T> {
    future: Sending<'c, Result<Answer<T>, Error>>,
}

impl<'c, T: 'c> Call<'c, T> {
    pub(crate) fn new(future: impl Future<Output = Result<Answer<T>, Error>> + Send + 'c) -> Self {
        Self { future: Box::pin(future) }
    }

    /// Makes the call and keeps all of the answer.
    pub async fn answer(self) -> Result<Answer<T>, Error> {
        self.future.await
    }
}

impl<'c, T: 'c> IntoFuture for Call<'c, T> {
    type Output = Result<T, Error>;
    type IntoFuture = Sending<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.future.await.map(|answer| answer.value) })
    }
}

impl<T> fmt::Debug for Call<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Call")
    }
}

/// The answer to a call that succeeded.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Answer<T> {
    /// What the answer says.
    pub value: T,
    /// The HTTP status.
    pub status: u16,
    /// Identifier of the request, to be named to Adobe's support.
    pub request_id: Option<String>,
    /// The body as it came, with every field the service sent.
    pub body: Bytes,
    /// How many attempts were made.
    pub attempts: u32,
    /// How long the call took, with all its attempts and the waiting between them.
    pub elapsed: Duration,
    /// An earlier attempt, whose answer was lost, has done it, and the last one found it done: a configuration that is gone, or
    /// already deployed or undeployed. The status and body are then those of that refusal.
    pub done_before: bool,
}

impl Answer<()> {
    /// The response of a call, before its body is parsed.
    pub(crate) fn from_outcome(operation: &'static Operation, outcome: Outcome) -> Result<Self, Error> {
        let Outcome { result, attempts, elapsed, request_id, done_before } = outcome;
        match result {
            Ok(Received { status, request_id: answered, body }) => {
                let request_id = answered.or(Some(request_id));
                Ok(Self { value: (), status, request_id, body, attempts, elapsed, done_before })
            }
            Err(problem) => {
                Err(Error::told(operation, problem, Told { attempts, elapsed, request_id: Some(request_id) }))
            }
        }
    }

    /// The error of a call whose body cannot be parsed.
    pub(crate) fn unreadable(self, operation: &'static Operation, problem: String) -> Error {
        let Self { status, request_id, attempts, elapsed, .. } = self;
        let told = Told { attempts, elapsed, request_id: request_id.clone() };
        Error::told(operation, ErrorKind::Unreadable { status, problem, request_id }.into(), told)
    }
}

impl<T> Answer<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        let Self { value, status, request_id, body, attempts, elapsed, done_before } = self;
        Answer { value: change(value), status, request_id, body, attempts, elapsed, done_before }
    }

    #[cfg(feature = "reqwest")]
    pub(crate) fn without_value(self) -> Answer<()> {
        self.map(|_| ())
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("done_before", &self.done_before)
            .finish_non_exhaustive()
    }
}
