//! The names of the objects below the prefix.

use ajo_limits::StateSet;

/// The names of the objects of one set: a state, a lease, and journals.
///
/// ```
/// use ajo_limits::StateSet;
/// use ajo_state::protocol::ObjectNames;
///
/// let prod = ObjectNames::new("A1B2@AdobeOrg", &StateSet::Sandbox("prod".parse()?));
/// assert_eq!(prod.lease(), "A1B2@AdobeOrg/sandboxes/prod/lease.json");
/// assert_eq!(prod.state(), "A1B2@AdobeOrg/sandboxes/prod/state.json");
/// assert_eq!(prod.batch(7, 0), "A1B2@AdobeOrg/sandboxes/prod/journal/7/0");
/// assert_eq!(ObjectNames::new("A1B2@AdobeOrg", &StateSet::Throttling).lease(), "A1B2@AdobeOrg/throttling/lease.json");
/// # Ok::<(), ajo_core::SandboxNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectNames {
    folder: String,
}

impl ObjectNames {
    pub fn new(organization: &str, set: &StateSet) -> Self {
        let folder = match set {
            StateSet::Sandbox(sandbox) => format!("{organization}/sandboxes/{sandbox}"),
            StateSet::Throttling => format!("{organization}/throttling"),
        };
        Self { folder }
    }

    pub fn lease(&self) -> String {
        format!("{}/lease.json", self.folder)
    }

    pub fn state(&self) -> String {
        format!("{}/state.json", self.folder)
    }

    /// A batch of the journal of this epoch. The first one has number 0.
    pub fn batch(&self, epoch: u64, number: u64) -> String {
        format!("{}/journal/{epoch}/{number}", self.folder)
    }
}
