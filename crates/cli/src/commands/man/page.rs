//! One man page.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::exit_status::ExitStatus;
use crate::help;
use crate::session::Setting;

/// The page of a command. Only the page of `ajo` itself has the options of all commands.
pub(super) struct ManPage {
    path: String,
    command: Command,
}

impl ManPage {
    /// `path` is empty for `ajo` itself. The command is part of a tree that is built.
    pub(super) fn new(command: &Command, path: &str) -> Self {
        // Unlike the help, the page has all options of the command.
        let command = command.clone().mut_args(|arg| {
            let is_global = arg.is_global_set();
            arg.hide(is_global)
        });
        Self { path: path.to_owned(), command }
    }

    pub(super) fn file_name(&self) -> String {
        format!("{}.1", self.name())
    }

    fn name(&self) -> String {
        format!("ajo {}", self.path).trim_end().replace(' ', "-")
    }

    pub(super) fn render(&self) -> io::Result<Vec<u8>> {
        let man = Man::new(self.command.clone())
            .title(self.name().to_uppercase())
            .source(format!("ajo {}", env!("CARGO_PKG_VERSION")))
            .manual("Adobe Journey Optimizer limits");
        let mut page = Vec::new();
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        if self.command.has_subcommands() {
            man.render_subcommands_section(&mut page)?;
        }
        let mut more = Roff::default();
        if self.path.is_empty() {
            add_settings(&mut more);
            add_exit_codes(&mut more);
            add_files(&mut more);
        }
        add_examples(&mut more, &self.path);
        if !self.path.is_empty() {
            more.control("SH", ["SEE ALSO"]);
            more.text([
                bold("ajo"),
                roman("(1) has the options of all commands, the environment variables, and the exit codes."),
            ]);
        }
        more.to_writer(&mut page)?;
        Ok(page)
    }
}

fn add_settings(roff: &mut Roff) {
    roff.control("SH", ["OPTIONS OF ALL COMMANDS AND ENVIRONMENT"]);
    for row in help::setting_rows() {
        let names: Vec<String> = row.option.into_iter().chain(row.variable.clone()).collect();
        let setting = row.variable.as_deref().and_then(Setting::from_variable);
        let text = setting.map_or(row.meaning, |setting| help::describe_setting(setting).paragraph());
        add_item(roff, &names.join(", "), &text);
    }
    roff.control("PP", []);
    roff.text([roman(help::PRECEDENCE)]);
}

fn add_exit_codes(roff: &mut Roff) {
    roff.control("SH", ["EXIT STATUS"]);
    for status in ExitStatus::ALL {
        add_item(roff, &status.code().to_string(), help::explain_exit_code(status));
    }
}

fn add_files(roff: &mut Roff) {
    roff.control("SH", ["FILES"]);
    for (file, content) in [
        ("~/.config/ajo/profiles/", "Profiles; AJO_CONFIG_DIR sets another directory."),
        ("~/.cache/ajo/tokens/", "Access tokens; AJO_TOKEN_CACHE sets another directory or turns the cache off."),
        ("~/.cache/ajo/completion/", "Uids of the last list, for completion; next to the tokens."),
        ("ajo.state.json", "State of limits as code, next to the first limits file."),
    ] {
        add_item(roff, file, content);
    }
}

fn add_examples(roff: &mut Roff, path: &str) {
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for example in help::find_examples(path) {
        roff.text([roman(*example)]);
    }
    roff.control("fi", []);
}

/// A term and its explanation.
fn add_item(roff: &mut Roff, term: &str, explanation: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(explanation)]);
}
