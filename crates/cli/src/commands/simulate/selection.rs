//! Selects the limits of one endpoint.

use std::collections::BTreeSet;

use ajo_core::Api;
use ajo_limits::url_form::{normalize_url_pattern, patterns_overlap};

use super::source::SourceLimit;
use crate::command_error::CommandError;

/// Maximum number of limits that an error lists.
const MAX_LISTED: usize = 20;

/// Selects at most one limit of each API: the ones for this URL and method, or the only ones.
///
/// A limit with exactly this URL takes precedence over patterns that match it.
pub(super) fn select(
    all: Vec<SourceLimit>,
    url: Option<&str>,
    method: Option<&str>,
) -> Result<Vec<SourceLimit>, CommandError> {
    let Some(url) = url else {
        check_single_url(&all)?;
        return Ok(all);
    };
    let wanted = normalize_url_pattern(url);
    let method = method.map(str::to_ascii_uppercase);
    let listed = list(&all);
    let matching: Vec<SourceLimit> = all
        .into_iter()
        .filter(|limit| patterns_overlap(&limit.key.url, &wanted))
        .filter(|limit| method.as_ref().is_none_or(|method| limit.key.methods.contains(method)))
        .collect();
    if matching.is_empty() {
        let method = method.map(|method| format!("{method} ")).unwrap_or_default();
        let error = CommandError::new(format!("no limit matches {method}{url}"));
        return Err(if listed.is_empty() { error } else { error.with_hint(format!("the sources have:{listed}")) });
    }
    let mut selected = Vec::new();
    for api in [Api::Capping, Api::Throttling] {
        let mut found: Vec<_> = matching.iter().filter(|limit| limit.key.api == api).cloned().collect();
        if found.iter().any(|limit| limit.key.url == wanted) {
            found.retain(|limit| limit.key.url == wanted);
        }
        if found.len() > 1 {
            let problem = format!("{} {api} limits match {url}", found.len());
            let hint = format!("pass one of these URLs with --url, or also --method:{}", list(&found));
            return Err(CommandError::new(problem).with_hint(hint));
        }
        selected.extend(found);
    }
    Ok(selected)
}

/// Fails if a source has limits for several URLs, or several of one API.
fn check_single_url(all: &[SourceLimit]) -> Result<(), CommandError> {
    for source in all.chunk_by(|one, next| one.source == next.source) {
        let urls: BTreeSet<_> = source.iter().map(|limit| &limit.key.url).collect();
        let (option, several) = if urls.len() > 1 { ("--url", "URLs") } else { ("--method", "methods") };
        let is_repeated = |api| source.iter().filter(|limit| limit.key.api == api).count() > 1;
        if urls.len() > 1 || is_repeated(Api::Capping) || is_repeated(Api::Throttling) {
            let origin = source.first().map_or("", |limit| limit.origin.split(':').next().unwrap_or_default());
            let problem = format!("{origin} has limits for several {several}");
            return Err(CommandError::new(problem).with_hint(format!("select one with {option}:{}", list(source))));
        }
    }
    Ok(())
}

fn list(limits: &[SourceLimit]) -> String {
    let line = |limit: &SourceLimit| format!("\n  {}: {}", limit.origin, limit.key);
    let more = limits.len().saturating_sub(MAX_LISTED);
    let rest = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    limits.iter().take(MAX_LISTED).map(line).collect::<String>() + &rest
}
