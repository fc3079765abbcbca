//! What each setting means, for the man page and the reference.

use crate::guide_url::guide_url;
use crate::session::Setting;

/// The description of a setting.
pub(crate) struct SettingText {
    /// A phrase without a period.
    pub(crate) summary: &'static str,
    /// Further sentences, or nothing.
    pub(crate) details: &'static str,
    /// The value without the setting, if it has one.
    pub(crate) default: Option<&'static str>,
}

const fn text(summary: &'static str, details: &'static str) -> SettingText {
    SettingText { summary, details, default: None }
}

impl SettingText {
    const fn with_default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// All in one paragraph.
    pub(crate) fn paragraph(&self) -> String {
        let default = self.default.map(|default| format!(" Default: {default}.")).unwrap_or_default();
        let separator = if self.details.is_empty() { "" } else { " " };
        format!("{}.{separator}{}{default}", self.summary, self.details)
    }
}

/// The description of a setting.
pub(crate) const fn describe_setting(setting: Setting) -> SettingText {
    match setting {
        Setting::BaseUrl => text("Base URL of the service", "It needs https, except for a loopback address.")
            .with_default("`https://platform.adobe.io/journey/orchestration`"),
        Setting::ImsUrl => text(
            "URL of the token endpoint, without a path",
            "Adobe's Identity Management System (IMS) issues the access tokens. It needs https, except for a loopback address.",
        )
        .with_default("`https://ims-na1.adobelogin.com`"),
        Setting::ClientId => text("Client ID of the credential", "It is also the API key of each request."),
        Setting::ClientSecret => text(
            "Client secret of the credential",
            "No option accepts it, because other processes can see arguments. `ajo auth login` stores it in the keychain.",
        ),
        Setting::AccessToken => text(
            "Access token to use instead of a credential",
            "Neither a client secret nor scopes are needed then. The token is not refreshed.",
        ),
        Setting::OrgId => text("ID of the organization, `…@AdobeOrg`", ""),
        Setting::Scopes => text("Scopes of the access token, separated by commas or spaces", ""),
        Setting::Sandbox => text("Name of the sandbox, in lower case", "A limits file names its own sandbox; another name here is an error."),
        Setting::CredentialName => {
            text("Credential to use, if the credential file or the environment has several", "")
        }
        Setting::Credentials => text(
            "Credential file to use instead of a profile",
            concat!(
                "Either JSON from Adobe's Developer Console (of the credential or of the whole project), a Postman environment, ",
                "or lines `NAME=value`, also with the names of Adobe's `aio` command. `-` is standard input. The variable may ",
                "also contain the content itself. The formats are in ",
                guide_url!("authentication"),
                "."
            ),
        ),
        Setting::Profile => text(
            "Profile to use",
            "`ajo auth login` stores a profile: an organization, a sandbox, a credential, and the URLs of the service.",
        )
        .with_default("the profile that `ajo auth switch` chose, or else `default`"),
        Setting::TokenCache => text(
            "Directory in which runs share access tokens",
            "An absolute path, or `off`.",
        )
        .with_default("`~/.cache/ajo/tokens` on Linux and macOS"),
        Setting::ConfigDirectory => {
            text("Directory of the profiles", "").with_default("`~/.config/ajo` on Linux and macOS")
        }
        Setting::Keychain => text(
            "Whether secrets go to the system keychain",
            "`off`, `false`, `no`, or `0` stores them in profile files that only you can read, for containers and CI.",
        )
        .with_default("the keychain, if there is one"),
        Setting::EmulatorUrl => text(
            "URL of a running emulator",
            "For `ajo emulator env`, `wait`, `status`, and `reset`. It does not change where other commands send requests.",
        )
        .with_default("`http://127.0.0.1:4010`"),
        Setting::State => text(
            "Where the state of limits as code is: a path, or the URL of a bucket",
            concat!(
                "Several machines can share a state in a bucket; see ",
                guide_url!("shared-state"),
                ". A limits file can name its state too."
            ),
        )
        .with_default("`ajo.state.json` next to the first limits file"),
        Setting::LeaseTime => text(
            "Seconds that the lock in a bucket lasts without a renewal",
            "A number from 1 to 3600.",
        )
        .with_default("60"),
        Setting::Log => text(
            "Log of the requests, on standard error",
            "`error`, `warn`, `info` (each call), `debug` (each request), `trace`, or `off`. The option is the same as `debug`.",
        )
        .with_default("off"),
    }
}
