//! Names that downloaders give to what is not finished.

/// What the usual browsers and downloaders put behind a name until the file is whole: Chrome and its kin, Firefox and
/// many others, old Edge, Safari (there a folder), Opera, and what some tools write first.
const UNFINISHED: [&str; 6] = ["crdownload", "part", "partial", "download", "opdownload", "tmp"];
/// What stands beside a file while it is written under its own name: aria2's control file, and all of the above.
const CONTROL: [&str; 1] = ["aria2"];

/// Says whether a file or folder of this name is no download yet.
pub fn is_unfinished(name: &str) -> bool {
    split(name).is_some_and(|(_, extension)| is_one_of(extension, &UNFINISHED))
}

/// Says whether `other`, in the same folder, shows that `name` is not finished: it is `name` with such an ending, or
/// has something between (Firefox: `x.zip` and `x.Wq3_b2kL.zip.part`).
pub fn is_control_of(other: &str, name: &str) -> bool {
    let Some((stem, extension)) = split(other) else { return false };
    if !is_one_of(extension, &UNFINISHED) && !is_one_of(extension, &CONTROL) {
        return false;
    }
    let (Some((name_stem, name_extension)), Some((before, stem_extension))) = (split(name), split(stem)) else {
        return stem == name;
    };
    let is_longer = before.strip_prefix(name_stem).is_some_and(|rest| rest.starts_with('.'));
    stem == name || is_longer && stem_extension.eq_ignore_ascii_case(name_extension)
}

fn split(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())
}

fn is_one_of(extension: &str, known: &[&str]) -> bool {
    known.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_names_are_known() {
        for name in [
            "a.zip.crdownload",
            "Unconfirmed 274611.crdownload",
            "a.zip.part",
            "a.zip.PARTIAL",
            "a.zip.download",
            "a.zip.opdownload",
            "a.zip.tmp",
            "a.tmp",
        ] {
            assert!(is_unfinished(name), "{name}");
        }
        for name in ["a.zip", "part", ".part", "a_part_2.zip", "tmp", "download", "a.zip (1)", ""] {
            assert!(!is_unfinished(name), "{name}");
        }
    }

    #[test]
    fn control_files_belong_to_their_file() {
        let check = |other: &str, name: &str, is_control: bool| {
            assert_eq!(is_control_of(other, name), is_control, "{other} beside {name}");
        };
        check("a.zip.aria2", "a.zip", true);
        check("a.zip.part", "a.zip", true);
        check("a.zip.crdownload", "a.zip", true);
        check("a.Wq3_b2kL.zip.part", "a.zip", true);
        check("a.zip.part", "b.zip", false);
        check("ab.zip.part", "a.zip", false);
        check("a.txt.part", "a.zip", false);
        check("instagram-x-2025-08-15-WxYz0a1B.zip.part", "instagram-x-2025-08-15.zip", false);
        check("a.zip", "a.zip", false);
        check("a.zip.zip", "a.zip", false);
        check("a.part", "a", true);
        check("b.part", "a", false);
        check(".part", "a.zip", false);
    }
}
