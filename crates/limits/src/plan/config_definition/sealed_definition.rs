//! The secrets of a definition.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{ConfigDefinition, DefinitionFields, IncompleteDefinition, ParseMode};
use crate::secrets::{DefinitionSecrets, SecretValue, StringTemplates, align, placeholder_names};
use crate::url_form::normalize_url_pattern;
use crate::{SecretHmac, SecretSalt, SecretValues};

/// The name for the fields that are not in the specification.
const EXTRA: &str = "extra";

impl ConfigDefinition {
    /// Replaces the values of these secrets with placeholders.
    #[must_use]
    pub fn seal(self, values: &SecretValues) -> Self {
        if values.is_empty() {
            return self;
        }
        self.seal_with(values, &StringTemplates::new(), &|_| false, false)
    }

    /// Replaces the values of these secrets, and other values of secrets where a template has one. Keeps the values only if
    /// they are needed, or if `extra` will be added.
    pub(in crate::plan) fn seal_with(
        self,
        values: &SecretValues,
        templates: &StringTemplates,
        is_secret: &dyn Fn(&str) -> bool,
        mut keep_values: bool,
    ) -> Self {
        let mut others = SecretValues::default();
        let mut changed = BTreeSet::new();
        for_each_string(&self.strings(), &mut |pointer, text| {
            let template = templates.get(pointer).filter(|template| **template != values.seal(text));
            let Some(template) = template else { return };
            let aligned = align(template, text, is_secret)
                .or_else(|| align(&normalize_url_pattern(template), &normalize_url_pattern(text), is_secret));
            for (name, value) in aligned.into_iter().flatten() {
                changed.insert(pointer.to_owned());
                others.insert(&name, value.into());
            }
        });
        // The other strings may contain the same value.
        let searched = others.long_values();
        let sealed = self.map_strings(&mut |pointer, text| {
            let sealed = match templates.get(pointer).filter(|_| changed.contains(pointer)) {
                Some(template) => template.clone(),
                None => searched.seal_literals_with(&values.seal(text), is_secret),
            };
            keep_values |= sealed != text;
            sealed
        });
        let known = values.iter().chain(others.iter());
        let known: BTreeMap<_, _> =
            known.map(|(name, value)| (name.to_owned(), SecretValue::Known(value.clone()))).collect();
        let values = (keep_values && !known.is_empty()).then(|| Arc::new(known));
        Self { secrets: DefinitionSecrets { values, salt: None }, ..sealed }
    }

    pub(super) fn with_stored_secrets(self, stored: BTreeMap<String, SecretHmac>) -> Self {
        if stored.is_empty() {
            return self;
        }
        let salt = stored.values().next().map(SecretHmac::salt);
        let values = stored.into_iter().map(|(name, hmac)| (name, SecretValue::Stored(hmac))).collect();
        Self { secrets: DefinitionSecrets { values: Some(Arc::new(values)), salt }, ..self }
    }

    /// The definition with the values of its secrets, which a plan or a journal does not contain.
    ///
    /// # Errors
    ///
    /// Returns the names of the secrets that have no value or another one.
    pub fn with_secret_values(self, values: &SecretValues) -> Result<Self, Vec<String>> {
        let mut known = BTreeMap::new();
        let mut wrong = Vec::new();
        for name in self.secret_names() {
            let value =
                values.iter().find(|(other, _)| *other == name).map(|(_, value)| SecretValue::Known(value.clone()));
            match value.zip(self.secrets.get(&name)).filter(|(value, stored)| value.is_same(&name, stored)) {
                Some((value, _)) => drop(known.insert(name, value)),
                None => wrong.push(name),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let values = (!known.is_empty()).then(|| Arc::new(known));
        Ok(Self { secrets: DefinitionSecrets { values, salt: self.secrets.salt }, ..self })
    }

    /// Whether a string contains a secret.
    pub fn has_secrets(&self) -> bool {
        !self.secret_names().is_empty()
    }

    /// The same definition with another salt for its HMACs. HMACs that were read from a file keep theirs.
    #[must_use]
    pub fn with_salt(self, salt: Option<SecretSalt>) -> Self {
        Self { secrets: DefinitionSecrets { salt: salt.or(self.secrets.salt), ..self.secrets }, ..self }
    }

    pub const fn salt(&self) -> Option<SecretSalt> {
        self.secrets.salt
    }

    /// The names of the secrets in the strings of the definition.
    pub fn secret_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        if self.secrets.values.is_some() {
            let is_secret = |name: &str| self.secrets.get(name).is_some();
            for_each_string(&self.strings(), &mut |_, text| names.extend(placeholder_names(text, &is_secret)));
        }
        names
    }

    /// The HMACs of its secrets; empty without a salt.
    pub fn secret_hmacs(&self) -> BTreeMap<String, SecretHmac> {
        let hmac = |name: String| {
            let hmac = self.secrets.get(&name)?.hmac(&name, self.secrets.salt)?;
            Some((name, hmac))
        };
        self.secret_names().into_iter().filter_map(hmac).collect()
    }

    /// The names of secrets that both definitions have, with different values.
    pub(crate) fn changed_secrets(&self, other: &Self) -> Vec<String> {
        let is_changed = |name: &String| {
            let values = self.secrets.get(name).zip(other.secrets.get(name));
            values.is_some_and(|(one, other)| !one.is_same(name, other))
        };
        self.secret_names().intersection(&other.secret_names()).filter(|name| is_changed(name)).cloned().collect()
    }

    pub(super) fn has_same_secrets(&self, other: &Self) -> bool {
        if self.secrets.values.is_none() && other.secrets.values.is_none() {
            return true;
        }
        self.secret_names() == other.secret_names() && self.changed_secrets(other).is_empty()
    }

    /// The strings with placeholders, by JSON pointer.
    pub(in crate::plan) fn templates(&self) -> StringTemplates {
        let mut templates = StringTemplates::new();
        if self.secrets.values.is_some() {
            let is_secret = |name: &str| self.secrets.get(name).is_some();
            for_each_string(&self.strings(), &mut |pointer, text| {
                if !placeholder_names(text, &is_secret).is_empty() {
                    templates.insert(pointer.to_owned(), text.to_owned());
                }
            });
        }
        templates
    }

    /// The definition with the values in place of the placeholders, as it is sent.
    pub(in crate::plan) fn plain(&self) -> Result<Cow<'_, Self>, IncompleteDefinition> {
        let Some(secrets) = &self.secrets.values else { return Ok(Cow::Borrowed(self)) };
        let mut values = SecretValues::default();
        for (name, value) in secrets.iter() {
            match value {
                SecretValue::Known(value) => values.insert(name, value.clone()),
                SecretValue::Stored(_) => return Err(IncompleteDefinition("the value of a secret")),
            }
        }
        let plain = self.clone().map_strings(&mut |_, text| values.expand(text));
        Ok(Cow::Owned(Self { secrets: DefinitionSecrets::default(), ..plain }))
    }

    /// Replaces each string. The function gets its JSON pointer in the definition.
    fn map_strings(self, change: &mut dyn FnMut(&str, &str) -> String) -> Self {
        let mut fields = self.strings();
        for_each_string_mut(&mut fields, "", change);
        let Some(Value::Object(extra)) = fields.remove(EXTRA) else { return self };
        let fields = DefinitionFields::parse_definition(self.api, &fields, ParseMode::Lenient).unwrap_or_default();
        Self { extra, secrets: self.secrets, ..Self::new(self.api, fields) }
    }

    /// The fields, and those under `extra`.
    fn strings(&self) -> Map<String, Value> {
        let mut fields = self.fields.to_json();
        fields.insert(EXTRA.to_owned(), self.extra.clone().into());
        fields
    }
}

fn for_each_string(fields: &Map<String, Value>, visit: &mut dyn FnMut(&str, &str)) {
    for_each_string_mut(&mut fields.clone(), "", &mut |pointer, text| {
        visit(pointer, text);
        text.to_owned()
    });
}

fn for_each_string_mut(fields: &mut Map<String, Value>, pointer: &str, change: &mut dyn FnMut(&str, &str) -> String) {
    for (name, value) in fields {
        change_value(value, &format!("{pointer}/{name}"), change);
    }
}

fn change_value(value: &mut Value, pointer: &str, change: &mut dyn FnMut(&str, &str) -> String) {
    match value {
        Value::String(text) => *text = change(pointer, text),
        Value::Array(items) => items.iter_mut().for_each(|item| change_value(item, pointer, change)),
        Value::Object(fields) => for_each_string_mut(fields, pointer, change),
        _ => {}
    }
}
