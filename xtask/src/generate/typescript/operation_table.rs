//! Renders the table of operations: what JavaScript needs to build a request and to check a success.

use std::fmt::Write as _;

use serde_json::Value;

use super::method_model::{ApiMethods, MethodModel};
use crate::generate::operation_model::{BodyModel, Idempotency, OperationModel};

/// The type of a row. A field that most operations lack is optional, because the table is part of every bundle.
const ROW_TYPE: &str = r#"/** An operation, as data. */
export interface OperationRow {
  readonly api: API_NAMES;
  /** The name of the method, such as `canDeploy`. */
  readonly name: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path below the base URL. It contains `{uid}` if the method takes a uid. */
  readonly path: string;
  /** The query parameter of each boolean option. It is sent with the value `true`, or not at all. */
  readonly query?: Readonly<Record<string, string>>;
  /** `true`: the caller passes a definition. A string: always this JSON. Absent: no body. */
  readonly body?: true | string;
  /** The success is 204. */
  readonly noContent?: true;
  /** The field of the response that holds the value. Absent: the value is the whole body. */
  readonly envelope?: string;
  /** The required type of the value. Absent: there is no value, and the body is ignored. */
  readonly value?: "any" | "object" | "configuration" | "configurations";
  /** Decides with which failures a call is retried. */
  readonly idempotency: "safe" | "idempotent" | "not-idempotent";
}

/** Every operation. The index is the number of the operation in the core, which has the same table. */
"#;

pub(super) fn render(apis: &[ApiMethods<'_>]) -> String {
    let names: Vec<String> = apis.iter().map(|api| format!("\"{}\"", api.name)).collect();
    let mut table = ROW_TYPE.replace("API_NAMES", &names.join(" | "));
    table += "export const OPERATIONS: readonly OperationRow[] = [\n";
    for method in apis.iter().flat_map(|api| &api.methods) {
        let _ = writeln!(table, "  {{ {} }},", render_row(method).join(", "));
    }
    table + "];\n"
}

fn render_row(method: &MethodModel<'_>) -> Vec<String> {
    let OperationModel { api, path, response, .. } = method.operation;
    let text = |name: &str, value: &str| format!("{name}: {}", Value::from(value));
    let mut fields = vec![
        text("api", api),
        text("name", &method.name),
        text("method", &method.operation.method),
        text("path", path),
    ];
    if !method.boolean_options.is_empty() {
        let parameters = method.boolean_options.iter().map(|option| text(&option.name, &option.parameter));
        fields.push(format!("query: {{ {} }}", parameters.collect::<Vec<_>>().join(", ")));
    }
    match &method.operation.body {
        BodyModel::None => {}
        BodyModel::Fixed(json) => fields.push(text("body", json)),
        BodyModel::Argument { .. } => fields.push("body: true".to_owned()),
    }
    if method.operation.success == 204 {
        fields.push("noContent: true".to_owned());
    }
    if let Some((_, envelope)) = &response.envelope {
        fields.push(text("envelope", envelope));
    }
    if response.schema.is_some() {
        fields.push(text("value", &response.value_variant.to_ascii_lowercase()));
    }
    let idempotency = match method.operation.idempotency {
        Idempotency::Safe => "safe",
        Idempotency::Idempotent => "idempotent",
        Idempotency::NotIdempotent => "not-idempotent",
    };
    fields.push(text("idempotency", idempotency));
    fields
}
