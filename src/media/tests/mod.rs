//! Keeping, and what bytes tell.

mod ending;
mod keeping;
mod probing;
