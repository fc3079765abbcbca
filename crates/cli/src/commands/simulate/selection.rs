//! Selects the limits of one endpoint.

use std::collections::BTreeSet;

use ajo_core::Api;
use ajo_limits::url_form::{normalize_url_pattern, patterns_overlap};

use super::source::SourceLimit;
use crate::command_error::CommandError;

/// Maximum number of limits that an error lists.
const MAX_LISTED: usize = 20;

/// Selects at most one limit of each API and source: the ones for this URL and method, or the only ones.
///
/// A limit with exactly this URL takes precedence over patterns that match it.
pub(super) fn select(
    all: Vec<SourceLimit>,
    url: Option<&str>,
    method: Option<&str>,
) -> Result<Vec<SourceLimit>, CommandError> {
    let (wanted, method) = (url.map(normalize_url_pattern), method.map(str::to_ascii_uppercase));
    let listed = list(&all);
    let mut matching: Vec<SourceLimit> = all
        .into_iter()
        .filter(|limit| wanted.as_ref().is_none_or(|wanted| patterns_overlap(&limit.key.url, wanted)))
        .filter(|limit| method.as_ref().is_none_or(|method| limit.key.methods.contains(method)))
        .collect();
    if matching.is_empty() && (url.is_some() || method.is_some()) {
        let call = [method.as_deref(), url].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let error = CommandError::new(format!("no limit matches {call}"));
        return Err(if listed.is_empty() { error } else { error.with_hint(format!("the sources have:{listed}")) });
    }
    let Some((wanted, url)) = wanted.as_ref().zip(url) else {
        check_single_url(&matching)?;
        return Ok(matching);
    };
    for api in [Api::Capping, Api::Throttling] {
        let is_exact = |limit: &SourceLimit| limit.key.api == api && limit.key.url == *wanted;
        if matching.iter().any(is_exact) {
            matching.retain(|limit| limit.key.api != api || is_exact(limit));
        }
        let found: Vec<_> = matching.iter().filter(|limit| limit.key.api == api).cloned().collect();
        if found.len() > 1 {
            let problem = format!("{} {api} limits match {url}", found.len());
            let hint = format!("select one with its URL in --url, and --method:{}", list(&found));
            return Err(CommandError::new(problem).with_hint(hint));
        }
    }
    Ok(matching)
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
