//! The fields of a credential and their names in all formats.

use crate::json::{JsonObject, JsonValue};
use crate::text::trim;

/// A field of a credential.
pub(crate) struct CredentialField {
    /// The name in error messages, which is that of the JSON from the credential's page.
    pub(crate) label: &'static str,
    /// Whether it can have several values.
    pub(crate) is_list: bool,
    /// The known names in order of precedence, in lower case and without `_` and `-`.
    names: &'static [&'static str],
}

/// Only JWT credentials have these.
pub(crate) static JWT_MATERIAL: CredentialField =
    CredentialField { label: "PRIVATE_KEY", is_list: true, names: &["privatekey", "pathtokey", "metascopes"] };

/// The fields that every credential has.
pub(crate) static FIELDS: [CredentialField; 4] = [
    CredentialField { label: "CLIENT_ID", is_list: false, names: &["clientid", "apikey"] },
    CredentialField { label: "CLIENT_SECRETS", is_list: true, names: &["clientsecrets", "clientsecret", "secret"] },
    CredentialField { label: "ORG_ID", is_list: false, names: &["orgid", "imsorgid", "imsorg"] },
    CredentialField { label: "SCOPES", is_list: true, names: &["scopes", "scope"] },
];

/// The first of [`FIELDS`], which is also the API key.
pub(crate) static CLIENT_ID: &CredentialField = &FIELDS[0];
/// The last of [`FIELDS`].
pub(crate) static SCOPES: &CredentialField = &FIELDS[3];

/// Prefixes in the names of variables, which some secret managers store as JSON.
const PREFIXES: [&str; 2] = ["ajo", "imsoauths2s"];

impl CredentialField {
    /// The position of a name in the list of known names. Case, `_`, `-`, and known prefixes do not matter.
    pub(crate) fn rank(&self, name: &str) -> Option<usize> {
        let mut letters = name.to_ascii_lowercase();
        letters.retain(|letter| letter != '_' && letter != '-');
        let is_same =
            |known: &str| letters == known || PREFIXES.iter().any(|prefix| letters.strip_prefix(prefix) == Some(known));
        self.names.iter().position(|known| is_same(known))
    }

    /// The value with the best name; the first of several.
    pub(super) fn pick<'v, V>(&self, entries: &[(&str, &'v V)]) -> Option<&'v V> {
        let mut best: Option<(usize, &V)> = None;
        for (name, value) in entries {
            if let Some(rank) = self.rank(name)
                && best.is_none_or(|(best, _)| rank < best)
            {
                best = Some((rank, value));
            }
        }
        best.map(|(_, value)| value)
    }

    /// The value of this field. Blank and null values count as missing.
    pub(crate) fn find<'o, O: JsonObject + ?Sized>(&self, fields: &'o O) -> Option<&'o O::Value> {
        let mut entries = fields.entries();
        entries.retain(|(_, value)| !value.is_null() && !is_blank(*value));
        self.pick(&entries)
    }
}

/// Whether a value is a string with white space only.
pub(super) fn is_blank(value: &impl JsonValue) -> bool {
    value.as_str().is_some_and(|text| trim(text).is_empty())
}
