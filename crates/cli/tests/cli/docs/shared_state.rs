//! Runs the commands in `docs/shared-state.md` with a local S3 server.

use std::fs;

use ajo_limits::StateSet;
use ajo_state::protocol::{LEASE_VERSION, LeaseDocument, LeaseHolder, ObjectNames, WriteIds};
use ajo_state::{Bucket as _, CloudBucket, PutCondition, StateLocation};

use super::run_page;
use crate::limits::fixture::LimitsFixture;
use crate::support::moto_server;

const PAGE: &str = "docs/shared-state.md";

/// The organization of the emulator.
const ORGANIZATION: &str = "E0E0E0E0E0E0E0E0E0E0E0E0@AdobeOrg";

/// The lease of a runner that applies to the sandbox `dev`.
fn lease_of_other_runner() -> LeaseDocument {
    LeaseDocument {
        version: LEASE_VERSION,
        epoch: 7,
        write_id: WriteIds::new(1).next_id(),
        lease_ms: 60_000,
        holder: Some(LeaseHolder {
            owner: "runner@ci-3".to_owned(),
            process: 2114,
            run_url: Some("https://github.com/acme/limits/actions/runs/1754".to_owned()),
            since: "2026-11-26T08:59:30Z".to_owned(),
        }),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_on_the_page_print_its_output() {
    let Some(server) = moto_server() else { return };
    server.create_bucket_named("acme-limits");
    let StateLocation::Bucket(url) = "s3://acme-limits/ajo".parse().expect("a location") else { panic!("a bucket") };
    let bucket = CloudBucket::from_variables(&url, server.variables()).expect("a bucket");
    let lease = ObjectNames::new(ORGANIZATION, &StateSet::Sandbox("dev".parse().expect("a name"))).lease();
    bucket.put(&lease, lease_of_other_runner().to_bytes(), PutCondition::Absent).await.expect("written");

    let fixture = LimitsFixture::start_at("2026-11-26T09:00:00Z").await;
    // The paths in the state are relative to the root of the repository.
    fs::create_dir(fixture.path(".git")).expect("a directory");
    let mut ajo = fixture.command(&[]);
    ajo.envs(server.variables()).env("AJO_LEASE_SECONDS", "6").env("EMULATOR", fixture.emulator.ims_url());
    let page_run = run_page(PAGE, &ajo, |block| {
        // The page says that this apply is killed before it deploys.
        let Some(apply) = block.strip_prefix("sed -i 's/v1/v2/' limits/prod.yaml\n") else {
            return Some(block.to_owned());
        };
        Some(format!(
            "sed -i 's/v1/v2/' limits/prod.yaml
            {{ control() {{ curl -fsS \"$EMULATOR/_emulator/$1\" \"${{@:2}}\"; }}
            control calls -X DELETE
            control faults -d '{{\"at\": \"capping.can_deploy\", \"fault\": \"delay:60000\"}}'
            set -m; {} & set +m
            until control 'calls?operation=capping.can_deploy' | grep -q can_deploy; do sleep 0.1; done
            kill -KILL -- -$!; wait $! || true; control faults -X DELETE; }} > killed.log 2>&1 || true",
            apply.trim_end()
        ))
    });
    assert!(page_run.block_count >= 6, "{} blocks", page_run.block_count);
}
