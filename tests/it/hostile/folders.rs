//! Unpacked downloads with links, pipes and other things that are no files.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::case::{Case, PICTURE, POSTS, check_all};
use super::world::SECRET;

const ODD: &[&str] = &["odd_entry"];

fn link(threat: &str, name: &'static str, target: &'static str) -> Case {
    Case::unpacked(threat, move |root| put(root, name, target)).finds(ODD).keeps(target)
}

fn put(root: &Path, name: &str, target: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    if path.exists() {
        fs::remove_file(&path).expect("it goes");
    }
    symlink(target, path).expect("a link");
}

#[test]
fn links() {
    check_all(vec![
        Case::unpacked("honest", |_| {}),
        link("link to a file outside", "media/a.jpg", "../../../secret.txt"),
        link("absolute link", "media/a.jpg", "/etc/passwd"),
        link("link to a folder outside", "media/out", "../../.."),
        link("link to the root", "media/out", "/"),
        link("link to itself", "media/loop", "loop"),
        link("link to the folder it is in", "media/loop", "."),
        link("link to the download itself", "media/loop", "../../instagram-mia.example-2024-03-02-Ab3dE5fG"),
        link("link to nowhere", "media/a.jpg", "nowhere"),
        link("link to a device", "media/a.jpg", "/dev/zero"),
        link("link to a process", "media/a.jpg", "/proc/self/environ"),
        link("link in the place of a folder", "your_instagram_activity/likes", "../../.."),
        link("link to a document outside", "your_instagram_activity/likes/liked_posts.json", "../../../../secret.txt"),
        link("link with escapes in its target", "media/a.jpg", "\u{1b}[2J\u{202e}x"),
        Case::unpacked("links that lead in a circle", |root| {
            put(root, "media/one", "two");
            put(root, "media/two", "one");
        })
        .finds(ODD),
        Case::unpacked("link in the place of the posts", |root| put(root, POSTS, "../../../../secret.txt"))
            .finds(ODD)
            .hits(&[0]),
        Case::unpacked("link in the place of a picture", |root| put(root, PICTURE, "../../../../../secret.txt"))
            .finds(&["missing_media", "odd_entry"])
            .lacks_the_picture(),
        Case::folder("the download is a link", |downloads| {
            let root = downloads.join("elsewhere");
            fs::create_dir_all(root.join("media")).expect("a folder");
            symlink("../secret.txt", downloads.join("instagram-mia.example-2024-03-02-Ab3dE5fG.zip")).expect("a link");
        })
        .finds(ODD)
        .refused(),
        Case::unpacked("hard link", |root| {
            fs::hard_link(root.join(PICTURE), root.join("media/hard.jpg")).expect("a link");
        }),
    ]);
}

#[test]
fn what_is_no_file() {
    check_all(vec![
        Case::unpacked("pipe", |root| pipe(&root.join("media/pipe.jpg"))).finds(ODD),
        Case::unpacked("pipe in the place of a document", |root| {
            fs::create_dir_all(root.join("your_instagram_activity/likes")).expect("a folder");
            pipe(&root.join("your_instagram_activity/likes/liked_posts.json"));
        })
        .finds(ODD),
        Case::unpacked("pipe named as an archive", |root| pipe(&root.parent().expect("a folder").join("more.zip"))),
        Case::unpacked("socket", |root| drop(UnixListener::bind(root.join("media/s.jpg")).expect("a socket")))
            .finds(ODD),
        Case::unpacked("folder named as a document", |root| {
            fs::create_dir_all(root.join("your_instagram_activity/likes/liked_posts.json")).expect("a folder");
        }),
        Case::unpacked("folder named as an archive", |root| {
            fs::create_dir(root.parent().expect("a folder").join("more.zip")).expect("a folder");
        }),
        Case::unpacked("names that are not UTF-8", |root| {
            fs::write(root.join("media").join(OsStr::from_bytes(b"\xff\xfe.jpg")), SECRET.len().to_string())
                .expect("a file");
        })
        .keeps(SECRET.len().to_string()),
        Case::unpacked("names with escapes", |root| {
            fs::write(root.join("media/\u{1b}[2J\u{202e}\n.jpg"), "x").expect("a file");
        })
        .keeps("x"),
        Case::unpacked("two hundred folders deep", |root| {
            let deep = root.join("media").join("deeper/".repeat(200));
            fs::create_dir_all(&deep).expect("folders");
            fs::write(deep.join("a.jpg"), "x").expect("a file");
        })
        .keeps("x"),
        Case::unpacked("five thousand empty folders", |root| {
            (0..5_000).for_each(|n| fs::create_dir_all(root.join(format!("media/{n}"))).expect("a folder"));
        }),
        Case::unpacked("modes of all kinds", |root| {
            fs::write(root.join("media/a.jpg"), "x").expect("a file");
            fs::set_permissions(root.join("media/a.jpg"), fs::Permissions::from_mode(0o6777)).expect("a mode");
        })
        .keeps("x"),
        Case::unpacked("a home beside it", |root| {
            let other = root.join("media/home");
            fs::create_dir_all(other.join("media/ab")).expect("folders");
            fs::write(other.join("archive.sqlite"), "SQLite format 3\0").expect("a file");
        })
        .keeps("SQLite format 3\0"),
    ]);
}

fn pipe(path: &Path) {
    let mode = rustix::fs::Mode::from(0o644);
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).expect("a pipe");
}
