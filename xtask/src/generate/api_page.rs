//! Renders a page of the documentation for each API: `docs/reference/capping-api.md` and `throttling-api.md`.

use reference_pages::{MarkdownPage, SchemaObjects, code_span, escape_text, to_anchor, to_sentence};
use serde_json::Value;

use super::generated_files::GeneratedFiles;
use super::operation_model::{self, BodyModel, Idempotency, OperationModel};
use super::typescript::method_model::{ApiMethods, MethodModel, parse_apis};
use crate::spec::{Spec, referenced_schema_name};

const GENERATOR: &str = "cargo xtask generate";

/// Renders the pages. `commands` is the page with all commands, to which operations link.
pub(super) fn render(specs: &[Spec], commands: &str) -> Result<GeneratedFiles, String> {
    let operations = operation_model::parse_operations(specs)?;
    let apis = parse_apis(specs, &operations)?;
    Ok(apis.iter().map(|api| (format!("{}-api.md", api.name), render_page(api, commands))).collect())
}

fn render_page(api: &ApiMethods<'_>, commands: &str) -> String {
    let spec = api.spec;
    let text = |value: &Value| escape_text(value.as_str().unwrap_or_default());
    let title = text(&spec.value["info"]["title"]);
    let title = upper_first(title.trim_start_matches("Adobe Journey Optimizer "));
    let introduction = text(&spec.value["info"]["description"]);
    let mut page = MarkdownPage::new(&title, GENERATOR, &format!("`{}`", spec.file), &introduction);
    page.markdown(
        "Each description says how we know it. *Documented*: Adobe's documents say so. *Inferred*: they suggest it. \
         *Observed*: a published sample shows it. *Unknown*: nobody has published it.",
    );
    let server = &spec.value["servers"][0];
    page.markdown(&format!(
        "Base URL: {}. {}",
        code_span(server["url"].as_str().unwrap_or_default()),
        text(&server["description"])
    ));
    page.heading(2, "Headers");
    page.markdown("Every request has these headers. The client adds them.");
    page.table(&["header", "value"], &header_rows(spec));
    page.heading(2, "Operations");
    let row = |method: &MethodModel<'_>| {
        let OperationModel { id, method, path, summary, .. } = method.operation;
        vec![format!("[`{id}`](#{})", to_anchor(id)), code_span(&format!("{method} {path}")), to_sentence(summary)]
    };
    let rows: Vec<Vec<String>> = api.methods.iter().map(row).collect();
    page.table(&["operation", "request", "purpose"], &rows);
    for (operation, method) in spec.operations().zip(&api.methods) {
        add_operation(&mut page, api, method, operation.value, commands);
    }
    page.heading(2, "Objects");
    page.markdown("A field without **yes** is optional: a request can omit it, and a response may.");
    let schemas = &spec.value["components"]["schemas"];
    let objects = SchemaObjects::new(schemas);
    for name in schemas.as_object().into_iter().flatten().map(|(name, _)| name) {
        objects.add_schema(&mut page, 3, name);
    }
    page.finish()
}

fn header_rows(spec: &Spec) -> Vec<Vec<String>> {
    let schemes = spec.value["components"]["securitySchemes"].as_object();
    let schemes = schemes.into_iter().flatten().map(|(_, scheme)| {
        let name = scheme["name"].as_str().unwrap_or("Authorization");
        vec![code_span(name), escape_text(scheme["description"].as_str().unwrap_or_default())]
    });
    schemes.collect()
}

/// A section with the request, its errors, and its names in all languages.
fn add_operation(
    page: &mut MarkdownPage,
    api: &ApiMethods<'_>,
    method: &MethodModel<'_>,
    value: &Value,
    commands: &str,
) {
    let operation = method.operation;
    page.heading(3, &operation.id);
    page.paragraph(&format!("{} {}", to_sentence(&operation.summary), operation.description));
    let request = code_span(&format!("{} {}", operation.method, operation.path));
    let mut rows = vec![vec!["body".to_owned(), describe_body(operation)]];
    rows.extend(
        operation
            .options
            .iter()
            .map(|option| vec![format!("query {}", code_span(&option.parameter)), escape_text(&option.description)]),
    );
    rows.push(vec!["response".to_owned(), describe_response(api.spec, operation, value)]);
    rows.extend(error_rows(api.spec, value));
    rows.push(vec![
        "retries".to_owned(),
        describe_idempotency(&operation.idempotency) + " ([rules](../errors.md#retries))",
    ]);
    let command = format!("ajo {} {}", api.name, operation.id.replace('_', "-"));
    if commands.contains(&format!("# {command}\n")) {
        rows.push(vec!["command".to_owned(), format!("[`{command}`](commands.md#{})", to_anchor(&command))]);
    }
    rows.push(vec!["Rust".to_owned(), code_span(&rust_call(operation))]);
    let arguments: String = method.arguments.iter().map(|(name, _)| format!("{name}, ")).collect();
    rows.push(vec![
        "JavaScript".to_owned(),
        code_span(&format!("ajo.{}.{}({arguments}options?)", api.name, method.name)),
    ]);
    page.table(&["request", &request], &rows);
}

fn describe_body(operation: &OperationModel) -> String {
    match &operation.body {
        BodyModel::None => "none".to_owned(),
        BodyModel::Fixed(json) => code_span(json),
        BodyModel::Argument { schema, organization_field, .. } => {
            let name = referenced_schema_name(schema).map_or_else(|| "JSON".to_owned(), link_schema);
            let filled = organization_field
                .as_ref()
                .map(|field| format!("; the client fills in {} if it is absent", code_span(field)));
            name + &filled.unwrap_or_default()
        }
    }
}

fn link_schema(name: &str) -> String {
    format!("[{name}](#{})", to_anchor(name))
}

/// The status, the schema, and the part that the clients return.
fn describe_response(spec: &Spec, operation: &OperationModel, value: &Value) -> String {
    let response = spec.resolve(&value["responses"][operation.success.to_string()]).unwrap_or(&Value::Null);
    let schema = referenced_schema_name(operation_model::json_body_schema(response));
    let description = escape_text(&to_sentence(response["description"].as_str().unwrap_or_default()));
    let schema = schema.map(|name| format!(": {}", link_schema(name))).unwrap_or_default();
    let envelope =
        operation.response.envelope.as_ref().map(|(_, field)| format!(" The clients return {}.", code_span(field)));
    format!("{}{schema}. {description}{}", operation.success, envelope.unwrap_or_default())
}

fn error_rows(spec: &Spec, value: &Value) -> Vec<Vec<String>> {
    let responses = value["responses"].as_object().into_iter().flatten();
    let errors = responses.filter(|(status, _)| !status.starts_with('2')).map(|(status, response)| {
        let description = spec.resolve(response).unwrap_or(&Value::Null)["description"].as_str().unwrap_or_default();
        let title = if status == "default" { "other errors".to_owned() } else { format!("error {status}") };
        let description = description.trim_start_matches(status.as_str()).trim_start_matches([',', ' ']);
        vec![title, escape_text(&upper_first(description))]
    });
    errors.collect()
}

fn describe_idempotency(idempotency: &Idempotency) -> String {
    let text = match idempotency {
        Idempotency::Safe => "safe: it changes nothing",
        Idempotency::Idempotent => "idempotent: a second call has the same effect",
        Idempotency::NotIdempotent => "not idempotent: a second call has another effect",
    };
    text.to_owned()
}

fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn rust_call(operation: &OperationModel) -> String {
    let mut arguments: Vec<String> = operation.arguments.iter().map(|argument| format!("&{}", argument.name)).collect();
    if matches!(operation.body, BodyModel::Argument { .. }) {
        arguments.push("&definition".to_owned());
    }
    if !operation.options.is_empty() {
        arguments.push("options".to_owned());
    }
    format!("client.{}().{}({})", operation.api, operation.id, arguments.join(", "))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn pages_have_all_operations() {
        let specs = crate::spec::read_project_specs().expect("readable");
        let pages = render(&specs, "#### ajo capping can-deploy\n").expect("pages");
        let page = &pages["capping-api.md"];
        for expected in [
            "\n# Capping API\n",
            "| [`can_deploy`](#can_deploy) | `GET /endpointConfigs/{uid}/canDeploy` |",
            "| command | [`ajo capping can-deploy`](commands.md#ajo-capping-can-deploy) |",
            "| Rust | `client.capping().update(&uid, &definition)` |",
            "| JavaScript | `ajo.capping.canDeploy(uid, options?)` |",
            "| error 500 | With code 1451, the configuration is deployed",
            "\n### Rating\n",
            "| `maxCallsCount` | **yes** | integer, at least 1 |",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
        assert!(!page.contains("#ajo-capping-list"), "a link to a missing command");
    }
}
