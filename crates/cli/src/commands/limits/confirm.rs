//! Asking for the name of a production sandbox.

use std::io::{self, IsTerminal as _};

use ajo_limits::Report;

use super::input::Input;
use crate::arguments::{self, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{Format, TextStyle};
use crate::{output, prompt};

/// Asks for it, if it is one, and if there is somebody to ask.
pub(crate) async fn production(
    settings: &Settings,
    what: &arguments::Apply,
    input: &Input,
    report: &Report,
) -> Result<(), Failure> {
    // A fresh emulator is nobody's production.
    if what.yes || settings.emulator || !input.production {
        return Ok(());
    }
    let sandbox = report.sandbox.clone().unwrap_or_default();
    if !io::stdin().is_terminal() {
        return Err(Failure::new(format!("sandbox {sandbox} is a production sandbox, and nobody can be asked"))
            .hint("say --yes once the plan is reviewed; or, if it is none, `production: false` in the file")
            .with_exit(Exit::Refused));
    }
    let style = TextStyle { color: output::color(), width: output::width() };
    output::note(&Format::Text.render(report, &|file| input.sources.shown(file), style));
    let question = format!("Type the name of the production sandbox ({sandbox}) to apply this");
    // A thread of its own, so that Ctrl-C is heard while it waits.
    let asked =
        tokio::task::spawn_blocking(move || prompt::ask(&question, None, |typed| Ok::<_, String>(typed.to_owned())));
    let typed = asked.await.map_err(|error| Failure::new(format!("failed to ask: {error}")))?;
    match typed {
        Ok(typed) if typed == sandbox => Ok(()),
        Ok(_) => Err(Failure::new("that is not its name; nothing was done").with_exit(Exit::Refused)),
        Err(failure) => Err(failure.with_exit(Exit::Refused)),
    }
}
