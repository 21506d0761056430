//! Rust source as a list of words and marks, without comments and without what stands in strings.
//!
//! Not a parser: just enough that a rule is neither fooled by a comment nor blind to a line break.

/// A word (`crate`, `model`, `17`), a mark (`::`, `{`), a string (always `""`) or a character (always `''`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub text: String,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first == '_' || first.is_alphabetic())
    }
}

/// The tokens of a file.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: source.chars().collect(), at: 0, line: 1, tokens: Vec::new() };
    while lexer.at < lexer.chars.len() {
        lexer.step();
    }
    lexer.tokens
}

/// The tokens without the items that only tests see, and the names of the test modules that have a file of their own.
pub fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    const MARK_OF_FILE: [&str; 8] = ["#", "!", "[", "cfg", "(", "test", ")", "]"];
    if starts_with(tokens, &MARK_OF_FILE) {
        return (Vec::new(), Vec::new());
    }
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        if !starts_with(&tokens[at..], &MARK) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = at + MARK.len() + length_of_item(&tokens[at + MARK.len()..]);
        let item = &tokens[at + MARK.len()..end];
        if let [.., word, name, semicolon] = item
            && word.is("mod")
            && semicolon.is(";")
        {
            modules.push(name.text.clone());
        }
        at = end;
    }
    (kept, modules)
}

fn starts_with(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.is(text))
}

/// How many tokens the item, field or arm takes that starts here, its other attributes included.
fn length_of_item(tokens: &[Token]) -> usize {
    const ITEMS: [&str; 9] = ["fn", "impl", "mod", "struct", "enum", "trait", "union", "macro_rules", "extern"];
    const STATEMENTS: [&str; 5] = ["use", "const", "static", "type", "let"];
    let (mut depth, mut has_block, mut has_semicolon) = (0_usize, false, false);
    for (index, token) in tokens.iter().enumerate() {
        let text = token.text.as_str();
        has_block |= depth == 0 && !has_semicolon && ITEMS.contains(&text);
        has_semicolon |= depth == 0 && !has_block && STATEMENTS.contains(&text);
        match text {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" if depth == 0 => return index,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && text == "}" && !has_semicolon {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            "," if depth == 0 && !has_block && !has_semicolon => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn advance(&mut self) {
        self.line += usize::from(self.peek(0) == '\n');
        self.at += 1;
    }

    fn push(&mut self, line: usize, text: impl Into<String>) {
        self.tokens.push(Token { line, text: text.into() });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => self.skip_while(|lexer| lexer.peek(0) != '\n'),
            ('/', '*') => self.skip_block_comment(),
            ('"', _) => {
                self.skip_string();
                self.push(line, "\"\"");
            }
            ('\'', _) => self.character_or_lifetime(),
            (':', ':') => {
                self.at += 2;
                self.push(line, "::");
            }
            (first, _) if first == '_' || first.is_alphanumeric() => self.word(),
            (first, _) => {
                self.advance();
                if !first.is_whitespace() {
                    self.push(line, first);
                }
            }
        }
    }

    fn skip_while(&mut self, holds: impl Fn(&Self) -> bool) {
        while self.at < self.chars.len() && holds(self) {
            self.advance();
        }
    }

    /// Block comments nest.
    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.chars.len() {
            let step = match (self.peek(0), self.peek(1)) {
                ('/', '*') => {
                    depth += 1;
                    2
                }
                ('*', '/') => {
                    depth -= 1;
                    2
                }
                _ => 1,
            };
            for _ in 0..step {
                self.advance();
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_string(&mut self) {
        self.advance();
        while self.at < self.chars.len() && self.peek(0) != '"' {
            if self.peek(0) == '\\' {
                self.advance();
            }
            self.advance();
        }
        self.advance();
    }

    fn skip_raw_string(&mut self, n_hashes: usize) {
        let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', n_hashes)).collect();
        self.at += n_hashes + 1;
        self.skip_while(|lexer| !lexer.chars[lexer.at..].starts_with(&end));
        self.at += end.len();
    }

    fn character_or_lifetime(&mut self) {
        let line = self.line;
        if self.peek(1) != '\\' && self.peek(2) != '\'' {
            self.advance();
            self.skip_while(|lexer| lexer.peek(0) == '_' || lexer.peek(0).is_alphanumeric());
            return;
        }
        self.advance();
        while self.at < self.chars.len() && self.peek(0) != '\'' {
            if self.peek(0) == '\\' {
                self.advance();
            }
            self.advance();
        }
        self.advance();
        self.push(line, "''");
    }

    fn word(&mut self) {
        let (line, start) = (self.line, self.at);
        self.skip_while(|lexer| lexer.peek(0) == '_' || lexer.peek(0).is_alphanumeric());
        let text: String = self.chars[start..self.at].iter().collect();
        if matches!(text.as_str(), "r" | "br" | "cr") {
            let n_hashes = self.chars[self.at..].iter().take_while(|&&found| found == '#').count();
            if self.peek(n_hashes) == '"' {
                self.skip_raw_string(n_hashes);
                self.push(line, "\"\"");
                return;
            }
            if text == "r" && n_hashes == 1 {
                self.advance();
                return;
            }
        }
        self.push(line, text);
    }
}

#[test]
fn comments_and_strings_are_not_code() {
    let check = |source: &str, expected: &str| {
        let texts: Vec<_> = tokens(source).into_iter().map(|token| token.text).collect();
        assert_eq!(texts.join(" "), expected, "{source}");
    };
    check("use a::b; // use c::d;", "use a :: b ;");
    check("/* one /* two */ still */ x", "x");
    check(r#"let a = "crate::store \" //"; b"#, "let a = \"\" ; b");
    check("r#\"a \" b\"# c br\"d\" e", "\"\" c \"\" e");
    check("r#type", "type");
    check("fn f<'a>(x: &'a u8) -> char { '\"' }", "fn f < > ( x : & u8 ) - > char { '' }");
    check("b'\\'' + '\\u{1F600}' + 'x'", "b '' + '' + ''");
    assert_eq!(tokens("a\n\n/*\n*/ b \"\n\" c").iter().map(|token| token.line).collect::<Vec<_>>(), [1, 4, 4, 5]);
}

#[test]
fn what_only_tests_see_is_left_out() {
    let check = |source: &str, expected: &str, expected_modules: &[&str]| {
        let (kept, modules) = without_tests(&tokens(source));
        assert_eq!(kept.into_iter().map(|token| token.text).collect::<Vec<_>>().join(" "), expected, "{source}");
        assert_eq!(modules, expected_modules, "{source}");
    };
    check("a; #[cfg(test)] mod tests { use b; fn f() {} } c", "a ; c", &[]);
    check("#[cfg(test)] pub mod tests; c", "c", &["tests"]);
    check("#[cfg(test)] #[rustfmt::skip] fn f<A, B>(a: A) -> B { g(a) } c", "c", &[]);
    check("#[cfg(test)] use a::{b, c}; d", "d", &[]);
    check("struct S { #[cfg(test)] a: u8, b: u8 }", "struct S { b : u8 }", &[]);
    check("#[cfg(not(test))] use a; b", "# [ cfg ( not ( test ) ) ] use a ; b", &[]);
    check("#![cfg(test)] use a;", "", &[]);
}
