//! Things by number.

/// Things by number. A number is never used twice, as far as 32 bits go.
pub(crate) struct Table<T> {
    entries: Vec<(u32, Option<T>)>,
    /// The last number.
    pub(crate) last: u32,
}

impl<T> Table<T> {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new(), last: 0 }
    }

    pub(crate) fn put(&mut self, value: T) -> u32 {
        let id = self.reserve();
        self.give_back(id, value);
        id
    }

    pub(crate) fn reserve(&mut self) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.entries.push((self.last, None));
        self.last
    }

    fn place(&self, id: u32) -> Option<usize> {
        // The newest is usually the one that is looked for.
        self.entries.iter().rposition(|(other, _)| *other == id)
    }

    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        self.entries[self.place(id)?].1.as_ref()
    }

    pub(crate) fn lend(&mut self, id: u32) -> Option<T> {
        let place = self.place(id)?;
        self.entries[place].1.take()
    }

    pub(crate) fn give_back(&mut self, id: u32, value: T) {
        if let Some(place) = self.place(id) {
            self.entries[place].1 = Some(value);
        }
    }

    pub(crate) fn take(&mut self, id: u32) -> Option<T> {
        let place = self.place(id)?;
        self.entries.swap_remove(place).1
    }

    pub(crate) fn take_if(&mut self, is: impl Fn(&T) -> bool) -> Vec<T> {
        let taken = self.entries.iter_mut().filter_map(|(_, entry)| entry.take_if(|value| is(value))).collect();
        // Only one call moves at a time, and it is not among those that are lent when another begins.
        self.entries.retain(|(_, entry)| entry.is_some());
        taken
    }
}
