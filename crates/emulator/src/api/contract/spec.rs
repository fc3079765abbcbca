//! The two specifications, as they were when this was compiled.

use std::sync::LazyLock;

use ajo_core::{Api, Operation};
use serde_json::Value;

/// Read when the first call is compared, so that an emulator without contract mode starts without it.
static CAPPING: LazyLock<Spec> = LazyLock::new(|| Spec::read(include_str!("../../../../../openapi/capping.yaml")));
static THROTTLING: LazyLock<Spec> =
    LazyLock::new(|| Spec::read(include_str!("../../../../../openapi/throttling.yaml")));

/// One `OpenAPI` document.
pub(super) struct Spec(Value);

/// What it says of one operation.
pub(super) struct Described {
    pub(super) spec: &'static Spec,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    item: &'static Value,
    pub(super) operation: &'static Value,
}

impl Spec {
    fn read(text: &str) -> Self {
        Self(serde_saphyr::from_str(text).expect("the specifications are YAML, as the generated code shows"))
    }

    pub(super) fn of(api: Api) -> &'static Self {
        match api {
            Api::Capping => &CAPPING,
            Api::Throttling => &THROTTLING,
        }
    }

    /// A node, or what it refers to. References lead into the same document only.
    pub(super) fn follow<'s>(&'s self, mut node: &'s Value) -> &'s Value {
        while let Some(pointer) = node["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            node = self.0.pointer(pointer).unwrap_or(&Value::Null);
        }
        node
    }

    /// The headers that every call needs, in lower case.
    pub(super) fn security_headers(&self) -> impl Iterator<Item = String> {
        let schemes = self.0["components"]["securitySchemes"].as_object().into_iter().flatten();
        schemes.filter_map(|(_, scheme)| match scheme["type"].as_str() {
            Some("http") => Some("authorization".to_owned()),
            Some("apiKey") => scheme["name"].as_str().map(str::to_ascii_lowercase),
            _ => None,
        })
    }

    /// The operation with this id; every operation of `ajo-core` is generated from one.
    pub(super) fn describe(operation: &Operation) -> Option<Described> {
        let spec = Self::of(operation.api);
        let paths = spec.0["paths"].as_object()?;
        paths.iter().find_map(|(path, item)| {
            let mut operations = item.as_object()?.iter();
            let (method, described) = operations.find(|(_, it)| it["operationId"] == operation.verb.as_str())?;
            Some(Described { spec, method, path, item, operation: described })
        })
    }

    /// Every schema there is, by name.
    #[cfg(test)]
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["components"]["schemas"].as_object().into_iter().flatten()
    }
}

impl Described {
    /// Its parameters, those of the path included.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static Value> {
        let spec = self.spec;
        let lists = [&self.item["parameters"], &self.operation["parameters"]];
        lists.into_iter().filter_map(Value::as_array).flatten().map(move |parameter| spec.follow(parameter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ajo_core::OPERATIONS;

    #[test]
    fn every_operation_is_described_at_its_method_and_path() {
        for operation in &OPERATIONS {
            let described = Spec::describe(operation).expect("a description");
            assert_eq!(
                (described.method, described.path),
                (operation.method.to_ascii_lowercase().as_str(), operation.path)
            );
            assert_eq!(described.parameters().any(|it| it["name"] == "uid"), operation.path.contains("{uid}"));
        }
    }
}
