//! The number of connections to an endpoint.

use serde::Serialize;

/// Connections that AJO opens to an endpoint. Each carries one request at a time (inferred: the protocol is not published).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connections {
    pub count: u32,
    pub source: ConnectionsSource,
}

/// The source of a number of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionsSource {
    /// `maxHttpConnections` of a capping configuration.
    MaxHttpConnections,
    /// Adobe's estimate for the rate of a throttling configuration.
    ThrottlingEstimate,
    /// Given by the user.
    Given,
}

/// Adobe's estimate of the connections under a throttling configuration. Documented: 50 connections up to 2,000 calls per second,
/// 75 up to 3,000, 100 up to 4,000, and 125 up to 5,000.
///
/// ```
/// use ajo_simulator::estimated_connections;
///
/// assert_eq!([200, 2000, 2001, 5000].map(estimated_connections), [50, 50, 75, 125]);
/// ```
pub const fn estimated_connections(calls_per_second: u64) -> u32 {
    match calls_per_second {
        0..=2000 => 50,
        2001..=3000 => 75,
        3001..=4000 => 100,
        _ => 125,
    }
}
