//! Random files and random changes at the service.

use proptest::prelude::*;

use super::*;
use crate::DesiredConfig;

/// How the text of an entry looks.
#[derive(Clone, Debug)]
struct Layout {
    /// The whole entry on one line.
    is_flow: bool,
    block_methods: bool,
    block_rating: bool,
    /// The quotes of the URL, and where `deployed` is.
    quotes: u8,
    /// Which comments there are.
    comments: u8,
}

/// An entry, and the configuration that the service has for it.
#[derive(Clone, Debug)]
struct Entry {
    layout: Layout,
    before: Config,
    after: Option<Config>,
}

#[derive(Clone, Debug, PartialEq)]
struct Config {
    path: &'static str,
    methods: Vec<&'static str>,
    /// Connections and calls, by service.
    services: Vec<(&'static str, Option<i64>, i64)>,
    deployed: bool,
}

impl Config {
    fn to_json(&self, index: usize) -> Value {
        let limits = self.services.iter().map(|(name, connections, calls)| {
            let mut limit = json!({"rating": rating(*calls)});
            if let Some(connections) = connections {
                limit["maxHttpConnections"] = json!(connections);
            }
            ((*name).to_owned(), limit)
        });
        capping(&self.url(index), &self.methods, &Value::Object(limits.collect()))
    }

    fn url(&self, index: usize) -> String {
        format!("https://h{index}.example.org/{}", self.path)
    }

    fn observed(&self, index: usize) -> ObservedConfig {
        observed(Api::Capping, &self.to_json(index), self.deployed)
    }
}

impl Entry {
    /// The lines of the entry, without the indentation of the list.
    fn lines(&self, index: usize) -> Vec<String> {
        let Layout { quotes, comments, .. } = self.layout;
        let url = match quotes % 3 {
            0 => self.before.url(index),
            1 => format!("'{}'", self.before.url(index)),
            _ => format!("\"{}\"", self.before.url(index)),
        };
        let trailing = |bit: u8| if comments & bit == 0 { String::new() } else { format!("  # {bit} of {index}") };
        let limit = |(_, connections, calls): &(&str, Option<i64>, i64)| {
            let connections = connections.map(|it| format!("maxHttpConnections: {it}, ")).unwrap_or_default();
            format!("{{{connections}rating: {{ maxCallsCount: {calls}, periodInMs: 1000 }}}}")
        };
        if self.layout.is_flow {
            let services: Vec<_> =
                self.before.services.iter().map(|it| format!("\"{}\": {}", it.0, limit(it))).collect();
            return vec![format!(
                "- {{ url: {url}, methods: [{}], services: {{ {} }}, deployed: {} }}{}",
                self.before.methods.join(","),
                services.join(","),
                self.before.deployed,
                trailing(1)
            )];
        }
        let mut lines = Vec::new();
        let deployed = format!("deployed: {}{}", self.before.deployed, trailing(1));
        let deployed_first = quotes > 3;
        if deployed_first {
            lines.push(deployed.clone());
        }
        lines.push(format!("url: {url}{}", trailing(2)));
        if comments & 16 != 0 {
            lines.push(format!("# The methods of {index}."));
        }
        if self.layout.block_methods {
            lines.push(format!("methods:{}", trailing(4)));
            lines.extend(self.before.methods.iter().map(|method| format!("- {method}")));
        } else {
            lines.push(format!("methods: [ {} ]{}", self.before.methods.join(" , "), trailing(4)));
        }
        lines.push("services:".to_owned());
        for service in &self.before.services {
            let (name, connections, calls) = service;
            if comments & 32 != 0 {
                lines.push(format!("# The {name} of {index}."));
            }
            if self.layout.block_rating {
                lines.push(format!("   {name}:"));
                lines.push(format!("     rating:{}", trailing(8)));
                lines.push(format!("       maxCallsCount:   {calls}{}", trailing(4)));
                lines.push("       periodInMs: 1000".to_owned());
                lines.extend(connections.map(|it| format!("     maxHttpConnections: {it}{}", trailing(2))));
            } else {
                lines.push(format!("   {name}: {}{}", limit(service), trailing(8)));
            }
        }
        if !deployed_first && (!self.before.deployed || quotes > 2) {
            lines.push(deployed);
        }
        lines.iter().enumerate().map(|(at, line)| format!("{} {line}", if at == 0 { "-" } else { " " })).collect()
    }
}

fn config() -> impl Strategy<Value = Config> {
    let methods = proptest::sample::subsequence(vec!["GET", "POST", "PUT"], 1..=3);
    let limit = || (proptest::option::of(1..9_i64), 1..99_i64);
    let services = prop_oneof![
        limit().prop_map(|one| vec![("action", one.0, one.1)]),
        limit().prop_map(|one| vec![("dataSource", one.0, one.1)]),
        (limit(), limit()).prop_map(|(one, other)| vec![("action", one.0, one.1), ("dataSource", other.0, other.1)]),
    ];
    let path = proptest::sample::select(vec!["*", "#x", "d"]);
    (path, methods, services, any::<bool>()).prop_map(|(path, methods, services, deployed)| Config {
        path,
        methods,
        services,
        deployed,
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let layout = (any::<[bool; 3]>(), 0..6_u8, 0..64_u8).prop_map(|(bits, quotes, comments)| Layout {
        is_flow: bits[0],
        block_methods: bits[1],
        block_rating: bits[2],
        quotes,
        comments,
    });
    (layout, config(), proptest::option::of(config())).prop_map(|(layout, before, after)| Entry {
        layout,
        before,
        after,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn accepted_file_equals_service(
        entries in proptest::collection::vec(entry(), 1..6),
        added in proptest::option::of(config()),
        removed in proptest::option::of(0..6_usize),
        (crlf, blank, end) in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        let mut lines = vec!["# A file.".to_owned(), "version: 1".to_owned(), "sandbox: prod".to_owned(), "capping:".to_owned()];
        let mut first_lines = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            lines.push(format!(" # Entry {index}: {{ x: [\"'"));
            first_lines.push(lines.len());
            lines.extend(entry.lines(index).iter().map(|line| format!("  {line}")));
            if blank {
                lines.push(String::new());
            }
        }
        first_lines.push(lines.len());
        let line_break = if crlf { "\r\n" } else { "\n" };
        let text = lines.join(line_break) + if end { line_break } else { "" };
        let removed = removed.filter(|index| *index < entries.len() && (entries.len() > 1 || added.is_some()));
        let mut changes = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let key = entry.before.observed(index).key();
            if removed == Some(index) {
                changes.push(AcceptedChange::Remove(key));
            } else if let Some(after) = &entry.after {
                changes.push(AcceptedChange::Update { key, found: after.observed(index) });
            }
        }
        changes.extend(added.iter().map(|config| AcceptedChange::Add(config.observed(99))));
        let changed = accept_changes(&sources(&text), &|_| None, &changes);
        prop_assert!(changed.is_ok(), "{:?}\n{text}", changed);
        let edited = changed.unwrap_or_default().into_iter().next().map_or_else(|| text.clone(), |file| file.content);

        let kept = entries.iter().enumerate().filter(|(index, _)| removed != Some(*index));
        let wanted = kept.map(|(index, entry)| entry.after.as_ref().unwrap_or(&entry.before).observed(index));
        let wanted: Vec<_> = wanted.chain(added.iter().map(|config| config.observed(99))).map(|found| found.deploy_state).collect();
        let desired = parse_limits(&sources(&edited), &|_| None).desired;
        let desired: Vec<_> = desired.into_iter().flat_map(|it| it.configs).map(|it| DesiredConfig::deploy_state(&it)).collect();
        prop_assert_eq!(&desired, &wanted, "{}", edited);

        // Lines of other entries, and all comments with a line of their own, are the same and in the same order.
        let is_own_comment = |line: &&str| line.trim_start().starts_with('#');
        let lines_of = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let before = lines_of(&text);
        let unrelated = before.iter().enumerate().filter(|(at, line)| {
            let entry = first_lines.iter().rposition(|first| first <= at).filter(|index| *index < entries.len());
            let is_changed = entry.is_some_and(|index| removed == Some(index) || entries[index].after.is_some());
            !is_changed || is_own_comment(&line.as_str()) || line.is_empty()
        });
        let after = lines_of(&edited);
        let mut rest = after.iter();
        for (_, line) in unrelated {
            prop_assert!(rest.any(|other| other == line), "{line:?} is missing from\n{edited}");
        }
        prop_assert_eq!(edited.matches("\r\n").count() == edited.matches('\n').count(), crlf || !text.contains('\n'));
    }
}
