//! Words and sentences: short invented texts in many languages and scripts, with a long tail of made-up words, so that
//! an index sees as many different words as it would in a real mailbox.

use std::sync::LazyLock;

use super::dice::Dice;

/// A language somebody writes in: its commonest words, the syllables of its made-up ones, and what stands between words.
#[derive(Debug)]
pub(super) struct Tongue {
    common: Vec<&'static str>,
    syllables: Vec<&'static str>,
    space: &'static str,
}

/// The languages of the generator.
pub(super) static TONGUES: LazyLock<Vec<Tongue>> = LazyLock::new(|| {
    let split = |words: &'static str| words.split_ascii_whitespace().collect();
    let tongue = |raw: &Raw| Tongue { common: split(raw.common), syllables: split(raw.syllables), space: raw.space };
    RAW.iter().map(tongue).collect()
});

struct Raw {
    common: &'static str,
    syllables: &'static str,
    space: &'static str,
}

const RAW: [Raw; 13] = [
    Raw {
        common: "the you I to and a it that of is in for we on was not see my tomorrow coffee lisbon train beach bread \
                 late happy picture remember summer when where home soon great thanks birthday rain music dinner won't \
                 it's weekend sourdough garden mountain running together",
        syllables: "ba den fol gar hin jum kel lor mip nar ost pel quin rud sem tav",
        space: " ",
    },
    Raw {
        common: "ich du und der die das nicht ist wir es zu ein auf mit morgen Kaffee Zug Straße schön größer Wetter Übung \
                 später Bäckerei Geburtstag Kaffeemaschine Wochenende Berge Garten fährt können müssen Köln Zürich Brot danke",
        syllables: "bau den ein fahr gen hof ing keit lich mühl nöt ord rück schaf tier zeug",
        space: " ",
    },
    Raw {
        common: "je tu et le la les un une pas est que nous demain café plage été forêt garçon où déjà très bien œuvre \
                 l'été c'est d'accord anniversaire boulangerie fenêtre gâteau merci à bientôt noël soirée",
        syllables: "beau che dé eau fi gé lou mé né ou pre qui ré sou té vrai",
        space: " ",
    },
    Raw {
        common: "yo tú y el la los no es que en mañana café playa niño año corazón también después cumpleaños fiesta \
                 montaña gracias dónde cuándo aquí música lluvia sábado pan señora",
        syllables: "ba ca do en fa gui ja lla mo ño pe que ri sol tu ve",
        space: " ",
    },
    Raw {
        common: "eu você e o a os não é que em amanhã praia pão coração também aniversário obrigado saudade avó avô \
                 irmão manhã chuva música férias montanha amanhecer então",
        syllables: "ba ção de em fi go lha ma nho pe que rá sa tão ve xi",
        space: " ",
    },
    Raw {
        common: "io tu e il la le non è che per domani caffè spiaggia città perché più compleanno grazie pane montagna \
                 musica pioggia sabato dove quando bello casa università",
        syllables: "ba chi do en fi gli lo mo no per qua ri sto te va zio",
        space: " ",
    },
    Raw {
        common: "я ты и не на что мы это завтра кофе поезд пляж хлеб день рождения спасибо когда где дом дождь музыка \
                 лето горы ёлка подъезд выходные хорошо скоро",
        syllables: "ба вы да ел жи за ко лю мо не об по ра сту то чи",
        space: " ",
    },
    Raw {
        common: "καφές αύριο θάλασσα σπίτι μουσική βροχή γιορτή ψωμί ευχαριστώ πότε πού όμορφα καλοκαίρι βουνό τρένο και \
                 δεν είναι εγώ εσύ μαζί",
        syllables: "βα γε δο ζη θα κι λο μα νε πο ρι στα τω φι χα ψη",
        space: " ",
    },
    Raw {
        common: "قهوة غدا البحر البيت موسيقى مطر عيد ميلاد خبز شكرا متى أين جميل الصيف الجبل القطار أنا أنت نحن مع لا هذا",
        syllables: "با تا جي دو را سا شي طا عي فا قو كا لي ما نو يا",
        space: " ",
    },
    Raw {
        common: "קפה מחר ים בית מוזיקה גשם יום הולדת לחם תודה מתי איפה יפה קיץ הר רכבת אני אתה אנחנו עם לא זה",
        syllables: "בא גי דו הא וי זו חי טא כי לו מא ני פו קא רי שו",
        space: " ",
    },
    Raw {
        common: "今日 明日 コーヒー 電車 海 雨 音楽 誕生日 ありがとう パン 家 山 夏 どこ いつ きれい 一緒 楽しい 写真 旅行 東京 です ね よ",
        syllables: "か き く さ し た な に は ま も や ら り わ ん",
        space: "",
    },
    Raw {
        common: "오늘 내일 커피 기차 바다 비 음악 생일 고마워 빵 집 산 여름 어디 언제 예쁘다 같이 즐거운 사진 여행 서울 그래 응",
        syllables: "가 나 다 라 마 바 사 아 자 차 카 타 파 하 고 노",
        space: " ",
    },
    Raw {
        common: "今天 明天 咖啡 火车 海边 下雨 音乐 生日 谢谢 面包 家 山 夏天 哪里 什么时候 漂亮 一起 开心 照片 旅行 漢字 好 吗 呢",
        syllables: "天 地 人 风 花 雪 月 云 水 木 光 声 春 秋 星 石",
        space: "",
    },
];

pub(super) const EMOJI: [&str; 16] =
    ["😂", "❤️", "👍", "🎉", "😍", "☀️", "👋🏽", "🏳️‍🌈", "👨‍👩‍👧", "🍞", "😭", "🙏", "🔥", "🥐", "✨", "🇵🇹"];

/// What people write that trips programs up: punctuation, markup, a line break, mojibake that was really typed.
pub(super) const ODDITIES: [&str; 13] = [
    "❤️",
    "see you at 7:45",
    "(╯°□°)╯︵ ┻━┻",
    ":(",
    "a \"quoted\" word and a \\ backslash",
    "first line\nsecond line",
    "<b>not bold</b> &amp; so on",
    "that page shows Ã© instead of é",
    "50 % off / 3 for 2",
    "C++ or C#?",
    "e\u{301}tude with a combining accent",
    "null",
    "日本語とEnglishと한국어",
];

const HASHTAGS: [&str; 10] = [
    "#balkon",
    "#sourdough",
    "#Straßenfest",
    "#été",
    "#東京",
    "#트래블",
    "#golden_hour",
    "#100daysofbread",
    "#мечта",
    "#lisboa",
];

/// Names of places as the service writes them.
pub(super) const PLACES: [&str; 5] = ["Lisbon, Portugal", "Wyk auf Föhr", "Café de l'Été", "東京", "Anleger 3"];

/// How many different words a language has here; about half of all words written are among its hundred commonest.
const VOCABULARY: usize = 1 << 15;

impl Tongue {
    pub fn word(&self, dice: &mut Dice) -> String {
        let rank = dice.rank(VOCABULARY);
        if let Some(common) = self.common.get(rank) {
            return (*common).to_owned();
        }
        let mut word = String::new();
        let mut rest = rank;
        while rest > 0 {
            word.push_str(self.syllables[rest % self.syllables.len()]);
            rest /= self.syllables.len();
        }
        word
    }

    /// `n` words in a row.
    pub fn words(&self, dice: &mut Dice, n: usize) -> String {
        let words: Vec<String> = (0..n).map(|_| self.word(dice)).collect();
        words.join(self.space)
    }

    /// What somebody writes in a chat.
    pub fn message(&self, dice: &mut Dice) -> String {
        if dice.chance(10) {
            return dice.pick(&ODDITIES).to_owned();
        }
        if dice.chance(25) {
            return EMOJI[dice.rank(EMOJI.len())].to_owned();
        }
        let n_words = if dice.chance(15) { 40 + dice.below(160) } else { 1 + dice.rank(24) };
        let mut text = self.words(dice, n_words);
        text.push_str(dice.pick(&["", "", "", ".", "!", "?", " …"]));
        if dice.chance(180) {
            text.push(' ');
            text.push_str(EMOJI[dice.rank(EMOJI.len())]);
        }
        if dice.chance(12) {
            text.push_str(" https://example.org/");
            text.push_str(&dice.characters("abcdefghijklmnop", 8));
        }
        if dice.chance(15) {
            text.push(' ');
            text.push_str(dice.pick(&HASHTAGS));
        }
        text
    }

    /// What somebody writes below a picture; sometimes nothing.
    pub fn caption(&self, dice: &mut Dice) -> String {
        if dice.chance(120) {
            return String::new();
        }
        let n_words = if dice.chance(60) { 60 + dice.below(120) } else { 2 + dice.below(16) };
        let mut text = self.words(dice, n_words);
        if dice.chance(400) {
            text.push(' ');
            text.push_str(EMOJI[dice.rank(EMOJI.len())]);
        }
        for _ in 0..dice.rank(5) {
            text.push(' ');
            text.push_str(dice.pick(&HASHTAGS));
        }
        text
    }
}

pub(super) fn hashtag(dice: &mut Dice) -> &'static str {
    dice.pick(&HASHTAGS)
}

/// Eleven characters such as `Cq1w2e3r4t5`.
pub(super) fn shortcode(dice: &mut Dice) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    format!("{}{}", dice.pick(&["B", "C", "D"]), dice.characters(LETTERS, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tongue_writes_many_different_words() {
        for (number, tongue) in TONGUES.iter().enumerate() {
            let mut dice = Dice::of(1, "words", number);
            let words: std::collections::BTreeSet<String> = (0..2_000).map(|_| tongue.word(&mut dice)).collect();
            assert!(words.len() > 500, "{number}: {}", words.len());
            assert!(!words.contains(""));
        }
    }
}
