//! The open clients and pending calls, which JavaScript refers to by number.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use ajo_engine::{CallFailure, ErrorKind, MonotonicClock, Secret, StepContext, Timestamp};

use crate::action::{Action, code};
use crate::call::{Call, CallLimits};
use crate::client::Client;
use crate::input::Report;
use crate::numbered_map::NumberedMap;
use crate::time::{Moment, random_bits, time_limit, to_u64};
use crate::{definition, error_json};

/// How often to look for calls that JavaScript has abandoned.
const SWEEP_INTERVAL: Duration = Duration::from_secs(10);

/// The clients and the calls of one module. The exported functions use the only one.
pub(crate) struct CoreState {
    clients: NumberedMap<Client>,
    calls: NumberedMap<Call>,
    clock: MonotonicClock,
    next_sweep: Duration,
    last_action: Action,
    /// The message of the last function that failed.
    problem: Option<String>,
}

impl CoreState {
    /// No clients.
    pub(crate) const fn new() -> Self {
        Self {
            clients: NumberedMap::new(),
            calls: NumberedMap::new(),
            clock: MonotonicClock::new(),
            next_sweep: Duration::ZERO,
            last_action: Action::FAILED,
            problem: None,
        }
    }

    /// See [`crate::open`].
    pub(crate) fn open(&mut self, options: &str) -> String {
        match Client::open(options) {
            Ok((client, description)) => description.number("client", self.clients.insert(client).into()).finish(),
            Err(error) => crate::json_writer::JsonWriter::new().raw_field("failed", &error).finish(),
        }
    }

    /// See [`crate::close`].
    pub(crate) fn close(&mut self, client: u32) {
        if let Some(open) = self.clients.get_mut(client) {
            open.is_closed = true;
            self.drop_unused(client);
        }
    }

    /// Drops a closed client without calls.
    fn drop_unused(&mut self, client: u32) {
        if self.clients.get(client).is_some_and(|it| it.is_closed && it.calls == 0) {
            self.clients.remove(client);
        }
    }

    /// See [`crate::access_token`].
    pub(crate) fn access_token(&self, client: u32) -> String {
        let token = self.clients.get(client).and_then(|client| client.last_token.as_ref());
        token.map_or_else(String::new, |token| Secret::expose(token).into())
    }

    /// See [`crate::invalidate`].
    pub(crate) fn invalidate(&mut self, client: u32, generation: f64, now: f64) -> bool {
        let client = self.clients.get_mut(client);
        client.is_some_and(|client| client.tokens.invalidate(to_u64(generation), timestamp(now)))
    }

    /// See [`crate::mark_rejected`].
    pub(crate) fn mark_rejected(&mut self, client: u32, generation: f64, now: f64) {
        if let Some(client) = self.clients.get_mut(client) {
            client.tokens.mark_rejected(to_u64(generation), timestamp(now));
        }
    }

    /// See [`crate::begin`].
    pub(crate) fn begin(
        &mut self,
        client: u32,
        operation: i32,
        attempt_timeout: f64,
        deadline: f64,
        max_attempts: u32,
        moment: Moment,
    ) -> u32 {
        let context = self.context(moment);
        self.drop_abandoned_calls(context);
        let limits =
            CallLimits { attempt_timeout: time_limit(attempt_timeout), deadline: time_limit(deadline), max_attempts };
        let Some(open) = self.clients.get_mut(client).filter(|client| !client.is_closed) else { return 0 };
        let Some(call) = Call::new(client, operation, &limits, context.elapsed) else { return 0 };
        open.calls += 1;
        self.calls.insert(call)
    }

    /// See [`crate::step`].
    pub(crate) fn step(&mut self, call: u32, input: u32, value: f64, moment: Moment) -> u32 {
        self.report(call, Report::from_code(input, value), moment)
    }

    /// Reports the result of the last action of a call and returns the next action. A report that does not fit cancels the call.
    pub(crate) fn report(&mut self, number: u32, report: Option<Report>, moment: Moment) -> u32 {
        let context = self.context(moment);
        self.last_action = self.advance(number, report, context).unwrap_or(Action::FAILED);
        if self.last_action.is(code::DONE) {
            self.remove_call(number);
        }
        self.last_action.code
    }

    fn advance(&mut self, number: u32, report: Option<Report>, context: StepContext) -> Option<Action> {
        let call = self.calls.get_mut(number)?;
        let client = self.clients.get_mut(call.client)?;
        let action = report.and_then(|report| call.advance(client, report, context));
        self.problem = call.entry_problem.take();
        if action.is_none() {
            call.cancel(client, context);
            call.drop_failure();
        }
        action
    }

    fn remove_call(&mut self, number: u32) {
        let Some(call) = self.calls.remove(number) else { return };
        if let Some(client) = self.clients.get_mut(call.client) {
            client.calls -= 1;
        }
        self.drop_unused(call.client);
    }

    fn cancel_call(&mut self, number: u32, context: StepContext) {
        let Some(call) = self.calls.get_mut(number) else { return };
        if let Some(client) = self.clients.get_mut(call.client) {
            call.cancel(client, context);
        }
        self.remove_call(number);
    }

    /// See [`crate::cancel`].
    pub(crate) fn cancel(&mut self, call: u32, moment: Moment) {
        let context = self.context(moment);
        self.cancel_call(call, context);
    }

    /// Drops the calls that JavaScript did not go on with in time, so that their number is bounded.
    fn drop_abandoned_calls(&mut self, context: StepContext) {
        if context.elapsed < self.next_sweep {
            return;
        }
        self.next_sweep = context.elapsed.saturating_add(SWEEP_INTERVAL);
        while let Some(number) = self.calls.find(|call| call.expires_at < context.elapsed) {
            self.cancel_call(number, context);
        }
    }

    /// The number of calls that have not ended.
    #[cfg(test)]
    pub(crate) const fn call_count(&self) -> usize {
        self.calls.len()
    }

    /// See [`crate::millis`].
    pub(crate) fn millis(&self) -> f64 {
        self.last_action.millis()
    }

    /// See [`crate::extra`].
    pub(crate) const fn extra(&self) -> f64 {
        self.last_action.extra
    }

    /// See [`crate::token_request_body`].
    pub(crate) fn token_request_body(&self, call: u32) -> String {
        self.calls.get(call).map_or_else(String::new, Call::token_request_body)
    }

    /// See [`crate::store_key`].
    pub(crate) fn store_key(&self, call: u32) -> String {
        self.calls.get(call).map_or_else(String::new, Call::store_key)
    }

    /// See [`crate::store_entry`].
    pub(crate) fn store_entry(&self, call: u32) -> String {
        self.calls.get(call).map_or_else(String::new, Call::store_entry)
    }

    /// See [`crate::take_error`].
    pub(crate) fn take_error(&mut self, number: u32, operation: &str, request_id: &str) -> String {
        let error = match self.calls.get(number) {
            Some(call) => call.error_json(operation, request_id),
            None if self.calls.was_used(number) => Some(error_json::abandoned_call(operation)),
            None => None,
        };
        self.remove_call(number);
        error.unwrap_or_else(|| error_json::internal(operation, "the call and its step do not fit together"))
    }

    /// See [`crate::take_problem`].
    pub(crate) fn take_problem(&mut self, operation: &str) -> String {
        let failure: CallFailure = ErrorKind::BuildRequest(self.problem.take().unwrap_or_default()).into();
        error_json::for_arguments(&failure, operation)
    }

    /// See [`crate::encode_definition`].
    pub(crate) fn encode_definition(&mut self, operation: u32, definition: &str, org_id: &str) -> Option<String> {
        let result = definition::encode(operation, definition, org_id);
        self.keep_problem(result)
    }

    /// See [`crate::definition_of`].
    pub(crate) fn definition_of(&mut self, api: &str, config: &str) -> Option<String> {
        let result = definition::extract_definition(api, config);
        self.keep_problem(result)
    }

    /// See [`crate::select_service`].
    pub(crate) fn select_service(&mut self, wanted: Option<&str>, present: &str) -> Option<String> {
        let present: Vec<&str> = present.split(',').filter(|name| !name.is_empty()).collect();
        let selected = ajo_engine::select_service(wanted, &present);
        self.keep_problem(selected.map(String::from).map_err(|error| error.message()))
    }

    /// See [`crate::check_url`].
    pub(crate) fn check_url(&self, client: u32, url: &str) -> Option<String> {
        match self.clients.get(client) {
            Some(client) => client.origins.check(url).err().map(|error| error.message()),
            None => Some("there is no such client".to_owned()),
        }
    }

    fn keep_problem(&mut self, result: Result<String, String>) -> Option<String> {
        match result {
            Ok(text) => Some(text),
            Err(problem) => {
                self.problem = Some(problem);
                None
            }
        }
    }

    fn context(&mut self, moment: Moment) -> StepContext {
        StepContext {
            now: timestamp(moment.now),
            elapsed: self.clock.read(Duration::from_micros(to_u64(moment.elapsed * 1000.0))),
            random: random_bits(moment.random),
        }
    }
}

const fn timestamp(now: f64) -> Timestamp {
    Timestamp::from_millis(to_u64(now))
}
