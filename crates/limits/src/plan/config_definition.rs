//! The normalized definition, used for comparing files and service.

mod sealed_definition;
pub(super) mod serialized_definition;

use std::collections::BTreeSet;

use ajo_core::Api;
use serde_json::{Map, Value};

use super::definition_fields::{DefinitionFields, FieldValue, ParseMode, request_body_schema};
use super::unknown_fields::{leaf_paths, merge_unknown_fields};
use crate::ConfigKey;
use crate::secrets::DefinitionSecrets;
use crate::url_form::normalize_url_pattern;

/// A normalized definition: methods are a set, and `maxHttpConnections: -1` and empty strings count as unset. The
/// organization is not part of it, because it comes from the credentials. The specification defines the fields, except those
/// in `extra`.
///
/// The URL keeps its spelling, which is sent to the service. Definitions are equal if their URLs have the same
/// [normal form](crate::url_form::normalize_url_pattern).
///
/// Placeholders such as `${TOKEN}` replace the values of secrets in all strings. Only a request body contains the values.
///
/// Numbers and nested fields may be missing, because the service stores drafts that cannot be deployed.
///
/// ```
/// use ajo_core::Api;
/// use ajo_limits::{ConfigDefinition, ConfigKey, DeployState, IncompleteDefinition, LiveState};
/// use serde_json::{Value, json};
///
/// let capping = |calls: Value| ConfigDefinition::from_json(Api::Capping, &json!({
///     "url": "https://api.example.org/*",
///     "methods": ["GET"],
///     "services": {"action": {"maxHttpConnections": -1, "rating": {"maxCallsCount": calls, "periodInMs": 1000}}},
/// })).expect("a definition");
/// assert_eq!(capping(Value::Null).to_request_body().unwrap_err(), IncompleteDefinition("maxCallsCount"));
///
/// // `-1` means no limit of connections and is normalized away.
/// let definition = capping(200.into());
/// assert_eq!(definition.integer_at(&["services", "action", "maxHttpConnections"]), None);
/// let ConfigKey { api: Api::Capping, url, .. } = definition.key() else { panic!() };
/// assert_eq!((definition.api(), url.as_str()), (Api::Capping, "https://api.example.org/*"));
///
/// // An update of a capping configuration changes the saved definition; the live one stays as it was deployed.
/// let lower = capping(100.into());
/// let deploy_state = DeployState::new(definition.clone(), Some(definition.clone()));
/// assert!(deploy_state.live == LiveState::SameAsSaved && deploy_state.is_deployed());
/// assert_eq!(deploy_state.after_call(ajo_core::Verb::Update, &lower).live, LiveState::Differs(definition));
///
/// // A throttling definition without its number is incomplete too.
/// let throttling = ConfigDefinition::from_json(Api::Throttling, &json!({"urlPattern": url})).expect("a draft");
/// assert!(throttling.to_request_body().is_err());
/// ```
#[derive(Clone, Debug)]
pub struct ConfigDefinition {
    api: Api,
    fields: DefinitionFields,
    /// The normal form of the URL, if the URL has another spelling.
    normal_url: Option<String>,
    /// Fields that are not in the specification, nested as in the definition.
    extra: Map<String, Value>,
    /// The secrets whose placeholders are in the strings.
    secrets: DefinitionSecrets,
}

/// A draft without a required field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is missing")]
pub struct IncompleteDefinition(pub &'static str);

impl ConfigDefinition {
    /// Parses a user's JSON. Unknown fields are ignored. Returns `None` without a URL, or if a value has the wrong type.
    pub fn from_json(api: Api, json: &Value) -> Option<Self> {
        let fields = DefinitionFields::parse_definition(api, json.as_object()?, ParseMode::Strict)?;
        Some(Self::new(api, fields))
    }

    /// Parses a response of the service; values of a wrong type are ignored.
    pub(super) fn from_observed(api: Api, json: &Map<String, Value>) -> Self {
        let fields = DefinitionFields::parse_definition(api, json, ParseMode::Lenient).unwrap_or_default();
        Self::new(api, fields)
    }

    fn new(api: Api, fields: DefinitionFields) -> Self {
        let mut definition =
            Self { api, fields, normal_url: None, extra: Map::new(), secrets: DefinitionSecrets::default() };
        let url = definition.string_at(&[definition.url_field()]).unwrap_or_default();
        let normal = normalize_url_pattern(url);
        definition.normal_url = (normal != url).then_some(normal);
        definition
    }

    /// The definition with these fields, which are not in the specification, nested as in the definition.
    #[must_use]
    pub fn with_extra(self, mut extra: Map<String, Value>) -> Self {
        // Sorted, because digests include them.
        extra.sort_keys();
        extra.values_mut().for_each(Value::sort_all_objects);
        Self { extra, ..self }
    }

    /// JSON pointers of the values in `extra`.
    pub(crate) fn extra_paths(&self) -> Vec<String> {
        leaf_paths(&self.extra)
    }

    /// The fields that are not in the specification, nested as in the definition.
    pub const fn extra(&self) -> &Map<String, Value> {
        &self.extra
    }

    pub const fn api(&self) -> Api {
        self.api
    }

    /// The key of the configuration.
    pub fn key(&self) -> ConfigKey {
        ConfigKey { api: self.api, url: self.normal_url().to_owned(), methods: self.methods() }
    }

    /// The URL in normal form.
    pub(super) fn normal_url(&self) -> &str {
        let url = self.normal_url.as_deref().or_else(|| self.string_at(&[self.url_field()]));
        url.unwrap_or_default()
    }

    /// The name of the field that contains the URL.
    pub(super) const fn url_field(&self) -> &'static str {
        match self.api {
            Api::Capping => "url",
            Api::Throttling => "urlPattern",
        }
    }

    fn methods(&self) -> BTreeSet<String> {
        let methods = self.value_at(&["methods"]).and_then(Value::as_array).into_iter().flatten();
        methods.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The integer at a path of field names.
    pub fn integer_at(&self, path: &[&str]) -> Option<i64> {
        self.value_at(path)?.as_i64()
    }

    /// The string at a path of field names.
    pub fn string_at(&self, path: &[&str]) -> Option<&str> {
        self.value_at(path)?.as_str()
    }

    /// The names of the fields of the object at a path.
    pub(crate) fn field_names_at(&self, path: &[&str]) -> Vec<&'static str> {
        let mut fields = &self.fields;
        for name in path {
            let Some(FieldValue::Object(nested)) = fields.get(name) else { return Vec::new() };
            fields = nested;
        }
        fields.iter().map(|(name, _)| name).collect()
    }

    pub(crate) const fn fields(&self) -> &DefinitionFields {
        &self.fields
    }

    fn value_at(&self, path: &[&str]) -> Option<&Value> {
        let (last, parents) = path.split_last()?;
        let mut fields = &self.fields;
        for name in parents {
            let FieldValue::Object(nested) = fields.get(name)? else { return None };
            fields = nested;
        }
        match fields.get(last)? {
            FieldValue::Leaf(value) => Some(value),
            FieldValue::Object(_) => None,
        }
    }

    /// The fields as JSON.
    pub fn to_json(&self) -> Map<String, Value> {
        self.fields.to_json()
    }

    /// The request body of `create` and `update`, with the values of secrets.
    ///
    /// # Errors
    ///
    /// A required field or the value of a secret is missing.
    pub fn to_request_body(&self) -> Result<Map<String, Value>, IncompleteDefinition> {
        if let Some(name) = self.fields.first_missing(request_body_schema(self.api)) {
            return Err(IncompleteDefinition(name));
        }
        let plain = self.plain()?;
        let mut body = plain.to_json();
        merge_unknown_fields(request_body_schema(self.api), &mut body, &plain.extra);
        Ok(body)
    }

    /// The request body of an `update` that preserves these unknown fields, except in objects that the definition no longer
    /// has. The definition's own fields override them.
    ///
    /// # Errors
    ///
    /// A required field is missing.
    pub fn to_update_body(&self, unknown: &Map<String, Value>) -> Result<Map<String, Value>, IncompleteDefinition> {
        let mut body = self.to_request_body()?;
        merge_unknown_fields(request_body_schema(self.api), &mut body, unknown);
        merge_unknown_fields(request_body_schema(self.api), &mut body, &self.plain()?.extra);
        Ok(body)
    }
}

impl PartialEq for ConfigDefinition {
    fn eq(&self, other: &Self) -> bool {
        let other_fields = |fields: &DefinitionFields, url: &'static str| {
            fields
                .iter()
                .filter(|(name, _)| *name != url)
                .map(|(name, value)| (name, value.clone()))
                .collect::<Vec<_>>()
        };
        self.api == other.api
            && self.extra == other.extra
            && (self.fields == other.fields
                || (self.normal_url() == other.normal_url()
                    && other_fields(&self.fields, self.url_field()) == other_fields(&other.fields, self.url_field())))
            && self.has_same_secrets(other)
    }
}

impl Eq for ConfigDefinition {}
