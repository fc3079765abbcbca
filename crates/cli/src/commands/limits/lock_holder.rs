//! Who takes a lock, for the messages that others see.

use ajo_state::protocol::LeaseHolder;

use crate::command_error::CommandError;

/// This process: user, host, CI run, and start.
pub(crate) fn lock_holder() -> Result<LeaseHolder, CommandError> {
    Ok(LeaseHolder {
        owner: owner(),
        process: std::process::id(),
        run_url: run_url(&|name| std::env::var(name).ok().filter(|value| !value.is_empty())),
        since: ajo_state::current_time()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

fn owner() -> String {
    let first_set =
        |names: [&str; 2]| names.into_iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let user = first_set(["USER", "USERNAME"]).unwrap_or_else(|| "unknown user".to_owned());
    #[cfg(unix)]
    let host = Some(rustix::system::uname().nodename().to_string_lossy().into_owned());
    #[cfg(not(unix))]
    let host = first_set(["COMPUTERNAME", "HOSTNAME"]);
    host.map_or_else(|| user.clone(), |host| format!("{user}@{host}"))
}

/// The URL of the CI run. The variables are those that GitHub Actions, GitLab CI, Buildkite, and Jenkins document.
fn run_url(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let github = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", variable("GITHUB_RUN_ID")?))
    };
    let others = ["CI_JOB_URL", "BUILDKITE_BUILD_URL", "BUILD_URL"];
    github().or_else(|| others.into_iter().find_map(variable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_url_is_that_of_the_ci() {
        let found = |pairs: &[(&str, &str)]| {
            run_url(&|name| pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned()))
        };
        let github = [
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/limits"),
            ("GITHUB_RUN_ID", "42"),
        ];
        assert_eq!(found(&github).as_deref(), Some("https://github.com/acme/limits/actions/runs/42"));
        assert_eq!(found(&github[..2]), None);
        let gitlab = "https://gitlab.com/acme/limits/-/jobs/7";
        assert_eq!(found(&[("CI_JOB_URL", gitlab)]).as_deref(), Some(gitlab));
    }
}
