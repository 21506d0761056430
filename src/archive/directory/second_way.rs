//! The second way into a ZIP: the directory as the `zip` crate reads it, for archives in which our own walk finds none.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use zip::ZipArchive;

use super::{Directory, Header};

/// Lists what the `zip` crate lists. It merges entries of equal names and trusts the count, so it comes second.
pub(in crate::archive) fn read_by_zip_crate(path: &Path, length: u64, most: u64) -> Result<Directory, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
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
    Ok(Directory { headers, start, end: length })
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
