//! One definition as lines of a limits file.

use std::collections::BTreeSet;

use super::scalar::scalar;
use crate::{Capping, Definition, Limit, Throttling};

/// The lines of an entry, from its first name on, without what stands before them.
pub(super) fn lines(definition: &Definition, deployed: bool) -> Vec<String> {
    let mut lines = match definition {
        Definition::Capping(capping) => self::capping(capping),
        Definition::Throttling(throttling) => self::throttling(throttling),
    };
    lines.push(format!("deployed: {deployed}"));
    lines
}

fn capping(capping: &Capping) -> Vec<String> {
    let mut lines = vec![format!("url: {}", scalar(&capping.url))];
    lines.extend(methods(&capping.methods));
    let services = [("action", &capping.services.action), ("dataSource", &capping.services.data_source)];
    let services: Vec<_> = services
        .into_iter()
        .filter_map(|(name, limit)| Some(format!("  {name}: {}", self::limit(limit.as_ref()?))))
        .collect();
    lines.push(if services.is_empty() { "services: {}" } else { "services:" }.to_owned());
    lines.extend(services);
    lines
}

fn throttling(throttling: &Throttling) -> Vec<String> {
    let text = |name: &str, text: &Option<String>| text.as_ref().map(|text| format!("{name}: {}", scalar(text)));
    let mut lines: Vec<_> = text("name", &throttling.name).into_iter().collect();
    lines.extend(text("description", &throttling.description));
    lines.push(format!("urlPattern: {}", scalar(&throttling.url_pattern)));
    lines.extend(methods(&throttling.methods));
    lines.extend(throttling.max_throughput.map(|count| format!("maxThroughput: {count}")));
    lines
}

/// Names as the service knows them stand in one line; anything else has a line of its own.
fn methods(methods: &BTreeSet<String>) -> Vec<String> {
    let scalars: Vec<_> = methods.iter().map(|method| scalar(method)).collect();
    let simple = |method: &String| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    if methods.iter().all(simple) {
        return vec![format!("methods: [{}]", scalars.join(", "))];
    }
    std::iter::once("methods:".to_owned()).chain(scalars.iter().map(|method| format!("  - {method}"))).collect()
}

fn limit(limit: &Limit) -> String {
    let rating = limit.rating.as_ref().map(|rating| {
        let counts = [("maxCallsCount", rating.max_calls_count), ("periodInMs", rating.period_in_ms)];
        format!("rating: {}", flow(counts.into_iter().filter_map(count)))
    });
    flow(count(("maxHttpConnections", limit.max_http_connections)).into_iter().chain(rating))
}

fn count((name, count): (&str, Option<i64>)) -> Option<String> {
    count.map(|count| format!("{name}: {count}"))
}

fn flow(fields: impl Iterator<Item = String>) -> String {
    let fields: Vec<_> = fields.collect();
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
}
