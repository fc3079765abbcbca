//! Collects the findings about one definition.

use alloc::borrow::ToOwned as _;
use alloc::vec::Vec;

use super::diagnostic::{Diagnostic, Severity};
use crate::text::concat;

/// The findings so far. Messages are lists of their parts.
#[derive(Default)]
pub(super) struct Findings {
    all: Vec<Diagnostic>,
    /// The service of a capping definition whose limit is checked. Pointers are relative to that limit.
    service: Option<&'static str>,
}

impl Findings {
    /// Sets the service whose limit is checked. Pointers are then relative to that limit.
    pub(super) const fn set_service(&mut self, service: Option<&'static str>) {
        self.service = service;
    }

    /// An error that prevents the deployment.
    pub(super) fn error(&mut self, code: &'static str, pointer: &str, message: &[&str]) {
        self.add(Severity::Error, false, code, pointer, message);
    }

    /// An error for which create and update reject the payload.
    pub(super) fn rejection(&mut self, code: &'static str, pointer: &str, message: &[&str]) {
        self.add(Severity::Error, true, code, pointer, message);
    }

    pub(super) fn warning(&mut self, code: &'static str, pointer: &str, message: &[&str]) {
        self.add(Severity::Warning, false, code, pointer, message);
    }

    pub(super) fn note(&mut self, code: &'static str, pointer: &str, message: &[&str]) {
        self.add(Severity::Note, false, code, pointer, message);
    }

    /// An error, which rejects the payload or only prevents the deployment.
    pub(super) fn error_if(&mut self, rejects_payload: bool, code: &'static str, pointer: &str, message: &[&str]) {
        self.add(Severity::Error, rejects_payload, code, pointer, message);
    }

    // Not inlined: there are dozens of calls.
    #[inline(never)]
    fn add(&mut self, severity: Severity, rejects_payload: bool, code: &'static str, pointer: &str, message: &[&str]) {
        let pointer = match self.service {
            Some(service) => concat(&["/services/", service, pointer]),
            None => pointer.to_owned(),
        };
        let service = self.service.map(str::to_owned);
        self.all.push(Diagnostic { code, severity, pointer, message: concat(message), service, rejects_payload });
    }

    pub(super) fn into_vec(self) -> Vec<Diagnostic> {
        self.all
    }
}
