//! Reads a specification, resolves its references, and iterates over its operations.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::workspace::root;

/// The methods an `OpenAPI` path item can have.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One `OpenAPI` document.
pub(crate) struct Spec {
    /// Its path, as shown in messages.
    pub(crate) file: String,
    pub(crate) value: Value,
}

/// One operation of a document.
pub(crate) struct SpecOperation<'s> {
    /// In lower case.
    pub(crate) method: &'s str,
    pub(crate) path: &'s str,
    pub(crate) value: &'s Value,
    /// The parameters of the path item, which apply to all its operations.
    pub(crate) shared_parameters: &'s Value,
}

impl Spec {
    /// Reads a YAML or JSON file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let file = path.strip_prefix(root()).unwrap_or(path).display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("failed to read {file}: {error}"))?;
        Self::parse(&file, &text)
    }

    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, String> {
        // The error names line and column, and shows the lines around them.
        let value = serde_saphyr::from_str(text).map_err(|error| format!("failed to read {file}: {error}"))?;
        Ok(Self { file: file.to_owned(), value })
    }

    /// All operations, in the order of the file.
    pub(crate) fn operations(&self) -> impl Iterator<Item = SpecOperation<'_>> {
        let paths = self.value["paths"].as_object();
        paths.into_iter().flatten().flat_map(|(path, item)| {
            let operations = item.as_object().into_iter().flatten();
            operations.filter(|(method, _)| METHODS.contains(&method.as_str())).map(move |(method, value)| {
                SpecOperation { method, path, value, shared_parameters: &item["parameters"] }
            })
        })
    }

    /// Collects the names of all schemas that a node refers to, directly or through others.
    pub(crate) fn collect_schema_names(&self, node: &Value, found: &mut BTreeSet<String>) {
        match node {
            Value::Object(map) => {
                if let Some(name) = referenced_schema_name(node)
                    && found.insert(name.to_owned())
                {
                    self.collect_schema_names(&self.value["components"]["schemas"][name], found);
                }
                map.values().for_each(|child| self.collect_schema_names(child, found));
            }
            Value::Array(items) => items.iter().for_each(|child| self.collect_schema_names(child, found)),
            _ => {}
        }
    }

    /// Resolves a node: itself, or the end of its chain of local references. `None` for a reference that is broken, circular, or
    /// outside the file.
    pub(crate) fn resolve<'s>(&'s self, node: &'s Value) -> Option<&'s Value> {
        const MAX_CHAIN: usize = 32;
        let mut node = node;
        for _ in 0..MAX_CHAIN {
            let Some(reference) = node.get("$ref") else { return Some(node) };
            node = self.value.pointer(reference.as_str()?.strip_prefix('#')?)?;
        }
        None
    }
}

impl<'s> SpecOperation<'s> {
    /// Its parameters and the path item's, each with its JSON pointer.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, &'s Value)> {
        let item = json_pointer(&["paths", self.path]);
        let own = format!("{item}/{}/parameters", self.method);
        let listed = |base: String, list: &'s Value| {
            list.as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .map(move |(index, value)| (format!("{base}/{index}"), value))
        };
        listed(format!("{item}/parameters"), self.shared_parameters).chain(listed(own, &self.value["parameters"]))
    }

    /// The JSON pointer of this operation.
    pub(crate) fn json_pointer(&self) -> String {
        json_pointer(&["paths", self.path, self.method])
    }
}

/// The name of the schema that a node refers to.
pub(crate) fn referenced_schema_name(node: &Value) -> Option<&str> {
    node["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

/// A JSON pointer (RFC 6901) from its unescaped parts.
pub(crate) fn json_pointer(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect()
}

/// The project's specifications, in the order of code generation.
pub(crate) fn read_project_specs() -> Result<Vec<Spec>, String> {
    let path = |name: &&str| root().join("openapi").join(format!("{name}.yaml"));
    ["capping", "throttling"].iter().map(|name| Spec::read(&path(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_chains_are_resolved() {
        let spec = Spec::parse(
            "t.yaml",
            "a: {$ref: '#/b'}\nb: {$ref: '#/c~1d'}\nc/d: {x: 1}\nloop: {$ref: '#/loop'}\ngone: {$ref: '#/none'}\nfar: {$ref: 'o.yaml#/a'}",
        )
        .expect("YAML");
        assert_eq!(spec.resolve(&spec.value["a"]).map(|node| node["x"].clone()), Some(1.into()));
        for broken in ["loop", "gone", "far"] {
            assert!(spec.resolve(&spec.value[broken]).is_none(), "{broken}");
        }
    }

    #[test]
    fn invalid_yaml_is_located() {
        let error = Spec::parse("openapi/x.yaml", "a: 1\nb: [").err().expect("no YAML");
        assert!(error.contains("openapi/x.yaml") && error.contains("line 2"), "{error}");
    }
}
