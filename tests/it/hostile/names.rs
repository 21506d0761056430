//! Names of entries that lead elsewhere, or that no system takes.

use throwback::testing::raw_zip::{Piece, Zip, deflated, stored};

use super::case::{Case, PICTURE, POSTS, check_all, neighbours, with};

const CONTENT: &str = "what the threat carries";

fn piece(name: impl AsRef<[u8]>) -> Piece {
    Piece { name: name.as_ref().to_vec(), ..stored("", CONTENT) }
}

/// An entry of that name beside the neighbours: it is kept like any other.
fn named(threat: &str, name: impl AsRef<[u8]>) -> Case {
    Case::zip(threat, &with([piece(name)])).keeps(CONTENT)
}

fn of_mode(threat: &str, mode: u32) -> Case {
    Case::zip(threat, &with([Piece { mode, ..piece("media/odd.jpg") }])).keeps(CONTENT)
}

/// A sound neighbour, by its place, under another mode: what it holds is to be read all the same.
fn called(threat: &str, place: usize, mode: u32) -> Case {
    let mut zip = with([]);
    zip.pieces[place].mode = mode;
    Case::zip(threat, &zip)
}

/// An extra field with a name of its own in UTF-8, for an entry of this name.
fn unicode_name(of: &str, name: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(of.as_bytes());
    let mut field = vec![1];
    field.extend(crc.sum().to_le_bytes());
    field.extend(name);
    let length = u16::try_from(field.len()).expect("short").to_le_bytes();
    [b"\x75\x70".to_vec(), length.to_vec(), field].concat()
}

#[test]
fn names_that_lead_out() {
    const UNSAFE: &[&str] = &["unsafe_name"];
    let extra = |name: &str| Piece { extra: unicode_name("2.jpg", name.as_bytes()), ..piece("2.jpg") };
    let mut unreadable = extra("x");
    unreadable.extra = unicode_name("2.jpg", b"\xff\xfe/..");
    check_all(vec![
        named("zip-slip", "../../canary.jpg").finds(UNSAFE),
        named("zip-slip, deep inside", "media/posts/../../../../../../canary.jpg").finds(UNSAFE),
        named("zip-slip at the end", "media/..").finds(UNSAFE),
        named("zip-slip into the home", "../home/archive.sqlite").finds(UNSAFE),
        named("zip-slip over a neighbour", "media/posts/202403/../202403/17900000000000001.jpg").finds(UNSAFE),
        named("zip-slip by backslashes", "..\\..\\canary.jpg").finds(UNSAFE),
        named("zip-slip by both", "media\\../..\\/canary.jpg").finds(UNSAFE),
        named("absolute", "/etc/canary.jpg").finds(UNSAFE),
        named("absolute, doubled", "//etc//canary.jpg").finds(UNSAFE),
        named("drive", "C:\\canary.jpg").finds(UNSAFE),
        named("drive without a root", "C:canary.jpg").finds(UNSAFE),
        named("UNC", "\\\\server\\share\\canary.jpg").finds(UNSAFE),
        named("device namespace", "\\\\?\\C:\\canary.jpg").finds(UNSAFE),
        named("NUL in a name", "media/canary.txt\0.jpg").finds(UNSAFE),
        named("home of a person", "~/canary.jpg"),
        named("variable of a shell", "$HOME/`id`/%TEMP%/canary.jpg"),
        named("percent signs", "%2e%2e/%2e%2e/canary.jpg"),
        named("overlong dots", b"\xc0\xae\xc0\xae/canary.jpg"),
        named("full-width dots", "．．/．．/canary.jpg"),
        named("address", "https://example.org/canary.jpg"),
        named("file address", "file:///etc/canary.jpg"),
        Case::zip("unicode path 0x7075", &with([extra("../../canary.jpg")])).finds(UNSAFE).keeps(CONTENT),
        Case::zip(
            "unicode path of another name",
            &with([Piece { name: b"3.jpg".to_vec(), ..extra("../../canary.jpg") }]),
        )
        .keeps(CONTENT),
        Case::zip("unicode path that is none", &with([unreadable])).keeps(CONTENT),
        Case::zip(
            "zip-slip in the local header only",
            &with([Piece { local_name: Some(b"../../canary.jpg".to_vec()), ..piece("media/a.jpg") }]),
        )
        .finds(&["directory_mismatch"])
        .keeps(CONTENT),
    ]);
}

#[test]
fn names_that_no_system_takes() {
    let many = |text: &str, n: usize| text.repeat(n);
    check_all(vec![
        named("reserved names", "media/CON.jpg"),
        named("reserved name without ending", "NUL"),
        named("reserved name with a superscript", "media/COM¹.jpg"),
        named("alternate data stream", "media/a.jpg:hidden.exe"),
        named("dot at the end", "media/a.jpg."),
        named("space at the end", "media/a.jpg "),
        named("spaces only", "   "),
        named("no name", ""),
        named("root", "/").finds(&["unsafe_name"]),
        named("a dot", "."),
        named("two dots", "..").finds(&["unsafe_name"]),
        named("a dot and a slash", "./"),
        named("wildcards", "media/*?<>|\".jpg"),
        named("longest name", many("x", 65_535)),
        named("longest name of one letter parts", many("x/", 32_000) + "x.jpg"),
        named("long ending", format!("media/a.{}", many("j", 3_000))),
        named("ending with a path", "media/a.jpg/..").finds(&["unsafe_name"]),
        named("line breaks", "media/a\r\nerror: b.jpg"),
        named("terminal escapes", "media/\x1b]0;owned\x07\x1b[2J\u{9b}31m.jpg"),
        named("directions", "media/\u{202e}gpj.exe\u{2066}\u{200f}.jpg"),
        named("byte order mark", "\u{feff}media/a.jpg"),
        named("unassigned characters", "media/\u{fdd0}\u{10ffff}.jpg"),
        Case::zip("not UTF-8 although it says so", &with([Piece { flags: 1 << 11, ..piece(b"media/\xff\xfe.jpg") }]))
            .keeps(CONTENT),
        named("surrogates as bytes", b"media/\xed\xa0\x80.jpg"),
        named("code page", b"media/M\x81nchen.jpg"),
        named("a file of the home", "archive.sqlite"),
        named("a medium of the home", "media/ab/".to_owned() + &many("ab", 32) + ".jpg"),
    ]);
}

#[test]
fn names_that_collide() {
    const TWICE: &[&str] = &["duplicate_name"];
    let other = r#"[{"media": [{"uri": "x.jpg", "creation_timestamp": 1709400500, "title": "Orchard"}]}]"#;
    let same = neighbours().remove(0);
    let folder = |name: &str| Piece { mode: 0o040_755, ..stored(name, "") };
    check_all(vec![
        named("duplicate name", PICTURE).finds(TWICE),
        Case::zip("duplicate name, three times", &with([piece("a.jpg"), stored("a.jpg", "2"), stored("a.jpg", "3")]))
            .finds(TWICE)
            .keeps(CONTENT)
            .keeps("2")
            .keeps("3"),
        Case::zip("duplicate document", &with([same])).finds(TWICE),
        Case::zip("another document of the same name", &with([deflated(POSTS, other)]))
            .finds(&["duplicate_name", "missing_media"])
            .reads(1)
            .keeps(other),
        named("duplicate by backslashes", PICTURE.replace('/', "\\")).finds(TWICE),
        named("duplicate by a dot", format!("./{PICTURE}")).finds(TWICE),
        named("the same but for case", PICTURE.to_uppercase()),
        Case::zip("composed and decomposed", &with([piece("media/\u{e9}.jpg"), stored("media/e\u{301}.jpg", "2")]))
            .keeps("2"),
        Case::zip("a folder and a file of one name", &with([folder("media/a"), piece("media/a")]))
            .finds(TWICE)
            .keeps(CONTENT),
        Case::zip("a file below a file", &with([piece("media/a"), stored("media/a/b.jpg", "2")]))
            .keeps(CONTENT)
            .keeps("2"),
        Case::zip("a folder with a content", &with([Piece { mode: 0o040_755, ..piece("media/posts/") }]))
            .keeps(CONTENT),
        Case::zip(
            "a folder that hides its content",
            &with([Piece { bytes: 0, packed_bytes: Some(0), ..stored("media/posts/", &CONTENT.repeat(9)) }]),
        )
        .finds(&["directory_mismatch"]),
        Case::zip("folders only around it", &with((0..300).map(|n| folder(&format!("media/{n}/"))))),
    ]);
}

#[test]
fn links_devices_and_modes() {
    const ODD: &[&str] = &["odd_entry"];
    let link = |name: &str, target: &str| Piece { mode: 0o120_777, ..stored(name, target) };
    let beside = |pieces: Vec<Piece>| with(pieces);
    check_all(vec![
        Case::zip("symlink", &beside(vec![link("media/a.jpg", "/etc/passwd")])).finds(ODD).keeps("/etc/passwd"),
        Case::zip(
            "symlink, then a file through it",
            &beside(vec![link("media/out", "../../.."), piece("media/out/canary.jpg")]),
        )
        .finds(ODD)
        .keeps(CONTENT),
        Case::zip("symlink to itself", &beside(vec![link("media/a", "a")])).finds(ODD).keeps("a"),
        Case::zip("symlink over a document", &beside(vec![link(POSTS, "../../../secret.txt")]))
            .finds(&["duplicate_name", "odd_entry"])
            .keeps("../../../secret.txt"),
        Case::zip("symlink in the place of a picture", &{
            let mut zip = with([]);
            zip.pieces[1] = link(PICTURE, "../../../secret.txt");
            zip
        })
        .finds(&["missing_media", "odd_entry"])
        .keeps("../../../secret.txt")
        .lacks_the_picture(),
        Case::zip("symlink to nowhere", &beside(vec![link("media/a", "")])).finds(ODD),
        Case::zip("symlink with a long target", &beside(vec![link("media/a", &"x/".repeat(40_000))])).finds(ODD),
        called("a document that calls itself a link", 0, 0o120_644).finds(ODD),
        called("a document that calls itself a socket", 0, 0o140_644).finds(ODD),
        called("a picture that calls itself a device", 1, 0o020_644).finds(ODD),
        of_mode("pipe", 0o010_644).finds(ODD),
        of_mode("character device", 0o020_666).finds(ODD),
        of_mode("block device", 0o060_666).finds(ODD),
        of_mode("socket", 0o140_666).finds(ODD),
        of_mode("setuid", 0o104_755),
        of_mode("no mode", 0),
        of_mode("unknown type", 0o170_777),
        Case::zip("unknown system", &with([Piece { system: 255, mode: 0o120_777, ..piece("media/odd.jpg") }]))
            .keeps(CONTENT),
    ]);
}

/// The name of the archive itself is shown too.
#[test]
fn names_of_archives() {
    let at = |threat: &str, name: &'static str| {
        let zip = with([piece("media/a.jpg")]).build();
        Case::folder(threat, move |downloads| {
            let path = downloads.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, &zip).expect("a ZIP");
        })
        .keeps(CONTENT)
    };
    check_all(vec![
        at("no name of ours", "download (3).zip").finds(&["unknown_owner"]),
        at("no ending", "download").finds(&["unknown_owner"]),
        at("terminal escapes in its name", "\u{1b}[2J\u{1b}]0;x\u{7}.zip").finds(&["unknown_owner"]),
        at("directions in its name", "\u{202e}piz.zip").finds(&["unknown_owner"]),
        at("a line break in its name", "a\nerror: b.zip").finds(&["unknown_owner"]),
        at("an option as its name", "--home=x.zip").finds(&["unknown_owner"]),
        at("a date that is none", "instagram-mia.example-9999-99-99-Ab3dE5fG.zip").finds(&["unknown_owner"]),
        at("a hidden folder", ".hidden/instagram-mia.example-2024-03-02-Ab3dE5fG.zip"),
    ]);
}

#[test]
fn many_names() {
    let crowd = |n: usize| -> Zip { with((0..n).map(|n| stored(&format!("media/{n:06}"), ""))) };
    let folders = with((0..100_000).map(|n| stored(&format!("media/{n}/"), "")));
    check_all(vec![
        Case::zip("a hundred thousand empty files", &crowd(100_000)).finds(&["directory_mismatch"]),
        Case::zip("a hundred thousand folders", &folders).finds(&["directory_mismatch"]),
        Case::zip("more than 65,535 without ZIP64", &crowd(70_004)).finds(&["directory_mismatch"]),
        Case::zip("the same name ten thousand times", &with((0..10_000).map(|_| piece("media/a.jpg"))))
            .finds(&["duplicate_name"])
            .keeps(CONTENT),
        Case::zip("ten thousand names that lead out", &with((0..10_000).map(|n| piece(format!("../{n}.jpg")))))
            .finds(&["unsafe_name"])
            .keeps(CONTENT),
    ]);
}
