//! State and journal objects that are not what they should be.

use ajo_limits::{JOURNAL_VERSION, STATE_VERSION};
use ajo_state::protocol::{DocumentError, FenceOutcome, JournalDocument, StateDocument};
use serde_json::{Value, json};

use crate::support::{Network, batch, fence, id, names};

/// The error of a fence after `change` to the first batch of the former holder.
fn batch_error(change: impl FnOnce(&mut Value)) -> DocumentError {
    let mut network = Network::default();
    network.lock(1);
    let mut document = serde_json::to_value(batch(1, 0).0).expect("JSON");
    change(&mut document);
    network.overwrite(&names().batch(1, 0), document.to_string());
    let lease = network.acquire(2);
    match network.run(&mut fence(&lease)) {
        FenceOutcome::Invalid(error) => error,
        outcome => panic!("{outcome:?}"),
    }
}

/// The error of a fence after `change` to the state.
fn state_error(change: impl FnOnce(&mut Value)) -> DocumentError {
    let mut network = Network::default();
    let (_, fenced) = network.lock(1);
    let mut document = serde_json::to_value(fenced.document).expect("JSON");
    change(&mut document);
    network.overwrite(&names().state(), document.to_string());
    let lease = network.acquire(2);
    match network.run(&mut fence(&lease)) {
        FenceOutcome::Invalid(error) => error,
        outcome => panic!("{outcome:?}"),
    }
}

fn malformed(error: DocumentError) -> String {
    match error {
        DocumentError::Malformed { message, .. } => message,
        error @ DocumentError::UnsupportedVersion { .. } => panic!("{error}"),
    }
}

#[test]
fn newer_state_is_refused() {
    let name = names().state();
    let error = state_error(|state| *state = json!({ "version": 2, "other": true, "state": {} }));
    assert_eq!(error, DocumentError::UnsupportedVersion { name: name.clone(), found: 2, expected: 1 });
    // The state in the object has a version of its own.
    let error = state_error(|state| state["state"] = json!({ "version": 99, "other": true }));
    assert_eq!(error, DocumentError::UnsupportedVersion { name, found: 99, expected: STATE_VERSION });
}

#[test]
fn newer_journal_is_refused() {
    let name = names().batch(1, 0);
    let error = batch_error(|batch| *batch = json!({ "version": 2, "other": true }));
    assert_eq!(error, DocumentError::UnsupportedVersion { name: name.clone(), found: 2, expected: 1 });
    let error = batch_error(|batch| batch["header"] = json!({ "version": 99, "other": true }));
    assert_eq!(error, DocumentError::UnsupportedVersion { name, found: 99, expected: JOURNAL_VERSION });
}

#[test]
fn invalid_states_are_refused() {
    let journals = |epochs: &[u64]| epochs.iter().map(|epoch| json!({ "epoch": epoch })).collect::<Value>();
    for (error, expected) in [
        (state_error(|state| state["state"]["configs"] = 1.into()), "invalid type"),
        (state_error(|state| state["lease"] = 1.into()), "unknown field `lease`"),
        (state_error(|state| state["epoch"] = (1_u64 << 60).into()), "epoch 1152921504606846976 is too large"),
        (state_error(|state| state["openJournals"] = journals(&[2])), "open journals are [2], and its own is 1"),
        (state_error(|state| state["openJournals"] = journals(&[1, 0])), "open journals are [1, 0]"),
        (state_error(|state| state["openJournals"] = journals(&[1, 1])), "open journals are [1, 1]"),
        (state_error(|state| *state = json!("state")), "invalid type"),
    ] {
        let message = malformed(error);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn invalid_batches_are_refused() {
    for (error, expected) in [
        // Without its header, the entries have no meaning. They must not count as an empty journal.
        (batch_error(|batch| drop(batch.as_object_mut().expect("an object").remove("header"))), "no header"),
        (batch_error(|batch| batch["sealedBy"] = 2.into()), "a seal has no header and no entries"),
        (batch_error(|batch| batch["entries"] = json!([{ "entry": "other" }])), "unknown variant"),
        (batch_error(|batch| batch["more"] = 1.into()), "unknown field `more`"),
        (batch_error(|batch| *batch = json!(null)), "invalid type"),
    ] {
        let message = malformed(error);
        assert!(message.contains(expected), "{message}");
    }
    let second = batch(1, 0).0.to_bytes();
    let error = JournalDocument::parse(&names().batch(1, 10), &second).expect_err("it has a header");
    assert_eq!(malformed(error), "only the first batch has a header");
}

#[test]
fn broken_json_is_refused() {
    for content in [&b""[..], b"{", b"\xff", &[b'['; 10_000]] {
        assert!(StateDocument::parse("state", content).is_err());
        assert!(JournalDocument::parse("journal/1/0", content).is_err());
    }
}

#[test]
fn seal_is_parsed() {
    let seal = JournalDocument::seal(id(), 7);
    assert_eq!(JournalDocument::parse("journal/1/0", &seal.to_bytes()), Ok(seal.clone()));
    assert_eq!(JournalDocument::parse("journal/1/5", &seal.to_bytes()), Ok(seal));
}
