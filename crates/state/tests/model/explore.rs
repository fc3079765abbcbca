//! Explores all runs of two writers, depth first.

use std::collections::HashSet;
use std::rc::Rc;

use ajo_state::protocol::{StoreRequest, StoreResponse};
use ajo_state::{BucketError, BucketErrorKind, BucketObject, PutError};

use crate::fingerprint::fingerprint;
use crate::mutation::Mutation;
use crate::world::{World, Write, names};
use crate::writer::{Request, Rules, StopReason, Writer};

/// How many faults a run has at most. The time is not bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// Lost requests and lost responses.
    pub(crate) lost: u32,
    /// Lost writes that arrive later.
    pub(crate) late: u32,
    pub(crate) stale: u32,
    /// Conflicts of writes whose condition holds.
    pub(crate) false_conflicts: u32,
    /// Writes that the store refuses with 503.
    pub(crate) refused: u32,
}

/// The explored states.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Report {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    /// States in which both writers have finished their work.
    pub(crate) both_done: usize,
    /// States in which a writer has lost its lease.
    pub(crate) lost: usize,
    /// Late writes that the store accepted.
    pub(crate) late_accepted: usize,
}

#[derive(Clone)]
struct Model {
    ticks: u64,
    world: World,
    writers: [Rc<Writer>; 2],
    /// The fingerprints of the writers.
    prints: [u128; 2],
    budget: Budget,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Processed,
    LostRequest,
    LostResponse,
    Stale,
    FalseConflict,
    Refused,
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Tick,
    /// The writer continues.
    Step(usize),
    /// The request of the writer reaches the store, or not.
    Arrive(usize, Fate),
    /// The response reaches the writer, which continues. A pause between the two is the same as a later response.
    Receive(usize),
    /// A late write reaches the store.
    ArriveLate(usize),
}

const FATES: [Fate; 6] =
    [Fate::Processed, Fate::LostRequest, Fate::LostResponse, Fate::Stale, Fate::FalseConflict, Fate::Refused];

fn error(kind: BucketErrorKind) -> BucketError {
    BucketError { kind, operation: "request", url: String::new(), message: String::new() }
}

impl Model {
    fn fingerprint(&self) -> u128 {
        fingerprint(&(&self.world, &self.prints, &self.budget), self.ticks)
    }

    fn refresh(&mut self, index: usize) {
        self.prints[index] = fingerprint(&*self.writers[index], self.ticks);
    }

    fn actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        for (index, writer) in self.writers.iter().enumerate() {
            match &writer.request {
                None if writer.stop_reason().is_none() => actions.push(Action::Step(index)),
                None => {}
                Some(Request::Answered(..)) => actions.push(Action::Receive(index)),
                Some(Request::Sent(request, _)) => {
                    let possible = FATES.into_iter().filter(|fate| self.is_possible(request, *fate));
                    actions.extend(possible.map(|fate| Action::Arrive(index, fate)));
                }
            }
        }
        if self.budget.late > 0 {
            actions.extend((0..self.world.late.len()).map(Action::ArriveLate));
        }
        actions.push(Action::Tick);
        actions
    }

    fn is_possible(&self, request: &StoreRequest, fate: Fate) -> bool {
        let (is_put, name) = match request {
            StoreRequest::Get { name } => (false, name),
            StoreRequest::Put { name, .. } => (true, name),
        };
        match fate {
            Fate::Processed => true,
            Fate::LostRequest => self.budget.lost > 0,
            Fate::LostResponse => is_put && self.budget.lost > 0,
            Fate::Stale => !is_put && self.budget.stale > 0 && self.world.contains(name),
            Fate::FalseConflict => is_put && self.budget.false_conflicts > 0,
            Fate::Refused => is_put && self.budget.refused > 0,
        }
    }

    /// The state after an action.
    fn apply(&self, action: Action, rules: &Rules, report: &mut Report) -> Result<Self, String> {
        let mut next = self.clone();
        match action {
            Action::Tick => {
                next.world.tick();
                next.ticks += 1;
                next.refresh(0);
                next.refresh(1);
            }
            Action::Step(index) => next.step(index, rules)?,
            Action::Arrive(index, fate) => {
                next.arrive(index, fate, rules)?;
                // No decision depends on when such a read is answered.
                if next.writers[index].is_next_step_untimed() {
                    next.receive(index, rules)?;
                }
            }
            Action::Receive(index) => next.receive(index, rules)?,
            Action::ArriveLate(index) => {
                let write = next.world.late.remove(index);
                next.budget.late -= 1;
                report.late_accepted += usize::from(next.world.put(&write, rules.mutation)?.is_ok());
            }
        }
        Ok(next)
    }

    fn step(&mut self, index: usize, rules: &Rules) -> Result<(), String> {
        Rc::make_mut(&mut self.writers[index]).step(self.ticks, &mut self.world, rules)?;
        self.refresh(index);
        Ok(())
    }

    fn receive(&mut self, index: usize, rules: &Rules) -> Result<(), String> {
        Rc::make_mut(&mut self.writers[index]).receive(self.ticks);
        self.step(index, rules)
    }

    fn arrive(&mut self, index: usize, fate: Fate, rules: &Rules) -> Result<(), String> {
        let writer = self.writers[index].clone();
        let Some(Request::Sent(request, sent_at)) = &writer.request else { panic!("no request") };
        let response = match request {
            StoreRequest::Get { name } => match fate {
                Fate::LostRequest => {
                    self.budget.lost -= 1;
                    StoreResponse::Got(Err(error(BucketErrorKind::Network)))
                }
                Fate::Stale => {
                    self.budget.stale -= 1;
                    StoreResponse::Got(Ok(self.world.get_previous(name)))
                }
                _ if rules.mutation == Mutation::EarlyTakeover && writer.is_acquiring() => {
                    StoreResponse::Got(Ok(self.world.get(name).map(halve_lease)))
                }
                _ => StoreResponse::Got(Ok(self.world.get(name))),
            },
            StoreRequest::Put { name, content, condition } => {
                let write = Write {
                    writer: index,
                    name: name.clone(),
                    content: content.clone(),
                    condition: condition.clone(),
                    first_sent_at: writer.first_sent_at(),
                };
                StoreResponse::Put(self.put(write, fate, rules)?)
            }
        };
        Rc::make_mut(&mut self.writers[index]).request = Some(Request::Answered(response, *sent_at));
        self.refresh(index);
        Ok(())
    }

    fn put(
        &mut self,
        write: Write,
        fate: Fate,
        rules: &Rules,
    ) -> Result<Result<ajo_state::ObjectVersion, PutError>, String> {
        if let Some(version) = self.pretend(&write, rules.mutation) {
            return Ok(Ok(version));
        }
        match fate {
            Fate::Processed | Fate::Stale => return self.world.put(&write, rules.mutation),
            Fate::LostResponse => {
                self.budget.lost -= 1;
                drop(self.world.put(&write, rules.mutation)?);
            }
            Fate::LostRequest => {
                self.budget.lost -= 1;
                if self.budget.late > 0 {
                    self.world.late.push(write);
                }
            }
            Fate::FalseConflict => {
                self.budget.false_conflicts -= 1;
                return Ok(Err(PutError::Conflict));
            }
            Fate::Refused => {
                self.budget.refused -= 1;
                return Ok(Err(PutError::Rejected(error(BucketErrorKind::Other))));
            }
        }
        Ok(Err(PutError::Unknown(error(BucketErrorKind::Network))))
    }

    /// The response to a write that a mutation leaves out.
    fn pretend(&self, write: &Write, mutation: Mutation) -> Option<ajo_state::ObjectVersion> {
        let is_left_out = match mutation {
            Mutation::NoSeal => String::from_utf8_lossy(&write.content).contains("sealedBy"),
            Mutation::NoRewrite => write.name == names().state() && self.writers[write.writer].is_fencing(),
            _ => false,
        };
        is_left_out.then(|| self.world.get(&write.name).map(|object| object.version).unwrap_or_default())
    }
}

/// The lease as a writer reads it that takes over too early.
fn halve_lease(object: BucketObject) -> BucketObject {
    let text = String::from_utf8(object.content).expect("JSON");
    let halved = text.replace("\"leaseMs\": 5000", "\"leaseMs\": 2500");
    BucketObject { content: halved.into_bytes(), ..object }
}

/// Explores all runs, or returns the first violation with the actions that lead to it.
pub(crate) fn explore(rules: Rules, budget: Budget) -> Result<Report, String> {
    let mut report = Report::default();
    let writers = [Rc::new(Writer::new(0)), Rc::new(Writer::new(1))];
    let prints = writers.each_ref().map(|writer| fingerprint(&**writer, 0));
    let start = Model { ticks: 0, world: World::new(), writers, prints, budget };
    let mut visited = HashSet::from([start.fingerprint()]);
    let mut path: Vec<Action> = Vec::new();
    let mut stack = vec![(start.actions(), start)];
    while let Some((actions, model)) = stack.last_mut() {
        let Some(action) = actions.pop() else {
            stack.pop();
            path.pop();
            continue;
        };
        report.transitions += 1;
        let next = match model.apply(action, &rules, &mut report) {
            Ok(next) => next,
            Err(violation) => {
                path.push(action);
                return Err(format!("{violation}\n{path:?}"));
            }
        };
        if !next.world.is_canonical() || !visited.insert(next.fingerprint()) {
            continue;
        }
        let reasons = next.writers.each_ref().map(|writer| writer.stop_reason());
        report.both_done += usize::from(reasons == [Some(StopReason::Done); 2]);
        report.lost += usize::from(reasons.contains(&Some(StopReason::Lost)));
        path.push(action);
        stack.push((next.actions(), next));
    }
    report.states = visited.len();
    Ok(report)
}
