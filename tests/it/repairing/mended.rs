//! Each kind of damage, with and without something to heal it from.

use std::fs;

use throwback::home::DataToRead;

use super::*;
use crate::backups::back_up;

#[test]
fn media_are_taken_from_an_archive_that_names_them_otherwise() {
    let home = home();
    let before = home.dump();
    let media = media(&home);
    let mut rotten = fs::read(&media[2]).expect("its bytes");
    rotten[60] ^= 4;
    fs::write(&media[2], &rotten).expect("another bit");
    fs::remove_file(&media[5]).expect("a medium");
    let damaged = kept_files(&home);

    let without = repair(&home, &[]);
    assert_eq!(without.mended, []);
    let mut found = codes(&without.check.damage);
    found.sort_unstable();
    assert_eq!(found, ["medium_damaged", "medium_missing"]);
    for damage in &without.check.damage {
        assert!(damage.sentence.contains("held it: throwback check --repair --from FILE."), "{damage:?}");
    }
    assert_eq!(kept_files(&home), damaged, "what cannot be healed is as it was");

    let folder = tempfile::tempdir().expect("a folder");
    let zip = folder.path().join("holiday.zip");
    under_other_names(&NAMES.map(|name| fixtures().join(name)), &zip);
    let with = repair(&home, &[zip]);
    assert_eq!(codes(&with.mended), ["medium_damaged", "medium_damaged"]);
    assert_eq!((with.check.damage, with.check.remarks), (vec![], vec![]));
    assert_eq!(aside(&home), [rotten], "the damaged bytes are set aside");
    assert_whole(&home, &before, "media");
}

#[test]
fn documents_are_taken_from_any_of_the_things_that_can_be_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = home();
    let backup = folder.path().join("backup");
    back_up(&whole.home, &backup).expect("a backup");
    let zips = folder.path().join("zips");
    fs::create_dir(&zips).expect("a folder");
    for name in NAMES {
        under_other_names(&[fixtures().join(name)], &zips.join(format!("{name}.zip")));
    }
    // A ZIP in a ZIP is found by its name.
    let wrapped_zips = folder.path().join("wrapped_zips.zip");
    {
        let mut zip = zip::ZipWriter::new(fs::File::create(&wrapped_zips).expect("a file"));
        for path in files_below(&zips) {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
            zip.write_all(&fs::read(&path).expect("its bytes")).expect("its bytes");
        }
        zip.finish().expect("a ZIP");
    }
    let folders: Vec<PathBuf> = NAMES.iter().map(|name| fixtures().join(name)).collect();
    let home = home();
    let before = home.dump();
    for (from, spoiled) in [
        (vec![backup], "zstd = (SELECT zstd FROM document_chunk WHERE document_id = 1)"),
        (vec![zips], "zstd = x'00'"),
        (folders, "zstd = substr(zstd, 1, length(zstd) - 9)"),
        (vec![wrapped_zips], "zstd = (SELECT zstd FROM document_chunk WHERE document_id = 2)"),
    ] {
        spoil(&home, &format!("UPDATE document_chunk SET {spoiled} WHERE document_id = 9"));
        let reader = home.home.reader().expect("a home");
        let packed = reader.packed_document(9).expect("its chunks");
        drop(reader);
        let dump = home.dump();
        let without = repair(&home, &[]);
        assert_eq!((codes(&without.mended), codes(&without.check.damage)), (vec![], vec!["document_damaged"]));
        assert_same(&home.dump(), &dump, "what cannot be healed is as it was");
        assert!(!aside(&home).contains(&packed));
        let with = repair(&home, &from);
        assert_eq!(codes(&with.mended), ["document_damaged"], "{from:?}");
        assert_eq!(with.check.damage, [], "{from:?}");
        assert!(aside(&home).contains(&packed), "the damaged bytes are set aside");
        assert_whole(&home, &before, spoiled);
    }
    spoil(&home, "DELETE FROM document_chunk WHERE document_id = 9");
    let with = repair(&home, &NAMES.map(|name| fixtures().join(name)));
    assert_eq!((codes(&with.mended), with.check.damage), (vec!["document_damaged"], vec![]));
    assert_whole(&home, &before, "no chunk");
}

#[test]
fn damaged_documents_change_no_record() {
    let home = home();
    let before = home.dump();
    spoil(
        &home,
        "UPDATE document_chunk SET zstd = (SELECT zstd FROM document_chunk WHERE document_id = 1) WHERE document_id > 5",
    );
    let stop = AtomicBool::new(false);
    let damage = home.home.rederive("a test", &stop, &Silent).expect("a comparison");
    assert_eq!(codes(&damage), ["document_damaged"]);
    home.home.read_documents_again("a test", &stop, &Silent).expect_err("nothing is read from damaged documents");
    assert_same(&home.dump(), &before, "after reading again");
}

#[test]
fn records_and_rows_follow_from_documents_and_files() {
    let home = home();
    let before = home.dump();
    let jpeg = "(SELECT min(id) FROM medium WHERE extension = 'jpg')";
    for (sql, code) in [
        (
            "UPDATE record SET text = 'x' WHERE id = (SELECT max(id) FROM record WHERE text IS NOT NULL)",
            "rederived_otherwise",
        ),
        ("DELETE FROM reaction WHERE record_id = (SELECT min(record_id) FROM reaction)", "rederived_otherwise"),
        ("UPDATE record SET n_attachments = n_attachments + 1 WHERE id = 5", "wrong_count"),
        ("UPDATE document SET bytes = bytes + 64 WHERE id = 3", "document_row_wrong"),
        (&format!("UPDATE medium SET bytes = bytes + 64 WHERE id = {jpeg}"), "medium_row_wrong"),
        (&format!("UPDATE medium SET width = width + 64 WHERE id = {jpeg}"), "medium_row_wrong"),
        (&format!("UPDATE medium SET type = 'image/jpeh' WHERE id = {jpeg}"), "medium_row_wrong"),
        (&format!("UPDATE medium SET extension = 'jqg' WHERE id = {jpeg}"), "medium_row_wrong"),
    ] {
        spoil(&home, sql);
        let report = repair(&home, &[]);
        let others: Vec<_> = codes(&report.mended).into_iter().filter(|mended| *mended != "index_damaged").collect();
        assert_eq!(others, [code], "{sql}");
        assert_eq!((report.check.damage, report.check.remarks), (vec![], vec![]), "{sql}");
        assert_whole(&home, &before, sql);
    }
}

#[test]
fn files_at_the_wrong_place_are_put_at_the_right_one() {
    let home = home();
    let before = home.dump();
    let media = media(&home);
    // In another folder; under another name; a second time.
    let other_folder = home.home.path().join("media/zz").join(media[1].file_name().expect("a name"));
    make_folder(home.home.path().join("media/zz"));
    fs::rename(&media[1], &other_folder).expect("elsewhere");
    fs::rename(&media[3], media[3].with_extension("backup")).expect("another name");
    fs::copy(&media[4], media[4].with_file_name("copy.jpg")).expect("a copy");
    let report = repair(&home, &[]);
    assert_eq!((report.check.damage, report.check.remarks), (vec![], vec![]));
    assert_eq!(aside(&home), Vec::<Vec<u8>>::new(), "all of it is held");
    assert_whole(&home, &before, "names");
}

#[test]
fn what_no_record_knows_moves_aside_and_comes_back_when_it_is_missed() {
    let home = home();
    let before = home.dump();
    let stray = home.home.path().join("media/ab");
    make_folder(&stray);
    write(stray.join("holiday.jpg"), "a memory");
    let check = home.home.check(DataToRead::Everything).expect("a check");
    assert_eq!((codes(&check.damage), codes(&check.remarks)), (vec![], vec!["medium_without_row"]));
    let report = repair(&home, &[]);
    assert_eq!(codes(&report.mended), ["medium_without_row"]);
    assert_eq!(aside(&home), [b"a memory".to_vec()]);
    // What was set aside may be what lacks now.
    let medium = &media(&home)[0];
    fs::rename(medium, home.home.path().join("aside/picture")).expect("elsewhere");
    let report = repair(&home, &[]);
    assert_eq!((codes(&report.mended), report.check.damage), (vec!["medium_damaged"], vec![]));
    assert_eq!(aside(&home).len(), 2, "nothing leaves aside/");
    assert_whole(&home, &before, "strays");
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    let home = home();
    let before = home.dump();
    let folder = tempfile::tempdir().expect("a folder");
    let outside = folder.path().join("mine.jpg");
    fs::write(&outside, "mine").expect("a file");
    let [stray, in_place] = [home.home.path().join("media/link.jpg"), media(&home)[2].clone()];
    std::os::unix::fs::symlink(&outside, &stray).expect("a link");
    fs::remove_file(&in_place).expect("a medium");
    std::os::unix::fs::symlink(&outside, &in_place).expect("a link");
    let report = repair(&home, &NAMES.map(|name| fixtures().join(name)));
    assert_eq!(report.check.damage, []);
    assert!(fs::symlink_metadata(&in_place).expect("it is there").is_file());
    assert_eq!(fs::read(&outside).expect("its bytes"), b"mine");
    assert_whole(&home, &before, "links");
}

#[test]
fn the_index_is_built_anew() {
    let home = home();
    let before = home.dump();
    let index = home.home.path().join("index");
    let damages: [&dyn Fn(); 5] = [
        &|| fs::remove_dir_all(&index).expect("an index"),
        &|| fs::write(index.join("meta.json"), "{}").expect("a file"),
        &|| {
            let longest = files_below(&index).into_iter().max_by_key(|path| fs::metadata(path).expect("a file").len());
            let longest = longest.expect("a file");
            let mut bytes = fs::read(&longest).expect("its bytes");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&longest, bytes).expect("another bit");
        },
        &|| {
            let some = files_below(&index).into_iter().find(|path| path.extension().is_some_and(|end| end == "store"));
            fs::remove_file(some.expect("a file")).expect("a file");
        },
        &|| fs::create_dir(index.with_file_name("index.new")).expect("a folder"),
    ];
    for (number, damage) in damages.iter().enumerate() {
        damage();
        let report = repair(&home, &[]);
        assert_eq!((codes(&report.mended), report.check.damage), (vec!["index_damaged"], vec![]), "{number}");
        assert_whole(&home, &before, "index");
    }
}

#[test]
fn unfinished_writes_go_and_strange_files_stay() {
    let home = home();
    let before = home.dump();
    write(home.home.path().join("tmp/media-x"), "half");
    let strange = home.home.path().join("holiday.txt");
    fs::write(&strange, "mine").expect("a file");
    let report = repair(&home, &[]);
    assert_eq!(codes(&report.mended), ["unfinished_write"]);
    assert_eq!((codes(&report.check.damage), codes(&report.check.remarks)), (vec![], vec!["strange_file"]));
    assert_eq!(fs::read(&strange).expect("its bytes"), b"mine");
    fs::remove_file(strange).expect("a file");
    assert_whole(&home, &before, "tmp");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it_afterwards() {
    use std::os::unix::fs::PermissionsExt;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    let home = home();
    let before = home.dump();
    let medium = media(&home)[0].clone();
    set(home.home.path(), 0o755);
    set(&medium, 0o664);
    set(&home.home.path().join(DATABASE), 0o644);
    let strange = home.home.path().join("holiday.txt");
    fs::write(&strange, "mine").expect("a file");
    set(&strange, 0o644);
    let check = home.home.check(DataToRead::Nothing).expect("a check");
    assert_eq!((codes(&check.damage), codes(&check.remarks)), (vec![], vec!["strange_file", "open_to_others"]));
    let report = repair(&home, &[]);
    assert_eq!(codes(&report.mended), ["open_to_others"]);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!([mode(home.home.path()), mode(&medium), mode(&strange)], [0o700, 0o600, 0o644]);
    fs::remove_file(strange).expect("a file");
    assert_whole(&home, &before, "modes");
}

#[test]
fn names_of_entries_come_back_from_their_archive_only() {
    let home = home();
    let before = home.dump();
    let media = "(SELECT id FROM entry WHERE path LIKE '%.jpg' ORDER BY id LIMIT 1)";
    for (sql, is_found) in [
        (format!("UPDATE entry SET path = replace(path, 'media/', 'medja/') WHERE id = {media}"), true),
        // What no document repeats only the sum of its row tells.
        (format!("UPDATE entry SET modified = '1999-12-31T00:00:00' WHERE id = {media}"), false),
        (format!("UPDATE entry SET medium_id = (SELECT max(id) FROM medium) WHERE id = {media}"), true),
    ] {
        spoil(&home, &sql);
        let spoiled = home.dump();
        let changed = home.home.check(DataToRead::Nothing).expect("a check").damage;
        assert_eq!(codes(&changed), ["row_changed"], "{sql}");
        let found = home.home.rederive("a test", &AtomicBool::new(false), &Silent).expect("a comparison");
        assert_eq!(codes(&found).contains(&"entries_differ"), is_found, "{sql}: {found:?}");
        let without = repair(&home, &[]);
        assert_eq!(codes(&without.check.damage).contains(&"entries_differ"), is_found, "{sql}");
        assert_same(&home.dump(), &spoiled, "nothing is computed from what is doubtful");
        let with = repair(&home, &NAMES.map(|name| fixtures().join(name)));
        if sql.contains("medium_id") {
            // Whose bytes were kept is not in the directory.
            assert_eq!(codes(&with.check.damage), ["row_changed", "entries_differ"], "{sql}");
            continue;
        }
        assert_eq!((codes(&with.mended), with.check.damage), (vec!["entries_differ"], vec![]), "{sql}");
        assert_whole(&home, &before, &sql);
    }
}
