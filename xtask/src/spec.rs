//! A specification: reading it, following its references, walking its operations.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::workspace::root;

/// The methods an `OpenAPI` path item can have.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One `OpenAPI` document.
pub(crate) struct Spec {
    /// Its path, as shown to people.
    pub(crate) file: String,
    pub(crate) value: Value,
}

/// One operation of a document.
pub(crate) struct Operation<'s> {
    /// In lower case.
    pub(crate) method: &'s str,
    pub(crate) path: &'s str,
    pub(crate) value: &'s Value,
    /// Those of the path item, which hold for all its operations.
    pub(crate) shared_parameters: &'s Value,
}

impl Spec {
    /// Reads a YAML or JSON file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.strip_prefix(root()).unwrap_or(path).display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("failed to read {shown}: {error}"))?;
        Self::parse(&shown, &text)
    }

    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, String> {
        // The error names line and column, and shows the lines around them.
        let value = serde_saphyr::from_str(text).map_err(|error| format!("failed to read {file}: {error}"))?;
        Ok(Self { file: file.to_owned(), value })
    }

    /// All operations, in the order of the file.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.value["paths"].as_object();
        paths.into_iter().flatten().flat_map(|(path, item)| {
            let operations = item.as_object().into_iter().flatten();
            operations.filter(|(method, _)| METHODS.contains(&method.as_str())).map(move |(method, value)| Operation {
                method,
                path,
                value,
                shared_parameters: &item["parameters"],
            })
        })
    }

    /// Collects the names of all schemas that a node refers to, and those that these refer to.
    pub(crate) fn reach(&self, node: &Value, found: &mut BTreeSet<String>) {
        match node {
            Value::Object(map) => {
                if let Some(name) = schema_name(node)
                    && found.insert(name.to_owned())
                {
                    self.reach(&self.value["components"]["schemas"][name], found);
                }
                map.values().for_each(|child| self.reach(child, found));
            }
            Value::Array(items) => items.iter().for_each(|child| self.reach(child, found)),
            _ => {}
        }
    }

    /// What a node stands for: itself, or the end of its chain of local references. `None` for a reference that leads
    /// nowhere, outside the file, or in a circle.
    pub(crate) fn resolve<'s>(&'s self, node: &'s Value) -> Option<&'s Value> {
        const LONGEST_CHAIN: usize = 32;
        let mut node = node;
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = node.get("$ref") else { return Some(node) };
            node = self.value.pointer(reference.as_str()?.strip_prefix('#')?)?;
        }
        None
    }
}

impl<'s> Operation<'s> {
    /// Its parameters and those of its path item, each with its place in the file.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, &'s Value)> {
        let item = pointer(&["paths", self.path]);
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

    /// Its place in the file, as a JSON pointer.
    pub(crate) fn pointer(&self) -> String {
        pointer(&["paths", self.path, self.method])
    }
}

/// The name of the schema that a node refers to.
pub(crate) fn schema_name(node: &Value) -> Option<&str> {
    node["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

/// A JSON pointer (RFC 6901) from its unescaped parts.
pub(crate) fn pointer(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect()
}

/// The project's specifications, in the order in which code is generated from them.
pub(crate) fn specifications() -> Result<Vec<Spec>, String> {
    let path = |name: &&str| root().join("openapi").join(format!("{name}.yaml"));
    ["capping", "throttling"].iter().map(|name| Spec::read(&path(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_references_is_followed_and_a_circle_is_not() {
        let spec = Spec::parse(
            "t.yaml",
            "a: {$ref: '#/b'}\nb: {$ref: '#/c~1d'}\nc/d: {x: 1}\nloop: {$ref: '#/loop'}\ngone: {$ref: '#/none'}\nfar: {$ref: 'o.yaml#/a'}",
        )
        .expect("YAML");
        assert_eq!(spec.resolve(&spec.value["a"]).map(|node| node["x"].clone()), Some(1.into()));
        for lost in ["loop", "gone", "far"] {
            assert!(spec.resolve(&spec.value[lost]).is_none(), "{lost}");
        }
    }

    #[test]
    fn a_file_that_is_no_yaml_is_named_with_line_and_column() {
        let error = Spec::parse("openapi/x.yaml", "a: 1\nb: [").err().expect("no YAML");
        assert!(error.contains("openapi/x.yaml") && error.contains("line 2"), "{error}");
    }
}
