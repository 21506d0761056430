//! Tells what the app wrote from what people wrote (format reference §4.5).
//!
//! Two ways: a table of sentences as the app writes them, and rules that need no language, from what one page of a
//! conversation holds. Both are cautious: a notice taken for a text is only found among the texts, a text taken for a
//! notice is found too late.

use std::collections::{BTreeSet, HashMap, HashSet};

use unicode_segmentation::UnicodeSegmentation;

use super::message::{Draft, plain_emoji};
use crate::model::Who;

const REACTION: &str = "reaction_notice";
const ATTACHMENT: &str = "attachment_notice";
const CALL: &str = "call";
const SYSTEM: &str = "system";

/// What the app writes without a name before it. `*` stands for something.
/// Confirmed in exports: English and the German attachment. The others are the apps' wording.
const SENTENCES: &[(&str, &[&str])] = &[
    (
        REACTION,
        &[
            "Liked a message",
            "Liked your message",
            "Reacted * to your message",
            "Reacted * to a message",
            "Hat eine Nachricht mit „Gefällt mir“ markiert",
            "Gefällt eine Nachricht",
            "Hat mit * auf deine Nachricht reagiert",
            "A aimé un message",
            "A réagi avec * à votre message",
            "A réagi * à votre message",
            "Ha messo Mi piace a un messaggio",
            "Ha reagito con * al tuo messaggio",
            "Ha reagito * al tuo messaggio",
            "Le gustó un mensaje",
            "Le gusta un mensaje",
            "Reaccionó con * a tu mensaje",
            "Reaccionó * a tu mensaje",
            "Curtiu uma mensagem",
            "Reagiu com * à sua mensagem",
            "Reagiu * à sua mensagem",
            "Vindt een bericht leuk",
            "Heeft met * op je bericht gereageerd",
            "Heeft * gereageerd op je bericht",
        ],
    ),
    (
        ATTACHMENT,
        &[
            "You sent an attachment",
            "You shared a story",
            "You shared a post",
            "You shared a reel",
            "Du hast einen Anhang gesendet",
            "Vous avez envoyé une pièce jointe",
            "Hai inviato un allegato",
            "Enviaste un archivo adjunto",
            "Você enviou um anexo",
            "Je hebt een bijlage verzonden",
        ],
    ),
    (
        CALL,
        &[
            "Video chat ended",
            "Audio call ended",
            "Video call ended",
            "You missed a video chat",
            "You missed an audio call",
            "You missed a video call",
            "You missed a call",
            "You started a video chat",
            "You started an audio call",
            "Videochat beendet",
            "Audioanruf beendet",
            "Du hast einen Videochat verpasst",
            "Du hast einen Audioanruf verpasst",
            "Appel vidéo terminé",
            "Appel audio terminé",
            "Videochat terminata",
            "Chiamata terminata",
            "Videochat finalizado",
            "Llamada finalizada",
            "Chat com vídeo encerrado",
            "Chamada de áudio encerrada",
        ],
    ),
    (
        SYSTEM,
        &[
            "You named the group *",
            "You added * to the group",
            "You left the group",
            "You removed * from the group",
            "You created the group",
            "You changed the group photo",
            "You changed the theme *",
            "You set the nickname *",
            "You turned on translations",
            "You turned off translations",
        ],
    ),
];

/// What the app writes behind the name of somebody in the conversation.
const PREDICATES: &[(&str, &[&str])] = &[
    (
        REACTION,
        &[
            " liked a message",
            " reacted * to your message",
            " hat mit * auf deine Nachricht reagiert",
            " a réagi avec * à votre message",
            " ha reagito con * al tuo messaggio",
            " reaccionó con * a tu mensaje",
            " reagiu com * à sua mensagem",
        ],
    ),
    (
        ATTACHMENT,
        &[
            " sent an attachment",
            " shared a story",
            " shared a post",
            " shared a reel",
            " shared a profile",
            " shared a photo",
            " shared a video",
            " sent a photo",
            " sent a video",
            " sent a voice message",
            " sent a sticker",
            " sent a GIF",
            " sent a link",
            " sent a reel",
            " hat einen Anhang gesendet",
            " hat eine Story geteilt",
            " hat einen Beitrag geteilt",
            " hat ein Reel geteilt",
            " a envoyé une pièce jointe",
            " a partagé une story",
            " a partagé une publication",
            " a partagé un reel",
            " ha inviato un allegato",
            " ha condiviso una storia",
            " ha condiviso un post",
            " ha condiviso un reel",
            " envió un archivo adjunto",
            " compartió una historia",
            " compartió una publicación",
            " compartió un reel",
            " enviou um anexo",
            " compartilhou um story",
            " compartilhou um post",
            " compartilhou um reel",
            " heeft een bijlage verzonden",
            " heeft een bijlage gestuurd",
        ],
    ),
    (
        CALL,
        &[
            " started a video chat",
            " started an audio call",
            " started a video call",
            " started a call",
            " missed a video chat",
            " missed an audio call",
            " missed a video call",
            " missed a call",
            " called you",
            " hat einen Videochat gestartet",
            " hat einen Audioanruf gestartet",
            " hat einen Videochat verpasst",
            " a lancé un appel vidéo",
            " a lancé un appel audio",
            " ha avviato una videochat",
            " ha avviato una chiamata",
            " inició un videochat",
            " inició una llamada",
            " iniciou um chat com vídeo",
            " iniciou uma chamada",
        ],
    ),
    (
        SYSTEM,
        &[
            " named the group *",
            " added * to the group",
            " left the group",
            " removed * from the group",
            " created the group",
            " created this group",
            " changed the group photo",
            " changed the theme *",
            " set the nickname *",
            " set * nickname *",
            " turned on translations",
            " turned off translations",
            " pinned a message",
            " hat die Gruppe * genannt",
            " hat * zur Gruppe hinzugefügt",
            " hat die Gruppe verlassen",
            " hat * aus der Gruppe entfernt",
            " hat die Gruppe erstellt",
            " hat das Gruppenfoto geändert",
            " a nommé le groupe *",
            " a ajouté * au groupe",
            " a quitté le groupe",
            " a créé le groupe",
            " ha chiamato il gruppo *",
            " ha aggiunto * al gruppo",
            " ha lasciato il gruppo",
            " ha abbandonato il gruppo",
            " nombró el grupo *",
            " añadió a * al grupo",
            " agregó a * al grupo",
            " salió del grupo",
            " abandonó el grupo",
            " deu o nome * ao grupo",
            " adicionou * ao grupo",
            " saiu do grupo",
        ],
    ),
];

/// What is appended to the copy of an edited message.
const EDITED: &[&str] = &[
    " (edited)",
    " (bearbeitet)",
    " (modifié)",
    " (modificato)",
    " (editado)",
    " (bewerkt)",
    " (redigeret)",
    " (düzenlendi)",
    " (изменено)",
    " (edytowano)",
    " (수정됨)",
    " (編集済み)",
    " (已编辑)",
];

/// A notice is not longer; names and group titles stand in them (a guess with room).
const LONGEST_NOTICE: usize = 200;
/// How long after a message its reaction notices are looked for: "the last days" (§4.5).
const REACTION_DAYS_MS: i64 = 7 * 86_400_000;
/// So often a sentence about reactions must fit before its words count as a notice, where no second proves it.
const PROVEN_BY_TIMES: usize = 3;
/// So often the same words must come with something shared before they count as a notice (§4.5).
const FREQUENT: usize = 20;

/// Whether the text is the later copy of an edited message.
pub(super) fn is_edited(text: &str) -> bool {
    let text = text.trim_end();
    EDITED.iter().any(|suffix| text.len() > suffix.len() && text.ends_with(suffix))
}

/// Marks what the app wrote. `names` are the participants'; senders who have left are added.
pub(super) fn mark(drafts: &mut [&mut Draft], names: &[String]) {
    let names = Names::of(names.iter().map(String::as_str).chain(drafts.iter().filter_map(|draft| draft.sender())));
    for draft in drafts.iter_mut() {
        draft.notice = draft.item.text.as_deref().and_then(|text| by_sentence(text, &names));
    }
    mark_reactions(drafts);
    mark_attachments(drafts, &names);
}

fn by_sentence(text: &str, names: &Names) -> Option<&'static str> {
    if text.len() > LONGEST_NOTICE * 4 || text.contains('\n') {
        return None;
    }
    let text = text.trim().trim_end_matches(['.', '。']);
    let find = |table: &[(&'static str, &[&str])], text: &str| {
        table.iter().find(|(_, forms)| forms.iter().any(|form| fits(form, text))).map(|(notice, _)| *notice)
    };
    find(SENTENCES, text).or_else(|| names.beginning(text).find_map(|(name, _)| find(PREDICATES, &text[name.len()..])))
}

/// The names of everybody in a conversation, by their length, so that a text is compared with as many names as there
/// are lengths, not with all of them.
struct Names {
    /// Whether each is a whole name, not only the first word of one.
    all: HashMap<String, bool>,
    /// Lengths in bytes, the longest first.
    lengths: Vec<usize>,
}

impl Names {
    fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut all = HashMap::new();
        for name in names.filter(|name| !name.is_empty()) {
            if let Some(first_word) = name.split(' ').next().filter(|word| word.chars().count() > 1) {
                all.entry(first_word.to_owned()).or_insert(false);
            }
            all.insert(name.to_owned(), true);
        }
        let lengths: BTreeSet<usize> = all.keys().map(String::len).collect();
        Self { all, lengths: lengths.into_iter().rev().collect() }
    }

    /// The names and first words of names with which a text begins, the longest first, and whether they are whole.
    fn beginning<'a>(&self, text: &'a str) -> impl Iterator<Item = (&'a str, bool)> {
        let prefixes = self.lengths.iter().filter_map(|length| text.get(..*length));
        prefixes.filter_map(|prefix| Some((prefix, *self.all.get(prefix)?)))
    }
}

/// Whether a text has a form in which `*` stands for something.
fn fits(form: &str, text: &str) -> bool {
    let Some((before, after)) = form.split_once('*') else { return form == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    if after.is_empty() {
        return !rest.trim().is_empty() && rest.chars().count() <= LONGEST_NOTICE;
    }
    if !after.contains('*') {
        return rest.strip_suffix(after).is_some_and(|something| !something.trim().is_empty());
    }
    let next = after.split('*').next().unwrap_or_default();
    rest.match_indices(next).any(|(at, _)| at > 0 && fits(after, &rest[at..]))
}

/// Somebody's reaction to a message of this page.
struct Reacted {
    target_ms: i64,
    /// When they reacted; only exports since 2025 say it.
    second: Option<i64>,
}

/// Marks short texts that came with a reaction of the same person: in the very second of the reaction, or, where the
/// seconds are not told, words that surround an emoji again and again when they reacted with that emoji before.
fn mark_reactions(drafts: &mut [&mut Draft]) {
    let mut seconds: HashSet<(String, i64)> = HashSet::new();
    let mut reacted: HashMap<(String, String), Vec<Reacted>> = HashMap::new();
    for draft in drafts.iter() {
        for reaction in &draft.item.reactions {
            let (Who::Name(actor), Some(at)) = (&reaction.actor, draft.item.at) else { continue };
            let second = reaction.at.map(|at| at.ms.div_euclid(1000));
            seconds.extend(second.map(|second| (actor.clone(), second)));
            let key = (actor.clone(), plain_emoji(&reaction.reaction));
            reacted.entry(key).or_default().push(Reacted { target_ms: at.ms, second });
        }
    }
    if reacted.is_empty() {
        return;
    }
    for reactions in reacted.values_mut() {
        reactions.sort_by_key(|reaction| reaction.target_ms);
    }
    let mut templates: HashMap<String, (usize, Vec<usize>)> = HashMap::new();
    for (position, draft) in drafts.iter_mut().enumerate() {
        let Some(text) = candidate(draft) else { continue };
        let (Some(sender), Some(at)) = (draft.sender(), draft.item.at) else { continue };
        if seconds.contains(&(sender.to_owned(), at.ms.div_euclid(1000))) {
            draft.notice = Some(REACTION);
            continue;
        }
        let Some((template, emoji)) = template_of(text) else { continue };
        let fits = reacted.get(&(sender.to_owned(), emoji)).is_some_and(|reactions| has_target(reactions, at.ms));
        let entry = templates.entry(template).or_default();
        entry.0 += usize::from(fits);
        entry.1.push(position);
    }
    for (n_fitting, positions) in templates.into_values() {
        if n_fitting >= PROVEN_BY_TIMES && n_fitting * 2 >= positions.len() {
            for position in positions {
                drafts[position].notice = Some(REACTION);
            }
        }
    }
}

/// The text of a message that could be a notice about a reaction.
fn candidate(draft: &Draft) -> Option<&str> {
    let is_open = draft.notice.is_none() && !draft.has_payload() && draft.item.call_seconds.is_none();
    draft.item.text.as_deref().filter(|text| is_open && text.len() <= LONGEST_NOTICE)
}

/// Whether one of the messages, in the order of their time, is at most some days older. A reaction whose second is
/// known proves itself otherwise.
fn has_target(reactions: &[Reacted], ms: i64) -> bool {
    let behind = reactions.partition_point(|reaction| reaction.target_ms <= ms);
    reactions[..behind]
        .iter()
        .rev()
        .take_while(|reaction| ms - reaction.target_ms <= REACTION_DAYS_MS)
        .any(|reaction| reaction.second.is_none())
}

/// The words around the only emoji of a text, and that emoji. `None` without words, and with two emoji.
fn template_of(text: &str) -> Option<(String, String)> {
    let mut emoji = None;
    let mut template = String::new();
    for grapheme in text.trim().graphemes(true) {
        if is_emoji(grapheme) {
            if emoji.replace(plain_emoji(grapheme)).is_some() {
                return None;
            }
            template.push('\u{0}');
        } else {
            template.push_str(grapheme);
        }
    }
    let has_words = template.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).count() > 1;
    Some((template, emoji.filter(|_| has_words)?))
}

fn is_emoji(grapheme: &str) -> bool {
    grapheme.chars().any(|c| {
        matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}'
            | '\u{203c}' | '\u{2049}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}')
    })
}

/// Marks texts beside something shared that begin with their own sender's name, and texts that come with shared
/// things again and again and never without.
fn mark_attachments(drafts: &mut [&mut Draft], names: &Names) {
    let mut templates: HashMap<String, (usize, bool)> = HashMap::new();
    for draft in drafts.iter_mut() {
        let is_share = draft.has_payload() || draft.stated_type.as_deref() == Some("Share");
        let Some(text) = draft.item.text.as_deref() else { continue };
        if text.len() > LONGEST_NOTICE {
            continue;
        }
        let begins_with_sender = draft
            .sender()
            .filter(|sender| !sender.is_empty())
            .and_then(|sender| text.strip_prefix(sender))
            .is_some_and(|rest| rest.starts_with(' ') && rest.trim().chars().count() > 1);
        let entry = templates.entry(without_names(text, names)).or_insert((0, true));
        entry.0 += 1;
        entry.1 &= is_share;
        if is_share && draft.notice.is_none() && begins_with_sender {
            draft.notice = Some(ATTACHMENT);
        }
    }
    for draft in drafts.iter_mut().filter(|draft| draft.notice.is_none()) {
        let Some(text) = draft.item.text.as_deref().filter(|text| text.len() <= LONGEST_NOTICE) else { continue };
        let is_frequent = matches!(templates.get(&without_names(text, names)), Some((n, true)) if *n >= FREQUENT);
        if is_frequent && text.split_whitespace().count() > 2 {
            draft.notice = Some(ATTACHMENT);
        }
    }
}

/// The text with the longest name that it begins with taken out.
fn without_names(text: &str, names: &Names) -> String {
    let longest = names.beginning(text).find(|(_, is_whole)| *is_whole);
    longest.map_or_else(|| text.to_owned(), |(name, _)| format!("\u{0}{}", &text[name.len()..]))
}
