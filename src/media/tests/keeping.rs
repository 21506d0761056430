//! What stands on the disk after a source was kept, was known, or broke off.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::{Kept, MediaError, MediaStore, Soundness};
use crate::model::{ContentHash, MediaType};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";

struct Home {
    folder: TempDir,
    store: MediaStore,
}

fn home() -> Home {
    let folder = tempfile::tempdir().expect("a folder");
    let store = reopened(folder.path());
    Home { folder, store }
}

fn reopened(home: &Path) -> MediaStore {
    MediaStore::open(&home.join("media"), &home.join("tmp"), &home.join("aside")).expect("a store")
}

impl Home {
    fn keep(&self, content: &[u8]) -> Kept {
        self.store.keep(&mut &*content, &|_| false).expect("kept")
    }

    fn path(&self, kept: &Kept) -> PathBuf {
        self.folder.path().join(MediaStore::relative_path(&kept.hash, kept.media_type.extension))
    }

    fn is_tidy(&self) -> bool {
        fs::read_dir(self.folder.path().join("tmp")).expect("a folder").next().is_none()
    }

    fn aside(&self) -> usize {
        fs::read_dir(self.folder.path().join("aside")).expect("a folder").count()
    }
}

#[test]
fn each_content_is_kept_once_under_its_hash() {
    let home = home();
    let long = vec![7; 9 << 20];
    for (content, extension) in [(PNG, "png"), (b"".as_slice(), "empty"), (b"?", "bin"), (long.as_slice(), "bin")] {
        let kept = home.keep(content);
        assert_eq!((kept.hash, kept.bytes, kept.is_new), (ContentHash::of(content), content.len() as u64, true));
        assert_eq!(kept.media_type.extension, extension);
        assert_eq!(fs::read(home.path(&kept)).expect("a file"), content);
        assert_eq!(home.store.verify(&kept.hash, extension).expect("a look"), Soundness::Sound);
        assert!(!home.keep(content).is_new, "the same again, before any row knows it");
    }
    home.store.barrier().expect("durable");
    assert!(home.is_tidy());
    let hex = ContentHash::of(PNG).to_hex();
    assert_eq!(MediaStore::relative_path(&ContentHash::of(PNG), "png"), format!("media/{}/{hex}.png", &hex[..2]));
    let files = home.store.files().expect("a list");
    assert_eq!(files.len(), 4);
    assert!(files.iter().all(|file| home.folder.path().join(file).is_file()));
}

#[test]
fn many_files_become_durable_at_once() {
    let home = home();
    let kept: Vec<Kept> = (0_u32..64).map(|number| home.keep(&number.to_le_bytes())).collect();
    home.store.barrier().expect("durable");
    assert!(kept.iter().all(|kept| kept.is_new && home.path(kept).is_file()));
    home.store.barrier().expect("nothing to do");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_look() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let path = home.path(&home.keep(PNG));
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().expect("a parent"))), (0o600, 0o700));
    for folder in ["media", "tmp", "aside"] {
        assert_eq!(mode(&home.folder.path().join(folder)), 0o700);
    }
}

/// Gives some bytes and then an error.
struct Breaking(usize);

impl Read for Breaking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::other("the archive ends here"));
        }
        let n = self.0.min(buffer.len());
        buffer[..n].fill(b'x');
        self.0 -= n;
        Ok(n)
    }
}

#[test]
fn a_source_that_breaks_off_leaves_nothing() {
    let home = home();
    for length in [0, 10, 1 << 20, 10 << 20] {
        let error = home.store.keep(&mut Breaking(length), &|_| false).expect_err("a broken source");
        assert!(matches!(error, MediaError::Source(source) if source.to_string() == "the archive ends here"));
    }
    assert!(home.is_tidy());
    assert_eq!(home.store.files().expect("a list"), [""; 0]);
}

#[test]
fn a_disk_that_fails_is_told_from_the_source() {
    let home = home();
    fs::remove_dir(home.folder.path().join("tmp")).expect("gone");
    let error = home.store.keep(&mut &*PNG, &|_| false).expect_err("no room");
    assert!(matches!(error, MediaError::Disk { .. }));
    assert_eq!(home.store.files().expect("a list").len(), 0);
}

#[test]
fn after_a_failed_barrier_nothing_is_kept() {
    let home = home();
    let kept = home.keep(PNG);
    fs::remove_file(home.path(&kept)).expect("gone");
    assert!(matches!(home.store.barrier(), Err(MediaError::Disk { .. })));
    assert!(matches!(home.store.barrier(), Err(MediaError::NotDurable)));
    assert!(matches!(home.store.keep(&mut &*PNG, &|_| false), Err(MediaError::NotDurable)));
    assert!(reopened(home.folder.path()).keep(&mut &*PNG, &|_| false).expect("kept").is_new);
}

/// What stands under a final name before content comes: what becomes of it by whether a row knows the content.
#[test]
fn what_stands_there_is_trusted_only_with_a_row() {
    let check = |before: Option<&[u8]>, is_known: bool, is_new: bool, n_aside: usize| {
        let home = home();
        let path = home.path(&home.keep(PNG));
        fs::remove_file(&path).expect("gone");
        if let Some(before) = before {
            fs::write(&path, before).expect("a file");
        }
        let store = reopened(home.folder.path());
        let kept = store.keep(&mut &*PNG, &|hash| is_known && *hash == ContentHash::of(PNG)).expect("kept");
        store.barrier().expect("durable");
        assert_eq!((kept.is_new, home.aside()), (is_new, n_aside), "{before:?} {is_known}");
        assert_eq!(fs::read(&path).expect("a file"), PNG);
        assert!(home.is_tidy());
    };
    check(None, false, true, 0);
    check(None, true, true, 0);
    check(Some(PNG), true, false, 0);
    // Left over from a run that was cut off: written again, so that its bytes are sure to reach the disk.
    check(Some(PNG), false, true, 0);
    check(Some(b"torn"), false, true, 1);
    check(Some(b""), true, true, 1);
}

#[test]
fn known_content_is_found_under_an_earlier_extension() {
    let home = home();
    let kept = home.keep(PNG);
    let earlier = home.path(&Kept { media_type: MediaType::UNKNOWN, ..kept.clone() });
    fs::rename(home.path(&kept), &earlier).expect("a rename");
    let store = reopened(home.folder.path());
    assert!(!store.keep(&mut &*PNG, &|_| true).expect("kept").is_new);
    assert_eq!(store.files().expect("a list").len(), 1);
}

#[test]
fn verify_sees_what_is_missing_and_what_is_wrong() {
    let home = home();
    let kept = home.keep(PNG);
    let verify = || home.store.verify(&kept.hash, "png").expect("a look");
    let mut file = home.store.open_read(&kept.hash, "png").expect("a file");
    let mut content = Vec::new();
    file.read_to_end(&mut content).expect("content");
    assert_eq!((content.as_slice(), verify()), (PNG, Soundness::Sound));
    fs::write(home.path(&kept), b"rotten").expect("a file");
    assert_eq!(verify(), Soundness::Wrong);
    fs::remove_file(home.path(&kept)).expect("gone");
    assert_eq!(verify(), Soundness::Missing);
}
