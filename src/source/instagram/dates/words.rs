//! The words of dates: months, halves of the day, and what joins them.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Without case and without the accents of Latin, Greek and Cyrillic; marks of other scripts tell words apart.
pub fn fold(word: &str) -> String {
    word.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase).nfc().collect()
}

/// The month that a folded word names: a known form, else the beginning of forms of one month only.
pub fn month(word: &str) -> Option<u32> {
    static MONTH_OF: LazyLock<BTreeMap<String, u32>> = LazyLock::new(|| {
        let forms =
            (1..).zip(MONTHS).flat_map(|(month, forms)| forms.split_whitespace().map(move |form| (fold(form), month)));
        forms.collect()
    });
    if let Some(month) = MONTH_OF.get(word) {
        return Some(*month);
    }
    if word.chars().count() < 3 {
        return None;
    }
    let longer = MONTH_OF.range(word.to_owned()..).take_while(|(form, _)| form.starts_with(word));
    let mut months = longer.map(|(_, month)| *month);
    let first = months.next()?;
    months.all(|month| month == first).then_some(first)
}

/// Whether a phrase behind the clock says that it is afternoon; `None` for any other phrase.
pub fn half(phrase: &str) -> Option<bool> {
    static HALVES: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
        let of =
            |phrases: &'static str, is_afternoon| phrases.split('|').map(move |phrase| (fold(phrase), is_afternoon));
        of(MORNING, false).chain(of(AFTERNOON, true)).collect()
    });
    HALVES.get(phrase).copied()
}

/// The same for a word before the clock, which only Chinese, Japanese and Korean write so.
pub fn half_before(word: &str) -> Option<bool> {
    let ends = |halves: &[&str]| halves.iter().any(|half| word.ends_with(half));
    if ends(&MORNING_BEFORE) { Some(false) } else { ends(&AFTERNOON_BEFORE).then_some(true) }
}

/// Whether a word says only that, alone or behind the counter of days.
pub fn ends_with_half(word: &str) -> bool {
    let halves = MORNING_BEFORE.iter().chain(&AFTERNOON_BEFORE);
    halves.filter_map(|half| word.strip_suffix(half)).any(|before| before.is_empty() || joins(before))
}

/// Whether a folded word joins the parts of a date.
pub fn joins(word: &str) -> bool {
    JOINTS.split(' ').any(|joint| joint == word)
}

/// Folded: `at`, `alle ore`, `um … Uhr`, `à`, `kl.`, `klo`, `as`, `la`, `del`, `г.`, `в`, `о`, and the counters of Chinese,
/// Japanese and Korean.
const JOINTS: &str =
    "at um uhr alle ore a le de del las kl klo as la om o og ob u saat г в о у р στις 년 일 年 日 号 utc gmt";

/// Phrases behind the clock, dots left out: en, es, nl; pt; de; sv; fi; cs; hu; el; tr; ru, uk; ar; hi; he; vi; th; sq; ja,
/// ko, zh.
const MORNING: &str = "am|a m|da manhã|da madrugada|manhã|de la mañana|mañana|de la madrugada|vorm|vormittags|fm|f m|ap|dop|de|π μ|πμ|öö|дп|д п|ص|صباحا|पूर्वाह्न|לפנה צ|sa|ก่อนเที่ยง|\
    e paradites|paradite|pd|matin|du matin|午前|오전|上午|凌晨|早上|清晨";
const AFTERNOON: &str = "pm|p m|da tarde|da noite|da tarde noite|tarde|noite|de la tarde|de la noche|tarde noche|nachm|nachmittags|em|e m|ip|odp|du|μ μ|μμ|ös|пп|п п|م|مساء|अपराह्न|אחה צ|ch|หลังเที่ยง|\
    e pasdites|pasdite|md|soir|du soir|午後|오후|下午|晚上|中午";
const MORNING_BEFORE: [&str; 6] = ["오전", "上午", "午前", "凌晨", "早上", "清晨"];
const AFTERNOON_BEFORE: [&str; 5] = ["오후", "下午", "午後", "晚上", "中午"];

/// Names and abbreviations of the months as CLDR and the exports have them: en, de, fr, it, es, pt, nl, da, no, sv, fi,
/// pl, cs, hu, ro, tr, id, el, ru, uk, ar, hi, sq, he, th.
const MONTHS: [&str; 12] = [
    "jan january januar jänner jän janvier janv gennaio gen enero ene janeiro januari januar tammi tammikuuta sty stycznia \
     styczeń led ledna január ian ianuarie oca ocak ιαν ιανουαρίου янв января січ січня يناير जन जनवरी \
     janar ינו ינואר มกราคม",
    "feb february februar februar février févr fév febbraio febrero fevereiro fev februari helmi helmikuuta lut lutego luty \
     úno února február febr februarie şub şubat φεβ φεβρουαρίου фев февр февраля лют лютого فبراير फ़र फ़रवरी \
     shk shkurt פבר פברואר กุมภาพันธ์",
    "mar march mär märz mars marzo março maart mrt marts maalis maaliskuuta marca marzec bře března már március martie mart \
     maret μαρ μαρτίου мар марта бер березня مارس मार्च \
     mar mars מרץ มีนาคม",
    "apr april avril avr aprile abril abr apríl huhti huhtikuuta kwi kwietnia kwiecień dub dubna ápr április aprilie nis \
     nisan απρ απριλίου апр апреля кві квіт квітня أبريل ابريل अप्रैल \
     pri prill אפר אפריל เมษายน",
    "may mai mag maggio mayo maio mei maj touko toukokuuta maja kvě května máj május mayıs μαΐ μαΐου μαι мая май тра травня \
     مايو मई \
     maj מאי พฤษภาคม",
    "jun june juni juin giu giugno junio junho kesä kesäkuuta cze czerwca czerwiec čvn června jún június iun iunie haz haziran \
     ιουν ιουνίου июн июня июнь чер черв червня يونيو जून \
     qer qershor יוני มิถุนายน",
    "jul july juli juil juillet lug luglio julio julho heinä heinäkuuta lip lipca lipiec čvc července júl július iul iulie \
     tem temmuz ιουλ ιουλίου июл июля июль лип липня يوليو जुल जुलाई \
     korr korrik יולי กรกฎาคม",
    "aug august août aoû ago agosto augustus augusti elo elokuuta sie sierpnia sierpień srp srpna augusztus ağu ağustos agu \
     agustus αυγ αυγούστου авг августа сер серп серпня أغسطس اغسطس अग अगस्त \
     gush gusht אוג אוגוסט สิงหาคม",
    "sep sept september septembre set settembre septiembre setembro syys syyskuuta wrz września wrzesień zář září szept \
     szeptember septembrie eyl eylül σεπ σεπτ σεπτεμβρίου сен сент сентября вер верес вересня سبتمبر सित सितंबर सितम्बर \
     sht shtator ספט ספטמבר กันยายน",
    "oct october okt oktober octobre ott ottobre octubre outubro out loka lokakuuta paź października październik říj října \
     október octombrie eki ekim οκτ οκτωβρίου окт октября жов жовт жовтня أكتوبر اكتوبر अक्तू अक्टूबर अक्तूबर \
     tet tetor אוק אוקטובר ตุลาคม",
    "nov november novembre noviembre novembro marras marraskuuta lis listopada listopad noiembrie noi kas kasım νοε νοεμβρίου \
     ноя нояб ноября листопада نوفمبر नव नवंबर नवम्बर \
     nen nëntor נוב נובמבר พฤศจิกายน",
    "dec december dez dezember décembre déc dicembre dic diciembre dezembro des desember joulu joulukuuta gru grudnia grudzień \
     pro prosince decembrie ara aralık δεκ δεκεμβρίου дек декабря гру груд грудня ديسمبر दिस दिसंबर दिसम्बर \
     dhj dhjetor דצמ דצמבר ธันวาคม",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_month_is_named_twice() {
        let mut seen = std::collections::HashMap::new();
        for (month, forms) in MONTHS.iter().enumerate() {
            for form in forms.split_whitespace() {
                let before = seen.insert(fold(form), month);
                assert!(before.is_none_or(|before| before == month), "{form}");
            }
        }
    }
}
