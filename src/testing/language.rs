//! What a download says in the language of the account: labels, truth values, months and the words around names (format
//! reference §2.4, §5.5). Written after the reference and never after the reader's own table, which it checks.

use chrono_tz::Tz;

use super::calendar::{self, Clock};
use crate::model::Generation;

/// The language of labels and of the sentences that the service writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    #[default]
    English,
    /// As English, with another spelling of labels.
    BritishEnglish,
    German,
    French,
    Korean,
}

/// A word in English, in British English (empty: the same), in German, French and Korean.
type Words = [&'static str; 5];

/// Labels that were seen in downloads or stand in the tables of other parsers (§2.4). A language without evidence has a
/// likely word.
const SEEN: [Words; 40] = [
    ["Username", "", "Benutzername", "Nom d’utilisateur", "사용자 이름"],
    ["Name", "", "Name", "Nom", "이름"],
    ["Email", "Email address", "E-Mail-Adresse", "Adresse e-mail", "이메일 주소"],
    ["Phone Number", "Phone number", "Telefonnummer", "Numéro de téléphone", "전화번호"],
    [
        "Phone Confirmed",
        "Phone number confirmed",
        "Telefonnummer bestätigt",
        "Numéro de téléphone confirmé",
        "전화번호 확인됨",
    ],
    ["Date of birth", "", "Geburtsdatum", "Date de naissance", "생년월일"],
    ["Gender", "", "Geschlecht", "Genre", "성별"],
    ["Private Account", "Private account", "Privates Konto", "Compte privé", "비공개 계정"],
    ["Profile Photo", "Profile photo", "Profilbild", "Photo de profil", "프로필 사진"],
    ["Time", "", "Zeit", "Heure", "시간"],
    ["Author", "", "Author", "Auteur", "작성자"],
    ["Comment", "", "Kommentar", "Comment", "Comment"],
    ["Media Owner", "Media owner", "Medieninhaber", "Media Owner", "Media Owner"],
    ["Media owner", "", "Medieninhaber", "Media owner", "Media owner"],
    ["Saved on", "", "Gespeichert am", "Enregistré le", "저장한 날짜"],
    ["Search", "", "Suche", "Recherche", "검색어"],
    ["Update time", "", "Zeitpunkt der Aktualisierung", "Heure de mise à jour", "업데이트 시간"],
    ["Update Time", "Update time", "Zeitpunkt der Aktualisierung", "Heure de mise à jour", "업데이트 시간"],
    ["Caption", "", "Bildunterschrift", "Légende", "캡션"],
    ["Title", "", "Titel", "Titre", "제목"],
    ["Owner", "", "Besitzer", "Propriétaire", "게시자"],
    ["Hashtags", "", "Hashtags", "Hashtags", "해시태그"],
    ["Media", "", "Medien", "Contenu multimédia", "콘텐츠"],
    ["Changed", "", "Geändert", "Modifié", "변경됨"],
    ["Previous Value", "Previous value", "Vorheriger Wert", "Valeur précédente", "이전 값"],
    ["New Value", "New value", "Neuer Wert", "Nouvelle valeur", "새 값"],
    ["Change Date", "Change date", "Datum ändern", "Date de modification", "날짜 변경"],
    ["IP Address", "IP address", "IP-Adresse", "Adresse IP", "IP 주소"],
    ["Cookie Name", "Cookie name", "Name des Cookies", "Nom du cookie", "쿠키 이름"],
    ["Language Code", "Language code", "Sprachcode", "Code de langue", "언어 코드"],
    ["User Agent", "User agent", "Benutzeragent", "Agent utilisateur", "사용자 에이전트"],
    ["Device ID", "", "Geräte-ID", "ID d’appareil", "기기 ID"],
    [
        "Website link that you visited",
        "",
        "Link der Website, die du besucht hast",
        "Lien du site web consulté",
        "방문한 웹사이트 링크",
    ],
    [
        "Title of website page that you visited",
        "",
        "Titel der Website-Seite, die du besucht hast",
        "Titre de la page du site web consultée",
        "방문한 웹사이트 페이지의 제목",
    ],
    [
        "Website session start time",
        "",
        "Startzeit der Website-Sitzung",
        "Heure de début de la session sur le site",
        "웹사이트 세션 시작 시간",
    ],
    ["Type", "", "Typ", "Type", "유형"],
    ["Privacy", "", "Privatsphäre", "Confidentialité", "공개 범위"],
    ["URL", "", "URL", "URL", "URL"],
    ["Is an ad", "", "Ist Werbung", "Est une publicité", "광고 여부"],
    ["Marked as AI generated", "", "Als KI-generiert markiert", "Marqué comme généré par l’IA", "AI 생성으로 표시됨"],
];

/// Labels of which only the English word is known; the others are likely ones, so that readers must go by shape.
const INVENTED: [Words; 26] = [
    ["Bio", "", "Steckbrief", "Bio", "소개글"],
    ["User information", "", "Nutzerinformationen", "Informations utilisateur", "사용자 정보"],
    ["Search term", "", "Suchbegriff", "Terme recherché", "검색어"],
    [
        "Website session end time",
        "",
        "Endzeit der Website-Sitzung",
        "Heure de fin de la session sur le site",
        "웹사이트 세션 종료 시간",
    ],
    ["Text", "", "Text", "Texte", "텍스트"],
    ["First Name", "First name", "Vorname", "Prénom", "이름(성 제외)"],
    ["Last Name", "Last name", "Nachname", "Nom de famille", "성"],
    ["Contact Information", "Contact information", "Kontaktinfo", "Coordonnées", "연락처 정보"],
    ["Imported Time", "Imported time", "Importiert am", "Heure d’importation", "가져온 시간"],
    ["Comment creation time", "", "Kommentar erstellt am", "Heure de création du commentaire", "댓글 작성 시간"],
    ["Deletion status", "", "Löschstatus", "État de suppression", "삭제 상태"],
    ["Question", "", "Frage", "Question", "질문"],
    ["Options", "", "Auswahlmöglichkeiten", "Options", "선택지"],
    ["Picked option", "", "Gewählte Option", "Option choisie", "선택한 항목"],
    ["Shared by", "", "Geteilt von", "Partagé par", "공유한 사람"],
    ["Creation Time", "Creation time", "Erstellt am", "Heure de création", "만든 시간"],
    ["Collection", "", "Sammlung", "Enregistrements", "컬렉션"],
    ["Added Time", "Added time", "Hinzugefügt am", "Heure d’ajout", "추가한 시간"],
    ["Published", "", "Veröffentlicht", "Publié", "게시됨"],
    ["Latitude", "", "Breitengrad", "Latitude", "위도"],
    ["Longitude", "", "Längengrad", "Longitude", "경도"],
    ["Reel metadata", "", "Reel-Metadaten", "Métadonnées du reel", "릴스 메타데이터"],
    ["Date taken", "", "Aufnahmedatum", "Date de prise de vue", "촬영 날짜"],
    ["Source type", "", "Quellentyp", "Type de source", "소스 유형"],
    ["Tagged users", "", "Markierte Nutzer", "Personnes identifiées", "태그된 사용자"],
    ["Tagged", "", "Markiert", "Identifié", "태그됨"],
];

/// Values that are words of the service.
const VALUES: [Words; 7] = [
    ["others", "", "andere", "d’autres personnes", "그 외"],
    ["True", "", "Wahr", "Vrai", "참"],
    ["False", "", "Falsch", "Faux", "거짓"],
    ["Private", "", "Privat", "Privé", "비공개"],
    ["Participants", "", "Teilnehmer", "Participants\u{a0}", "참여자"],
    ["Duration", "", "Dauer", "Durée\u{a0}", "통화 시간"],
    ["Mailbox thread pending", "", "Nachrichtenanfrage ausstehend", "Fil en attente", "대기 중인 대화"],
];

/// Abbreviations of the months as CLDR has them; Korean has numbers.
const MONTHS: [[&str; 12]; 4] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"],
    ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
];

/// Words for the first and the second half of the day.
const HALVES: [[&str; 2]; 5] = [["am", "pm"], ["am", "pm"], ["vorm.", "nachm."], ["am", "pm"], ["오전", "오후"]];

impl Language {
    pub const ALL: [Self; 5] = [Self::English, Self::BritishEnglish, Self::German, Self::French, Self::Korean];

    const fn place(self) -> usize {
        match self {
            Self::English => 0,
            Self::BritishEnglish => 1,
            Self::German => 2,
            Self::French => 3,
            Self::Korean => 4,
        }
    }

    /// As `--language` of the example takes it: `en`, `en-GB`, `de`, `fr`, `ko`.
    pub const fn code(self) -> &'static str {
        ["en", "en-GB", "de", "fr", "ko"][self.place()]
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(code))
    }

    fn of(self, words: &Words) -> &'static str {
        match words[self.place()] {
            "" => words[0],
            word => word,
        }
    }

    /// The word of this language for an English label or value; the English one where the table has none.
    pub(super) fn word(self, english: &'static str) -> &'static str {
        let mut all = SEEN.iter().chain(&INVENTED).chain(&VALUES);
        all.find(|words| words[0] == english).map_or(english, |words| self.of(words))
    }

    /// A label in a download of that generation: French called the user name otherwise in 2022 than in 2026.
    pub(super) fn label(self, english: &'static str, generation: Generation) -> &'static str {
        match (self, english) {
            (Self::French, "Username") if generation == Generation::E => "Nom de profil",
            _ => self.word(english),
        }
    }

    /// A key of a comment: in French and Korean they stay English, the time's too (§1.C3).
    pub(super) fn comment_label(self, english: &'static str) -> &'static str {
        match self {
            Self::French | Self::Korean => english,
            _ => self.word(english),
        }
    }

    /// The name under which everybody appears whose account is gone: German as the reference has it (§4.2).
    pub const fn deleted_name(self) -> &'static str {
        ["Instagram User", "Instagram User", "Instagram-Nutzer", "Utilisateur Instagram", "Instagram 사용자"]
            [self.place()]
    }

    /// `A, B and C`.
    pub(super) fn joined(self, names: &[String]) -> String {
        let and = [" and ", " and ", " und ", " et ", " 및 "][self.place()];
        match names {
            [names @ .., last] if !names.is_empty() => format!("{}{and}{last}", names.join(", ")),
            _ => names.concat(),
        }
    }

    /// The line below a call: `Duration: 65 seconds`.
    pub(super) fn duration(self, seconds: i64) -> String {
        let unit = [" seconds", " seconds", " Sekunden", " secondes", "초"][self.place()];
        format!("{}: {seconds}{unit}", self.word("Duration"))
    }

    fn month(self, month: u32) -> String {
        let place = usize::try_from(month.saturating_sub(1)).unwrap_or(0) % 12;
        MONTHS.get(self.place()).map_or_else(|| format!("{month}월"), |months| months[place].to_owned())
    }

    /// A time as pages print it: wall clock to the minute, mostly US Pacific, month first in every language (§5.5). Until 2023
    /// with a comma behind the year and capitals, often behind a narrow space that does not break.
    pub(super) fn page_time(self, at_ms: i64, generation: Generation, zone: Tz) -> String {
        let Clock { year, month, day, hour, minute, is_afternoon, .. } = calendar::parts_in(zone, at_ms);
        let (month, half) = (self.month(month), HALVES[self.place()][usize::from(is_afternoon)]);
        if generation == Generation::C {
            let space = if minute.is_multiple_of(3) { ' ' } else { '\u{202f}' };
            return format!("{month} {day}, {year}, {hour}:{minute:02}{space}{}", half.to_uppercase());
        }
        format!("{month} {day:02}, {year} {hour}:{minute:02} {half}")
    }

    /// `Feb 15, 2026 1:05:28pm`: times in values (§1.C6).
    pub(super) fn clock(self, at_ms: i64) -> String {
        let Clock { year, month, day, hour, minute, second, is_afternoon } = calendar::pacific_parts(at_ms);
        let half = HALVES[self.place()][usize::from(is_afternoon)];
        format!("{} {day:02}, {year} {hour}:{minute:02}:{second:02}{half}", self.month(month))
    }

    /// The heading of a page: who asked for the download. English as the reference has it; the others are likely.
    pub(super) const fn generated_by(self) -> [&'static str; 3] {
        [
            ["Generated by ", " on ", ""],
            ["Generated by ", " on ", ""],
            ["Erstellt von ", " am ", ""],
            ["Généré par ", " le ", ""],
            ["", "님이 ", "에 생성함"],
        ][self.place()]
    }

    /// `Saturday, September 5, 2026 at 12:29 PM UTC`: says UTC and is the clock of California (§5.5).
    pub(super) fn heading_time(self, at_ms: i64, zone: Tz) -> String {
        let Clock { year, month, day, hour, minute, is_afternoon, .. } = calendar::parts_in(zone, at_ms);
        let weekday = calendar::weekday_in(zone, at_ms);
        let full_hour = hour % 12 + if is_afternoon { 12 } else { 0 };
        let of = |names: [&'static str; 12]| names[usize::try_from(month.saturating_sub(1)).unwrap_or(0) % 12];
        match self {
            Self::English | Self::BritishEnglish => {
                let weekday = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][weekday];
                let month = of([
                    "January",
                    "February",
                    "March",
                    "April",
                    "May",
                    "June",
                    "July",
                    "August",
                    "September",
                    "October",
                    "November",
                    "December",
                ]);
                let half = if is_afternoon { "PM" } else { "AM" };
                format!("{weekday}, {month} {day}, {year} at {hour}:{minute:02} {half} UTC")
            }
            Self::German => {
                let weekday =
                    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"][weekday];
                let month = of([
                    "Januar",
                    "Februar",
                    "März",
                    "April",
                    "Mai",
                    "Juni",
                    "Juli",
                    "August",
                    "September",
                    "Oktober",
                    "November",
                    "Dezember",
                ]);
                format!("{weekday}, {day}. {month} {year} um {full_hour:02}:{minute:02} UTC")
            }
            Self::French => {
                let weekday = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"][weekday];
                let month = of([
                    "janvier",
                    "février",
                    "mars",
                    "avril",
                    "mai",
                    "juin",
                    "juillet",
                    "août",
                    "septembre",
                    "octobre",
                    "novembre",
                    "décembre",
                ]);
                format!("{weekday} {day} {month} {year} à {full_hour:02}:{minute:02} UTC")
            }
            Self::Korean => {
                let half = HALVES[4][usize::from(is_afternoon)];
                format!("{year}년 {month}월 {day}일 {half} {hour}:{minute:02} UTC")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono_tz::America::Los_Angeles;

    use super::*;
    use crate::testing::calendar::{HOUR, MINUTE};
    use crate::testing::day_ms;

    #[test]
    fn labels_stand_once_and_in_every_language() {
        let mut seen = HashSet::new();
        for words in SEEN.iter().chain(&INVENTED).chain(&VALUES) {
            assert!(seen.insert(words[0]), "{} stands twice", words[0]);
            assert!([0, 2, 3, 4].iter().all(|place| !words[*place].is_empty()), "{words:?}");
        }
        assert_eq!(Language::French.label("Username", Generation::D), "Nom d’utilisateur");
        assert_eq!(Language::French.label("Username", Generation::E), "Nom de profil");
        assert_eq!(Language::BritishEnglish.word("Email"), "Email address");
        assert_eq!(Language::Korean.word("Comment"), "Comment");
        assert_eq!(Language::from_code("en-gb"), Some(Language::BritishEnglish));
    }

    #[test]
    fn times_are_printed_in_their_language() {
        // In California 27 July 2026, 22:48:07.
        let at_ms = day_ms(2026, 7, 28) + 5 * HOUR + 48 * MINUTE + 7_000;
        let check = |language: Language, page: &str, clock: &str| {
            assert_eq!(language.page_time(at_ms, Generation::E, Los_Angeles), page);
            assert_eq!(language.clock(at_ms), clock);
        };
        check(Language::English, "Jul 27, 2026 10:48 pm", "Jul 27, 2026 10:48:07pm");
        check(Language::German, "Juli 27, 2026 10:48 nachm.", "Juli 27, 2026 10:48:07nachm.");
        check(Language::French, "juil. 27, 2026 10:48 pm", "juil. 27, 2026 10:48:07pm");
        check(Language::Korean, "7월 27, 2026 10:48 오후", "7월 27, 2026 10:48:07오후");
        assert_eq!(
            Language::English.page_time(day_ms(2022, 9, 3) + 7 * HOUR + MINUTE, Generation::C, Los_Angeles),
            "Sep 3, 2022, 12:01\u{202f}AM"
        );
        assert_eq!(
            Language::BritishEnglish.page_time(day_ms(2024, 9, 3) + 19 * HOUR, Generation::D, Los_Angeles),
            "Sept 03, 2024 12:00 pm"
        );
        assert_eq!(
            Language::English.heading_time(day_ms(2026, 9, 5) + 19 * HOUR + 29 * MINUTE, Los_Angeles),
            "Saturday, September 5, 2026 at 12:29 PM UTC"
        );
        assert_eq!(
            Language::German.heading_time(day_ms(2026, 9, 5) + 19 * HOUR, Los_Angeles),
            "Samstag, 5. September 2026 um 12:00 UTC"
        );
    }

    #[test]
    fn names_are_joined_as_the_language_does() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(Language::German.joined(&names(&["Ann", "Ben", "Max"])), "Ann, Ben und Max");
        assert_eq!(Language::English.joined(&names(&["Ann"])), "Ann");
        assert_eq!(Language::Korean.duration(65), "통화 시간: 65초");
        assert_eq!(Language::French.duration(65), "Durée\u{a0}: 65 secondes");
    }
}
