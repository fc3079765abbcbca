//! Finds the configuration that a command names.

use ajo_apply::ServiceReader;
use ajo_core::{Api, Client, Uid};
use ajo_limits::ObservedConfig;
use ajo_limits::url_form::{normalize_url_pattern, patterns_overlap};

use crate::arguments::ConfigTarget;
use crate::command_error::CommandError;

/// Maximum number of configurations that an error lists.
const MAX_LISTED: usize = 20;

/// The uid of the named configuration, or of the only one.
pub(super) async fn find_uid(client: &Client, api: Api, target: Option<ConfigTarget>) -> Result<Uid, CommandError> {
    let url = match target {
        Some(ConfigTarget::Uid(uid)) => return Ok(uid),
        Some(ConfigTarget::Url(url)) => Some(url),
        None => None,
    };
    let observed = ServiceReader::new(client).list(api).await?;
    choose(Some(api), url.as_deref(), observed.configs).map(|config| config.uid)
}

/// The only configuration with this URL, or the only one. `api` is that of the configurations, if all have the same.
pub(crate) fn choose(
    api: Option<Api>,
    url: Option<&str>,
    mut configs: Vec<ObservedConfig>,
) -> Result<ObservedConfig, CommandError> {
    let kind = api.map(|api| format!("{api} ")).unwrap_or_default();
    let described = |configs: &[ObservedConfig]| {
        let lines = configs.iter().take(MAX_LISTED).map(|config| format!("\n  {} {}", config.uid, config.key()));
        lines.collect::<String>()
    };
    let wanted = url.map(normalize_url_pattern);
    let is_similar =
        |config: &&ObservedConfig| wanted.as_ref().is_some_and(|wanted| patterns_overlap(wanted, &config.key().url));
    let similar: Vec<_> = configs.iter().filter(is_similar).cloned().collect();
    let all = if similar.is_empty() { described(&configs) } else { described(&similar) };
    configs.retain(|config| wanted.as_ref().is_none_or(|wanted| config.key().url == *wanted));
    match (&configs[..], url) {
        ([config], _) => Ok(config.clone()),
        ([], None) => {
            let error = CommandError::new(format!("there is no {kind}configuration"));
            Err(match api {
                Some(api) => error.with_hint(format!("create one with `ajo {api} create FILE`")),
                None => error,
            })
        }
        ([], Some(url)) => {
            let error = CommandError::new(format!("no {kind}configuration has the URL {url}"));
            let what = if similar.is_empty() { "there are" } else { "pass the uid or the URL of one that matches it" };
            Err(if all.is_empty() { error } else { error.with_hint(format!("{what}:{all}")) })
        }
        (several, _) => {
            let having = url.map(|url| format!(" have the URL {url}")).unwrap_or_default();
            Err(CommandError::new(format!("{} {kind}configurations{having}", several.len()))
                .with_hint(format!("pass the uid of one:{}", described(several))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configs(urls: &[&str]) -> Vec<ObservedConfig> {
        let config = |(index, url): (usize, &&str)| {
            let json = serde_json::json!({"uid": format!("u-{index}"), "url": url, "methods": ["GET"]});
            ObservedConfig::from(&serde_json::from_value::<ajo_core::CappingConfig>(json).expect("a configuration"))
        };
        urls.iter().enumerate().map(config).collect()
    }

    #[test]
    fn url_is_compared_in_normal_form() {
        let found = choose(
            Some(Api::Capping),
            Some("https://A.example:443/x"),
            configs(&["https://b.example/x", "https://a.example/x"]),
        );
        assert_eq!(found.expect("one").uid.as_str(), "u-1");
        let found = choose(Some(Api::Capping), None, configs(&["https://a.example/x"]));
        assert_eq!(found.expect("the only one").uid.as_str(), "u-0");
    }

    #[test]
    fn errors_list_the_configurations() {
        let twice = configs(&["https://a.example/x", "https://a.example/x"]);
        let error = choose(Some(Api::Capping), Some("https://a.example/x"), twice.clone()).expect_err("two");
        assert_eq!(error.message, "2 capping configurations have the URL https://a.example/x");
        let line = "\n  u-1 capping GET https://a.example/x";
        assert!(
            error.hint.as_ref().is_some_and(|hint| hint.starts_with("pass the uid of one:") && hint.contains(line))
        );
        let error = choose(None, Some("https://c.example/x"), twice).expect_err("none");
        assert_eq!(error.message, "no configuration has the URL https://c.example/x");
        assert!(error.hint.is_some_and(|hint| hint.contains(line)), "{}", error.message);
        let error = choose(
            Some(Api::Capping),
            Some("https://a.example/v1/x"),
            configs(&["https://b.example/", "https://a.example/*"]),
        )
        .expect_err("a pattern is another URL");
        let hint = "pass the uid or the URL of one that matches it:\n  u-1 capping GET https://a.example/*";
        assert_eq!(error.hint.as_deref(), Some(hint));
        let error = choose(Some(Api::Throttling), None, Vec::new()).expect_err("none");
        assert_eq!(error.message, "there is no throttling configuration");
    }
}
