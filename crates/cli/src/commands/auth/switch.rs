//! `ajo auth switch`.

use crate::arguments::SwitchArgs;
use crate::command_error::CommandError;
use crate::output;
use crate::safe_text::safe;
use crate::session::{ProfileName, ProfileStore, Setting, SettingsReader};

pub(super) fn run(args: &SwitchArgs) -> Result<(), CommandError> {
    let name: ProfileName = args.name.parse()?;
    let profiles = ProfileStore::open()?;
    let profile = profiles.get(&name)?;
    profiles.choose(&name)?;
    output::print_note(safe!(
        "commands use profile {} from now on: sandbox {} of {}",
        name,
        profile.sandbox,
        profile.org_id
    ));
    if let Some(found) = SettingsReader::variables().get(Setting::Profile)? {
        output::print_note(safe!(
            "warning: {} is set to {} and overrides this choice; unset it",
            found.source,
            found.value
        ));
    }
    Ok(())
}
