//! What to do about failures of the state. `docs/shared-state.md` has the table.

use ajo_limits::StateSet;
use ajo_state::protocol::DocumentError;
use ajo_state::{BucketError, BucketErrorKind, FileError, FileErrorKind, LeaseTerms, SelfTestError, StateError};

use super::CommandError;
use crate::exit_status::ExitStatus;
use crate::guide_url::guide_url;

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        let path = error.path().display();
        let hint = match error.kind() {
            FileErrorKind::Access => None,
            FileErrorKind::NotState => {
                Some("restore it from git, or move it away and rebuild it with `ajo import FILES`".to_owned())
            }
            FileErrorKind::NotJournal => Some(format!(
                "if {path} cannot be repaired, remove it and run `ajo import` for the configurations it created"
            )),
            FileErrorKind::NewerVersion => {
                Some("update ajo; do not delete the file, because it is not damaged".to_owned())
            }
        };
        Self::new(error.to_string()).with_optional_hint(hint)
    }
}

impl From<StateError> for CommandError {
    fn from(error: StateError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            StateError::File(error) => error.into(),
            StateError::NoRandomNumbers(_) | StateError::Clock(_) => failure,
            StateError::Bucket(error) | StateError::SelfTest(SelfTestError::Failed(error)) => bucket_error(failure, &error),
            StateError::SelfTest(_) => failure
                .with_hint("use a store with conditional writes and consistent reads, such as S3, R2, GCS, or Azure")
                .with_exit_status(ExitStatus::Blocked),
            StateError::Document { error: DocumentError::UnsupportedVersion { .. }, .. } => {
                failure.with_hint("update ajo; do not delete the object, because it is not damaged")
            }
            StateError::Document { .. } => failure.with_hint(
                "restore an earlier version of this object with the tools of the store; or delete it, push a backup with `ajo state \
                 push FILE.json`, and compare with `ajo drift`",
            ),
            StateError::Organization { .. } => failure
                .with_hint("use a credential of that organization, or another state with --state")
                .with_exit_status(ExitStatus::Blocked),
            StateError::Held { lease, .. } => {
                failure.with_hint(held_hint(lease.as_deref())).with_exit_status(ExitStatus::Stale)
            }
            StateError::LeaseLost { .. } => failure
                .with_hint("run the command again; it includes the results of this one")
                .with_exit_status(ExitStatus::Stale),
            StateError::UncertainWrite { .. } => {
                failure.with_hint("run the command again; it reads what the earlier write left")
            }
            StateError::ThrottlingNotLocked => failure.with_hint("run the command again"),
            StateError::NotHeld { held: None, .. } => failure.with_hint("there is nothing to unlock").with_exit_status(ExitStatus::Stale),
            StateError::NotHeld { held: Some(_), .. } => failure
                .with_hint("the command that you wanted to unlock has ended; wait for the other one")
                .with_exit_status(ExitStatus::Stale),
            StateError::FileHasNoLease { .. } => failure.with_hint("end that process").into_usage_error(),
        }
    }
}

fn held_hint(lease: Option<&LeaseTerms>) -> String {
    let Some(LeaseTerms { location, set, epoch, seconds }) = lease else {
        return "wait for it with --lock-timeout SECONDS; the lock is released when that process exits".to_owned();
    };
    let set = match set {
        StateSet::Sandbox(sandbox) => format!("--sandbox {sandbox}"),
        StateSet::Throttling => "--throttling".to_owned(),
    };
    format!(
        "wait for it with --lock-timeout SECONDS; if it was killed, its lease expires after {seconds} seconds; if you are sure that \
         it does not run, remove it with `ajo state unlock --epoch {epoch} {set} --state {location}`"
    )
}

fn bucket_error(failure: CommandError, error: &BucketError) -> CommandError {
    let permission = || {
        let action = match error.operation {
            "read" => ["s3:GetObject and s3:ListBucket", "storage.objects.get", "read"],
            "list" => ["s3:ListBucket", "storage.objects.list", "list"],
            "delete" => ["s3:DeleteObject", "storage.objects.delete", "delete"],
            _ => ["s3:PutObject", "storage.objects.create and storage.objects.delete", "write"],
        };
        match error.url.split_once("://") {
            Some(("s3", _)) => format!("the policy must allow {} below this prefix", action[0]),
            Some(("gs", _)) => format!("the role must have {}, such as Storage Object User", action[1]),
            _ => {
                format!("the identity must be able to {} blobs, such as with Storage Blob Data Contributor", action[2])
            }
        }
    };
    let hint = match error.kind {
        BucketErrorKind::NoCredentials => {
            concat!("set the variables of the store: ", guide_url!("shared-state")).to_owned()
        }
        BucketErrorKind::InvalidCredentials => {
            "get new credentials; temporary ones expire, and need their session token, too; check the clock of this machine".to_owned()
        }
        BucketErrorKind::AccessDenied => permission(),
        BucketErrorKind::NoSuchBucket => {
            "create the bucket, or correct its name in --state, AJO_STATE, or the limits file".to_owned()
        }
        BucketErrorKind::InvalidSettings => {
            concat!("correct the variables of the store: ", guide_url!("shared-state")).to_owned()
        }
        BucketErrorKind::Network => {
            "check the network and the endpoint, and run the command again; an interrupted apply continues with --resume".to_owned()
        }
        BucketErrorKind::Throttled => "run the command again later; an interrupted apply continues with --resume".to_owned(),
        BucketErrorKind::ConditionsUnsupported => {
            "use a store with conditional writes; `ajo state init` checks one".to_owned()
        }
        BucketErrorKind::TooLarge => "no object of ajo is that large; check the prefix".to_owned(),
        BucketErrorKind::Other => return failure,
    };
    let failure = failure.with_hint(hint);
    match error.kind {
        BucketErrorKind::NoCredentials | BucketErrorKind::InvalidCredentials | BucketErrorKind::AccessDenied => {
            failure.into_authentication_error()
        }
        _ => failure,
    }
}
