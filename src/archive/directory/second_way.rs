//! The second way into a ZIP: the directory as the `zip` crate reads it, for archives in which our own walk finds none.

use std::io::BufReader;

use zip::ZipArchive;

use super::super::bytes::{Bytes, Seeking};
use super::{Directory, Header};

/// Lists what the `zip` crate lists. It merges entries of equal names and trusts the count, so it comes second.
pub(in crate::archive) fn read_by_zip_crate(bytes: &Bytes, most: u64) -> Result<Directory, String> {
    let mut archive = ZipArchive::new(BufReader::new(Seeking::new(bytes))).map_err(|error| error.to_string())?;
    let mut headers = Vec::new();
    for index in 0..archive.len() {
        if index as u64 >= most {
            return Err(format!("it has more than {most} entries"));
        }
        let entry = archive.by_index_raw(index).map_err(|error| error.to_string())?;
        let (dos_time, dos_date) = entry.last_modified().map_or((0, 0), |time| (time.timepart(), time.datepart()));
        headers.push(Header {
            name: entry.name_raw().to_vec(),
            flags: u16::from(entry.encrypted()),
            method: method_code(entry.compression()),
            dos_time,
            dos_date,
            crc32: entry.crc32(),
            packed_bytes: entry.compressed_size(),
            bytes: entry.size(),
            offset: entry.header_start(),
            system: 3,
            external_attributes: entry.unix_mode().unwrap_or(0) << 16,
            ..Header::default()
        });
    }
    let start = archive.central_directory_start();
    Ok(Directory { headers, start, end: bytes.length(), is_damaged: true })
}

#[expect(deprecated, reason = "the only way to the number of a method that the crate was built without")]
fn method_code(method: zip::CompressionMethod) -> u16 {
    match method {
        zip::CompressionMethod::Stored => 0,
        zip::CompressionMethod::Deflated => 8,
        zip::CompressionMethod::Deflate64 => 9,
        zip::CompressionMethod::Unsupported(code) => code,
        _ => u16::MAX,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;

    #[test]
    fn both_ways_see_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.zip");
        let mut writer = zip::ZipWriter::new(File::create(&path).expect("a file"));
        for name in ["a", "ö/b.json"] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("room");
            writer.write_all(name.repeat(9).as_bytes()).expect("room");
        }
        writer.finish().expect("room");
        let bytes = crate::archive::bytes::Bytes::open(&path).expect("a file");
        let mut findings = crate::archive::findings::Findings::default();
        let ours = super::super::read(&bytes, &crate::archive::Limits::default(), &mut findings).expect("a directory");
        let theirs = read_by_zip_crate(&bytes, 10).expect("a directory");
        let essence = |directory: &Directory| -> Vec<_> {
            let headers = directory.headers.iter();
            headers
                .map(|header| (header.name.clone(), header.method, header.crc32, header.bytes, header.offset))
                .collect()
        };
        assert_eq!((essence(&ours), ours.start), (essence(&theirs), theirs.start));
        assert!(read_by_zip_crate(&bytes, 1).is_err());
    }
}
