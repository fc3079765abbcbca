//! `ajo state pull` and `push`.

use std::path::Path;

use ajo_limits::LimitsState;

use super::fake_bucket::{Behavior, FakeBucket, ORGANIZATION};
use super::{example, state_with};
use crate::support::CommandOutput;

struct Fixture {
    bucket: FakeBucket,
    directory: tempfile::TempDir,
}

impl Fixture {
    /// A repository whose state file `limits/ajo.state.json` is [`example`].
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        for name in [".git", "limits"] {
            std::fs::create_dir(directory.path().join(name)).expect("a directory");
        }
        let fixture = Self { bucket: FakeBucket::start(), directory };
        fixture.write("limits/ajo.state.json", &example());
        fixture
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, name: &str, state: &LimitsState) {
        std::fs::write(self.path().join(name), state.to_json_string()).expect("written");
    }

    fn load(&self, name: &str) -> LimitsState {
        LimitsState::parse(&std::fs::read_to_string(self.path().join(name)).expect("a state")).expect("valid")
    }

    fn run(&self, arguments: &[&str], code: i32) -> CommandOutput {
        self.bucket.run(self.path(), &[arguments, &["--state=s3://limits/team"]].concat(), code)
    }

    fn push(&self, code: i32) -> CommandOutput {
        self.run(&["state", "push", "limits/ajo.state.json"], code)
    }

    /// Saves a change of the file, as a command does.
    fn change(&self, name: &str, change: impl Fn(&mut LimitsState)) {
        let before = self.load(name);
        let mut state = before.clone();
        change(&mut state);
        state.advance_serials(&before);
        self.write(name, &state);
    }
}

#[test]
fn state_moves_to_bucket_and_back() {
    let fixture = Fixture::new();
    let note = fixture.push(0).stderr;
    assert!(note.contains("replaced the state of sandbox dev, sandbox prod, throttling in s3://limits/team"), "{note}");
    let sets = ["sandboxes/dev", "sandboxes/prod", "throttling"];
    let states = sets.map(|set| fixture.bucket.object(&format!("team/{ORGANIZATION}/{set}/state.json")));
    let count = |state: &Option<String>| state.as_ref().map(|text| text.matches("\"uid\"").count());
    assert_eq!(states.each_ref().map(count), [Some(1), Some(2), Some(1)]);
    // In a bucket, paths are relative to the root of the repository.
    assert!(states[1].as_ref().is_some_and(|text| text.contains("\"limits/prod.yaml\"")), "{states:?}");

    fixture.run(&["state", "pull", "--out=limits/copy.state.json"], 0);
    let copied = std::fs::read_to_string(fixture.path().join("limits/copy.state.json")).expect("a state");
    assert_eq!(copied, example().to_json_string());
    // A second push changes nothing.
    assert!(fixture.push(0).stderr.contains("has this state already"));
    let one = fixture.run(&["state", "pull", "--sandbox=dev"], 0).stdout;
    assert_eq!(LimitsState::parse(&one).expect("a state").configs.len(), 2, "dev and the throttling: {one}");
}

#[test]
fn push_refuses_older_and_diverged_state() {
    let fixture = Fixture::new();
    fixture.push(0);
    fixture.write("old.json", &fixture.load("limits/ajo.state.json"));
    fixture.change("limits/ajo.state.json", |state| state.configs[0].orphaned = true);
    fixture.push(0);
    let error = fixture.run(&["state", "push", "old.json"], 6).stderr;
    assert!(
        error.contains("the state of sandbox dev in s3://limits/team is newer than the one in old.json"),
        "{error}"
    );

    fixture.change("old.json", |state| state.configs[0].extra = vec!["/x".to_owned()]);
    let error = fixture.run(&["state", "push", "old.json"], 6).stderr;
    assert!(error.contains("was changed independently of the one in old.json") && error.contains("--force"), "{error}");
    let before = fixture.run(&["state", "pull"], 0).stdout;
    assert!(before.contains("orphaned"), "{before}");

    fixture.run(&["state", "push", "old.json", "--force"], 0);
    let after = LimitsState::parse(&fixture.run(&["state", "pull"], 0).stdout).expect("a state");
    // Everyone who has the replaced state is older now.
    assert_eq!((after.serials.sandboxes["dev"], after.configs[0].extra.len()), (3, 1));
    fixture.push(6);
}

#[test]
fn push_refuses_other_files() {
    let fixture = Fixture::new();
    fixture.push(0);
    let other = LimitsState { organization: Some("C3D4@AdobeOrg".to_owned()), ..example() };
    fixture.write("other.json", &other);
    let error = fixture.run(&["state", "push", "other.json", "--org-id", ORGANIZATION], 7).stderr;
    assert!(error.contains("other.json is for organization C3D4@AdobeOrg, but s3://limits/team for A1B2"), "{error}");
    for (text, expected) in [
        (r#"{"version": 2, "new": 1}"#, "unsupported version 2; this ajo reads version 1"),
        (r#"{"version": 1, "organization": "x", "configs": 1}"#, "not a state file"),
        ("<<<<<<< HEAD", "not a state file"),
        (r#"{"version": 1}"#, "has no organization"),
    ] {
        std::fs::write(fixture.path().join("other.json"), text).expect("written");
        let error = fixture.run(&["state", "push", "other.json", "--force"], 1).stderr;
        assert!(error.contains(expected), "{error}");
    }
    assert!(fixture.bucket.names().iter().all(|name| !name.contains("C3D4")));
}

#[test]
fn push_to_file_refuses_other_organization() {
    let fixture = Fixture::new();
    fixture.write("other.json", &LimitsState { organization: Some("C3D4@AdobeOrg".to_owned()), ..example() });
    let before = fixture.load("limits/ajo.state.json");
    let arguments = ["state", "push", "other.json", "--state=limits/ajo.state.json", "--force"];
    fixture.bucket.run(fixture.path(), &arguments, 7);
    assert_eq!(fixture.load("limits/ajo.state.json"), before);
    assert_eq!(fixture.load("limits/ajo.state.json").organization.as_deref(), Some(ORGANIZATION));
}

#[test]
fn push_completes_after_failure() {
    let fixture = Fixture::new();
    // Someone holds the last lease, so nothing may be written.
    let lease = format!("team/{ORGANIZATION}/throttling/lease.json");
    let held = r#"{"version":1,"epoch":7,"writeId":"x","leaseMs":60000,"holder":{"owner":"ci@host","process":9,"since":"2026-11-26T09:00:00Z"}}"#;
    fixture.bucket.set_object(&lease, held);
    let error = fixture.push(6).stderr;
    assert!(
        error.contains("ci@host") && error.contains("ajo state unlock --epoch 7 --throttling --state s3://"),
        "{error}"
    );
    assert!(
        fixture
            .bucket
            .object(&format!("team/{ORGANIZATION}/sandboxes/prod/state.json"))
            .is_none_or(|it| !it.contains("uid-1"))
    );
    fixture.run(&["state", "unlock", "--epoch=7", "--throttling", "--yes"], 0);
    fixture.push(0);
    assert_eq!(fixture.run(&["state", "pull"], 0).stdout.matches("\"uid\"").count(), 4);
}

#[test]
fn push_refuses_unfinished_apply() {
    let fixture = Fixture::new();
    fixture.write("new.json", &state_with(&[("prod", "capping", 9, "prod.yaml")]));
    let desired =
        ajo_limits::DesiredLimits { sandbox: "prod".parse().expect("a name"), configs: Vec::new(), files: Vec::new() };
    let (observed, state) = (ajo_limits::ObservedLimits::default(), LimitsState::default());
    let header = ajo_limits::JournalHeader {
        version: ajo_limits::JOURNAL_VERSION,
        organization: ORGANIZATION.to_owned(),
        started_at: "2026-11-26T09:00:00Z".to_owned(),
        files: Vec::new(),
        api: None,
        state_digest: ajo_limits::Digest::compute(&""),
        plan: ajo_limits::plan(&desired, &observed, &state, ajo_limits::PlanOptions::default()),
    };
    let journal = serde_json::to_string(&header).expect("JSON") + "\n";
    std::fs::write(fixture.path().join("limits/ajo.state.prod.journal"), journal).expect("written");
    let to_file = ["--state=limits/ajo.state.json"];
    for arguments in
        [&["state", "push", "new.json"][..], &["state", "rm", "uid-1"], &["state", "mv", "uid-1", "x.yaml"]]
    {
        let error = fixture.bucket.run(fixture.path(), &[arguments, &to_file].concat(), 6).stderr;
        assert!(error.contains("did not finish, so the state is incomplete"), "{error}");
        assert!(error.contains("hint: finish it with: ajo apply --resume --sandbox prod"), "{error}");
    }
    assert_eq!(fixture.load("limits/ajo.state.json").configs.len(), 4);
    let note =
        fixture.bucket.run(fixture.path(), &[&["state", "push", "new.json", "--force"][..], &to_file].concat(), 0);
    assert!(note.stderr.contains("is forgotten"), "{}", note.stderr);
    assert!(!fixture.path().join("limits/ajo.state.prod.journal").exists());
    // Only the parts in the pushed file are replaced.
    assert_eq!(fixture.load("limits/ajo.state.json").configs.len(), 3);
}

#[test]
fn pull_does_not_lose_a_newer_file() {
    let fixture = Fixture::new();
    fixture.push(0);
    fixture.change("limits/ajo.state.json", |state| state.configs[0].orphaned = true);
    let error = fixture.run(&["state", "pull", "--out=limits/ajo.state.json"], 7).stderr;
    assert!(error.contains("limits/ajo.state.json has a newer state of sandbox dev"), "{error}");
    assert!(fixture.load("limits/ajo.state.json").configs.iter().any(|it| it.orphaned));
    fixture.bucket.set_behavior(Behavior::Disconnects);
    std::fs::remove_file(fixture.path().join("limits/ajo.state.json")).expect("removed");
    fixture.run(&["state", "pull", "--org-id=A1B2@AdobeOrg", "--sandbox=prod", "--out=limits/ajo.state.json"], 1);
    assert!(!fixture.path().join("limits/ajo.state.json").exists());
}
