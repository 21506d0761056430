//! Drives a JSON document through its readers: takes it apart, repairs and parses one element at a time, hands it to
//! the reader that the catalog names for its list, and keeps account. A broken element costs itself only, and memory
//! holds one element (of a conversation: one page).
//!
//! What is an element (format reference §1.4): a top object that owns the members of a record is one; otherwise each
//! of its list-valued members is a list of them, and an object beside them is one; an object without such lists is one
//! itself.

use std::collections::{HashMap, HashSet};

use super::ledger::Ledger;
use super::scope::shortened;
use super::split::{self, Elements, Form, Member, Members, Slice};
use super::text::{self, Writing};
use super::{Fate, Json, Scope, no_data, thread};
use crate::model::Kind;
use crate::source::count::count_json;
use crate::source::instagram::catalog::{self, Reader, Row};
use crate::source::instagram::encrypted::is_encrypted_chat;
use crate::source::instagram::flat::messages;
use crate::source::instagram::recognise::is_flat;
use crate::source::{Document, Output, Place, Reading};

/// Reads a JSON document of any form.
pub fn read(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    let writing = writing_of(document.path);
    let mut driver =
        Driver { document, ledger: Ledger::new(writing, sink), row: None, n_of_row: 0, said_again: HashSet::new() };
    let top = split::top(document.bytes);
    if top.is_damaged {
        driver.ledger.damaged("Bytes that are no JSON stand before its beginning");
    }
    match top.form {
        Form::List(bytes) => driver.read_top_list(bytes),
        Form::Object(bytes) => driver.read_top_object(bytes),
        Form::Plain => {
            driver.read_strays("", &[document.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document.bytes)]);
        }
        Form::Empty => driver.ledger.damaged("It is empty"),
        Form::Other => {
            driver.ledger.damaged("It is no JSON");
            driver.ledger.settle(&Place::default(), Fate::Bad("the document is no JSON".to_owned()));
        }
    }
    let row = driver.row.unwrap_or_else(|| catalog::find(document.path, ""));
    driver.ledger.finish(row.name, row.version + super::PIECES, count_json(document.bytes))
}

/// The elements of a small document, parsed; what does not parse is left out. For the first pass over a snapshot.
pub(in crate::source::instagram) fn elements_of(path: &str, bytes: &[u8]) -> Vec<Json> {
    let parse = |slice: Slice<'_>| serde_json::from_slice::<Json>(&text::repair(slice.bytes, writing_of(path))).ok();
    match split::top(bytes).form {
        Form::List(bytes) => Elements::new(bytes).filter_map(parse).collect(),
        Form::Object(bytes) => {
            let members: Vec<_> = Members::new(bytes).collect();
            if members.iter().any(|member| is_record_member(&name_of(member.name, Writing::Escaped))) {
                return parse(Slice { bytes: bytes.trim_ascii_end(), is_whole: true }).into_iter().collect();
            }
            let elements = members.into_iter().flat_map(|member| {
                let is_list = member.value.is_list();
                let list = is_list.then(|| Elements::new(member.value.bytes));
                list.into_iter().flatten().chain((!is_list).then_some(member.value))
            });
            elements.filter(Slice::is_object).filter_map(parse).collect()
        }
        Form::Plain | Form::Empty | Form::Other => Vec::new(),
    }
}

fn writing_of(path: &str) -> Writing {
    if is_flat(path) { Writing::Proper } else { Writing::Escaped }
}

/// Members that make an object a record of its own.
fn is_record_member(name: &str) -> bool {
    matches!(name, "string_list_data" | "string_map_data" | "media_map_data" | "media" | "label_values" | "uri")
}

/// A member's name without its quotes, repaired; with replacement characters where it is broken.
pub(super) fn name_of(name: &[u8], writing: Writing) -> String {
    let json = text::repair(name, writing);
    serde_json::from_slice(&json)
        .or_else(|_| serde_json::from_slice(&text::mend(&json)))
        .unwrap_or_else(|_| String::from_utf8_lossy(&json).trim_matches('"').to_owned())
}

/// So many members the top object of a document may have (a guess: exports have some tens; measured: two millions take
/// 200 MB).
const MOST_MEMBERS: usize = 2_000_000;

/// Bytes of the plain values beside the items of one list that are made searchable.
const MOST_STRAYS: usize = 4 << 20;

/// A member of the top object.
pub(super) struct TopMember<'a> {
    pub name: String,
    pub value: Slice<'a>,
}

/// Hands an element to the reader of its row.
pub(in crate::source::instagram) fn read_element(
    row: &'static Row,
    place: &Place,
    json: &Json,
    scope: &mut Scope<'_>,
    ledger: &mut Ledger<'_>,
) {
    match row.reader {
        Reader::Elements(reader) => ledger.settle(place, reader(json, scope)),
        Reader::Thread => thread::read_element(place, json, scope, ledger),
        Reader::Generic | Reader::FlatThreads => {
            let mut fate = super::read_any(json, scope);
            if let Fate::Items(items) = &mut fate {
                for item in items {
                    item.kind = row.kinds.first().copied().unwrap_or(Kind::Misc);
                }
                ledger.generic();
            }
            ledger.settle(place, fate);
        }
    }
}

struct Driver<'a> {
    document: &'a Document<'a>,
    ledger: Ledger<'a>,
    /// The row that stands for the document: that of its longest list, a known one before the generic one.
    row: Option<&'static Row>,
    n_of_row: usize,
    /// Sentences that stand alone in more than one list: nobody's words, but that there is no data.
    said_again: HashSet<String>,
}

impl<'a> Driver<'a> {
    fn read_top_list(&mut self, bytes: &'a [u8]) {
        let mut elements = Elements::new(bytes);
        let (mut n_items, mut n_plain) = (0, 0);
        for element in elements.by_ref() {
            if element.is_item() { n_items += 1 } else { n_plain += 1 }
        }
        self.note_end(elements.is_damaged(), elements.rest());
        if n_items == 0 && n_plain > 1 {
            let end = bytes.len() - elements.rest().len();
            self.read_single("", Slice { bytes: bytes[..end].trim_ascii_end(), is_whole: !elements.is_damaged() });
        } else {
            self.read_list("", bytes, 0);
        }
    }

    fn read_top_object(&mut self, bytes: &'a [u8]) {
        let writing = writing_of(self.document.path);
        let mut split = Members::new(bytes);
        let top_member =
            |m: Member<'a>| TopMember { name: shortened(&name_of(m.name, writing)).into_owned(), value: m.value };
        let members: Vec<TopMember<'a>> = split.by_ref().take(MOST_MEMBERS).map(top_member).collect();
        if members.len() == MOST_MEMBERS && split.next().is_some() {
            self.ledger.damaged("It has more members than any document");
            return self
                .ledger
                .settle(&Place::default(), Fate::Bad(format!("it has more than {MOST_MEMBERS} members")));
        }
        self.note_end(split.is_damaged(), split.rest());
        let end = bytes.len() - split.rest().len();
        let whole = Slice { bytes: bytes[..end].trim_ascii_end(), is_whole: !split.is_damaged() };

        self.said_again = no_data::said_more_than_once(members.iter().map(|member| member.value), writing);
        if thread::is_conversation(&members) {
            let list = if is_encrypted_chat(self.document.path) { "" } else { "messages" };
            self.note_row(catalog::find(self.document.path, list), 1);
            thread::read(self.document.path, &members, &mut self.ledger);
        } else if members.iter().any(|member| is_record_member(&member.name)) {
            self.read_single("", whole);
        } else if members.iter().any(|member| holds_items(member.value)) {
            self.read_lists(&members);
        } else if members.iter().any(|member| !member.value.is_list() || Elements::new(member.value.bytes).count() > 1)
        {
            match &members[..] {
                [wrapper] if is_record(wrapper.value) || self.is_list_of_one(wrapper) => {
                    self.read_single(&wrapper.name, wrapper.value);
                }
                _ => self.read_single("", whole),
            }
        } else {
            for member in &members {
                self.read_list(&member.name, member.value.bytes, 0);
            }
        }
    }

    fn read_lists(&mut self, members: &[TopMember<'a>]) {
        // A name may stand twice; its places go on counting.
        let mut next_index: HashMap<&str, usize> = HashMap::new();
        for member in members {
            if holds_items(member.value) {
                let index = next_index.entry(&member.name).or_default();
                *index = self.read_list(&member.name, member.value.bytes, *index);
            } else if is_filled_object(member.value) {
                self.read_beside(&member.name, member.value);
            } else if !matches!(member.value.bytes, b"[]" | b"{}" | b"null" | b"\"\"")
                && !self.is_empty_section(&member.name, member.value)
            {
                self.ledger.not_understood(&member.name);
                self.read_strays(&member.name, &[member.value.bytes]);
            }
        }
    }

    /// Reads a list whose first element has the given index, and gives the index behind its last.
    fn read_list(&mut self, list: &str, bytes: &[u8], first_index: usize) -> usize {
        let row = catalog::find(self.document.path, list);
        let mut scope = Scope::new(self.document.path, list, self.document.learnt);
        let (mut n_items, mut strays) = (0, Vec::new());
        let (mut n_strays, mut stray_bytes) = (0, 0);
        let mut index = first_index;
        for element in Elements::new(bytes) {
            if element.is_item() {
                n_items += 1;
                let place = Place::at(list, index);
                // Told by its shape, whatever the file is called; the counter of items does not know names either.
                if matches!(row.reader, Reader::FlatThreads) || messages::is_thread(element) {
                    messages::read_thread(&place, element, &mut scope, &mut self.ledger);
                } else {
                    self.read_element(row, &place, element, &mut scope);
                }
            } else {
                n_strays += 1;
                stray_bytes += element.bytes.len();
                if stray_bytes <= MOST_STRAYS {
                    strays.push(element.bytes);
                }
            }
            index += 1;
        }
        self.note_row(row, n_items);
        if n_items > 0 && n_strays > 0 {
            self.ledger.plain_values(list, n_strays);
        }
        if stray_bytes > MOST_STRAYS {
            self.ledger.doubt(&Place(list.to_owned()), "stand beside more plain values than are made searchable");
        }
        if n_items > 0 || !self.is_empty_section(list, Slice { bytes, is_whole: true }) {
            self.read_strays(list, &strays);
        }
        self.ledger.not_understood_all(scope.unknown_labels);
        index
    }

    /// Reads an object that stands beside lists.
    fn read_beside(&mut self, name: &str, element: Slice<'_>) {
        let row = catalog::find(self.document.path, name);
        let mut scope = Scope::new(self.document.path, name, self.document.learnt);
        self.read_element(row, &Place(name.to_owned()), element, &mut scope);
        self.note_row(row, 1);
        self.ledger.not_understood_all(scope.unknown_labels);
    }

    /// Makes the strings of plain values that stand among or beside the items findable. They are no items themselves and
    /// have no fate.
    fn read_strays(&mut self, list: &str, strays: &[&[u8]]) {
        let place = Place(list.to_owned());
        let parse = |bytes: &&[u8]| self.ledger.parse(&place, Slice { bytes: bytes.trim_ascii(), is_whole: true }).ok();
        let strays: Vec<Json> = strays.iter().filter_map(parse).filter(|json| !no_data::says_no_data(json)).collect();
        let mut scope = Scope::new(self.document.path, list, self.document.learnt);
        if let Fate::Items(items) = super::read_any(&Json::List(strays), &mut scope) {
            for item in items.into_iter().filter(|item| item.text.is_some()) {
                self.ledger.beside(&place, item);
            }
        }
    }

    /// Reads one element that is the whole document; `list` names the member in which it stands alone.
    fn read_single(&mut self, list: &str, element: Slice<'_>) {
        let row = catalog::find(self.document.path, list);
        let mut scope = Scope::new(self.document.path, list, self.document.learnt);
        self.read_element(row, &Place::default(), element, &mut scope);
        self.note_row(row, 1);
        self.ledger.not_understood_all(scope.unknown_labels);
    }

    fn read_element(&mut self, row: &'static Row, place: &Place, element: Slice<'_>, scope: &mut Scope<'_>) {
        let json = match self.ledger.parse(place, element) {
            Ok(json) => json,
            Err(reason) => return self.ledger.settle(place, Fate::Bad(reason)),
        };
        read_element(row, place, &json, scope, &mut self.ledger);
    }

    fn note_row(&mut self, row: &'static Row, n_items: usize) {
        let is_known = |row: &Row| row.kinds != [Kind::Misc];
        let is_better = self.row.is_none_or(|best| (is_known(row), n_items) > (is_known(best), self.n_of_row));
        if is_better && n_items > 0 {
            self.row = Some(row);
            self.n_of_row = n_items;
        }
    }

    /// Whether a member holds the only element of its list as a bare object: the catalog knows the member's name.
    fn is_list_of_one(&self, member: &TopMember<'_>) -> bool {
        let row = catalog::find(self.document.path, &member.name);
        is_filled_object(member.value) && row.lists.contains(&member.name.as_str())
    }

    /// Whether a list holds nothing but the sentence that says so.
    fn is_empty_section(&self, list: &str, value: Slice<'_>) -> bool {
        let writing = writing_of(self.document.path);
        no_data::says_no_data_in(value, writing, catalog::find(self.document.path, list), list, &self.said_again)
    }

    /// What stands behind the end of the top level is one bad item of its own.
    fn note_end(&mut self, is_damaged: bool, rest: &[u8]) {
        if is_damaged {
            self.ledger.damaged("It breaks off, or its brackets do not match");
        }
        if !rest.is_empty() {
            self.ledger.damaged("Something stands behind its end");
            self.ledger
                .settle(&Place::default(), Fate::Bad(format!("{} bytes stand behind the document's end", rest.len())));
        }
    }
}

fn holds_items(value: Slice<'_>) -> bool {
    value.is_list() && Elements::new(value.bytes).any(|element| element.is_item())
}

fn is_filled_object(value: Slice<'_>) -> bool {
    value.is_object() && Members::new(value.bytes).next().is_some()
}

fn is_record(value: Slice<'_>) -> bool {
    value.is_object()
        && Members::new(value.bytes).any(|member| is_record_member(&name_of(member.name, Writing::Escaped)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FindingCode;
    use crate::source::Learnt;

    /// Reads a document that only the generic reader knows; what came out as `place text` lines, and the codes.
    fn read_generic(json: &[u8]) -> (Vec<String>, Vec<FindingCode>, Reading) {
        let learnt = Learnt::default();
        let (mut said, mut codes) = (Vec::new(), Vec::new());
        let document = Document { path: "unheard/of.json", bytes: json, learnt: &learnt };
        let reading = read(&document, &mut |output| match output {
            Output::Item { place, item } => said.push(format!("{place}={}", item.text.unwrap_or_default())),
            Output::Kept { place, .. } => said.push(format!("{place} kept")),
            Output::Bad { place, .. } => said.push(format!("{place} bad")),
            Output::Finding(finding) => codes.push(finding.code),
            other @ (Output::Thread(_) | Output::Words(_)) => panic!("{other:?}"),
        });
        (said, codes, reading)
    }

    fn check(json: impl AsRef<[u8]>, expected: &[&str], codes: &[FindingCode]) {
        let json = json.as_ref();
        let (said, found, reading) = read_generic(json);
        let shown = String::from_utf8_lossy(json);
        assert_eq!(said, expected, "{shown}");
        assert_eq!(found, codes, "{shown}");
        let n_seen = reading.n_read + reading.n_kept + reading.n_bad;
        assert!(reading.n_items.is_none_or(|n| n == n_seen), "{reading:?}: {shown}");
    }

    use FindingCode::{
        BadDocument, BadItem, BetterReaderWanted, DoubtfulValue, ItemKeptRaw, NothingRead, UnknownLabel,
    };

    #[test]
    fn elements_are_found_in_every_form() {
        let better = &[BetterReaderWanted];
        check(r#"[{"a":"x"},{"a":"y"}]"#, &["0=x", "1=y"], better);
        check("\u{feff}[[\"x\",\"y\"]]", &["0=x · y"], better);
        check(r#"{"list":[{"a":"x"}],"more":[{"a":"y"}]}"#, &["list/0=x", "more/0=y"], better);
        check(r#"{"list":[{"a":"x"}],"list":[{"a":"y"}]}"#, &["list/0=x", "list/1=y"], better);
        // Collapsed records and settings are one element.
        check(r#"{"string_list_data":[{"value":"x"}],"title":""}"#, &["=x"], better);
        check(r#"{"label_values":[{"value":"x"},{"value":"y"}]}"#, &["=x · y"], better);
        check(r#"{"list":{"string_map_data":{"a":{"value":"x"}}}}"#, &["=x"], better);
        check(r#"{"a":"x","b":{"c":[{"d":"y"}]}}"#, &["=x · y"], better);
        check(r#"{"emails":["x","y"]}"#, &["=x · y"], better);
        check(r#"["x","y"]"#, &["=x · y"], better);
        // Nothing is nothing.
        for empty in [
            "[]",
            "{}",
            "null",
            r#"{"list":[]}"#,
            r#"["You have no data in this section"]"#,
            r#"{"a":["No data"],"b":[]}"#,
        ] {
            check(empty, &[], &[]);
        }
        check(r#"[{"a":""}]"#, &["0 kept"], &[ItemKeptRaw]);
        // What stands beside the lists is told.
        check(r#"{"list":[{"a":"x"}],"version":3,"empty":""}"#, &["list/0=x"], &[BetterReaderWanted, UnknownLabel]);
        // An empty section beside others is none of them.
        let marker = r#"{"list":[{"a":"x"}],"more":["You have no data in this section"],"none":"No data"}"#;
        check(marker, &["list/0=x"], &[BetterReaderWanted]);
        // Strings that are no items are found as well.
        check(r#"[{"a":"x"},"stray",7]"#, &["0=x", "=stray"], &[ItemKeptRaw, BetterReaderWanted]);
        check(
            r#"{"list":[{"a":"x"}],"more":"y","m":{"n":"z"}}"#,
            &["list/0=x", "more=y", "m=z"],
            &[BetterReaderWanted, UnknownLabel],
        );
        check("\"\\u00c3\\u00b6\"", &["=ö"], &[]);
        check(r#"["alone"]"#, &["=alone"], &[]);
        check(r#"{"a":["alone"],"b":[]}"#, &["a=alone"], &[]);
    }

    #[test]
    fn a_lone_medium_in_its_wrapper_is_a_record() {
        let learnt = Learnt::default();
        let mut media = Vec::new();
        let document = Document {
            path: "content/stories.json",
            bytes: br#"{"ig_stories":{"uri":"media/stories/202203/17900000000000001.jpg","creation_timestamp":1648000000}}"#,
            learnt: &learnt,
        };
        let reading = read(&document, &mut |output| {
            if let Output::Item { item, .. } = output {
                media.extend(item.media.into_iter().map(|medium| (medium.path, item.at.map(|at| at.ms))));
            }
        });
        assert_eq!(media, [("media/stories/202203/17900000000000001.jpg".to_owned(), Some(1_648_000_000_000))]);
        assert_eq!((reading.n_items, reading.n_read), (Some(1), 1));
    }

    #[test]
    fn text_is_repaired_once_and_by_string() {
        let better = &[BetterReaderWanted];
        check(
            r#"[{"a":"\u00c3\u00b6"},{"a":"ö"},{"a":"Ã©"},{"a":"\u2728 \u00c3\u00b6"}]"#,
            &["0=ö", "1=ö", "2=Ã©", "3=✨ Ã¶"],
            better,
        );
    }

    #[test]
    fn flat_documents_keep_their_text() {
        let learnt = Learnt::default();
        let mut texts = Vec::new();
        let document =
            Document { path: "searches.json", bytes: br#"[{"search_click":"\u00c3\u00a9"}]"#, learnt: &learnt };
        read(&document, &mut |output| {
            texts.extend(match output {
                Output::Item { item, .. } => item.text,
                _ => None,
            });
        });
        assert_eq!(texts, ["Ã©"]);
    }

    #[test]
    fn damage_is_told_and_costs_only_itself() {
        check(r#"[{"a":"x"},{"a":"y","#, &["0=x", "1 bad"], &[BadDocument, BadItem, BetterReaderWanted]);
        check(r#"{"list":[{"a":"x"},{"a"#, &["list/0=x", "list/1 bad"], &[BadDocument, BadItem, BetterReaderWanted]);
        check(r#"[{"a":"x"},{"a":},{"a":"z"}]"#, &["0=x", "1 bad", "2=z"], &[BadItem, BetterReaderWanted]);
        check(r#"[{"a":"x", {"a":"y"}]"#, &["0 bad", "1=y"], &[BadDocument, BadItem, BetterReaderWanted]);
        check(r#"[{"a":"x"}]{"a":"y"}"#, &[" bad", "0=x"], &[BadDocument, BadItem, BetterReaderWanted]);
        check(b"[{\"a\":\"x\xff\"}]", &["0=x\u{fffd}"], &[DoubtfulValue, BetterReaderWanted]);
        check(
            r#"[{"a":"x\ud83d"},{"a":1e400},{"a":NaN}]"#,
            &["0=x\u{fffd}", "1=1e400", "2=NaN"],
            &[DoubtfulValue, BetterReaderWanted],
        );
        check(r#"[{"a":"x"} {"a":"y"}]"#, &["0=x", "1=y"], &[BadDocument, BetterReaderWanted]);
        check("<html></html>", &[" bad"], &[BadDocument, BadItem, NothingRead]);
        check("", &[], &[BadDocument]);
        check(b"\x00\x05\x16\x07\x00", &[" bad"], &[BadDocument, BadItem, NothingRead]);
        check(r#"[{"a":}]"#, &["0 bad"], &[BadItem, NothingRead]);
        let many = format!("[{}]", [r#"{"a":}"#; 9].join(","));
        let (_, codes, reading) = read_generic(many.as_bytes());
        assert_eq!((codes, reading.n_bad), (vec![BadItem, NothingRead], 9));
    }

    #[test]
    fn ten_thousand_levels_are_one_bad_item() {
        let deep = format!("[{{\"a\":\"x\"}},{}{},{{\"a\":\"z\"}}]", "[".repeat(10_000), "]".repeat(10_000));
        check(deep, &["0=x", "1 bad", "2=z"], &[BadItem, BetterReaderWanted]);
        check("{\"a\":".repeat(10_000), &[" bad"], &[BadDocument, BadItem, NothingRead]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_accounted_for(bytes in proptest::collection::vec(proptest::sample::select(&b"[]{}\"\",:\\ 1a\n\xff"[..]), 0..60)) {
            let (said, _, reading) = read_generic(&bytes);
            let n_seen = reading.n_read + reading.n_kept + reading.n_bad;
            // Strings beside the items are told, too, and have no fate.
            proptest::prop_assert!(n_seen <= said.len() as u64, "{:?}", reading);
            proptest::prop_assert!(reading.n_items.is_none_or(|n| n == n_seen), "{:?}", reading);
        }
    }
}
