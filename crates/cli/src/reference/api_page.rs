//! `docs/reference/capping-api.md` and `throttling-api.md`, from the specifications.

use ajo_core::{Api, OPERATIONS, Operation, RequestBody};
use ajo_engine::Idempotency;
use serde_json::Value;

use super::markdown_text::{code_span, escape_text, to_anchor, to_sentence, upper_first};
use super::page::MarkdownPage;
use super::schema_objects::SchemaObjects;
use super::schema_type::referenced_name;
use super::{GENERATOR, read_source};
use crate::help;

pub(super) fn render(api: Api) -> String {
    let file = format!("openapi/{api}.yaml");
    let spec: Value = serde_saphyr::from_str(&read_source(&file)).expect("YAML");
    let introduction = text(&spec["info"]["description"]);
    let title = format!("{} API", upper_first(api.as_str()));
    let mut page = MarkdownPage::new(&title, GENERATOR, &format!("`{file}`"), &introduction);
    page.markdown(
        "Each description says how we know it. *Documented*: Adobe's documents say so. *Inferred*: they suggest it. \
         *Observed*: a published sample shows it. *Unknown*: nobody has published it.",
    );
    let server = &spec["servers"][0];
    let url = code_span(server["url"].as_str().unwrap_or_default());
    page.markdown(&format!("Base URL: {url}. {}", text(&server["description"])));
    page.heading(2, "Headers");
    page.markdown("Every request has these headers. The client adds them.");
    page.table(&["header", "value"], &header_rows(&spec));
    page.heading(2, "Operations");
    let operations: Vec<&Operation> = OPERATIONS.iter().filter(|operation| operation.api == api).collect();
    let row = |operation: &&Operation| {
        let verb = operation.verb.as_str();
        let request = code_span(&format!("{} {}", operation.method, operation.path));
        vec![format!("[`{verb}`](#{})", to_anchor(verb)), request, to_sentence(operation.summary)]
    };
    page.table(&["operation", "request", "purpose"], &operations.iter().map(row).collect::<Vec<_>>());
    for operation in operations {
        add_operation(&mut page, &spec, operation);
    }
    page.heading(2, "Objects");
    page.markdown("A field without **yes** is optional: a request can omit it, and a response may.");
    let schemas = &spec["components"]["schemas"];
    let objects = SchemaObjects::new(schemas);
    for name in schemas.as_object().into_iter().flatten().map(|(name, _)| name) {
        objects.add_schema(&mut page, 3, name);
    }
    page.finish()
}

fn text(value: &Value) -> String {
    escape_text(value.as_str().unwrap_or_default())
}

fn header_rows(spec: &Value) -> Vec<Vec<String>> {
    let schemes = spec["components"]["securitySchemes"].as_object().into_iter().flatten();
    let rows = schemes.map(|(_, scheme)| {
        vec![code_span(scheme["name"].as_str().unwrap_or("Authorization")), text(&scheme["description"])]
    });
    rows.collect()
}

/// The node, or the one that it refers to.
fn resolve<'s>(spec: &'s Value, node: &'s Value) -> &'s Value {
    let target = node["$ref"].as_str().and_then(|reference| spec.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(node)
}

/// A section with the request, its errors, and its names in all languages.
fn add_operation(page: &mut MarkdownPage, spec: &Value, operation: &Operation) {
    let Operation { api, verb, .. } = operation;
    let node = &spec["paths"][operation.path][operation.method.to_ascii_lowercase()];
    page.heading(3, verb.as_str());
    let description = node["description"].as_str().unwrap_or_default();
    page.paragraph(&format!("{} {description}", to_sentence(operation.summary)));
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let mut rows = vec![row("body", describe_body(spec, node, operation))];
    rows.extend(query_rows(spec, node));
    rows.push(row("response", describe_response(spec, node, operation)));
    rows.extend(error_rows(spec, node));
    rows.push(row(
        "retries",
        format!("{} ([rules](../errors.md#retries))", describe_idempotency(operation.idempotency)),
    ));
    let command = format!("{api} {}", verb.as_str().replace('_', "-"));
    if help::subjects()
        .find_subcommand(api.as_str())
        .is_some_and(|group| group.get_subcommands().any(|sub| command == format!("{api} {}", sub.get_name())))
    {
        let command = format!("ajo {command}");
        rows.push(row("command", format!("[`{command}`](commands.md#{})", to_anchor(&command))));
    }
    rows.push(row("Rust", code_span(&rust_call(operation))));
    rows.push(row("JavaScript", code_span(&javascript_call(operation))));
    let request = code_span(&format!("{} {}", operation.method, operation.path));
    page.table(&["request", &request], &rows);
}

/// The schema of a JSON body, as a link.
fn link_body(content: &Value) -> Option<String> {
    let name = referenced_name(&content["content"]["application/json"]["schema"])?;
    Some(format!("[{name}](#{})", to_anchor(name)))
}

fn describe_body(spec: &Value, node: &Value, operation: &Operation) -> String {
    match operation.body {
        RequestBody::None => "none".to_owned(),
        RequestBody::Fixed(json) => code_span(json),
        RequestBody::Definition => {
            let body = link_body(resolve(spec, &node["requestBody"])).unwrap_or_else(|| "JSON".to_owned());
            let filled = node["x-organization-field"].as_str();
            let filled = filled.map(|field| format!("; the client fills in {} if it is absent", code_span(field)));
            body + &filled.unwrap_or_default()
        }
    }
}

fn query_rows(spec: &Value, node: &Value) -> Vec<Vec<String>> {
    let parameters = node["parameters"].as_array().into_iter().flatten().map(|parameter| resolve(spec, parameter));
    let rows = parameters.filter(|parameter| parameter["in"] == "query").map(|parameter| {
        let name = code_span(parameter["name"].as_str().unwrap_or_default());
        vec![format!("query {name}"), text(&parameter["description"])]
    });
    rows.collect()
}

/// The status, the schema, and the part that the clients return.
fn describe_response(spec: &Value, node: &Value, operation: &Operation) -> String {
    let response = resolve(spec, &node["responses"][operation.success.to_string()]);
    let schema = link_body(response).map(|link| format!(": {link}")).unwrap_or_default();
    let envelope = operation.envelope.map(|field| format!(" The clients return {}.", code_span(field)));
    let description = to_sentence(&text(&response["description"]));
    format!("{}{schema}. {description}{}", operation.success, envelope.unwrap_or_default())
}

fn error_rows(spec: &Value, node: &Value) -> Vec<Vec<String>> {
    let responses = node["responses"].as_object().into_iter().flatten();
    let errors = responses.filter(|(status, _)| !status.starts_with('2')).map(|(status, response)| {
        let description = resolve(spec, response)["description"].as_str().unwrap_or_default();
        let title = if status == "default" { "other errors".to_owned() } else { format!("error {status}") };
        let description = description.trim_start_matches(status.as_str()).trim_start_matches([',', ' ']);
        vec![title, escape_text(&upper_first(description))]
    });
    errors.collect()
}

const fn describe_idempotency(idempotency: Idempotency) -> &'static str {
    match idempotency {
        Idempotency::Safe => "safe: it changes nothing",
        Idempotency::Idempotent => "idempotent: a second call has the same effect",
        Idempotency::NotIdempotent => "not idempotent: a second call has another effect",
    }
}

fn rust_call(operation: &Operation) -> String {
    let mut arguments = Vec::new();
    arguments.extend(operation.path.contains("{uid}").then_some("&uid"));
    arguments.extend((operation.body == RequestBody::Definition).then_some("&definition"));
    arguments.extend((!operation.query.is_empty()).then_some("options"));
    format!("client.{}().{}({})", operation.api, operation.verb, arguments.join(", "))
}

fn javascript_call(operation: &Operation) -> String {
    let mut words = operation.verb.as_str().split('_');
    let method: String = words.next().into_iter().map(str::to_owned).chain(words.map(upper_first)).collect();
    let mut arguments = Vec::new();
    arguments.extend(operation.path.contains("{uid}").then_some("uid"));
    arguments.extend((operation.body == RequestBody::Definition).then_some("config"));
    arguments.push("options?");
    format!("ajo.{}.{method}({})", operation.api, arguments.join(", "))
}
