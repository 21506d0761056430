//! Tells what the app wrote from what people wrote (format reference §4.5).
//!
//! By a table of sentences as the app writes them. It is cautious: a notice taken for a text is only found among the
//! texts, a text taken for a notice is found too late. The sentences of all other languages are found where all messages
//! of an account are seen together (`ingest::notices`).

use std::collections::{BTreeSet, HashSet};

use super::message::Draft;

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
            "Du hast die Gruppe * genannt",
            "Du hast * zur Gruppe hinzugefügt",
            "Du hast die Gruppe verlassen",
            "Vous avez nommé le groupe *",
            "Vous avez ajouté * au groupe",
            "Vous avez quitté le groupe",
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
}

fn by_sentence(text: &str, names: &Names) -> Option<&'static str> {
    if text.len() > LONGEST_NOTICE * 4 || text.contains('\n') {
        return None;
    }
    let text = text.trim().trim_end_matches(['.', '。']);
    let find = |table: &[(&'static str, &[&str])], text: &str| {
        table.iter().find(|(_, forms)| forms.iter().any(|form| fits(form, text))).map(|(notice, _)| *notice)
    };
    find(SENTENCES, text).or_else(|| names.beginning(text).find_map(|name| find(PREDICATES, &text[name.len()..])))
}

/// The names of everybody in a conversation, by their length, so that a text is compared with as many names as there
/// are lengths, not with all of them.
struct Names {
    /// Whole names, and the first words of them.
    all: HashSet<String>,
    /// Lengths in bytes, the longest first.
    lengths: Vec<usize>,
}

impl Names {
    fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut all = HashSet::new();
        for name in names.filter(|name| !name.is_empty()) {
            if let Some(first_word) = name.split(' ').next().filter(|word| word.chars().count() > 1) {
                all.insert(first_word.to_owned());
            }
            all.insert(name.to_owned());
        }
        let lengths: BTreeSet<usize> = all.iter().map(String::len).collect();
        Self { all, lengths: lengths.into_iter().rev().collect() }
    }

    /// The names and first words of names with which a text begins, the longest first.
    fn beginning<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let prefixes = self.lengths.iter().filter_map(|length| text.get(..*length));
        prefixes.filter(|prefix| self.all.contains(*prefix))
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
