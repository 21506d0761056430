//! Text of strangers, made harmless for a terminal: nothing in it moves the cursor, changes colours or turns the line
//! around it.

/// First strong isolate, and the end of it: what stands between keeps its direction to itself.
const ISOLATE: char = '\u{2068}';
const END_OF_ISOLATE: char = '\u{2069}';

/// One line: line breaks and tabs become spaces, control characters go, and text from right to left is isolated.
pub fn inert_line(text: &str) -> String {
    isolated(clean(text))
}

/// Several lines, each of them inert.
pub fn inert_lines(text: &str) -> Vec<String> {
    text.split('\n').map(|line| inert_line(line.trim_end_matches('\r'))).collect()
}

/// The same without the isolation, for text that is cut in pieces before it is shown.
pub fn clean(text: &str) -> String {
    text.chars().filter_map(harmless).collect()
}

/// Shuts text from right to left in.
pub fn isolated(text: String) -> String {
    if text.chars().any(is_right_to_left) { format!("{ISOLATE}{text}{END_OF_ISOLATE}") } else { text }
}

fn harmless(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => None,
        // Embeddings, overrides and isolates, which nobody closes; old formatting; the byte order mark.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{feff}' => None,
        c => Some(c),
    }
}

/// Letters of the scripts that are written from right to left, and the marks that count as such.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_text() {
        let check = |text: &str, shown: &str| assert_eq!(inert_line(text), shown, "{text:?}");
        check("plain", "plain");
        check("a\x1b[31mb", "a[31mb");
        check("a\x1b]0;title\x07b", "a]0;titleb");
        check("a\u{9b}31mb\u{7f}", "a31mb");
        check("one\ntwo\tthree\r\n", "one two three  ");
        check("\u{202e}evil\u{202c}", "evil");
        check("\u{2066}open", "open");
        check("مرحبا", "\u{2068}مرحبا\u{2069}");
        check("שלום 1", "\u{2068}שלום 1\u{2069}");
        check("👩‍👩‍👧 漢字 é", "👩‍👩‍👧 漢字 é");
        check("", "");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(inert_lines("a\r\n\x1bb\n"), ["a", "b", ""]);
    }
}
