//! The credential of emulators.

use crate::Credentials;

impl Credentials {
    /// The credential that an emulator with default settings accepts. It is not a secret, because no other server accepts it.
    ///
    /// # Panics
    ///
    /// Never: the values are well-formed.
    pub fn for_emulator() -> Self {
        Self::new(
            "emulator-client",
            "emulator-secret",
            "E0E0E0E0E0E0E0E0E0E0E0E0@AdobeOrg",
            "openid,AdobeID,read_organizations,additional_info.projectedProductContext",
        )
        .expect("the values are well-formed")
    }
}
