//! The two `OpenAPI` documents, embedded at compile time. `cargo xtask generate` writes them from `openapi/*.yaml`.

use std::sync::LazyLock;

use ajo_core::{Api, Operation};
use serde_json::Value;

/// Parsed on first use, so an emulator without contract mode does not pay for it.
static CAPPING: LazyLock<OpenApiDocument> =
    LazyLock::new(|| OpenApiDocument::parse(include_str!("generated/capping.json")));
static THROTTLING: LazyLock<OpenApiDocument> =
    LazyLock::new(|| OpenApiDocument::parse(include_str!("generated/throttling.json")));

/// One `OpenAPI` document.
pub(super) struct OpenApiDocument(Value);

/// One operation in the document.
pub(super) struct OperationSpec {
    pub(super) spec: &'static OpenApiDocument,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    item: &'static Value,
    pub(super) operation: &'static Value,
}

impl OpenApiDocument {
    fn parse(text: &str) -> Self {
        Self(serde_json::from_str(text).expect("the generated specifications are JSON"))
    }

    pub(super) fn for_api(api: Api) -> &'static Self {
        match api {
            Api::Capping => &CAPPING,
            Api::Throttling => &THROTTLING,
        }
    }

    /// Follows references, which point into the same document only.
    pub(super) fn resolve_ref<'s>(&'s self, mut node: &'s Value) -> &'s Value {
        while let Some(pointer) = node["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            node = self.0.pointer(pointer).unwrap_or(&Value::Null);
        }
        node
    }

    /// The lower-case names of the headers that every call needs.
    pub(super) fn security_headers(&self) -> impl Iterator<Item = String> {
        let schemes = self.0["components"]["securitySchemes"].as_object().into_iter().flatten();
        schemes.filter_map(|(_, scheme)| match scheme["type"].as_str() {
            Some("http") => Some("authorization".to_owned()),
            Some("apiKey") => scheme["name"].as_str().map(str::to_ascii_lowercase),
            _ => None,
        })
    }

    /// Finds an operation by its id.
    pub(super) fn find_operation(operation: &Operation) -> Option<OperationSpec> {
        let spec = Self::for_api(operation.api);
        let paths = spec.0["paths"].as_object()?;
        paths.iter().find_map(|(path, item)| {
            let mut operations = item.as_object()?.iter();
            let (method, operation) = operations.find(|(_, it)| it["operationId"] == operation.verb.as_str())?;
            Some(OperationSpec { spec, method, path, item, operation })
        })
    }

    #[cfg(test)]
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["components"]["schemas"].as_object().into_iter().flatten()
    }
}

impl OperationSpec {
    /// The parameters of the operation and of its path.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static Value> {
        let spec = self.spec;
        let lists = [&self.item["parameters"], &self.operation["parameters"]];
        lists.into_iter().filter_map(Value::as_array).flatten().map(move |parameter| spec.resolve_ref(parameter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ajo_core::OPERATIONS;

    #[test]
    fn every_operation_is_specified() {
        for operation in &OPERATIONS {
            let operation_spec = OpenApiDocument::find_operation(operation).expect("a description");
            assert_eq!(
                (operation_spec.method, operation_spec.path),
                (operation.method.to_ascii_lowercase().as_str(), operation.path)
            );
            assert_eq!(operation_spec.parameters().any(|it| it["name"] == "uid"), operation.path.contains("{uid}"));
        }
    }
}
