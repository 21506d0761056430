//! How many records have which value: tables and bars.

use super::super::error::CommandError;
use super::super::inert::inert_line;
use super::super::layout::{pad_right, width};
use super::super::ui::{BOLD, DIM, Shown, Ui, styled};
use super::super::units;
use super::super::zone::Zone;
use crate::home::{Counted, Facet, Searcher};
use crate::index::Compiled;

/// A facet with its values.
pub type Counts = (Facet, Vec<Counted>);

/// Values that are shown of a facet beside hits; JSON has all.
const MOST_VALUES: usize = 12;
/// Columns of the longest bar.
const BAR_COLUMNS: u64 = 30;

/// Counts everything that a query finds by each facet.
pub fn counted(
    searcher: &mut Searcher,
    compiled: &Compiled,
    facets: &[Facet],
    zone: Zone,
) -> Result<Vec<Counts>, CommandError> {
    if facets.is_empty() {
        return Ok(Vec::new());
    }
    let rows = searcher.rows(compiled)?;
    let mut counts = Vec::with_capacity(facets.len());
    for facet in facets {
        counts.push((*facet, searcher.facet(compiled, &rows, *facet, &zone)?));
    }
    Ok(counts)
}

/// The facets below the hits, each with a heading.
pub fn show(counts: &[Counts], ui: &mut Ui) -> Shown {
    for (facet, counted) in counts {
        ui.line("")?;
        ui.line(styled(BOLD, facet.name()))?;
        // Time is shown whole: a gap in it says something too.
        let n_shown = if facet.is_of_time() { counted.len() } else { counted.len().min(MOST_VALUES) };
        lines(counted, n_shown, ui)?;
        if n_shown < counted.len() {
            ui.line(styled(DIM, format_args!("… {} more", units::count((counted.len() - n_shown) as u64))))?;
        }
    }
    Ok(())
}

/// One value a line: with a bar on a terminal, with a tab in a pipe.
pub fn lines(counted: &[Counted], n_shown: usize, ui: &mut Ui) -> Shown {
    let shown = &counted[..n_shown.min(counted.len())];
    let most = shown.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    let columns = shown.iter().map(|(value, _)| width(&inert_line(value))).max().unwrap_or_default().min(40);
    for (value, n) in shown {
        let value = inert_line(value);
        if ui.is_terminal {
            let length = usize::try_from((n * BAR_COLUMNS).div_ceil(most)).unwrap_or_default();
            ui.line(format_args!("{} {} {}", pad_right(&value, columns), "▇".repeat(length), units::count(*n)))?;
        } else {
            ui.line(format_args!("{value}\t{n}"))?;
        }
    }
    Ok(())
}
