//! Archives that want to become more than they are.

use throwback::testing::raw_zip::{Piece, Zip, deflated_bytes, stored, stored_bytes};

use super::case::{Case, NAME, check_all, with};

const MIB: usize = 1 << 20;
const OVER: &[&str] = &["over_budget"];

/// Zeros, packed a thousand to one.
fn zeros(name: &str, n_mib: usize) -> Piece {
    deflated_bytes(name, &vec![0; n_mib * MIB])
}

/// Entries that all lie in the same bytes.
fn again(piece: &Piece, n: usize, at: u32) -> impl Iterator<Item = Piece> {
    (0..n).map(move |n| Piece { name: format!("media/again{n}.jpg").into_bytes(), at: Some(at), ..piece.clone() })
}

/// The bomb of Fifield: each entry quotes the header of the next in a stored block of its own, so that all of them share
/// the bytes of the last.
fn quoted(n: usize, n_mib: usize) -> Vec<u8> {
    let kernel = zeros("media/0.jpg", n_mib);
    let length = |bytes: usize| u32::try_from(bytes).expect("short");
    let mut pieces = vec![kernel];
    for number in 1..n {
        let next = &pieces[0];
        // The local header that is quoted is the one that `Zip::build` writes for it.
        let whole = Zip::of(std::slice::from_ref(next)).build();
        let header = &whole[..30 + next.name.len()];
        let quoted = u16::try_from(header.len()).expect("short");
        let block = [vec![0], quoted.to_le_bytes().to_vec(), (!quoted).to_le_bytes().to_vec()].concat();
        let content = [header.to_vec(), inflated(&next.packed)].concat();
        let piece = Piece {
            packed: [block, header.to_vec(), next.packed.clone()].concat(),
            method: 8,
            ..stored_bytes(&format!("media/{number}.jpg"), &content)
        };
        pieces.insert(0, piece);
    }
    // Only the first is written out; the others lie in it.
    let mut at = 0;
    for index in 1..pieces.len() {
        at += 30 + length(pieces[index - 1].name.len()) + 5;
        pieces[index].at = Some(at);
    }
    Zip::of(&pieces).build()
}

fn inflated(packed: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(packed), &mut content).expect("it unpacks");
    content
}

/// A ZIP in a ZIP in a ZIP.
fn nested(depth: usize, inside: Vec<u8>) -> Vec<u8> {
    (0..depth).fold(inside, |inside, _| Zip::of(&[deflated_bytes("deeper.zip", &inside)]).build())
}

#[test]
fn what_unpacks_to_too_much_ends_at_its_budget() {
    let bomb = zeros("media/bomb.jpg", 300);
    let document = |body: &[u8]| deflated_bytes("your_instagram_activity/likes/liked_posts.json", body);
    let list = [b"[".to_vec(), b"{},".repeat(50 * MIB), b"{}]".to_vec()].concat();
    check_all(vec![
        Case::zip("a thousand to one", &with([bomb.clone()])).finds(OVER),
        Case::zip("a thousand to one, below the floor", &with([zeros("media/small.jpg", 40)])),
        Case::zip("declared as nothing", &with([Piece { bytes: 0, ..bomb.clone() }])).finds(OVER),
        Case::zip("declared as little", &with([Piece { bytes: 9, ..bomb.clone() }])).finds(OVER),
        Case::zip("a document", &with([document(&list)])).finds(OVER),
        Case::zip("spaces as a document", &with([document(&vec![b' '; 200 * MIB])])).finds(OVER),
        Case::zip("many below the floor", &with((0..12).map(|n| zeros(&format!("media/{n}.jpg"), 60)))).finds(OVER),
        Case::zip("overlap: a hundred names of one", &{
            let one = zeros("media/one.jpg", 40);
            let mut zip = with([]);
            let at = u32::try_from(zip.build().windows(4).position(|four| four == b"PK\x01\x02").expect("a directory"));
            let at = at.expect("short");
            zip.pieces.push(one.clone());
            zip.pieces.extend(again(&one, 100, at));
            zip
        })
        .finds(&["directory_mismatch", "over_budget"]),
        Case::zip(
            "length of four gigabytes that is none",
            &with([Piece { bytes: u32::MAX - 1, ..stored("media/a.jpg", "x") }]),
        )
        .finds(&["directory_mismatch"]),
    ]);
}

#[test]
fn quoted_overlap() {
    let bomb = |folder: &std::path::Path| std::fs::write(folder.join("media.zip"), quoted(60, 2)).expect("a ZIP");
    check_all(vec![
        // Alone it is no download; beside one it costs nothing.
        Case::folder("quoted overlap beside a download", move |downloads| {
            bomb(downloads);
            std::fs::write(downloads.join(NAME), with([]).build()).expect("a ZIP");
        }),
    ]);
    let archive = throwback::archive::Archive::open;
    let folder = super::world::scratch();
    let path = folder.path().join("bomb.zip");
    std::fs::write(&path, quoted(60, 20)).expect("a ZIP");
    let opened = archive(&path, &throwback::archive::Limits::default()).expect("an archive");
    assert!(opened.findings().iter().any(|finding| finding.sentence.starts_with("59 entries share bytes")));
    let read = |position| std::io::copy(&mut opened.read(position).expect("an entry"), &mut std::io::sink());
    let n_read: u64 = opened.entries().iter().filter_map(|entry| read(entry.position).ok()).sum();
    assert!(n_read <= 250 * (20 << 10) * 2 + (64 << 20), "{n_read} bytes came out");
}

#[test]
fn nested_archives() {
    let bomb = Zip::of(&[zeros("media/bomb.jpg", 300)]).build();
    let download = with([]).build();
    check_all(vec![
        Case::zip("a ZIP among the media", &with([stored_bytes("media/a.zip", &bomb)])).keeps(&bomb),
        Case::zip("a download among the media", &with([stored_bytes("media/a.zip", &download)])).keeps(&download),
        Case::bytes("a download in a ZIP", nested(1, download.clone())).finds(&["unknown_owner"]),
        Case::bytes("a download two ZIPs deep", nested(2, download.clone())).refused(),
        Case::bytes("a hundred ZIPs deep", nested(100, download.clone())).refused(),
        Case::bytes("a bomb of ZIPs", {
            let many = |inside: &[u8]| -> Vec<u8> {
                Zip::of(&(0..16).map(|n| deflated_bytes(&format!("lib{n}.zip"), inside)).collect::<Vec<_>>()).build()
            };
            many(&many(&many(&bomb)))
        })
        .refused(),
        Case::bytes("a bomb in a ZIP beside a download", {
            Zip::of(&[deflated_bytes(NAME, &download), deflated_bytes("other.zip", &bomb)]).build()
        }),
        Case::bytes("a ZIP that is itself", {
            let name = format!("x/{NAME}");
            Zip::of(&[deflated_bytes(&name, &download), Piece { at: Some(0), ..deflated_bytes(NAME, &download) }])
                .build()
        }),
    ]);
}
