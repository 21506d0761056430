//! The labels of folder exports in the languages in which they were seen, and what they mean.
//!
//! Keys of `string_map_data` and `label` members follow the language of the account (format reference §2.4). A label
//! that is not here is no error: readers then go by the value's shape and the order of the keys.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

macro_rules! labels {
    ($($label:ident = $name:literal { $($language:ident: $($form:literal),+;)+ })*) => {
        /// What a label means, in whatever language it is written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Label { $($label,)* }

        impl Label {
            /// The name under which `details` hold its value: the same for every language.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$label => $name,)* }
            }
        }

        const FORMS: &[(Label, &str, &[&str])] = &[$($((Label::$label, stringify!($language), &[$($form),+]),)+)*];
    };
}

// Labels that stay English in another language are listed there too, so that they say nothing about the language.
labels! {
    Username = "username" {
        en: "Username", "User Name"; de: "Benutzername", "Nutzername"; fr: "Nom d'utilisateur", "Nom de profil";
        it: "Nome utente"; nl: "Gebruikersnaam"; es: "Nombre de usuario"; pt: "Nome de usuário"; ko: "사용자 이름";
        hi: "यूज़रनेम"; zh: "帐号", "用户名", "使用者名稱"; pl: "Nazwa użytkownika"; tr: "Kullanıcı adı"; ru: "Имя пользователя";
        ar: "اسم المستخدم"; ro: "Nume de utilizator"; sq: "Emri i përdoruesit"; da: "Brugernavn"; ja: "ユーザーネーム";
    }
    Name = "name" {
        en: "Name"; de: "Name"; fr: "Nom"; it: "Nome"; nl: "Naam"; es: "Nombre"; pt: "Nome"; ko: "이름"; pl: "Nazwa"; tr: "Ad";
        ru: "Имя"; ar: "الاسم"; ro: "Nume"; sq: "Emri"; da: "Navn"; ja: "名前";
    }
    Email = "email" {
        en: "Email", "Email address"; de: "E-Mail-Adresse"; fr: "Adresse e-mail"; it: "Indirizzo e-mail";
        es: "Correo electrónico"; pt: "Email"; hi: "ईमेल"; zh: "邮箱"; nl: "E-mailadres"; ko: "이메일";
    }
    Phone = "phone_number" {
        en: "Phone Number"; de: "Telefonnummer"; fr: "Numéro de téléphone"; it: "Numero di telefono"; pt: "Telefone";
        es: "Número de teléfono"; nl: "Telefoonnummer"; ko: "전화번호";
    }
    PhoneConfirmed = "phone_confirmed" {
        en: "Phone Confirmed", "Phone number confirmed"; de: "Telefonnummer bestätigt"; fr: "Numéro de téléphone confirmé";
    }
    PhoneConfirmationMethod = "phone_confirmation_method" { en: "Phone Confirmation Method"; }
    BirthDate = "birth_date" {
        en: "Date of birth"; de: "Geburtsdatum"; fr: "Date de naissance"; it: "Data di nascita"; es: "Fecha de nacimiento";
        pt: "Data de nascimento"; nl: "Geboortedatum"; ko: "생년월일";
    }
    Gender = "gender" {
        en: "Gender"; de: "Geschlecht"; fr: "Genre"; it: "Genere"; es: "Género"; pt: "Gênero"; nl: "Geslacht"; ko: "성별";
    }
    Bio = "bio" {
        en: "Bio"; pt: "Bio"; it: "Biografia"; de: "Steckbrief"; fr: "Bio"; es: "Biografía"; nl: "Bio"; ko: "소개";
    }
    PrivateAccount = "is_private" {
        en: "Private Account"; de: "Privates Konto"; fr: "Compte privé"; it: "Account privato"; es: "Cuenta privada";
        hi: "प्राइवेट अकाउंट"; zh: "私密帐户"; nl: "Privéaccount"; pt: "Conta privada"; ko: "비공개 계정";
    }
    ProfilePhoto = "profile_photo" { en: "Profile Photo"; de: "Profilbild"; fr: "Photo de profil"; }
    Website = "website" { en: "Website"; de: "Website"; fr: "Site web"; it: "Sito web"; es: "Sitio web"; pt: "Site"; }
    ProfileMusic = "music_on_profile" { en: "Music on profile"; }
    PongScore = "emoji_pong_high_score" { en: "Emoji Pong High Score"; }
    Time = "time" {
        en: "Time", "Date and time"; de: "Zeit", "Time"; fr: "Heure"; it: "Orario", "Data e ora"; nl: "Tijd"; es: "Hora";
        ko: "시간", "Time"; da: "Tidspunkt"; zh: "時間", "时间"; pl: "Godzina"; tr: "Saat"; ru: "Время"; ar: "الوقت"; ro: "Ora";
        pt: "Horário"; ja: "日時";
    }
    Author = "author" {
        en: "Author"; de: "Author", "Autor"; fr: "Auteur"; it: "Autore"; nl: "Auteur"; es: "Autor"; da: "Forfatter"; zh: "作者";
        tr: "Yazar"; ru: "Автор"; ar: "الكاتب"; pt: "Autor"; ko: "작성자";
    }
    Comment = "comment" {
        en: "Comment"; de: "Kommentar"; fr: "Comment", "Commentaire"; it: "Commento"; nl: "Opmerking"; es: "Comentario";
        pt: "Comentário"; ko: "Comment", "댓글"; pl: "Komentarz"; tr: "Yorum"; ru: "Комментарий"; ar: "تعليق"; ro: "Comentariu";
        sq: "Koment";
    }
    CommentTime = "comment_creation_time" { en: "Comment creation time"; }
    DeletionStatus = "deletion_status" { en: "Deletion status"; }
    MediaOwner = "media_owner" {
        en: "Media Owner"; de: "Medieninhaber"; fr: "Media Owner"; it: "Proprietario del contenuto multimediale";
        nl: "Media-eigenaar"; es: "Propietario del contenido multimedia"; ko: "Media Owner"; pl: "Właściciel mediów";
        tr: "Medya sahibi"; ru: "Владелец медиафайла"; ar: "مالك الوسائط"; ro: "Proprietarul conținutului media";
        sq: "Pronari i medias";
    }
    SavedOn = "saved_on" {
        en: "Saved on"; de: "Gespeichert am"; it: "Salvato il"; nl: "Opgeslagen op"; es: "Guardado el"; pl: "Zapisano";
        tr: "Kaydedilme tarihi"; ru: "Сохранено"; ar: "تم الحفظ في"; ro: "Salvat la"; sq: "Ruajtur më"; fr: "Enregistré le";
        pt: "Salvo em"; ko: "저장 날짜";
    }
    SharedBy = "shared_by" { en: "Shared By"; de: "Geteilt von"; fr: "Partagé par"; it: "Condiviso da"; }
    AddedTime = "added_time" { en: "Added Time"; }
    CreationTime = "creation_time" { en: "Creation Time", "Created At", "Creation Timestamp"; }
    UpdateTime = "update_time" {
        en: "Update time", "Updated At"; fr: "Heure de mise à jour"; ko: "업데이트 시간"; de: "Aktualisierungszeit";
    }
    Type = "type" { en: "Type"; fr: "Type"; ko: "유형"; de: "Typ"; it: "Tipo"; es: "Tipo"; pt: "Tipo"; }
    Privacy = "privacy" { en: "Privacy"; ko: "공개 범위"; }
    Search = "search" {
        en: "Search", "Search term"; it: "Cerca"; ko: "검색어"; de: "Suche", "Suchbegriff"; fr: "Recherche"; es: "Búsqueda";
        nl: "Zoeken"; pt: "Pesquisa";
    }
    Caption = "caption" {
        en: "Caption"; fr: "Légende"; it: "Didascalia"; ko: "캡션"; de: "Bildunterschrift"; pt: "Legenda"; nl: "Bijschrift";
    }
    Title = "title" { en: "Title"; ko: "제목"; de: "Titel"; fr: "Titre"; it: "Titolo"; es: "Título"; pt: "Título"; nl: "Titel"; }
    Owner = "owner" {
        en: "Owner"; nl: "Eigenaar"; de: "Inhaber", "Eigentümer"; fr: "Propriétaire"; it: "Proprietario"; ko: "소유자";
        es: "Propietario"; pt: "Proprietário";
    }
    BrandPartner = "brand_partner" { en: "Brand partner"; }
    Hashtags = "hashtags" { en: "Hashtags"; fr: "Hashtags"; ko: "해시태그"; de: "Hashtags"; it: "Hashtag"; nl: "Hashtags"; es: "Hashtags"; }
    Media = "media" { en: "Media"; fr: "Contenu multimédia"; de: "Medien"; it: "Contenuto multimediale"; ko: "미디어"; pt: "Mídia"; }
    MediaThumbnail = "thumbnail" { en: "Media Thumbnail"; }
    Interest = "interest" { en: "Interest"; fr: "Centre d'intérêt"; it: "Interesse"; nl: "Interesse"; de: "Interesse"; }
    Changed = "changed" { en: "Changed"; de: "Geändert"; fr: "Modifié"; ko: "변경됨"; }
    PreviousValue = "previous_value" { en: "Previous Value"; fr: "Valeur précédente"; ko: "이전 값"; de: "Vorheriger Wert"; }
    NewValue = "new_value" { en: "New Value"; fr: "Nouvelle valeur"; ko: "새 값"; de: "Neuer Wert"; }
    ChangeDate = "change_date" { en: "Change Date"; de: "Datum ändern"; fr: "Date de modification"; ko: "날짜 변경"; }
    IpAddress = "ip_address" { en: "IP Address"; fr: "Adresse IP"; ko: "IP 주소"; de: "IP-Adresse"; it: "Indirizzo IP"; es: "Dirección IP"; }
    Port = "port" { en: "Port"; fr: "Port"; ko: "포트"; de: "Port"; }
    CookieName = "cookie_name" { en: "Cookie Name"; fr: "Nom du cookie"; ko: "쿠키 이름"; de: "Cookie-Name"; }
    LanguageCode = "language_code" { en: "Language Code"; fr: "Code de langue"; ko: "언어 코드"; de: "Sprachcode"; }
    UserAgent = "user_agent" { en: "User Agent"; fr: "Agent utilisateur"; ko: "사용자 에이전트"; de: "User Agent"; }
    LastLogin = "last_login" { en: "Last Login"; fr: "Dernière connexion"; it: "Ultimo accesso"; de: "Letzte Anmeldung"; }
    LastLogout = "last_logout" { en: "Last Logout"; }
    DeviceId = "device_id" { en: "Device ID"; fr: "ID d'appareil"; de: "Geräte-ID"; }
    Device = "device" { en: "Device", "Device Name"; }
    Details = "details" { en: "Details"; fr: "Détails"; de: "Details"; it: "Dettagli"; es: "Detalles"; }
    Location = "location" { en: "Location"; fr: "Lieu"; de: "Ort", "Standort"; it: "Luogo"; es: "Lugar"; ko: "위치"; }
    ImpreciseLatitude = "imprecise_latitude" { en: "Imprecise Latitude"; fr: "Latitude imprécise"; }
    ImpreciseLongitude = "imprecise_longitude" { en: "Imprecise Longitude"; fr: "Longitude inexacte", "Longitude imprécise"; }
    PreciseLatitude = "precise_latitude" { en: "Precise Latitude"; fr: "Latitude exacte"; }
    PreciseLongitude = "precise_longitude" { en: "Precise Longitude"; fr: "Longitude exacte"; }
    GpsTime = "gps_time" { en: "GPS Time Uploaded"; fr: "Heure GPS de l'importation"; }
    Latitude = "latitude" { en: "Latitude"; fr: "Latitude"; nl: "Breedtegraad"; de: "Breitengrad"; it: "Latitudine"; es: "Latitud"; ko: "위도"; }
    Longitude = "longitude" { en: "Longitude"; fr: "Longitude"; nl: "Lengtegraad"; de: "Längengrad"; it: "Longitudine"; es: "Longitud"; ko: "경도"; }
    City = "city" { en: "City Name", "Town/city name", "City"; fr: "Ville", "Ville actuelle"; it: "Nome della città"; de: "Name der Stadt"; }
    ContactSyncing = "contact_syncing" { en: "Contact Syncing"; de: "Kontaktsynchronisierung"; fr: "Synchronisation des contacts"; }
    FirstCountryCode = "first_country_code" { en: "First Country Code"; }
    SharedLive = "has_shared_live_video" { en: "Has Shared Live Video"; }
    FirstStory = "first_story_time" { en: "First Story Time"; }
    LastStory = "last_story_time" { en: "Last Story Time"; }
    FirstCloseFriendsStory = "first_close_friends_story_time" { en: "First Close Friends Story Time"; }
    BusinessObjectives = "business_objectives" { en: "Business Objectives"; }
    BusinessConnection = "business_connection_methods" { en: "Business Connection Methods"; }
    AccountType = "account_type" { en: "Account type"; de: "Art des Kontos"; }
    Identifier = "identifier" { en: "Identifier"; }
    CustomList = "custom_list" { en: "Custom list"; }
    LinkVisited = "link_visited" {
        en: "Website link that you visited", "Website link you visited"; it: "Link al sito web che hai visitato";
        ko: "방문한 웹사이트 링크";
    }
    PageTitle = "page_title" {
        en: "Title of website page that you visited", "Title of website page you visited";
        it: "Titolo della pagina del sito web che hai visitato"; ko: "방문한 웹사이트 페이지의 제목";
    }
    SessionStart = "session_start" {
        en: "Website session start time"; it: "Ora di inizio della sessione sul sito web"; ko: "웹사이트 세션 시작 시간";
    }
    SessionEnd = "session_end" {
        en: "Website session end time"; it: "Ora di fine della sessione sul sito web"; ko: "웹사이트 세션 종료 시간";
    }
    StartTime = "start_time" { en: "Start time"; }
    EndTime = "end_time" { en: "End time"; }
    AdLibraryUrl = "ad_library_url" { en: "Ad library public URL"; ko: "광고 라이브러리 공개 URL"; }
    Url = "url" {
        en: "URL"; de: "URL"; fr: "URL"; it: "URL"; nl: "URL"; es: "URL"; pt: "URL"; ko: "URL"; ar: "الرابط"; ru: "URL-адрес";
        zh: "網址", "网址";
    }
    IsAd = "is_ad" { en: "Is an ad"; fr: "Est une publicité"; }
    AiGenerated = "marked_as_ai_generated" { en: "Marked as AI generated", "Marked as AI-generated"; fr: "Marqué comme généré par l'IA"; }
    PaidPartnership = "is_paid_partnership" { en: "Paid partnership"; fr: "Collaboration commerciale"; }
    Published = "is_published" { en: "Published"; fr: "Publié"; }
    Draft = "is_draft" { en: "Draft"; fr: "Brouillon"; }
    ReelMetadata = "reel_metadata" { en: "Reel metadata"; }
    Song = "song" { en: "Song", "Song Name"; it: "Canzone"; fr: "Chanson"; de: "Song"; es: "Canción"; }
    Artist = "artist" { en: "Artist", "Artist Name"; it: "Artista"; fr: "Artiste"; de: "Künstler"; es: "Artista"; }
    FirstName = "first_name" { en: "First Name"; fr: "Prénom"; de: "Vorname"; es: "Primer nombre"; }
    LastName = "last_name" { en: "Last Name"; it: "Cognome"; fr: "Nom de famille"; de: "Nachname"; es: "Apellido"; }
    ContactInformation = "contact_information" {
        en: "Contact Information"; it: "Informazioni di contatto"; fr: "Coordonnées"; de: "Kontaktinformationen";
    }
    ImportedTime = "imported_time" { en: "Imported Time"; }
    GroupMembers = "group_members" { en: "Group Members"; }
    RepostTime = "repost_time" { en: "Time of repost"; }
    ExpiryTime = "expiry_time" { en: "Expiry time"; }
    Text = "text" { en: "Text"; fr: "Texte"; de: "Text"; it: "Testo"; es: "Texto"; pt: "Texto"; nl: "Tekst"; ko: "텍스트"; }
    Note = "note" { en: "Note"; fr: "Note"; }
    AppName = "app_name" { en: "App Name"; }
    AppUserId = "app_user_id" { en: "App user ID"; }
    LastActive = "last_active" { en: "Last active on"; }
    ExpiredOn = "expired_on" { en: "Expired on"; }
    ProductName = "product_name" { en: "Product Name"; it: "Nome del prodotto"; }
    MerchantName = "merchant_name" { en: "Merchant Name"; }
    ProductId = "product_id" { en: "Product ID"; }
    MerchantId = "merchant_id" { en: "Merchant ID"; }
    ExternalUrl = "external_url" { en: "External URL"; }
    MutedCreators = "muted_creators" { en: "Muted Creators"; }
    Channel = "channel" { en: "Channel"; }
    Value = "value" { en: "Value"; }
    Action = "action" { en: "Action"; }
    MessageName = "message_name" { en: "In-app message name"; }
    ClickType = "click_type" { en: "Click type"; }
    Count = "count" { en: "Count"; }
    ImpressionTime = "impression_time" { en: "Impression Time"; }
    ConsentStatus = "consent_status" { en: "Consent Status"; }
    Question = "question" { en: "Question"; fr: "Question"; ko: "질문"; de: "Frage"; it: "Domanda"; es: "Pregunta"; }
    Options = "options" { en: "Options"; fr: "Options"; de: "Optionen"; ko: "옵션"; }
    Answer = "answer" {
        en: "Answer", "Response", "Selected option", "Picked option", "Vote"; fr: "Réponse"; de: "Antwort"; it: "Risposta";
        es: "Respuesta"; ko: "답변";
    }
    SdkVersions = "supported_sdk_versions" { en: "Supported SDK Versions"; }
    Compression = "compression" { en: "Compression"; }
    FaceTracker = "face_tracker_version" { en: "Face Tracker Version"; }
    Decision = "decision" { en: "Decision"; it: "Decisione"; }
    Reason = "reason" { en: "Reason"; it: "Motivo"; }
    Feedback = "feedback" { en: "Feedback"; }
    Surface = "surface" { en: "Surface"; }
    Source = "source" { en: "Source"; }
}

/// Normalised form → what it means, and the language when the form belongs to one only.
static TABLE: LazyLock<HashMap<String, (Label, Option<&'static str>)>> = LazyLock::new(|| {
    let mut table: HashMap<String, (Label, Option<&'static str>)> = HashMap::new();
    for &(label, language, forms) in FORMS {
        for form in forms {
            table
                .entry(normalise(form))
                .and_modify(|(_, of)| *of = of.filter(|known| *known == language))
                .or_insert((label, Some(language)));
        }
    }
    table
});

/// Brings a label into the form in which labels are compared: without case, accents, kinds of apostrophe and of space
/// (format reference §2.4).
pub fn normalise(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    let mut space = false;
    let mut push = |c: char| {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.push(c);
        }
    };
    if label.is_ascii() {
        label.chars().for_each(|c| push(c.to_ascii_lowercase()));
    } else {
        for c in label.nfkd().filter(|c| !is_combining_mark(*c)) {
            match c {
                '’' | '‘' | 'ʼ' | '`' | '´' => push('\''),
                'ı' => push('i'),
                _ => c.to_lowercase().filter(|c| !is_combining_mark(*c)).for_each(&mut push),
            }
        }
    }
    out
}

/// What a label means, in any language of the table.
pub fn find(label: &str) -> Option<Label> {
    TABLE.get(&normalise(label)).map(|(label, _)| *label)
}

/// The language of a label as an ISO 639-1 code, when it is known and belongs to one language only.
pub fn language_of(label: &str) -> Option<&'static str> {
    TABLE.get(&normalise(label)).and_then(|(_, language)| *language)
}

/// Reads the localised words for true and false.
pub fn truth(value: &str) -> Option<bool> {
    const TRUE: &[&str] =
        &["true", "vrai", "wahr", "vero", "verdadero", "verdadeiro", "waar", "참", "prawda", "yes", "oui", "ja", "예"];
    const FALSE: &[&str] =
        &["false", "faux", "falsch", "falso", "onwaar", "거짓", "fałsz", "no", "non", "nein", "nee", "아니요"];
    const LONGEST: usize = 32;
    static WORDS: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
        let of = |words: &'static [&str], flag| words.iter().map(move |word| (normalise(word), flag));
        of(TRUE, true).chain(of(FALSE, false)).collect()
    });
    if value.len() > LONGEST { None } else { WORDS.get(&normalise(value)).copied() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_in_any_spelling() {
        let check = |label, meaning| assert_eq!(find(label), Some(meaning), "{label}");
        check("Shared By", Label::SharedBy);
        check("Shared by", Label::SharedBy);
        check("  MEDIA\u{a0}owner ", Label::MediaOwner);
        check("Nom d’utilisateur", Label::Username);
        check("Nom d'utilisateur", Label::Username);
        check("Heure GPS de\u{202f}l’importation", Label::GpsTime);
        check("사용자 이름", Label::Username);
        check("Kullanıcı adı", Label::Username);
        check("KULLANICI ADI", Label::Username);
        check("Имя пользователя", Label::Username);
        check("यूज़रनेम", Label::Username);
        check("Geändert", Label::Changed);
        check("Town/city name", Label::City);
        assert_eq!(find("Suchwort"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn no_form_means_two_things() {
        let mut seen: HashMap<String, Label> = HashMap::new();
        for (label, language, forms) in FORMS {
            for form in *forms {
                let before = seen.insert(normalise(form), *label);
                assert!(before.is_none_or(|before| before == *label), "{language}: {form} is {label:?} and {before:?}");
            }
        }
    }

    #[test]
    fn a_language_is_told_by_labels_of_its_own() {
        let check = |label, language| assert_eq!(language_of(label), language, "{label}");
        check("Nutzername", Some("de"));
        check("Nom de profil", Some("fr"));
        check("Media-eigenaar", Some("nl"));
        check("업데이트 시간", Some("ko"));
        check("Saved on", Some("en"));
        check("URL", None);
        check("Time", None);
        check("Media Owner", None);
        check("Autor", None);
        check("Something new", None);
    }

    #[test]
    fn truth_is_localised() {
        let check = |word, value| assert_eq!(truth(word), value, "{word}");
        check("True", Some(true));
        check("Vrai", Some(true));
        check("거짓", Some(false));
        check("Faux", Some(false));
        check("Fałsz", Some(false));
        check("maybe", None);
    }
}
