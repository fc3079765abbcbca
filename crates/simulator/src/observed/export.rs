//! An export of one of Adobe's queries.

use crate::observed::endpoint::ObservedEndpoint;
use crate::observed::values::{ObservedCalls, ObservedLatency, ObservedQueue};

/// An export of one of Adobe's three queries, by endpoint in the order of the file.
///
/// The file is UTF-8 CSV, with or without a byte order mark, and starts with the names of the columns. Columns can be in any
/// order and case; other columns are ignored. Values are separated by `,` or `;`, can be in quotes, and contain no line breaks.
///
/// ```
/// use ajo_simulator::ObservedExport;
///
/// let csv = "ENDPOINT;SPAN;TOTAL_CALLS;SUCCESSFUL_CALLS;4xx_ERRORS;5xx_ERRORS;TIMEOUTS;CAPPED_CALLS;THROUGHPUT_RPS
/// https://api.example.org/send;2026/11/29 08:15;900;600;0;0;0;300;15
/// ";
/// let ObservedExport::Calls(endpoints) = ObservedExport::parse(csv.as_bytes())? else { panic!() };
/// assert_eq!(endpoints[0].endpoint, "https://api.example.org/send");
/// let (minute, calls) = endpoints[0].minutes[0];
/// assert_eq!((minute.to_string().as_str(), calls.total, calls.capped), ("2026-11-29 08:15", 900, 300));
/// # Ok::<(), ajo_simulator::ObservedError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum ObservedExport {
    Calls(Vec<ObservedEndpoint<ObservedCalls>>),
    Latency(Vec<ObservedEndpoint<ObservedLatency>>),
    Queue(Vec<ObservedEndpoint<ObservedQueue>>),
}

impl ObservedExport {
    /// The endpoints, in the order of the file.
    pub fn endpoints(&self) -> Vec<&str> {
        match self {
            Self::Calls(endpoints) => names(endpoints),
            Self::Latency(endpoints) => names(endpoints),
            Self::Queue(endpoints) => names(endpoints),
        }
    }
}

fn names<T>(endpoints: &[ObservedEndpoint<T>]) -> Vec<&str> {
    endpoints.iter().map(|endpoint| endpoint.endpoint.as_str()).collect()
}
