//! The random id of each write.

use serde::{Deserialize, Serialize};

/// Identifies one write. A write whose response was lost succeeded if the object has its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WriteId(String);

/// Makes the ids of one process: a random number and a counter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WriteIds {
    random: u128,
    count: u64,
}

impl WriteIds {
    /// Ids with this random number, which must be different in each process and for each lock.
    pub const fn new(random: u128) -> Self {
        Self { random, count: 0 }
    }

    /// The next id.
    pub fn next_id(&mut self) -> WriteId {
        self.count += 1;
        WriteId(format!("{:032x}-{}", self.random, self.count))
    }
}

/// The id in an object of the protocol.
pub(super) fn write_id_of(content: &[u8]) -> Option<WriteId> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct WriteIdOnly {
        write_id: WriteId,
    }
    serde_json::from_slice::<WriteIdOnly>(content).ok().map(|document| document.write_id)
}
