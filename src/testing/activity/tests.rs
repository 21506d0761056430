//! What the owner did, of invented lives.

use super::*;
use crate::testing::life::Life;

#[test]
fn what_concerns_friends_lies_a_minute_apart() {
    let size = Size { saves: 12, ..Size::tiny() };
    for seed in 0..300 {
        let life = Life::new(seed, size.clone());
        let of_friends = life.activity().saves.iter().filter(|save| save.owner <= size.friends);
        let mut times: Vec<i64> = of_friends.map(|save| save.at_ms).collect();
        times.sort_unstable();
        assert!(times.windows(2).all(|two| two[1] - two[0] > 60_000), "{seed}: {times:?}");
    }
}
