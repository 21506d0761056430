//! What the name of a delivered archive says (format reference §1.2). A hint only: people rename files.

use chrono::{Datelike, NaiveDate};

use crate::model::Service;
use crate::source::ArchiveName;

/// Reads `instagram-<user>-YYYY-MM-DD-<token>` and `<user>_YYYYMMDD[_part_N]`, with the marks of copies and the
/// extension taken off.
pub fn parse_archive_name(name: &str) -> Option<ArchiveName> {
    let mut name = without_extensions(name.trim());
    loop {
        if let Some(found) = folder_era(name).or_else(|| flat_era(name)) {
            return Some(found);
        }
        name = without_copy_mark(name)?;
    }
}

fn without_extensions(mut name: &str) -> &str {
    while let Some((stem, extension)) = name.rsplit_once('.') {
        if !["zip", "part", "crdownload", "download"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            break;
        }
        name = stem;
    }
    name
}

/// Takes off one mark of a copy or of a cloud drive's chunk: ` (1)`, ` 2`, `-copy`, ` - Copy`, `-001`.
fn without_copy_mark(name: &str) -> Option<&str> {
    if let Some((stem, number)) = name.strip_suffix(')').and_then(|name| name.rsplit_once('(')) {
        return is_number(number).then_some(stem.trim_end());
    }
    let lower = name.to_ascii_lowercase();
    for word in ["copy", "kopie"] {
        if lower.ends_with(word) {
            return Some(name[..name.len() - word.len()].trim_end_matches([' ', '-', '_']));
        }
    }
    let (stem, number) = name.rsplit_once(['-', ' '])?;
    (is_number(number) && number.len() <= 3).then_some(stem)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn folder_era(name: &str) -> Option<ArchiveName> {
    let rest = name.strip_prefix("instagram-")?;
    // The token may itself hold `-`; it has always eight characters.
    let with_token = rest.len().checked_sub(9).filter(|cut| rest.is_char_boundary(*cut)).and_then(|cut| {
        let token = rest[cut..].strip_prefix('-')?;
        let is_token = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_token.then_some((&rest[..cut], Some(token)))
    });
    [with_token, Some((rest, None))].into_iter().flatten().find_map(|(rest, token)| {
        let cut = rest.len().checked_sub(11).filter(|cut| rest.is_char_boundary(*cut))?;
        let date = rest[cut..].strip_prefix('-')?;
        archive_name(&rest[..cut], date_of(date, "%Y-%m-%d")?, token, None)
    })
}

fn flat_era(name: &str) -> Option<ArchiveName> {
    let (name, part) = match name.rsplit_once("_part_") {
        Some((stem, part)) if is_number(part) => (stem, Some(part.parse().ok()?)),
        _ => (name, None),
    };
    let (handle, date) = name.rsplit_once('_')?;
    archive_name(handle, date_of(date, "%Y%m%d").filter(|_| date.len() == 8)?, None, part)
}

fn date_of(text: &str, form: &str) -> Option<NaiveDate> {
    // Exports began in 2018; a year above 2099 is no date.
    NaiveDate::parse_from_str(text, form).ok().filter(|date| (2010..2100).contains(&date.year()))
}

fn archive_name(handle: &str, date: NaiveDate, token: Option<&str>, part: Option<u32>) -> Option<ArchiveName> {
    let is_handle = (1..=30).contains(&handle.len())
        && handle.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
    is_handle.then(|| ArchiveName {
        service: Service::Instagram,
        handle: handle.to_owned(),
        date,
        token: token.map(str::to_owned),
        part,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_both_ends() {
        let check = |name, handle: &str, date: &str, token: Option<&str>, part| {
            let expected = ArchiveName {
                service: Service::Instagram,
                handle: handle.to_owned(),
                date: date.parse().expect("a date"),
                token: token.map(str::to_owned),
                part,
            };
            assert_eq!(parse_archive_name(name), Some(expected), "{name}");
        };
        check("instagram-someuser-2025-08-15-WxYz0a1B.zip", "someuser", "2025-08-15", Some("WxYz0a1B"), None);
        check("instagram-some.user_1-2025-08-15-a-b_c-d1.zip", "some.user_1", "2025-08-15", Some("a-b_c-d1"), None);
        check("instagram-someuser-2025-08-15", "someuser", "2025-08-15", None, None);
        check("instagram-someuser-2025-08-15-WxYz0a1B (1).zip", "someuser", "2025-08-15", Some("WxYz0a1B"), None);
        check("instagram-someuser-2025-08-15-WxYz0a1B-copy.zip", "someuser", "2025-08-15", Some("WxYz0a1B"), None);
        check(
            "instagram-someuser-2025-08-15-WxYz0a1B - Copy (2).ZIP",
            "someuser",
            "2025-08-15",
            Some("WxYz0a1B"),
            None,
        );
        check("instagram-someuser-2025-08-15-WxYz0a1B-001.zip", "someuser", "2025-08-15", Some("WxYz0a1B"), None);
        check("instagram-someuser-2025-08-15-WxYz0a1B.zip.part", "someuser", "2025-08-15", Some("WxYz0a1B"), None);
        check("some_user_20190715.zip", "some_user", "2019-07-15", None, None);
        check("someuser_20201008_part_2", "someuser", "2020-10-08", None, Some(2));
        check("someuser_20201008_part_12 (1).zip", "someuser", "2020-10-08", None, Some(12));
        check("someuser_20220731 2.zip", "someuser", "2022-07-31", None, None);
    }

    #[test]
    fn other_names_say_nothing() {
        for name in [
            "",
            "-",
            "()",
            "photos.zip",
            "instagram-.zip",
            "instagram-x-2025-13-45-WxYz0a1B.zip",
            "backup_2019.zip",
            "x_12345678.zip",
            "facebook-someuser-2025-08-15-WxYz0a1B.zip",
            "meta-2026-Jan-10-17-13-19",
            "ö_20190715",
            "instagram-öööööööööööö",
        ] {
            assert_eq!(parse_archive_name(name), None, "{name}");
        }
    }
}
