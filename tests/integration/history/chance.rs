//! What a seed decides by: a small stream of numbers that is the same for ever, so that a seed named in a report still
//! plays the same history after the next update of a library.

use dmm::simulator::Dice;

/// The simulator's dice, thrown for whole histories.
#[derive(Debug, Clone)]
pub(crate) struct Chance(Dice);

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0xD117_5EED_0000_0001);
        dice.next();
        Self(dice)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0.next()
    }

    /// A number from `low` up to and including `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// As [`Chance::between`], for counts.
    pub(crate) fn count(&mut self, low: usize, high: usize) -> usize {
        usize::try_from(self.between(low as u64, high as u64)).unwrap_or(low)
    }

    /// True in so many of a hundred throws.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// One of `options`, which must not be empty.
    pub(crate) fn pick<T: Clone>(&mut self, options: &[T]) -> T {
        options[self.count(0, options.len() - 1)].clone()
    }
}
