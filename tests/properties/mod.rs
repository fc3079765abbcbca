//! The properties of [`ajo_tests::properties`], on the committed corpus and on generated input; the same inputs on every run.
//!
//! Input is made in three ways, for each finds what the others do not: any bytes, JSON with the words that the reader knows,
//! and corpus files with something changed. `fuzz/` checks the same properties under libFuzzer, which goes further and takes longer.

mod generators;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ajo_tests::properties;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestError, TestRunner};

use crate::properties::generators::Bytes;

/// Longest file of the corpus, in bytes, and most files for one property: it is read in reviews.
const LONGEST_FILE: usize = 4096;
const MOST_FILES: usize = 40;

type Property = fn(&[u8]);
type Generator = fn() -> Bytes;

/// Each property with its name, which is that of its corpus, and with input of the right shape.
const PROPERTIES: [(&str, Property, Generator); 6] = [
    ("credential_file", properties::credential_file, generators::credential_files),
    ("failure_body", properties::failure_body, generators::failure_bodies),
    ("identifier", properties::identifier, generators::identifiers),
    ("retry_after", properties::retry_after, generators::dates),
    ("token_answer", properties::token_answer, generators::token_answers),
    ("token_entry", properties::token_entry, generators::token_entries),
];

fn fuzz_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The committed files for a property by their names. What libFuzzer has left there has names of 40 characters.
fn corpus(property: &str) -> Vec<(String, Vec<u8>)> {
    let directory = fuzz_directory().join("corpus").join(property);
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(String, Vec<u8>)> = paths
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), path))
        .filter(|(name, _)| name.len() != 40)
        .map(|(name, path)| (name, fs::read(path).expect("a file of the corpus")))
        .collect();
    files.sort();
    files
}

fn check(name: &str, property: Property, inputs: &Bytes) {
    let config = ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(inputs, |input| {
        property(&input);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, input)) => panic!("{name}: {reason} for {:?}", String::from_utf8_lossy(&input)),
        Err(problem @ TestError::Abort(_)) => panic!("{name}: {problem}"),
    }
}

#[test]
fn every_property_holds_for_the_corpus() {
    let mut broken = Vec::new();
    for (name, property, _) in PROPERTIES {
        let files = corpus(name);
        assert!((10..=MOST_FILES).contains(&files.len()), "{name}: {} files", files.len());
        for (file, content) in files {
            assert!(content.len() <= LONGEST_FILE, "{name}/{file} is too long");
            if std::panic::catch_unwind(|| property(&content)).is_err() {
                broken.push(format!("{name}/{file}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn every_property_holds_for_any_bytes() {
    for (name, property, _) in PROPERTIES {
        check(name, property, &prop::collection::vec(any::<u8>(), 0..200).boxed());
    }
}

#[test]
fn every_property_holds_for_input_of_the_right_shape() {
    for (name, property, generate) in PROPERTIES {
        check(name, property, &generate());
    }
}

#[test]
fn every_property_holds_for_a_changed_corpus() {
    for (name, property, _) in PROPERTIES {
        let files = corpus(name).into_iter().map(|(_, content)| content).collect();
        check(name, property, &changed(files));
    }
}

#[test]
fn every_property_is_a_fuzz_target() {
    let targets: BTreeSet<String> = fs::read_dir(fuzz_directory().join("fuzz_targets"))
        .expect("the targets")
        .map(|entry| entry.expect("a file").path())
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(
                fs::read_to_string(path).expect("a target").contains(&format!("properties::{name}(data)")),
                "{name}"
            );
            name
        })
        .collect();
    assert_eq!(targets, PROPERTIES.iter().map(|(name, ..)| (*name).to_owned()).collect());
}

/// A change to an input; places are relative to what is there.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Insert(Index, u8),
    Delete(Index, usize),
    Truncate(Index),
    /// From another file, beginning at a place in each.
    Splice(Index, Index, Index, usize),
}

fn changed(files: Vec<Vec<u8>>) -> Bytes {
    let place = any::<Index>;
    let change = prop_oneof![
        (place(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, 1 << bit)),
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        (place(), 1..20_usize).prop_map(|(at, count)| Change::Delete(at, count)),
        place().prop_map(Change::Truncate),
        (place(), place(), place(), 1..60_usize)
            .prop_map(|(at, file, from, count)| Change::Splice(at, file, from, count)),
    ];
    (any::<Index>(), prop::collection::vec(change, 1..6))
        .prop_map(move |(file, changes)| {
            changes.into_iter().fold(file.get(&files).clone(), |data, change| apply(&change, data, &files))
        })
        .boxed()
}

fn apply(change: &Change, mut data: Vec<u8>, files: &[Vec<u8>]) -> Vec<u8> {
    match change {
        Change::Flip(at, bit) if !data.is_empty() => {
            let place = at.index(data.len());
            data[place] ^= bit;
        }
        Change::Insert(at, byte) => data.insert(at.index(data.len() + 1), *byte),
        Change::Delete(at, count) if !data.is_empty() => {
            let from = at.index(data.len());
            data.drain(from..data.len().min(from + count));
        }
        Change::Truncate(at) => data.truncate(at.index(data.len() + 1)),
        Change::Splice(at, file, from, count) => {
            let other = file.get(files);
            let from = from.index(other.len() + 1);
            let to = at.index(data.len() + 1);
            data.splice(to..to, other[from..other.len().min(from + count)].iter().copied());
        }
        Change::Flip(..) | Change::Delete(..) => {}
    }
    data
}
