//! The fields of the engine, and records and talks as its documents.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{TantivyDocument, Term};

use super::analysis;
use super::feed::RecordDocument;
use super::talks::Talk;
use crate::model::{ContentHash, NOTICES};

/// Raised when documents are filled otherwise although no field and no analysis changed.
const VERSION: u32 = 6;

/// The chain by which texts become terms: ours.
#[cfg(not(feature = "testing"))]
const fn chain() -> &'static str {
    analysis::VERSION
}

#[cfg(feature = "testing")]
use stock::chain;
#[cfg(feature = "testing")]
pub use stock::use_stock_tokenizer;

/// The chain that the engine brings along, for measuring what ours costs.
#[cfg(feature = "testing")]
mod stock {
    use std::sync::atomic::{AtomicBool, Ordering};

    static IS_WANTED: AtomicBool = AtomicBool::new(false);

    /// Indices of this process are written with the engine's own tokenizer. No other process takes them for usable.
    pub fn use_stock_tokenizer() {
        IS_WANTED.store(true, Ordering::Relaxed);
    }

    pub(super) fn chain() -> &'static str {
        if IS_WANTED.load(Ordering::Relaxed) { "default" } else { super::analysis::VERSION }
    }
}

/// Where a document stands that is a talk; no kind has it.
pub(super) const TALK: i64 = -1;

/// Where notices stand, in the order of [`NOTICES`]; no kind has these.
const FIRST_NOTICE: i64 = 1_001;

/// What the service wrote into conversations, by the subkind of the message, and where it stands.
pub(super) fn notices() -> impl Iterator<Item = (&'static str, i64)> {
    NOTICES.into_iter().zip(FIRST_NOTICE..)
}

/// Where a record stands: with its kind, or apart because nobody wrote it.
fn shelf_of(record: &RecordDocument) -> i64 {
    let notice = notices().find(|(name, _)| record.subkind.as_deref() == Some(*name));
    notice.filter(|_| record.is_notice).map_or(record.kind.code(), |(_, shelf)| shelf)
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub row: Field,
    pub account: Field,
    pub kind: Field,
    /// The kind's code, or that of a talk or notice.
    pub shelf: Field,
    pub subkind: Field,
    pub at: Field,
    pub author: Field,
    pub others: Field,
    pub thread: Field,
    pub has: Field,
    pub is: Field,
    pub text: Field,
    pub other_text: Field,
    pub member: Field,
}

/// Nothing is stored: the text stands in the database, and rows come from the columns.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = SchemaBuilder::new();
    let fields = Fields {
        row: builder.add_i64_field("row", number().set_fast()),
        account: builder.add_i64_field("account", number().set_fast()),
        kind: builder.add_i64_field("kind", number()),
        shelf: builder.add_i64_field("shelf", NumericOptions::default().set_fast()),
        subkind: builder.add_text_field("subkind", text("raw", IndexRecordOption::Basic)),
        at: builder.add_i64_field("at", NumericOptions::default().set_fast()),
        author: builder.add_i64_field("author", number().set_fast()),
        others: builder.add_i64_field("others", number()),
        thread: builder.add_i64_field("thread", number().set_fast()),
        has: builder.add_text_field("has", text("raw", IndexRecordOption::Basic)),
        is: builder.add_text_field("is", text("raw", IndexRecordOption::Basic)),
        text: builder.add_text_field("text", text(chain(), IndexRecordOption::WithFreqsAndPositions)),
        other_text: builder.add_text_field("other_text", text(chain(), IndexRecordOption::WithFreqsAndPositions)),
        member: builder.add_i64_field("member", number().set_fast()),
    };
    (builder.build(), fields)
}

fn number() -> NumericOptions {
    NumericOptions::default().set_indexed()
}

/// Without lengths: among messages of five words they would only make the shortest win.
fn text(tokenizer: &str, option: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// What an index must have been written with to be of use: fields, analysis, engine.
pub(super) fn fingerprint() -> String {
    let (schema, _) = schema();
    let fields: Vec<String> = schema.fields().map(|(_, entry)| format!("{entry:?}")).collect();
    let written_with = format!("{VERSION} {} {} {}", chain(), tantivy::version_string(), fields.join(" "));
    ContentHash::of(written_with.as_bytes()).to_hex()
}

pub(super) fn row_term(fields: &Fields, row: i64) -> Term {
    Term::from_field_i64(fields.row, row)
}

/// What tells the talk of a message.
pub(super) fn member_term(fields: &Fields, row: i64) -> Term {
    Term::from_field_i64(fields.member, row)
}

/// A talk names its messages. It has the columns that every record has, so that reading these stays cheap.
pub(super) fn talk_document(fields: &Fields, talk: &Talk) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_i64(fields.row, 0);
    document.add_i64(fields.account, 0);
    document.add_i64(fields.kind, TALK);
    document.add_i64(fields.shelf, TALK);
    document.add_i64(fields.thread, talk.thread);
    if let Some(first) = talk.messages.first() {
        document.add_i64(fields.at, first.at_ms);
    }
    for message in &talk.messages {
        document.add_i64(fields.member, message.row);
    }
    document
}

pub(super) fn document(fields: &Fields, record: &RecordDocument) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_i64(fields.row, record.row);
    document.add_i64(fields.account, record.account);
    document.add_i64(fields.kind, record.kind.code());
    document.add_i64(fields.shelf, shelf_of(record));
    if let Some(subkind) = &record.subkind {
        document.add_text(fields.subkind, subkind);
    }
    let numbers = [(fields.at, record.at_ms), (fields.author, record.author), (fields.thread, record.thread)];
    for (field, value) in numbers {
        if let Some(value) = value {
            document.add_i64(field, value);
        }
    }
    let mut others = record.others.clone();
    others.sort_unstable();
    others.dedup();
    for person in others {
        document.add_i64(fields.others, person);
    }
    for feature in &record.has {
        document.add_text(fields.has, feature);
    }
    for state in &record.is {
        document.add_text(fields.is, state);
    }
    if let Some(text) = &record.text {
        document.add_text(fields.text, text);
    }
    for text in &record.other_text {
        document.add_text(fields.other_text, text);
    }
    document
}

/// Our analysis as the engine wants it.
#[derive(Clone, Debug, Default)]
pub(super) struct ArcTokenizer;

#[derive(Debug)]
pub(super) struct ArcStream<'a> {
    tokens: analysis::Analysis<'a>,
    token: Token,
}

impl Tokenizer for ArcTokenizer {
    type TokenStream<'a> = ArcStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ArcStream<'a> {
        ArcStream { tokens: analysis::Analysis::of(text), token: Token::default() }
    }
}

impl TokenStream for ArcStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(token) = self.tokens.next() else { return false };
        self.token = Token {
            offset_from: token.start,
            offset_to: token.end,
            position: token.position,
            text: token.term,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
