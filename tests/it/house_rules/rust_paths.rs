//! The paths that a piece of Rust source names: each leaf of each `use`, and each `a::b` in expressions and types.

use super::rust_text::Token;

/// One path as it is written: `crate`, `store`, `Writer`. A glob ends with `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPath {
    pub line: usize,
    pub segments: Vec<String>,
    /// Modules that are written around it in the same file.
    pub n_inline_modules: usize,
}

/// All paths of the tokens, in their order.
pub fn named_paths(tokens: &[Token]) -> Vec<NamedPath> {
    let mut reader = PathReader { tokens, at: 0, paths: Vec::new(), blocks: Vec::new() };
    while reader.at < tokens.len() {
        reader.step();
    }
    reader.paths
}

struct PathReader<'a> {
    tokens: &'a [Token],
    at: usize,
    paths: Vec<NamedPath>,
    /// The blocks that are open, `true` for a module's.
    blocks: Vec<bool>,
}

impl PathReader<'_> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_word)
    }

    fn push(&mut self, line: usize, segments: Vec<String>) {
        let n_inline_modules = self.blocks.iter().filter(|&&is_module| is_module).count();
        self.paths.push(NamedPath { line, segments, n_inline_modules });
    }

    fn step(&mut self) {
        let token = &self.tokens[self.at];
        match token.text.as_str() {
            "{" => {
                self.blocks.push(self.at >= 2 && self.is(self.at - 2, "mod"));
                self.at += 1;
            }
            "}" => {
                self.blocks.pop();
                self.at += 1;
            }
            // `impl Trait + use<'a>` captures and names nothing.
            "use" if !self.is(self.at + 1, "<") => {
                self.at += 1;
                self.use_tree(&[]);
            }
            "extern" if self.is(self.at + 1, "crate") => {
                let name = self.tokens.get(self.at + 2).map(|token| token.text.clone());
                self.push(token.line, name.into_iter().collect());
                self.at += 3;
            }
            _ if token.is_word() && self.starts_path() => self.path(),
            _ => self.at += 1,
        }
    }

    /// Whether the word here is the first of a path: something follows, nothing leads to it.
    fn starts_path(&self) -> bool {
        let follows = self.is(self.at + 1, "::");
        let Some(before) = self.at.checked_sub(1) else { return follows };
        let is_led_to = match self.tokens[before].text.as_str() {
            "." => true,
            "::" => before > 0 && (self.is_word(before - 1) || self.is(before - 1, ">")),
            _ => false,
        };
        follows && !is_led_to
    }

    fn path(&mut self) {
        let line = self.tokens[self.at].line;
        let mut segments = vec![self.tokens[self.at].text.clone()];
        self.at += 1;
        while self.is(self.at, "::") && self.is_word(self.at + 1) {
            segments.push(self.tokens[self.at + 1].text.clone());
            self.at += 2;
        }
        self.push(line, segments);
    }

    /// Reads `a::{b, c::*}` after `prefix`; ends behind the tree.
    fn use_tree(&mut self, prefix: &[String]) {
        let mut segments = prefix.to_vec();
        let mut line = self.tokens.get(self.at).map_or(0, |token| token.line);
        while let Some(token) = self.tokens.get(self.at) {
            match token.text.as_str() {
                "{" => {
                    self.at += 1;
                    while self.at < self.tokens.len() && !self.is(self.at, "}") {
                        self.use_tree(&segments);
                        self.at += usize::from(self.is(self.at, ","));
                    }
                    self.at += 1;
                    return;
                }
                "," | ";" | "}" => break,
                "as" => self.at += 2,
                "::" => self.at += 1,
                _ => {
                    line = token.line;
                    segments.push(token.text.clone());
                    self.at += 1;
                }
            }
        }
        self.push(line, segments);
    }
}

#[test]
fn every_way_to_name_a_path_is_seen() {
    let check = |source: &str, expected: &[&str]| {
        let paths: Vec<_> = named_paths(&super::rust_text::tokens(source))
            .into_iter()
            .map(|path| format!("{}{}", path.segments.join("::"), "^".repeat(path.n_inline_modules)))
            .collect();
        assert_eq!(paths, expected, "{source}");
    };
    check(
        "use crate::store::{Writer, self as s, rows::*};",
        &["crate::store::Writer", "crate::store::self", "crate::store::rows::*"],
    );
    check("use {zip::read::ZipFile as Z, crate::{a,\n b::c,},};", &["zip::read::ZipFile", "crate::a", "crate::b::c"]);
    check("pub(crate) use super::super::index;", &["super::super::index"]);
    check(
        "fn f(a: &crate::home::Home) -> Vec<zip::A> { ::zip::b::<zip::C>(a.zip) }",
        &["crate::home::Home", "zip::A", "zip::b", "zip::C"],
    );
    check("<T as a::B>::zip::c(); Some::<u8>::d()", &["a::B", "Some"]);
    check("mod m { use super::super::store; } use zip;", &["super::super::store^", "zip"]);
    check("extern crate zip; #[derive(clap::Parser)] struct S;", &["zip", "clap::Parser"]);
    check("fn f() -> impl Sized + use<'a> { $crate::store::g!() }", &["crate::store::g"]);
}
