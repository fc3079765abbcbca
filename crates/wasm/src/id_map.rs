//! A map that assigns its keys.

/// A map whose keys are never reused until 32 bits overflow.
pub(crate) struct IdMap<T> {
    entries: Vec<(u32, Option<T>)>,
    /// The last key assigned.
    pub(crate) last_id: u32,
}

impl<T> IdMap<T> {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new(), last_id: 0 }
    }

    pub(crate) fn insert(&mut self, value: T) -> u32 {
        let id = self.reserve_id();
        self.check_in(id, value);
        id
    }

    pub(crate) fn reserve_id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.entries.push((self.last_id, None));
        self.last_id
    }

    fn position(&self, id: u32) -> Option<usize> {
        // Most lookups are for the newest key.
        self.entries.iter().rposition(|(other, _)| *other == id)
    }

    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        self.entries[self.position(id)?].1.as_ref()
    }

    pub(crate) fn check_out(&mut self, id: u32) -> Option<T> {
        let position = self.position(id)?;
        self.entries[position].1.take()
    }

    pub(crate) fn check_in(&mut self, id: u32, value: T) {
        if let Some(position) = self.position(id) {
            self.entries[position].1 = Some(value);
        }
    }

    pub(crate) fn remove(&mut self, id: u32) -> Option<T> {
        let position = self.position(id)?;
        self.entries.swap_remove(position).1
    }

    pub(crate) fn remove_if(&mut self, predicate: impl Fn(&T) -> bool) -> Vec<T> {
        let removed =
            self.entries.iter_mut().filter_map(|(_, entry)| entry.take_if(|value| predicate(value))).collect();
        // Nothing is checked out now: only one call advances at a time, and this runs before it starts.
        self.entries.retain(|(_, entry)| entry.is_some());
        removed
    }
}
