//! Exports the configurations of the service as a limits file.

mod entry;
mod scalar;

use std::collections::BTreeMap;

use ajo_core::rules::Severity;
use ajo_core::{Api, Sandbox, Uid};
use ajo_engine::untrusted_text::escape;

use self::scalar::scalar;
use super::limits::read;
use super::source::Source;
use super::sources::Sources;
use crate::{Desired, Found, InForce, Key, Observed};

/// A limits file of what the service has, for which nothing has to be done. Its order is that of the keys, so that two of them
/// can be compared.
///
/// A file cannot say everything that the service can have. What cannot be written stands there as a comment, with the reason:
/// drafts that lack something, the second of two that have the same key, a second throttling. Where something else limits than
/// what is saved, what is saved is written, and a comment says what limits.
///
/// ```
/// use ajo_limits::{Observed, dump};
///
/// let text = dump(&"prod".parse().unwrap(), &Observed::default());
/// assert!(text.ends_with("version: 1\nsandbox: prod\n\ncapping: []\n"));
/// ```
pub fn dump(sandbox: &Sandbox, observed: &Observed) -> String {
    let mut found: Vec<&Found> = observed.configs.iter().collect();
    found.sort_by(|one, other| (one.key(), &one.uid).cmp(&(other.key(), &other.uid)));
    let mut dumping = Dumping { sandbox, written: BTreeMap::new(), throttling: None };
    let of = |dumping: &mut Dumping<'_>, api| -> Vec<Entry> {
        let found = found.iter().filter(|found| found.standing.saved.api() == api);
        found.map(|found| dumping.entry(found)).collect()
    };
    let (capping, throttling) = (of(&mut dumping, Api::Capping), of(&mut dumping, Api::Throttling));

    let mut lines = vec![
        format!("# The limits of sandbox {sandbox} as the service has them, written by `ajo dump`."),
        "# `ajo plan` has nothing to do for this file, save where a comment says otherwise.".to_owned(),
        "version: 1".to_owned(),
        format!("sandbox: {}", scalar(sandbox.as_str())),
        String::new(),
        if capping.iter().any(Entry::is_written) { "capping:" } else { "capping: []" }.to_owned(),
    ];
    lines.extend(capping.iter().flat_map(|entry| entry.lines("  ", Some("- "))));
    if !throttling.is_empty() {
        lines.push(String::new());
    }
    if throttling.iter().any(Entry::is_written) {
        lines.push("throttling:".to_owned());
    }
    lines.extend(throttling.iter().flat_map(|entry| entry.lines("  ", None)));
    lines.join("\n") + "\n"
}

/// One configuration as it is written.
struct Entry {
    /// What is said before it, each in a line of its own.
    remarks: Vec<String>,
    /// Its lines; comments, if it is not to be read.
    lines: Vec<String>,
    written: bool,
}

impl Entry {
    fn is_written(&self) -> bool {
        self.written
    }

    /// Its lines with what stands before them, as an item of a list or as the fields of a mapping.
    fn lines(&self, indent: &str, item: Option<&str>) -> Vec<String> {
        let hash = if self.written { "" } else { "# " };
        let remarks = self.remarks.iter().map(|remark| format!("{indent}# {}", escape(remark)));
        let lines = self.lines.iter().enumerate().map(|(index, line)| {
            let before = item.map(|item| if index == 0 { item.to_owned() } else { " ".repeat(item.len()) });
            format!("{indent}{hash}{}{line}", before.unwrap_or_default())
        });
        remarks.chain(lines).collect()
    }
}

struct Dumping<'d> {
    sandbox: &'d Sandbox,
    written: BTreeMap<Key, Uid>,
    throttling: Option<Uid>,
}

impl Dumping<'_> {
    fn entry(&mut self, found: &Found) -> Entry {
        let lines = entry::lines(&found.standing.saved, found.standing.is_deployed());
        let key = found.key();
        if let Some(reason) = self.obstacle(found, &key, &lines) {
            let remark = format!("{} is not written: {reason}", found.uid);
            return Entry { remarks: vec![remark], lines, written: false };
        }
        if key.api == Api::Throttling {
            self.throttling = Some(found.uid.clone());
        }
        self.written.insert(key, found.uid.clone());
        Entry { remarks: in_force(found), lines, written: true }
    }

    /// Why it cannot be written.
    fn obstacle(&self, found: &Found, key: &Key, lines: &[String]) -> Option<String> {
        if let Some(other) = self.written.get(key) {
            return Some(format!("it has the same URL and methods as {other}, and a file cannot tell the two apart"));
        }
        if let Some(other) = self.throttling.as_ref().filter(|_| key.api == Api::Throttling) {
            return Some(format!("an organization has one throttling configuration, and {other} is written"));
        }
        // What was written is read: whatever keeps it from being read, now or when the rules change, is the reason.
        let item = if key.api == Api::Capping { Some("- ") } else { None };
        let entry = Entry { remarks: Vec::new(), lines: lines.to_vec(), written: true };
        let text = format!(
            "version: 1\nsandbox: {}\n{}:\n{}\n",
            scalar(self.sandbox.as_str()),
            key.api,
            entry.lines("  ", item).join("\n")
        );
        let limits = read(&Sources::new(vec![Source { name: String::new(), text }]), &|_| None);
        let errors: Vec<_> = limits
            .findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.message)
            .collect();
        let same = |desired: &Desired| desired.configs.iter().all(|wanted| wanted.definition == found.standing.saved);
        match limits.desired {
            Some(desired) if same(&desired) => None,
            Some(_) => Some("a file cannot say exactly this".to_owned()),
            None => Some(errors.join("; ")),
        }
    }
}

/// What is said where something else limits than what is saved.
fn in_force(found: &Found) -> Vec<String> {
    let saved = &found.standing.saved;
    match &found.standing.in_force {
        InForce::Nothing | InForce::Saved => Vec::new(),
        InForce::Unknown => {
            vec![format!("{} was changed and not deployed again; the service does not say what limits.", found.uid)]
        }
        InForce::Other(other) => {
            let edits = crate::plan::edits(Some(other), Some(saved));
            let edits =
                edits.iter().map(|edit| format!("  {}: {} limits, {} is saved", edit.field, edit.before, edit.after));
            let head = format!("{} was changed and not deployed again; this is what is saved.", found.uid);
            std::iter::once(head).chain(edits).collect()
        }
    }
}

#[cfg(test)]
mod tests;
