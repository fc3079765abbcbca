//! The rows of one endpoint.

use crate::observed::minute::Minute;

/// The rows of one endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedEndpoint<T> {
    /// The URL in the column `ENDPOINT`.
    pub endpoint: String,
    /// The row of the whole period, in an export without the column `SPAN`.
    pub whole_period: Option<T>,
    /// The rows of minutes in order, in an export with the column `SPAN`. A minute without calls has no row.
    pub minutes: Vec<(Minute, T)>,
}
