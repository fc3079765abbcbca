//! The tables of the pages about moving from another tool: the commands are run on the page, and the Rust calls are compiled and run
//! here. `crates/wasm/npm/test/package/guides.test.mjs` runs the JavaScript calls.

use ajo_core::{CappingDefinition, Client, DeleteOptions, ThrottlingDefinition};
use ajo_emulator::Emulator;

use super::{code_blocks, read_page};

const PAGES: [&str; 2] = ["docs/moving-from-aepp.md", "docs/moving-from-postman.md"];

/// The calls on the pages, which must appear here in the same words.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rust_calls_run() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let client = Client::for_emulator(&emulator.ims_url())?;
    let limit: CappingDefinition = serde_json::from_str(
        r#"{"url": "https://api.example.org/*", "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#,
    )?;
    let uid = client.capping().create(&limit).await?.uid;
    assert_eq!(client.capping().list().await?.len(), 1);
    assert_eq!(client.capping().get(&uid).await?.uid, uid);
    client.capping().update(&uid, &limit).await?;
    client.capping().can_deploy(&uid).await?;
    client.capping().deploy(&uid).await?;
    client.capping().redeploy(&uid).await?;
    client.capping().undeploy(&uid).await?;
    client.capping().delete(&uid, DeleteOptions::default()).await?;
    let uid = client.capping().create(&limit).await?.uid;
    client.capping().delete(&uid, DeleteOptions { force: true }).await?;

    let partner: ThrottlingDefinition = serde_json::from_str(
        r#"{"urlPattern": "https://partner.example.com/*", "methods": ["POST"], "maxThroughput": 400}"#,
    )?;
    let uid = client.throttling().create(&partner).await?.uid;
    assert_eq!(client.throttling().list().await?.len(), 1);
    assert_eq!(client.throttling().get(&uid).await?.uid, uid);
    client.throttling().update(&uid, &partner).await?;
    client.throttling().can_deploy(&uid).await?;
    client.throttling().deploy(&uid).await?;
    client.throttling().undeploy(&uid).await?;
    client.throttling().delete(&uid, DeleteOptions::default()).await?;
    let uid = client.throttling().create(&partner).await?.uid;
    client.throttling().delete(&uid, DeleteOptions { force: true }).await?;
    Ok(())
}

/// The code in the cells of the tables that starts like this.
fn cells(page: &str, start: &str) -> Vec<String> {
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let code = rows.flat_map(|row| row.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    code.filter(|code| code.starts_with(start)).collect()
}

#[test]
fn rust_calls_are_compiled() {
    let source = read_page("crates/cli/tests/cli/docs/migration_tables.rs");
    let compiled =
        source.split_once("async fn rust_calls_run").and_then(|(_, rest)| rest.split_once("\n}\n")).expect("it").0;
    for page in PAGES {
        let calls = cells(&read_page(page), "client.");
        assert!(calls.len() > 10, "{page}: {calls:?}");
        for call in calls {
            assert!(compiled.contains(&call), "{page}: {call} is not in the test");
        }
    }
}

#[test]
fn table_commands_are_run_on_the_page() {
    for page in PAGES {
        let text = read_page(page);
        let scripts: String =
            code_blocks(&text).into_iter().filter(|it| it.language == "sh").map(|it| it.text).collect();
        let commands = cells(&text, "ajo ");
        assert!(commands.len() > 10, "{page}: {commands:?}");
        for command in commands {
            let command = command.replace("UID", "\"$uid\"");
            assert!(scripts.contains(&command), "{page}: no block runs {command}");
        }
    }
}
