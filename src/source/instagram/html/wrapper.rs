//! An element around all records of a page without classes: these are records, it is none.

use super::tree::{Element, Role, Tag};

/// Whether what stands alone in the main element only holds the records together: at least two blocks with something in
/// them and nothing beside them, which tell their year; a head above them need not, and the last may be cut off.
pub fn is_wrapper(root: &Element) -> bool {
    let blocks: Vec<&Element> = root.elements().collect();
    let is_block = |element: &Element| {
        element.tag == Tag::Block && element.role == Role::None && element.elements().next().is_some()
    };
    if !is_block(root) || root.has_own_text() || blocks.len() < 2 || !blocks.iter().all(|block| is_block(block)) {
        return false;
    }
    let years: Vec<bool> = blocks.iter().map(|block| tells_year(&block.text())).collect();
    let inner = years.get(1..years.len() - 1).unwrap_or_default();
    inner.iter().all(|tells| *tells) && years.iter().filter(|tells| **tells).count() >= 2
}

/// Whether a number of four digits in it is a year of exports.
fn tells_year(text: &str) -> bool {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| number.len() == 4);
    numbers.any(|number| ("2010".."2100").contains(&number))
}
