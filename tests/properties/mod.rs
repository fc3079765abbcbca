//! Checks [`ajo_tests::properties`] on the committed corpus and on generated input, which is the same in every run.
//!
//! There are three generators, because each finds different bugs: random bytes, JSON with the parser's keywords, and mutated corpus
//! files. `fuzz/` checks the same properties under libFuzzer, which is more thorough and slower.

mod generators;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ajo_tests::properties;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestError, TestRunner};

use crate::properties::generators::ByteStrategy;

/// Maximum length of a corpus file in bytes, because people review it.
const MAX_FILE_LENGTH: usize = 4096;
/// Maximum number of corpus files per property.
const MAX_FILES: usize = 40;

type PropertyCheck = fn(&[u8]);
type InputGenerator = fn() -> ByteStrategy;

/// The name of each property and its corpus, the property, and its generator.
const PROPERTIES: [(&str, PropertyCheck, InputGenerator); 6] = [
    ("credential_file", properties::credential_file, generators::credential_files),
    ("error_response", properties::error_response, generators::error_responses),
    ("identifier", properties::identifier, generators::identifiers),
    ("retry_after", properties::retry_after, generators::retry_after_values),
    ("token_response", properties::token_response, generators::token_responses),
    ("store_entry", properties::store_entry, generators::store_entries),
];

fn fuzz_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The committed corpus files of a property, by name. Names of 40 characters belong to libFuzzer's own files.
fn read_corpus(property: &str) -> Vec<(String, Vec<u8>)> {
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

fn check_property(name: &str, property: PropertyCheck, inputs: &ByteStrategy) {
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
fn corpus_has_all_properties() {
    let mut broken = Vec::new();
    for (name, property, _) in PROPERTIES {
        let files = read_corpus(name);
        assert!((10..=MAX_FILES).contains(&files.len()), "{name}: {} files", files.len());
        for (file, content) in files {
            assert!(content.len() <= MAX_FILE_LENGTH, "{name}/{file} is too long");
            if std::panic::catch_unwind(|| property(&content)).is_err() {
                broken.push(format!("{name}/{file}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

/// After a rename of a key, the whole corpus would be invalid, and no property would fail.
#[test]
fn corpus_has_a_valid_store_entry() {
    let corpus = read_corpus("store_entry");
    let (_, fresh) = corpus.iter().find(|(name, _)| name == "fresh").expect("a fresh entry");
    let text = std::str::from_utf8(fresh).expect("UTF-8");
    assert!(ajo_engine::decode_entry(&ajo_engine::Secret::new(text), properties::NOW).is_ok());
}

#[test]
fn random_bytes_have_all_properties() {
    for (name, property, _) in PROPERTIES {
        check_property(name, property, &prop::collection::vec(any::<u8>(), 0..200).boxed());
    }
}

#[test]
fn generated_input_has_all_properties() {
    for (name, property, generate) in PROPERTIES {
        check_property(name, property, &generate());
    }
}

#[test]
fn mutated_corpus_has_all_properties() {
    for (name, property, _) in PROPERTIES {
        let files = read_corpus(name).into_iter().map(|(_, content)| content).collect();
        check_property(name, property, &mutated_files(files));
    }
}

#[test]
fn every_property_has_a_fuzz_target() {
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

/// A change of an input. Positions are relative to its length.
#[derive(Clone, Debug)]
enum InputMutation {
    Flip(Index, u8),
    Insert(Index, u8),
    Delete(Index, usize),
    Truncate(Index),
    /// Copies bytes from another file: position, file, position in the file, length.
    Splice(Index, Index, Index, usize),
}

fn mutated_files(files: Vec<Vec<u8>>) -> ByteStrategy {
    let index = any::<Index>;
    let change = prop_oneof![
        (index(), 0..8_u8).prop_map(|(at, bit)| InputMutation::Flip(at, 1 << bit)),
        (index(), any::<u8>()).prop_map(|(at, byte)| InputMutation::Insert(at, byte)),
        (index(), 1..20_usize).prop_map(|(at, count)| InputMutation::Delete(at, count)),
        index().prop_map(InputMutation::Truncate),
        (index(), index(), index(), 1..60_usize)
            .prop_map(|(at, file, from, count)| InputMutation::Splice(at, file, from, count)),
    ];
    (any::<Index>(), prop::collection::vec(change, 1..6))
        .prop_map(move |(file, changes)| {
            changes.into_iter().fold(file.get(&files).clone(), |data, change| apply_mutation(&change, data, &files))
        })
        .boxed()
}

fn apply_mutation(change: &InputMutation, mut data: Vec<u8>, files: &[Vec<u8>]) -> Vec<u8> {
    match change {
        InputMutation::Flip(at, bit) if !data.is_empty() => {
            let position = at.index(data.len());
            data[position] ^= bit;
        }
        InputMutation::Insert(at, byte) => data.insert(at.index(data.len() + 1), *byte),
        InputMutation::Delete(at, count) if !data.is_empty() => {
            let from = at.index(data.len());
            data.drain(from..data.len().min(from + count));
        }
        InputMutation::Truncate(at) => data.truncate(at.index(data.len() + 1)),
        InputMutation::Splice(at, file, from, count) => {
            let other = file.get(files);
            let from = from.index(other.len() + 1);
            let to = at.index(data.len() + 1);
            data.splice(to..to, other[from..other.len().min(from + count)].iter().copied());
        }
        InputMutation::Flip(..) | InputMutation::Delete(..) => {}
    }
    data
}
