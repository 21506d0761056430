//! How wide text is, and how it is cut, filled up, wrapped and set in columns. Counts columns of a terminal.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::inert::{clean, isolated};

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Fills up with spaces on the right.
pub fn pad_right(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Fills up with spaces on the left.
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Makes a text inert and at most so wide; what is cut off is shown by `…`.
pub fn fitted(text: &str, columns: usize) -> String {
    let text = clean(text);
    if width(&text) <= columns {
        return isolated(text);
    }
    let mut kept = String::new();
    let mut used = 1;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used > columns {
            break;
        }
        kept.push_str(grapheme);
    }
    kept.push('…');
    isolated(kept)
}

/// A piece of a line, marked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub is_marked: bool,
}

struct Cell<'t> {
    grapheme: &'t str,
    columns: usize,
    is_marked: bool,
}

/// Breaks a text into lines of at most so many columns, at spaces or between wide characters where there are some.
/// `marks` are bytes of the text. The pieces are clean, but not isolated: a line is shown as a whole.
pub fn wrap(text: &str, marks: &[(usize, usize)], columns: usize) -> Vec<Vec<Piece>> {
    let columns = columns.max(2);
    let cells: Vec<Cell<'_>> = text
        .grapheme_indices(true)
        .map(|(at, grapheme)| Cell {
            grapheme,
            columns: width(&clean(grapheme)),
            is_marked: marks.iter().any(|&(start, end)| start < at + grapheme.len() && at < end),
        })
        .collect();
    lines_of(&cells, columns).into_iter().map(|line| pieces(without_end_spaces(&cells[line]))).collect()
}

fn is_space(cell: &Cell<'_>) -> bool {
    cell.grapheme.chars().all(char::is_whitespace)
}

fn without_end_spaces<'c, 't>(cells: &'c [Cell<'t>]) -> &'c [Cell<'t>] {
    let n_spaces = cells.iter().rev().take_while(|cell| is_space(cell)).count();
    &cells[..cells.len() - n_spaces]
}

fn lines_of(cells: &[Cell<'_>], columns: usize) -> Vec<Range<usize>> {
    let (mut lines, mut start, mut used, mut best) = (Vec::new(), 0, 0, None);
    let mut at = 0;
    while at < cells.len() {
        if cells[at].grapheme.starts_with(['\n', '\r']) {
            lines.push(start..at);
            (start, used, best) = (at + 1, 0, None);
            at += 1;
            continue;
        }
        // A space may hang over the edge.
        if used + cells[at].columns > columns && at > start && !is_space(&cells[at]) {
            let end = best.unwrap_or(at);
            lines.push(start..end);
            start = end;
            used = cells[start..at].iter().map(|cell| cell.columns).sum();
            best = None;
        }
        used += cells[at].columns;
        if is_space(&cells[at]) || cells[at].columns == 2 {
            best = Some(at + 1);
        }
        at += 1;
    }
    if start < cells.len() || lines.is_empty() {
        lines.push(start..cells.len());
    }
    lines
}

fn pieces(cells: &[Cell<'_>]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for cell in cells {
        match pieces.last_mut() {
            Some(last) if last.is_marked == cell.is_marked => last.text.push_str(cell.grapheme),
            _ => pieces.push(Piece { text: cell.grapheme.to_owned(), is_marked: cell.is_marked }),
        }
    }
    for piece in &mut pieces {
        piece.text = clean(&piece.text);
    }
    pieces
}

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Rows in columns. Cells are made inert; the last column is not filled up.
#[derive(Debug)]
pub struct Table {
    sides: Vec<Side>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a line of titles.
    pub fn new(columns: &[(&str, Side)]) -> Self {
        let titles = columns.iter().map(|(title, _)| (*title).to_owned()).collect();
        Self { sides: columns.iter().map(|(_, side)| *side).collect(), rows: vec![titles] }
    }

    /// A table without titles.
    pub fn plain(sides: &[Side]) -> Self {
        Self { sides: sides.to_vec(), rows: Vec::new() }
    }

    pub fn add(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| isolated(clean(&cell))).collect());
    }

    /// The lines, each at most `columns` wide where that is given: the last column gives way.
    pub fn lines(&self, columns: Option<usize>) -> Vec<String> {
        let n_columns = self.sides.len();
        let widest = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
        let widths: Vec<usize> = (0..n_columns).map(|column| widest(column).unwrap_or_default()).collect();
        let before_last: usize = widths.iter().take(n_columns.saturating_sub(1)).map(|width| width + 2).sum();
        let room = columns.map(|columns| columns.saturating_sub(before_last).max(12));
        self.rows.iter().map(|row| self.line(row, &widths, room)).collect()
    }

    fn line(&self, row: &[String], widths: &[usize], room: Option<usize>) -> String {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let is_last = column + 1 == self.sides.len();
            let columns = widths.get(column).copied().unwrap_or_default();
            match (self.sides.get(column), is_last) {
                (Some(Side::Right), _) => line.push_str(&pad_left(cell, columns)),
                (_, true) => line.push_str(&room.map_or_else(|| cell.clone(), |room| fitted(cell, room))),
                _ => line.push_str(&pad_right(cell, columns)),
            }
            if !is_last {
                line.push_str("  ");
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_a_terminal() {
        let check = |text: &str, columns| assert_eq!(width(text), columns, "{text}");
        check("abc", 3);
        check("é", 1);
        check("e\u{301}", 1);
        check("漢字", 4);
        check("👍", 2);
        check("👩‍👩‍👧", 2);
        check("❤️", 2);
        check("🇩🇪", 2);
        check("\u{2068}مرحبا\u{2069}", 5);
        check("", 0);
    }

    #[test]
    fn text_is_cut_between_clusters() {
        let check = |text: &str, columns, shown: &str| {
            assert_eq!(fitted(text, columns), shown, "{text}");
            assert!(width(&fitted(text, columns)) <= columns);
        };
        check("abcdef", 6, "abcdef");
        check("abcdef", 5, "abcd…");
        check("漢字漢字", 5, "漢字…");
        check("漢字漢字", 4, "漢…");
        check("a👩‍👩‍👧b", 3, "a…");
        check("مرحبا بك", 4, "\u{2068}مرح…\u{2069}");
        check("a\nb", 3, "a b");
    }

    #[test]
    fn lines_break_where_people_break_them() {
        let check = |text: &str, columns, lines: &[&str]| {
            let wrapped = wrap(text, &[], columns);
            let shown: Vec<String> =
                wrapped.iter().map(|line| line.iter().map(|piece| piece.text.as_str()).collect::<String>()).collect();
            assert_eq!(shown, lines, "{text}");
        };
        check("one two three", 7, &["one two", "three"]);
        check("one two three", 80, &["one two three"]);
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        check("東京に着いた", 6, &["東京に", "着いた"]);
        check("a\nb\n", 80, &["a", "b"]);
        check("", 80, &[""]);
    }

    #[test]
    fn marks_survive_the_wrapping() {
        let lines = wrap("see the ferry go", &[(8, 13)], 9);
        let piece = |text: &str, is_marked| Piece { text: text.into(), is_marked };
        assert_eq!(lines, [vec![piece("see the", false)], vec![piece("ferry", true), piece(" go", false)]]);
    }

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = Table::new(&[("kind", Side::Left), ("new", Side::Right), ("note", Side::Left)]);
        table.add(["story".to_owned(), "7".to_owned(), "a long remark about it".to_owned()]);
        table.add(["漢字".to_owned(), "1,204".to_owned(), "x\x1b".to_owned()]);
        assert_eq!(table.lines(Some(26)), ["kind     new  note", "story      7  a long rema…", "漢字   1,204  x"]);
    }
}
