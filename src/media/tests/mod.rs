//! Keeping, and what bytes tell.

mod keeping;
mod probing;
