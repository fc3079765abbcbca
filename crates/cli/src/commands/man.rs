//! `ajo man`.

mod page;

use std::fs;
use std::process::ExitCode;

use clap::{Command, CommandFactory as _};

use self::page::ManPage;
use crate::arguments::{CliArgs, ManArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::safe_text::safe;

/// Writes a page for each command.
pub(crate) fn run(args: &ManArgs) -> Result<ExitCode, CommandError> {
    let directory = args.out.display();
    let failed =
        |error: std::io::Error| CommandError::new(format!("failed to write man pages to {directory}: {error}"));
    fs::create_dir_all(&args.out).map_err(failed)?;
    let mut root = CliArgs::command();
    root.build();
    let mut pages = Vec::new();
    add_pages(&root, "", &mut pages);
    for page in &pages {
        fs::write(args.out.join(page.file_name()), page.render().map_err(failed)?).map_err(failed)?;
    }
    output::print_note(safe!("wrote {} man pages to {}", pages.len(), directory));
    Ok(ExitStatus::Success.into())
}

fn add_pages(command: &Command, path: &str, pages: &mut Vec<ManPage>) {
    pages.push(ManPage::new(command, path));
    for sub in command.get_subcommands() {
        add_pages(sub, format!("{path} {}", sub.get_name()).trim_start(), pages);
    }
}
