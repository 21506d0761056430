//! The dice: a small generator of random numbers whose every throw follows from a seed and a place, so that any part of
//! a life can be made again without making what came before it.

/// `SplitMix64` (Steele, Lea, Flood 2014): one addition and three mixing steps a number, any seed is a good one.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Dice {
    /// Dice of their own for the thing number `number` of the sort `sort`.
    pub fn of(seed: u64, sort: &str, number: usize) -> Self {
        let sort = sort.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        Self(mix(mix(seed ^ sort.wrapping_mul(STEP)).wrapping_add(number.wrapping_mul(STEP))))
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let product = u128::from(self.number()) * (n as u128);
        usize::try_from(product >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included; `low` when there is nothing between them.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(0);
        low.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    pub fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1_000) < per_mille
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A rank below `n`: every doubling of the rank is as likely as the one before, as words, friends and hashtags are
    /// spread (Zipf). 0 when `n` is 0.
    pub fn rank(&mut self, n: usize) -> usize {
        let n_doublings = usize::try_from(usize::BITS - n.leading_zeros()).unwrap_or(0);
        if n == 0 {
            return 0;
        }
        loop {
            let low = 1_usize << self.below(n_doublings);
            let place = low + self.below(low);
            if place <= n {
                return place - 1;
            }
        }
    }

    /// `n` characters of `alphabet`.
    pub fn characters(&mut self, alphabet: &str, n: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..n).map(|_| char::from(self.pick(alphabet))).collect()
    }

    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.number().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_place_throws_the_same_numbers() {
        let throws = |number| {
            let mut dice = Dice::of(7, "message", number);
            [dice.number(), dice.number(), dice.number()]
        };
        assert_eq!(throws(3), throws(3));
        assert_ne!(throws(3), throws(4));
    }

    #[test]
    fn throws_stay_in_their_bounds() {
        let mut dice = Dice::of(1, "bounds", 0);
        for n in [1, 2, 3, 10, 1_000] {
            let throws: Vec<_> = (0..2_000).map(|_| dice.below(n)).collect();
            assert!(throws.iter().all(|throw| *throw < n));
            let ranks: Vec<_> = (0..2_000).map(|_| dice.rank(n)).collect();
            assert!(ranks.iter().all(|rank| *rank < n), "{n}");
            assert!(ranks.contains(&0));
            let n_last = ranks.iter().filter(|rank| **rank == n - 1).count();
            assert!(n < 100 || n_last < 10, "{n}: {n_last}");
        }
        assert_eq!((dice.below(0), dice.rank(0)), (0, 0));
        assert_eq!(dice.between(5, 4), 5);
    }
}
