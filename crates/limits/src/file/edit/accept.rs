//! Takes changes at the service into the limits files.

use std::collections::BTreeMap;

use ajo_core::Api;
use ajo_core::rules::Severity;

use super::accept_error::{entry_problem, field_problem, file_problem};
use super::entry_target::{EntryTarget, find_targets};
use super::field_edit::EditProblem;
use super::node_edit::{EditedText, item_lines, key_style};
use super::source_tree::SourceTree;
use super::text_edit::{TextEdit, apply_edits, line_start};
use crate::file::config_entry::without_nulls;
use crate::file::export::definition_lines;
use crate::file::export::value_text::TextStyle;
use crate::file::parsed_limits::parse_limits;
use crate::file::source_file::SourceFile;
use crate::file::source_set::SourceSet;
use crate::plan::{ordered_fields, request_body_schema};
use crate::{ConfigKey, DesiredConfig, DesiredLimits, FileDiagnostic, ObservedConfig, SecretValues};

/// A change at the service that the limits files take over.
#[derive(Clone, Debug)]
pub enum AcceptedChange {
    /// The entry with this key becomes equal to the saved definition, deployed or not.
    Update { key: ConfigKey, found: ObservedConfig },
    /// The configuration becomes an entry of the first file.
    Add(ObservedConfig),
    /// The entry is removed.
    Remove(ConfigKey),
}

/// Edits the input files. Returns the changed ones with their new content. Only the text of the changed values differs, so
/// comments and layout stay.
///
/// The result is parsed again: if it does not describe exactly the accepted configurations, that is an error.
///
/// # Errors
///
/// The files have errors, a value cannot be edited because it is in a base file, shared by an anchor, or contains a variable,
/// or the accepted values are not allowed in a limits file.
pub fn accept_changes(
    sources: &SourceSet,
    variables: &dyn Fn(&str) -> Option<String>,
    changes: &[AcceptedChange],
) -> Result<Vec<SourceFile>, Vec<FileDiagnostic>> {
    let before = parse_limits(sources, variables);
    let Some(desired) = before.desired else { return Err(before.diagnostics) };
    let secrets = &before.secrets;
    let mut targets = find_targets(sources, variables);
    for change in changes {
        if let AcceptedChange::Update { key, found } = change
            && let Some(target) = targets.iter_mut().find(|target| target.key == *key)
        {
            target.accept(found);
        }
    }
    let mut files = sources.inputs().to_vec();
    for change in changes {
        if let AcceptedChange::Add(found) = change {
            for file in &mut files {
                remove_export_comment(file, found);
            }
        }
    }
    let comments: Vec<_> = files.iter().map(own_lines).collect();
    while targets.iter().any(|target| !target.edits.is_empty()) {
        edit_once(&mut files, &mut targets, secrets)?;
    }
    let is_removed = |target: &&EntryTarget| {
        changes.iter().any(|change| matches!(change, AcceptedChange::Remove(key) if *key == target.key))
    };
    // From the end, so that the remaining indexes stay valid.
    for target in targets.iter().rev().filter(is_removed) {
        remove_entry(&mut files[target.file], target)?;
    }
    for change in changes {
        if let (AcceptedChange::Add(found), Some(file)) = (change, files.first_mut()) {
            let added = add_entry(file, found, secrets);
            added.ok_or_else(|| vec![file_problem(file, "a limit cannot be added to this file")])?;
        }
    }
    check_result(sources, variables, changes, &desired, &files, &comments)?;
    let edited = files.into_iter().zip(sources.inputs()).filter(|(file, before)| file != *before);
    Ok(edited.map(|(file, _)| file).collect())
}

/// Makes the next edit of each entry. Edits of different entries do not overlap.
fn edit_once(
    files: &mut [SourceFile],
    targets: &mut [EntryTarget],
    secrets: &SecretValues,
) -> Result<(), Vec<FileDiagnostic>> {
    let mut problems = Vec::new();
    for (index, file) in files.iter_mut().enumerate() {
        let Some(tree) = SourceTree::parse(&file.content) else {
            return Err(vec![file_problem(file, "this file cannot be edited")]);
        };
        let text = EditedText { text: &file.content, tree: &tree };
        let mut edits: Vec<TextEdit> = Vec::new();
        for target in targets.iter_mut().filter(|target| target.file == index) {
            let Some(edit) = target.edits.pop_front() else { continue };
            let edited = target.find(&tree).ok_or(EditProblem::Elsewhere);
            match edited.and_then(|entry| edit.to_text_edit(&text, entry)) {
                Ok(edit) => edits.push(edit),
                Err(problem) => problems.push(field_problem(file, target, &edit, problem)),
            }
        }
        if !edits.is_empty() {
            file.content = apply_edits(&file.content, with_secrets(edits, secrets));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn remove_entry(file: &mut SourceFile, target: &EntryTarget) -> Result<(), Vec<FileDiagnostic>> {
    if target.has_base {
        let hint = "the file has a base: add `absent: true` to the limit, or edit the base";
        return Err(vec![entry_problem(target, "the limit cannot be removed from this file", hint)]);
    }
    let tree = SourceTree::parse(&file.content);
    let edit = tree.as_ref().and_then(|tree| {
        let text = EditedText { text: &file.content, tree };
        let root = &tree.root;
        match target.key.api {
            Api::Capping => text.remove_item(root.get("capping")?, target.index?),
            Api::Throttling => text.remove_entry(root, root.position("throttling")?),
        }
    });
    let hint = "remove it manually";
    let edit = edit.ok_or_else(|| vec![entry_problem(target, "the limit cannot be removed in this layout", hint)])?;
    file.content = apply_edits(&file.content, vec![edit]);
    Ok(())
}

fn add_entry(file: &mut SourceFile, found: &ObservedConfig, secrets: &SecretValues) -> Option<()> {
    let tree = SourceTree::parse(&file.content)?;
    let text = EditedText { text: &file.content, tree: &tree };
    let root = &tree.root;
    let definition = &found.deploy_state.saved;
    let deployed = found.deploy_state.is_deployed();
    let name = definition.api().as_str();
    let extra = without_nulls(found.unknown_fields.clone());
    let lines = definition_lines::to_lines(definition, &extra, deployed);
    let style = key_style(&root.entries().first()?.0);
    let mut fields = definition.to_json();
    if !extra.is_empty() {
        fields.insert("extra".to_owned(), extra.into());
    }
    fields.insert("deployed".to_owned(), deployed.into());
    let edits = match (definition.api(), root.position(name)) {
        (Api::Capping, Some(index)) => {
            let (key, sequence) = &root.entries()[index];
            let is_json = sequence.is_flow() && (root.is_flow() || !sequence.items().is_empty());
            if is_json {
                vec![text.insert_flow_item(sequence, &fields.into(), style)?]
            } else {
                text.insert_block_item(key, sequence, &lines)?
            }
        }
        (Api::Throttling, Some(_)) => return None,
        (api, None) if root.is_flow() || style == TextStyle::Json => {
            let value = if api == Api::Capping { vec![fields].into() } else { fields.into() };
            vec![text.insert_entry(root, name, &value)?]
        }
        (Api::Capping, None) => vec![text.insert_block_entry(root, name, &item_lines(&lines))?],
        (Api::Throttling, None) => vec![text.insert_block_entry(root, name, &lines)?],
    };
    file.content = apply_edits(&file.content, with_secrets(edits, secrets));
    Some(())
}

/// The edits with the placeholders of secrets, which were written as literal text.
fn with_secrets(mut edits: Vec<TextEdit>, secrets: &SecretValues) -> Vec<TextEdit> {
    for (name, _) in secrets.iter() {
        for edit in &mut edits {
            edit.text = edit.text.replace(&format!("$${{{name}}}"), &format!("${{{name}}}"));
        }
    }
    edits
}

/// Removes the comment in which `ajo export` wrote why it did not export a configuration, and its commented-out lines.
fn remove_export_comment(file: &mut SourceFile, found: &ObservedConfig) {
    let head = format!("# {} is not exported: ", found.uid);
    if !file.content.contains(&head) {
        return;
    }
    let fields = ordered_fields(request_body_schema(found.key().api));
    let fields: Vec<_> = fields.iter().map(|field| field.name).chain(["deployed", "extra"]).collect();
    let is_entry = |line: &str| {
        let key = line.strip_prefix("# ").and_then(|line| line.split(':').next()).unwrap_or_default();
        line.starts_with("# - ") || line.starts_with("#   ") || fields.contains(&key)
    };
    let mut is_inside = false;
    let kept = file.content.split_inclusive('\n').filter(|line| {
        let line = line.trim_start();
        is_inside = line.starts_with(&head) || is_inside && is_entry(line);
        !is_inside
    });
    file.content = kept.collect();
}

/// Checks that the edited files describe the accepted configurations, and that nothing else changed.
fn check_result(
    sources: &SourceSet,
    variables: &dyn Fn(&str) -> Option<String>,
    changes: &[AcceptedChange],
    before: &DesiredLimits,
    files: &[SourceFile],
    comments: &[Vec<String>],
) -> Result<(), Vec<FileDiagnostic>> {
    let after = parse_limits(&sources.with_inputs(files.to_vec()), variables);
    let Some(after) = after.desired else {
        let errors = after.diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        return Err(errors.collect());
    };
    let mut expected: BTreeMap<ConfigKey, DesiredConfig> =
        before.configs.iter().map(|config| (config.key(), config.clone())).collect();
    let mut accepted = Vec::new();
    for change in changes {
        match change {
            AcceptedChange::Update { key, found } => {
                accepted.extend(expected.remove(key).map(|config| (config.definition, found)));
            }
            AcceptedChange::Add(found) => {
                let extra = without_nulls(found.unknown_fields.clone());
                accepted.push((found.deploy_state.saved.clone().with_extra(extra), found));
            }
            AcceptedChange::Remove(key) => drop(expected.remove(key)),
        }
    }
    for (definition, found) in accepted {
        let state = found.deploy_state_for(&definition);
        let (definition, deployed) = (state.saved.clone(), state.is_deployed());
        expected.insert(found.key(), DesiredConfig { definition, deployed, file: None, location: None });
    }
    let is_expected = |config: &DesiredConfig| {
        expected
            .get(&config.key())
            .is_some_and(|wanted| wanted.definition == config.definition && wanted.deployed == config.deployed)
    };
    let is_complete = after.configs.len() == expected.len() && after.configs.iter().all(is_expected);
    let keeps_comments = files.iter().zip(comments).all(|(file, before)| own_lines(file) == *before);
    match files.iter().zip(sources.inputs()).find(|(after, before)| after != before) {
        Some((file, _)) if !is_complete || !keeps_comments => {
            Err(vec![file_problem(file, "the layout of this file cannot be edited safely")])
        }
        _ => Ok(()),
    }
}

/// The comments that have a line of their own.
fn own_lines(file: &SourceFile) -> Vec<String> {
    let text = &file.content;
    let comments = SourceTree::parse(text).map(|tree| tree.comments).unwrap_or_default();
    let own =
        comments.into_iter().filter(|comment| text[line_start(text, comment.start)..comment.start].trim().is_empty());
    own.map(|comment| text[comment].to_owned()).collect()
}

#[cfg(test)]
mod tests;
