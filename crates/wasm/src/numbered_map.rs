//! A map that numbers its values.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// A map whose numbers are never used twice until 32 bits overflow. Zero is not a number of it.
///
/// Lookups try all values, of which there are few: clients, and calls in progress.
pub(crate) struct NumberedMap<T> {
    entries: Vec<(u32, Box<T>)>,
    last: u32,
}

impl<T> NumberedMap<T> {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new(), last: 0 }
    }

    pub(crate) fn insert(&mut self, value: Box<T>) -> u32 {
        self.last = self.last.wrapping_add(1).max(1);
        self.entries.push((self.last, value));
        self.last
    }

    #[cfg(test)]
    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether this number was given to a value, which may have been removed.
    pub(crate) const fn was_used(&self, number: u32) -> bool {
        number != 0 && number <= self.last
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.entries.iter().find(|(other, _)| *other == number).map(|(_, value)| &**value)
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.entries.iter_mut().find(|(other, _)| *other == number).map(|(_, value)| &mut **value)
    }

    pub(crate) fn remove(&mut self, number: u32) -> Option<Box<T>> {
        let position = self.entries.iter().position(|(other, _)| *other == number)?;
        Some(self.entries.swap_remove(position).1)
    }

    /// The number of a value for which this is true.
    pub(crate) fn find(&self, predicate: impl Fn(&T) -> bool) -> Option<u32> {
        self.entries.iter().find(|(_, value)| predicate(value)).map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_reused() {
        let mut map = NumberedMap::new();
        let numbers = ["a", "b", "c"].map(|value| map.insert(value.into()));
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!((map.remove(2), map.remove(2)), (Some("b".into()), None));
        assert_eq!(map.insert("d".into()), 4);
        assert_eq!(
            [1, 2, 3, 4, 0, 9].map(|number| map.get(number).copied()),
            [Some("a"), None, Some("c"), Some("d"), None, None]
        );
        assert!(map.was_used(2) && !map.was_used(0) && !map.was_used(9));
    }

    #[test]
    fn numbers_continue_after_an_overflow() {
        let mut map = NumberedMap { entries: Vec::new(), last: u32::MAX - 1 };
        let numbers = ["a", "b"].map(|value| map.insert(value.into()));
        assert_eq!(numbers, [u32::MAX, 1]);
        assert_eq!(numbers.map(|number| map.get(number).copied()), ["a", "b"].map(Some));
    }
}
