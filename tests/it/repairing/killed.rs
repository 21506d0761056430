//! Killed in its midst, a repair that runs again ends the same.

use std::fs;
use std::time::Duration;

use super::*;
use crate::cli::program::Program;

#[test]
fn killed_anywhere_it_ends_the_same() {
    let program = Program::with_sample();
    let home = TestHome::at(&program.folder().join("home"));
    let before = home.dump();
    let repair_from = ["check", "--repair", "--from", "fixtures/sample"];
    for round in 0..8_u64 {
        for medium in media(&home).iter().step_by(2) {
            let mut bytes = fs::read(medium).expect("its bytes");
            bytes[40] ^= 1;
            fs::write(medium, bytes).expect("another bit");
        }
        spoil(&home, "UPDATE document_chunk SET zstd = x'00' WHERE document_id % 3 = 0");
        spoil(&home, "UPDATE record SET text = 'x' WHERE id % 7 = 1");
        fs::write(home.home.path().join("media/stray"), "a memory").expect("a file");
        let mut child = program.command(&repair_from).spawn().expect("the program starts");
        std::thread::park_timeout(Duration::from_millis(50 * round));
        child.kill().expect("it was started");
        child.wait().expect("it ended");
        let told = program.run(&repair_from);
        assert!(told.ends_with("exit: 0"), "round {round}: {told}");
        assert_whole(&home, &before, "after a kill");
        let memories = aside(&home).iter().filter(|bytes| *bytes == b"a memory").count() as u64;
        assert_eq!(memories, round + 1, "what nobody knows is never deleted");
    }
}
