//! The commands of the README.

use super::{blocks, follow, read, write_files};
use crate::limits::fixture::Site;

/// The uid that the README shows in place of a created one.
const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

/// What has to be typed for a line of the README.
fn typed(line: &str) -> String {
    if line.starts_with("ajo emulator serve") {
        // It runs until it is stopped; the page on the emulator starts one.
        return String::new();
    }
    let line = line.replace("./integration-tests.sh", "sh ./integration-tests.sh");
    let line = line.replace(UID, r#"$(ajo capping list --output json | sed 's/.*"uid":"\([^"]*\)".*/\1/')"#);
    if line.starts_with("ajo plan ") {
        // The configuration created before has the URL of the limits file and would be a conflict.
        return format!("ajo emulator reset\n{line}");
    }
    // Without a terminal nobody can be asked.
    if line.starts_with("ajo apply ") { line.replacen("ajo apply", "ajo apply --yes", 1) } else { line }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_readme_do_what_it_says() {
    let page = read("README.md");
    let site = Site::start().await;
    let definition = blocks(&page).into_iter().find(|block| block.language == "yaml").expect("a definition");
    site.write("limit.yaml", &definition.text);
    site.write("integration-tests.sh", "ajo capping list\n");
    write_files(&page, &site.path("."));
    let settings = site.emulator.environment();
    let setting = |name: &str| settings.iter().find(|(other, _)| *other == name).expect(name).1.clone();
    let scopes = setting("AJO_SCOPES");
    let credentials = serde_json::json!({
        "CLIENT_ID": setting("AJO_CLIENT_ID"),
        "CLIENT_SECRETS": [setting("AJO_CLIENT_SECRET")],
        "ORG_ID": setting("AJO_ORG_ID"),
        "SCOPES": scopes.split(',').collect::<Vec<_>>(),
    });
    site.write("credentials.json", &credentials.to_string());

    let mut ajo = site.command(&[]);
    ajo.env("AJO_SANDBOX", "prod").env("AJO_EMULATOR_URL", site.emulator.ims_url());
    ajo.env("AJO_CONFIG_DIR", site.path("config"));
    let printed = follow("README.md", &ajo, |block| {
        let runs = block.starts_with("ajo ");
        runs.then(|| block.lines().map(|line| typed(line) + "\n").collect())
    });
    assert!(printed.contains("calls a second") || printed.contains("offered"), "the block was not run: {printed}");
}
