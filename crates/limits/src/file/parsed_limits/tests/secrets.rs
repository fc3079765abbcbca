//! Secrets in limits files.

use super::*;

const VALUE: &str = "s3cr3t/0123456789+==";

fn lookup(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some(VALUE.to_owned()),
        "SHORT" => Some("fifteen-chars-x".to_owned()),
        "SIXTEEN" => Some("sixteen-chars-xy".to_owned()),
        "DIGITS" => Some("1234567890123456".to_owned()),
        "STAR" => Some("a-secret-with-a-*-in-it".to_owned()),
        "HIDDEN" => Some("a-secret-with-\u{200b}-in-it".to_owned()),
        _ => None,
    }
}

fn file_with(url: &str) -> String {
    EXAMPLE.replace("https://api.example.org/data/2.5/*", url).replacen(
        "sandbox",
        "secrets: [TOKEN, SHORT, SIXTEEN, DIGITS, STAR, HIDDEN, UNSET, AJO_X]\nsandbox",
        1,
    )
}

fn parse(text: &str) -> ParsedLimits {
    parse_limits(&SourceSet::new(vec![source("prod.yaml", text)]), &lookup)
}

fn messages(text: &str) -> String {
    let limits = parse(text);
    let errors = limits.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.message.clone()).collect::<Vec<_>>().join("; ")
}

#[test]
fn definition_holds_placeholder() {
    let limits = parse(&file_with("'https://api.example.org/?key=${TOKEN}&literal=$${TOKEN}&other=${SIXTEEN}'"));
    let definition = &desired_configs(&limits)[0].definition;
    let url = "https://api.example.org/?key=${TOKEN}&literal=$${TOKEN}&other=${SIXTEEN}";
    assert_eq!(definition.key().url, url);
    assert_eq!(definition.secret_names().into_iter().collect::<Vec<_>>(), ["SIXTEEN", "TOKEN"]);
    let body = definition.to_request_body().expect("complete");
    let sent = format!("https://api.example.org/?key={VALUE}&literal=${{TOKEN}}&other=sixteen-chars-xy");
    assert_eq!(body["url"], sent.as_str());
    assert!(!format!("{limits:?}").contains("s3cr3t"), "{limits:?}");
}

#[test]
fn literal_value_is_sealed_too() {
    let limits = parse(&file_with("https://api.example.org/?key=s3cr3t%2f0123456789%2B%3D="));
    assert_eq!(desired_configs(&limits)[0].key().url, "https://api.example.org/?key=${TOKEN}");
}

#[test]
fn unusable_secret_is_named() {
    for (url, message) in [
        ("https://api.example.org/${SHORT}", "the value of the secret `SHORT` has fewer than 16 characters"),
        ("https://api.example.org/${STAR}", "the value of the secret `STAR` contains `*`, which is a wildcard"),
        ("https://api.example.org/${HIDDEN}", "the value of `HIDDEN` contains the invisible character U+200B"),
        ("https://api.example.org/${UNSET}", "the secret `UNSET` is not set"),
        ("https://api.example.org/${AJO_X}", "the variable `AJO_X` has a reserved prefix"),
        ("https://${TOKEN}.example.org/", "a secret must not be in a host or a method"),
        ("${SIXTEEN}", "a secret must not be in a host or a method"),
        ("https://user:${SIXTEEN}@api.example.org/", "it must not contain a user name"),
        // The value ends the host.
        ("https://user:${TOKEN}@api.example.org/", "a secret must not be in a host or a method"),
        ("ftp://api.example.org/${TOKEN}", "it must begin with https:// or http://"),
    ] {
        let messages = messages(&file_with(url));
        assert!(messages.contains(message), "{url}: {messages}");
        for value in ["s3cr3t", "chars-x", "a-secret"] {
            assert!(!messages.contains(value), "{url}: {messages}");
        }
    }
    let text = file_with("https://a.example/").replace("sandbox: prod", "sandbox: '${TOKEN}'");
    assert!(messages(&text).contains("the secret `TOKEN` can only be used in a limit"), "{}", messages(&text));
    let text = file_with("https://a.example/").replace("methods: [GET]", "methods: [GET, '${TOKEN}']");
    assert!(messages(&text).contains("a secret must not be in a host or a method"), "{}", messages(&text));
}

#[test]
fn hint_does_not_quote_a_value() {
    let text = file_with("https://a.example/").replace("maxThroughput: 400", "maxThroughput: '${DIGITS}'");
    let limits = parse(&text);
    let hints: Vec<_> = limits.diagnostics.iter().filter_map(|found| found.hint.as_deref()).collect();
    assert!(hints.iter().any(|hint| hint.starts_with("write the number ${DIGITS} without quotes")), "{hints:?}");
    assert!(!format!("{limits:?}").contains("1234567890123456"), "{limits:?}");
}

#[test]
fn draft_with_user_name_is_sealed() {
    let text = file_with("https://user:${SIXTEEN}@api.example.org/").replacen("deployed: true", "deployed: false", 1);
    let limits = parse(&text);
    let key = desired_configs(&limits)[0].key();
    assert_eq!(key.url, "https://user:${SIXTEEN}@api.example.org/");
}

#[test]
fn secret_of_base_is_used_in_overlay() {
    let base = file_with("https://api.example.org/${TOKEN}/*").replace("sandbox: prod\n", "");
    let over = "version: 1\nsandbox: prod\nbase: base.yaml\nsecrets: [TOKEN]\ncapping:
  - url: https://api.example.org/${TOKEN}/*
    services: { action: { rating: { maxCallsCount: 7 } } }
";
    let mut sources = SourceSet::new(vec![source("prod.yaml", over)]);
    sources.insert("base.yaml", Ok(base));
    let limits = parse_limits(&sources, &lookup);
    let config = &desired_configs(&limits)[0];
    assert_eq!(config.key().url, "https://api.example.org/${TOKEN}/*");
    assert_eq!(config.definition.integer_at(&["services", "action", "rating", "maxCallsCount"]), Some(7));
}
