//! A page of a conversation. The names of the people stand above their messages; the line that lists them all is only
//! asked for those who never wrote, because a name may hold what separates names.

use std::collections::HashSet;

use super::boxes::{Boxes, Piece};
use super::message::message;
use super::record::Record;
use super::table::{self, Entry};
use crate::source::instagram::json::{Fate, Json, Ledger, read_message_lists, read_messages};
use crate::source::{Document, Place};

/// So many distinct senders are remembered to tell who takes part.
const MOST_SENDERS: usize = 2_000;
/// A longer line is no list of names (a guess: a group has at most 250 people).
const LONGEST_LINE: usize = 100_000;
/// What stands between the last two of several names, as languages write it.
const AND: [&str; 24] = [
    " and ", " und ", " et ", " e ", " ed ", " y ", " en ", " og ", " och ", " i ", " a ", " ve ", " και ", " и ",
    " та ", " și ", " és ", " ja ", " dan ", " và ", "及", "和", "と", " 및 ",
];

/// Reads a page of messages.
pub fn read(document: &Document<'_>, ledger: &mut Ledger<'_>) {
    let about = about(document.bytes);
    let mut head = None;
    let mut boxes = Boxes::new(document.bytes);
    let is_marked = boxes.is_marked();
    let mut messages = boxes.by_ref().enumerate().filter_map(|(index, piece)| {
        let record = Record::of(&piece.root);
        let place = Place::at("", index);
        let is_first = index == 0 && piece.damage.is_none();
        // Where classes mark the boxes, one with a heading alone is no item.
        if is_first && is_marked && record.is_head() {
            return None;
        }
        if is_first && record.time.is_none() {
            head = Some(place);
            return None;
        }
        let json = match piece.damage {
            Some(damage) => Err(damage.to_owned()),
            None => Ok(message(record)),
        };
        Some((place, json))
    });
    read_messages(document.path, &about, &mut messages, ledger);
    if let Some(how) = boxes.cut_off() {
        ledger.damaged(how);
    }
    if let Some(place) = head {
        ledger.settle(&place, Fate::Kept("it heads the conversation"));
    }
}

/// Whether the boxes of a page are messages: somebody's words under a name and above a time.
pub fn holds_messages(page: &[u8]) -> bool {
    let mut whole = Boxes::new(page).filter(|piece| piece.damage.is_none());
    let is_message = |piece: &Piece| {
        let record = Record::of(&piece.root);
        record.heading.is_some() && record.time.is_some() && record.body.tables.is_empty()
    };
    whole.any(|piece| is_message(&piece))
}

/// Reads a page whose boxes hold the messages in tables, where all of them do. Gives whether it was read.
pub fn read_tables(document: &Document<'_>, ledger: &mut Ledger<'_>) -> bool {
    let (mut senders, mut title): (Vec<String>, Option<String>) = (Vec::new(), None);
    for piece in Boxes::new(document.bytes).filter(|piece| piece.damage.is_none()) {
        let (heading, Some(messages)) = in_tables(&piece) else { return false };
        title = title.or(heading);
        let names = messages.iter().filter_map(|message| message.get("sender_name")?.as_text());
        for name in names {
            if senders.len() < MOST_SENDERS && senders.iter().all(|known| known != name) {
                senders.push(name.to_owned());
            }
        }
    }
    if senders.is_empty() {
        return false;
    }
    let name = |name: String| Json::Object(vec![("name".to_owned(), Json::Text(name))]);
    let mut about = vec![("participants".to_owned(), Json::List(senders.into_iter().map(name).collect()))];
    about.extend(title.map(|title| ("title".to_owned(), Json::Text(title))));
    let mut boxes = Boxes::new(document.bytes);
    let mut items = boxes.by_ref().enumerate().map(|(index, piece)| {
        let messages = match piece.damage {
            Some(damage) => Err(damage.to_owned()),
            None => in_tables(&piece).1.ok_or_else(|| "no messages were found in it".to_owned()),
        };
        (Place::at("", index), messages)
    });
    read_message_lists(document.path, &about, &mut items, ledger);
    if let Some(how) = boxes.cut_off() {
        ledger.damaged(how);
    }
    true
}

/// The heading of a box, and the messages in its tables where nothing else stands in it.
fn in_tables(piece: &Piece) -> (Option<String>, Option<Vec<Json>>) {
    let record = Record::of(&piece.root);
    let is_all = record.time.is_none() && record.strays.is_empty() && record.body.media.is_empty();
    let is_all = is_all && record.body.reactions.is_empty() && record.body.lines.is_empty();
    let entries: Vec<Entry> = record.body.tables.iter().flat_map(|table| table::entries(table, 0)).collect();
    let messages = if is_all && !entries.is_empty() { table::messages(entries) } else { None };
    (record.heading.map(|heading| heading.trim().to_owned()), messages)
}

/// What a first pass tells about the conversation, as members of the head of a JSON page.
fn about(page: &[u8]) -> Vec<(String, Json)> {
    let mut boxes = Boxes::new(page);
    let mut senders: Vec<String> = Vec::new();
    let (mut all_names, mut invitation) = (None, None);
    for (index, piece) in boxes.by_ref().enumerate() {
        let record = Record::of(&piece.root);
        if index == 0 && (record.is_head() || record.time.is_none()) {
            invitation = record.body.lines.into_iter().find_map(|line| line.link);
            all_names = record.heading;
            continue;
        }
        if senders.len() < MOST_SENDERS
            && let Some(sender) = record.heading.map(|sender| sender.trim().to_owned())
            && !senders.contains(&sender)
        {
            senders.push(sender);
        }
    }
    let title = boxes.about().title.trim().to_owned();
    let silent = all_names.map(|names| silent_people(&names, &senders)).unwrap_or_default();
    senders.extend(silent);
    let name = |name: String| Json::Object(vec![("name".to_owned(), Json::Text(name))]);
    let mut about = vec![("participants".to_owned(), Json::List(senders.into_iter().map(name).collect()))];
    if !title.is_empty() {
        about.push(("title".to_owned(), Json::Text(title)));
    }
    if let Some(link) = invitation {
        let link = Json::Object(vec![("link".to_owned(), Json::Text(link))]);
        about.push(("joinable_mode".to_owned(), link));
    }
    about
}

/// The names in `Participants: Ann Example, Ben and Max Muster` that are none of the senders'.
fn silent_people(line: &str, senders: &[String]) -> Vec<String> {
    let Some((_, names)) = line.split_once([':', '：']).filter(|_| line.len() <= LONGEST_LINE) else {
        return Vec::new();
    };
    let mut names = format!(" {} ", names.trim());
    let mut longest_first: Vec<&String> = senders.iter().filter(|sender| !sender.is_empty()).collect();
    longest_first.sort_by_key(|sender| std::cmp::Reverse(sender.len()));
    for sender in longest_first {
        names = names.replacen(sender.as_str(), ",", 1);
    }
    for and in AND {
        names = names.replace(and, " , ");
    }
    let pieces = names.split([',', '、', '،', '，']).map(str::trim).filter(|name| !name.is_empty());
    let mut known = HashSet::new();
    pieces.filter(|piece| known.insert(*piece)).take(MOST_SENDERS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::silent_people;

    #[test]
    fn only_those_who_never_wrote_are_taken_from_the_line() {
        let check = |line, senders: &[&str], silent: &[&str]| {
            let senders: Vec<String> = senders.iter().map(|&sender| sender.to_owned()).collect();
            assert_eq!(silent_people(line, &senders), silent, "{line}");
        };
        check("Participants: Ann Example and Max Muster", &["Ann Example", "Max Muster"], &[]);
        check("Participants: Ann Example and Max Muster", &["Max Muster"], &["Ann Example"]);
        check("Partecipanti: Ann, the baker, Ben e Max Muster", &["Ann, the baker", "Max Muster"], &["Ben"]);
        check("Participants: Ann, Anna and Ben", &["Anna"], &["Ann", "Ben"]);
        check("Ann Example", &[], &[]);
    }
}
