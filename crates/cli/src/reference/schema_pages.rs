//! The pages about files and JSON output, from the schemas that `ajo schema` prints.

use super::page::MarkdownPage;
use super::schema_objects::SchemaObjects;
use ajo_limits::{SchemaName, json_schema};

use super::GENERATOR;

/// A page about a format, and the file with its schema.
pub(super) struct SchemaPage {
    pub(super) file: &'static str,
    schema: SchemaName,
    title: &'static str,
    introduction: &'static str,
}

pub(super) const PAGES: [SchemaPage; 4] = [
    SchemaPage {
        file: "limits-file.md",
        schema: SchemaName::Limits,
        title: "Limits file",
        introduction: "A limits file lists the limits of one sandbox, as YAML or JSON. [Limits files](../limits-files.md) is the guide. A field that is not in these tables is an error.",
    },
    SchemaPage {
        file: "policy.md",
        schema: SchemaName::Policy,
        title: "Policy",
        introduction: "A policy restricts the limits that `ajo apply` may set. A limits file names it in its field `policy`, or \
                       the option `--policy` does. [Limits files](../limits-files.md#policies) has examples.",
    },
    SchemaPage {
        file: "report.md",
        schema: SchemaName::Report,
        title: "JSON reports and plans",
        introduction: "Commands for limits as code print this object with `--output json`, and `ajo plan --out` saves it as a \
                       plan. `--jq` filters it.",
    },
    SchemaPage {
        file: "state-file.md",
        schema: SchemaName::State,
        title: "State file",
        introduction: "`ajo.state.json` records which configurations `ajo` manages, and how it last applied them. Programs may \
                       read it; to change it, use [`ajo state`](commands.md#ajo-state).",
    },
];

impl SchemaPage {
    pub(super) fn schema_file(&self) -> String {
        format!("schemas/{}.schema.json", self.schema.as_str())
    }

    pub(super) fn render_schema(&self) -> String {
        format!("{:#}\n", json_schema(self.schema))
    }

    pub(super) fn render(&self) -> String {
        let mut page = MarkdownPage::new(self.title, GENERATOR, "the JSON Schema", self.introduction);
        page.markdown(&format!(
            "For editors and validators, there is a [JSON Schema]({}), which `ajo schema {}` prints too.",
            self.schema_file(),
            self.schema.as_str()
        ));
        SchemaObjects::add_document(&mut page, &json_schema(self.schema));
        page.finish()
    }
}
