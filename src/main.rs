//! The program: a table of contents.

use std::process::ExitCode;

fn main() -> ExitCode {
    throwback::cli::run()
}
