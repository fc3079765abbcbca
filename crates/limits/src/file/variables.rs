//! `${NAME}` in the texts of a file.

use super::findings::{Findings, quote};
use super::node::{Is, Node};
use super::span::{Mark, Marks};

pub(crate) const CODE: &str = "AJO_LIMITS_VARIABLE";

/// Beginnings of the names of variables that credentials are read from. What a limits file says is shown in reviews.
const KEPT: [&str; 3] = ["AJO_", "IMS_", "AIO_"];

/// What may be used, and what it is.
pub(crate) struct Variables<'v> {
    pub(crate) declared: Vec<String>,
    pub(crate) value: &'v dyn Fn(&str) -> Option<String>,
}

impl Variables<'_> {
    /// Puts the values of variables into every text of a value. That happens to texts that were read already, so a value never
    /// becomes a part of the file's form.
    pub(crate) fn fill(&self, node: &mut Node, marks: &Marks<'_>, findings: &mut Findings) {
        match &mut node.is {
            Is::List(items) => items.iter_mut().for_each(|item| self.fill(item, marks, findings)),
            Is::Map(map) => map.iter_mut().for_each(|(_, value)| self.fill(value, marks, findings)),
            Is::Text(text) if text.contains("${") => {
                let filled = self.filled(text, &node.mark, marks, findings);
                *text = filled;
            }
            _ => {}
        }
    }

    fn filled(&self, text: &str, mark: &Mark, marks: &Marks<'_>, findings: &mut Findings) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                filled.push_str(before);
                filled.push_str("${");
                rest = &from[2..];
                continue;
            }
            filled.push_str(before);
            let (name, after) = from[2..].split_once('}').map_or((None, ""), |(name, after)| (Some(name), after));
            match self.look_up(name) {
                Ok(value) => filled.push_str(&value),
                Err((message, hint)) => {
                    let place = place(text, text.len() - from.len(), from.len() - after.len(), mark, marks);
                    findings.error(CODE, &place, message).hint = Some(hint);
                    // What stands there is most likely right with a value: no second mistake is made of it.
                    filled.push_str(name.filter(|name| is_name(name)).unwrap_or_default());
                }
            }
            rest = after;
        }
        filled + rest
    }

    fn look_up(&self, name: Option<&str>) -> Result<String, (String, String)> {
        let literal = "a literal `${` is written `$${`";
        let Some(name) = name.filter(|name| is_name(name)) else {
            return Err(("after `${` a name and `}` must follow".to_owned(), literal.to_owned()));
        };
        let shown = quote(name);
        if KEPT.iter().any(|prefix| name.starts_with(prefix)) {
            let message = format!("the variable `{shown}` is one of ajo's own, and may hold a secret");
            return Err((message, "give the value another name; what a limits file says is printed".to_owned()));
        }
        if !self.declared.iter().any(|declared| declared == name) {
            let message = format!("the variable `{shown}` is not in this file's list of variables");
            return Err((message, format!("list it with `variables: [{shown}]`; {literal}")));
        }
        (self.value)(name)
            .ok_or_else(|| (format!("the variable `{shown}` is not set"), "set it in the environment".to_owned()))
    }
}

/// Letters of ASCII, digits and `_`, and no digit first.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Where a variable itself stands, if it is written as it was read; otherwise where its text does.
fn place(text: &str, start: usize, length: usize, mark: &Mark, marks: &Marks<'_>) -> Mark {
    let raw = marks.marked(mark);
    let variable = &text[start..start + length];
    let index = text[..start].matches("${").count();
    let same = raw.matches("${").count() == text.matches("${").count();
    let found = raw.match_indices("${").nth(index).filter(|(at, _)| same && raw[*at..].starts_with(variable));
    let exact = |(at, _)| marks.between(mark.bytes.0 + at, mark.bytes.0 + at + variable.len());
    found.map_or_else(|| mark.clone(), exact)
}
