//! Arguments of `ajo capping` and `ajo throttling`.

use std::num::IntErrorKind;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use ajo_core::{Uid, UidError};
use ajo_simulator::ServiceType;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum CappingCommand {
    #[command(flatten)]
    Resource(ResourceCommand),
    /// Change numbers of a configuration and redeploy it
    ///
    /// A configuration that is not deployed is only updated.
    #[command(override_usage = "ajo capping set [OPTIONS] <UID|URL>")]
    Set(SetCappingArgs),
    /// Make the saved definition of a deployed configuration live
    Redeploy {
        #[command(flatten)]
        target_arg: TargetArg,
        #[command(flatten)]
        yes_arg: YesArg,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ThrottlingCommand {
    #[command(flatten)]
    Resource(ResourceCommand),
    /// Change the limit; live at once if deployed
    Set(SetThrottlingArgs),
}

/// The eight operations of each API, with the names that the service uses.
#[derive(Debug, Subcommand)]
pub(crate) enum ResourceCommand {
    /// List configurations with their saved and live limits
    List(ListArgs),
    /// Create the configurations in a file
    Create(DefinitionArgs),
    /// Show a configuration
    Get(TargetArg),
    /// Replace the definition of a configuration
    Update {
        #[command(flatten)]
        target_arg: TargetArg,
        #[command(flatten)]
        definition: DefinitionArgs,
        #[command(flatten)]
        yes_arg: YesArg,
    },
    /// Delete a configuration
    Delete {
        #[command(flatten)]
        target_arg: TargetArg,
        /// Delete even if deployed
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        yes_arg: YesArg,
    },
    /// Exit with 1 if a configuration cannot be deployed
    CanDeploy(TargetArg),
    /// Deploy a configuration
    Deploy(LiveChangeArgs),
    /// Undeploy a configuration
    Undeploy(LiveChangeArgs),
}

/// Filters of the list. The service has none, so the command reads all configurations.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only configurations that match a URL, or share URLs with a pattern
    #[arg(long, value_name = "URL|PATTERN", value_parser = parse_url_filter)]
    pub(crate) url: Option<String>,

    /// Only configurations with this STATE; updated is live, and changed since
    #[arg(long, value_name = "STATE", value_enum)]
    pub(crate) deploy_state: Option<DeployStateArg>,
}

/// What is live of a configuration: a state of `--deploy-state` and of the STATE column.
///
/// It is not the `state` of the service, which has `created` and `updated` also for undeployed configurations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeployStateArg {
    /// Live as saved
    Deployed,
    /// Not live
    Undeployed,
    /// Live, and changed since the deploy
    Updated,
}

/// Skips the confirmation of a change.
#[derive(Clone, Debug, Args)]
pub(crate) struct YesArg {
    /// Do not ask for confirmation
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LiveChangeArgs {
    #[command(flatten)]
    pub(crate) target_arg: TargetArg,
    #[command(flatten)]
    pub(crate) yes_arg: YesArg,
}

#[derive(Debug, Args)]
pub(crate) struct TargetArg {
    /// UID of the configuration, or its URL if only one has it
    #[arg(value_name = "UID|URL")]
    pub(crate) target: ConfigTarget,
}

#[derive(Debug, Args)]
pub(crate) struct DefinitionArgs {
    /// Definition (JSON or YAML), or JSON output of get or list; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Send it although it violates rules of the service
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
#[group(id = "value", required = true, multiple = true, args = ["max_calls", "period", "max_connections"])]
pub(crate) struct SetCappingArgs {
    #[command(flatten)]
    pub(crate) target_arg: TargetArg,

    /// Maximum calls per period
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = parse_count)]
    pub(crate) max_calls: Option<i64>,

    /// Length of the period, such as 1000ms, 1s, or 1min
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = parse_milliseconds)]
    pub(crate) period: Option<i64>,

    /// Maximum connections to the endpoint
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = parse_count)]
    pub(crate) max_connections: Option<i64>,

    /// Caller to limit: action or data-source
    #[arg(long)]
    pub(crate) service: Option<ServiceType>,

    #[command(flatten)]
    pub(crate) yes_arg: YesArg,
}

#[derive(Debug, Args)]
pub(crate) struct SetThrottlingArgs {
    /// UID of the configuration, or its URL; needed if there are several
    #[arg(value_name = "UID|URL")]
    pub(crate) target: Option<ConfigTarget>,

    /// Maximum calls per second, from 200 to 5000
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = parse_throughput)]
    pub(crate) max_throughput: i64,

    #[command(flatten)]
    pub(crate) yes_arg: YesArg,
}

/// Identifies a configuration on the command line.
#[derive(Clone, Debug)]
pub(crate) enum ConfigTarget {
    Uid(Uid),
    Url(String),
}

impl DeployStateArg {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Undeployed => "undeployed",
            Self::Updated => "updated",
        }
    }
}

impl FromStr for ConfigTarget {
    type Err = UidError;

    /// A uid contains no `:`.
    fn from_str(text: &str) -> Result<Self, UidError> {
        if text.contains("://") { Ok(Self::Url(text.to_owned())) } else { text.parse().map(Self::Uid) }
    }
}

/// Parses the URL or the pattern of a filter.
pub(crate) fn parse_url_filter(text: &str) -> Result<String, String> {
    let is_web = |scheme: &str| ["http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it));
    match text.split_once("://") {
        Some((scheme, rest)) if is_web(scheme) && !rest.is_empty() && !rest.starts_with('/') => Ok(text.to_owned()),
        _ => Err("expected a URL with scheme and host, such as https://api.example.org/v1/*".to_owned()),
    }
}

fn parse_count(text: &str) -> Result<i64, String> {
    parse_number(text, 1..=i64::MAX, "expected a whole number of at least 1")
}

fn parse_throughput(text: &str) -> Result<i64, String> {
    parse_number(text, 200..=5000, "expected a whole number from 200 to 5000")
}

fn parse_number(text: &str, range: RangeInclusive<i64>, expected: &str) -> Result<i64, String> {
    let number = text.parse::<i64>().map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow => "the number is too large".to_owned(),
        _ => expected.to_owned(),
    })?;
    if range.contains(&number) { Ok(number) } else { Err(expected.to_owned()) }
}

/// Parses a time with a unit.
fn parse_milliseconds(text: &str) -> Result<i64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        _ => return Err("expected a number with a unit, such as 1000ms, 1s, or 1min".to_owned()),
    };
    let number: i64 = digits.parse().map_err(|_| "expected a whole number before the unit".to_owned())?;
    if number < 1 {
        return Err("expected a time of at least 1ms".to_owned());
    }
    number.checked_mul(unit).ok_or_else(|| "the time is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn period_needs_a_unit() {
        for (text, expected) in [("1000ms", 1000), ("2s", 2000), ("1min", 60_000)] {
            assert_eq!(parse_milliseconds(text), Ok(expected));
        }
        for text in ["1000", "s", "1.5s", "1h", "", "9223372036854775807s", "0s", "-1s"] {
            assert!(parse_milliseconds(text).is_err(), "{text}");
        }
    }
}
