//! A ZIP with any names: bytes that are no text, the same name twice, names that lead elsewhere. The `zip` crate refuses
//! those, rightly for a program that packs; here the names are those that there were.

use std::io::{self, Read, Seek, SeekFrom, Write};

use chrono::{Datelike, NaiveDateTime, Timelike};
use flate2::Crc;
use flate2::write::DeflateEncoder;

use super::super::Method;
use super::super::directory::{Header, LOCAL_HEADER, decode_name};

/// What is said of an entry beside its bytes.
#[derive(Clone, Debug, Default)]
pub struct ZipMember<'a> {
    /// The name, byte for byte.
    pub name: &'a [u8],
    /// The name as text, where the archive told it beside those bytes.
    pub label: &'a str,
    /// Wall clock; nothing where the archive told none.
    pub modified: Option<NaiveDateTime>,
    /// Unix seconds, where the time is one and no wall clock.
    pub modified_s: Option<i64>,
    pub is_deflated: bool,
    /// As they stood in the directory.
    pub flags: Option<u16>,
    pub system: Option<u8>,
    pub attributes: Option<u32>,
}

/// What an entry that cannot be decoded says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Packed {
    pub method: Method,
    pub bytes: u64,
    pub crc32: u32,
}

/// Where the directory will say that an entry lies.
#[derive(Debug)]
struct Written {
    name: Vec<u8>,
    extra: Vec<u8>,
    flags: u16,
    method: u16,
    date_time: [u8; 4],
    crc32: u32,
    packed_bytes: u64,
    bytes: u64,
    offset: u64,
    system: u8,
    attributes: u32,
}

/// Writes a ZIP from its beginning to its end.
#[derive(Debug)]
pub struct ZipWriter<W> {
    out: W,
    at: u64,
    written: Vec<Written>,
}

const IS_ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 1 << 3;
const IS_UTF_8: u16 = 1 << 11;
/// System of external attributes that are a Unix mode.
const UNIX: u8 = 3;
const DOES_NOT_FIT: u32 = u32::MAX;
/// Declared lengths from which the long form is taken. Deflating may add a little to what cannot be made shorter.
const LONG_FORM: u64 = 0xf000_0000;
const SHORT_VERSION: u16 = 20;
const LONG_VERSION: u16 = 45;
/// Where the checksum stands in a local header.
const CRC_AT: u64 = 14;

impl<W: Write + Seek> ZipWriter<W> {
    /// Begins at the beginning of `out`.
    pub fn new(out: W) -> Self {
        Self { out, at: 0, written: Vec::new() }
    }

    /// A folder.
    pub fn folder(&mut self, member: &ZipMember<'_>) -> io::Result<()> {
        self.add(&ZipMember { is_deflated: false, ..member.clone() }, None, 0, &mut io::empty()).map(drop)
    }

    /// A file, packed from its bytes. `declared_bytes` is how many are expected. Gives how many came.
    pub fn file(&mut self, member: &ZipMember<'_>, declared_bytes: u64, content: &mut dyn Read) -> io::Result<u64> {
        self.add(member, None, declared_bytes, content)
    }

    /// An entry as it lay packed.
    pub fn packed(&mut self, member: &ZipMember<'_>, packed: Packed, content: &mut dyn Read) -> io::Result<u64> {
        self.add(member, Some(packed), packed.bytes, content)
    }

    fn add(
        &mut self,
        member: &ZipMember<'_>,
        packed: Option<Packed>,
        declared_bytes: u64,
        content: &mut dyn Read,
    ) -> io::Result<u64> {
        let is_long = declared_bytes >= LONG_FORM;
        let method = match packed {
            Some(packed) => packed.method.code(),
            None => u16::from(member.is_deflated) * 8,
        };
        let mut written = Written {
            name: member.name.to_vec(),
            extra: extra_of(member),
            flags: flags_of(member, packed.is_some()),
            method,
            date_time: dos_date_time(member.modified),
            crc32: packed.map_or(0, |packed| packed.crc32),
            packed_bytes: 0,
            bytes: packed.map_or(0, |packed| packed.bytes),
            offset: self.at,
            system: member.system.unwrap_or(UNIX),
            attributes: member.attributes.unwrap_or(0o100_644 << 16),
        };
        let header = local_header(&written, is_long)?;
        self.put(&header)?;
        let data_at = self.at;
        if packed.is_some() {
            self.at += io::copy(content, &mut self.out)?;
        } else {
            let mut counted = Counted { from: content, crc: Crc::new(), bytes: 0 };
            self.at += if member.is_deflated {
                let mut sink = Counting { out: &mut self.out, bytes: 0 };
                let mut encoder = DeflateEncoder::new(&mut sink, flate2::Compression::default());
                io::copy(&mut counted, &mut encoder)?;
                encoder.finish()?;
                sink.bytes
            } else {
                io::copy(&mut counted, &mut self.out)?
            };
            (written.crc32, written.bytes) = (counted.crc.sum(), counted.bytes);
        }
        written.packed_bytes = self.at - data_at;
        if !is_long && written.packed_bytes.max(written.bytes) >= u64::from(DOES_NOT_FIT) {
            return Err(io::Error::other("an entry is much longer than it was said to be"));
        }
        self.settle_header(&written, is_long)?;
        if written.flags & SIZES_FOLLOW != 0 {
            self.put(&descriptor(&written, is_long))?;
        }
        let bytes = written.bytes;
        self.written.push(written);
        Ok(bytes)
    }

    /// Writes into the local header what only the content told.
    fn settle_header(&mut self, written: &Written, is_long: bool) -> io::Result<()> {
        let mut fields = written.crc32.to_le_bytes().to_vec();
        if is_long {
            fields.extend([0xff; 8]);
        } else {
            fields.extend(short(written.packed_bytes).to_le_bytes());
            fields.extend(short(written.bytes).to_le_bytes());
        }
        self.out.seek(SeekFrom::Start(written.offset + CRC_AT))?;
        self.out.write_all(&fields)?;
        if is_long {
            // The long form is the first of the extra fields, behind four bytes that say what it is.
            self.out.seek(SeekFrom::Start(written.offset + 30 + written.name.len() as u64 + 4))?;
            self.out.write_all(&written.bytes.to_le_bytes())?;
            self.out.write_all(&written.packed_bytes.to_le_bytes())?;
        }
        self.out.seek(SeekFrom::Start(self.at))?;
        Ok(())
    }

    /// Writes the directory. Gives what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        let start = self.at;
        for written in std::mem::take(&mut self.written) {
            let header = directory_header(&written)?;
            self.put(&header)?;
            // Only the number is needed behind this.
            self.written.push(Written { name: Vec::new(), extra: Vec::new(), ..written });
        }
        let (n_entries, bytes) = (self.written.len() as u64, self.at - start);
        let is_long = n_entries >= 0xffff || bytes >= u64::from(DOES_NOT_FIT) || start >= u64::from(DOES_NOT_FIT);
        if is_long {
            let at = self.at;
            let mut end = b"PK\x06\x06".to_vec();
            end.extend(44_u64.to_le_bytes());
            for version in [LONG_VERSION, LONG_VERSION] {
                end.extend(version.to_le_bytes());
            }
            end.extend([0; 8]);
            for number in [n_entries, n_entries, bytes, start] {
                end.extend(number.to_le_bytes());
            }
            end.extend(b"PK\x06\x07\0\0\0\0");
            end.extend(at.to_le_bytes());
            end.extend(1_u32.to_le_bytes());
            self.put(&end)?;
        }
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        let n = u16::try_from(n_entries).unwrap_or(u16::MAX);
        for number in [n, n] {
            end.extend(number.to_le_bytes());
        }
        for number in [bytes, start] {
            end.extend(short(number).to_le_bytes());
        }
        end.extend([0; 2]);
        self.put(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

/// A number where there are 32 bits for it; all ones where it stands elsewhere.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(DOES_NOT_FIT)
}

fn flags_of(member: &ZipMember<'_>, is_packed: bool) -> u16 {
    let told = member.flags.unwrap_or_else(|| {
        let is_utf_8 = !member.name.is_ascii() && std::str::from_utf8(member.name).is_ok();
        if is_utf_8 { IS_UTF_8 } else { 0 }
    });
    // Whether it is encrypted, and with what, is said where the bytes are those of the archive. Lengths that stand behind
    // them are part of the encryption.
    if is_packed { told } else { told & !(IS_ENCRYPTED | SIZES_FOLLOW | 1 << 6 | 1 << 13) }
}

/// Extra fields: the name as text where its bytes do not tell it, and a time that is no wall clock.
fn extra_of(member: &ZipMember<'_>) -> Vec<u8> {
    let mut extra = Vec::new();
    let by_bytes = decode_name(&Header { name: member.name.to_vec(), ..Header::default() });
    if by_bytes.path.as_str() != member.label
        && let Ok(length) = u16::try_from(5 + member.label.len())
    {
        let mut crc = Crc::new();
        crc.update(member.name);
        extra.extend(0x7075_u16.to_le_bytes());
        extra.extend(length.to_le_bytes());
        extra.push(1);
        extra.extend(crc.sum().to_le_bytes());
        extra.extend(member.label.as_bytes());
    }
    if let Some(seconds) = member.modified_s.and_then(|seconds| i32::try_from(seconds).ok()) {
        extra.extend(0x5455_u16.to_le_bytes());
        extra.extend(5_u16.to_le_bytes());
        extra.push(1);
        extra.extend(seconds.to_le_bytes());
    }
    extra
}

/// Time and date as DOS packed them; what programs write that know no time where there is none, or none of DOS.
fn dos_date_time(modified: Option<NaiveDateTime>) -> [u8; 4] {
    let packed = modified.filter(|at| (1980..2108).contains(&at.year())).map(|at| {
        let time = (at.hour() << 11) | (at.minute() << 5) | (at.second() / 2);
        let year = at.year().unsigned_abs() - 1980;
        (((year << 9) | (at.month() << 5) | at.day()) << 16) | time
    });
    packed.unwrap_or((1 << 5 | 1) << 16).to_le_bytes()
}

fn lengths(name: &[u8], extra: usize) -> io::Result<[u8; 4]> {
    let number = |length: usize| u16::try_from(length).map_err(|_| io::Error::other("a name is too long for a ZIP"));
    let (name, extra) = (number(name.len())?.to_le_bytes(), number(extra)?.to_le_bytes());
    Ok([name[0], name[1], extra[0], extra[1]])
}

fn local_header(written: &Written, is_long: bool) -> io::Result<Vec<u8>> {
    let mut header = LOCAL_HEADER.to_vec();
    header.extend(if is_long { LONG_VERSION } else { SHORT_VERSION }.to_le_bytes());
    header.extend(written.flags.to_le_bytes());
    header.extend(written.method.to_le_bytes());
    header.extend(written.date_time);
    header.extend([0; 12]);
    header.extend(lengths(&written.name, written.extra.len() + if is_long { 20 } else { 0 })?);
    header.extend(&written.name);
    if is_long {
        header.extend(1_u16.to_le_bytes());
        header.extend(16_u16.to_le_bytes());
        header.extend([0; 16]);
    }
    header.extend(&written.extra);
    Ok(header)
}

fn descriptor(written: &Written, is_long: bool) -> Vec<u8> {
    let mut record = b"PK\x07\x08".to_vec();
    record.extend(written.crc32.to_le_bytes());
    for length in [written.packed_bytes, written.bytes] {
        record.extend(&length.to_le_bytes()[..if is_long { 8 } else { 4 }]);
    }
    record
}

fn directory_header(written: &Written) -> io::Result<Vec<u8>> {
    let mut long = Vec::new();
    for number in [written.bytes, written.packed_bytes, written.offset] {
        if number >= u64::from(DOES_NOT_FIT) {
            long.extend(number.to_le_bytes());
        }
    }
    let mut extra = Vec::new();
    if let Ok(length @ 1..) = u16::try_from(long.len()) {
        extra.extend(1_u16.to_le_bytes());
        extra.extend(length.to_le_bytes());
        extra.extend(long);
    }
    extra.extend(&written.extra);
    let version = if extra.starts_with(&[1, 0]) { LONG_VERSION } else { SHORT_VERSION };
    let mut header = b"PK\x01\x02".to_vec();
    header.extend((u16::from(written.system) << 8 | version).to_le_bytes());
    header.extend(version.to_le_bytes());
    header.extend(written.flags.to_le_bytes());
    header.extend(written.method.to_le_bytes());
    header.extend(written.date_time);
    header.extend(written.crc32.to_le_bytes());
    header.extend(short(written.packed_bytes).to_le_bytes());
    header.extend(short(written.bytes).to_le_bytes());
    header.extend(lengths(&written.name, extra.len())?);
    header.extend([0; 6]);
    header.extend(written.attributes.to_le_bytes());
    header.extend(short(written.offset).to_le_bytes());
    header.extend(&written.name);
    header.extend(extra);
    Ok(header)
}

/// Sums up what is read.
struct Counted<'r> {
    from: &'r mut dyn Read,
    crc: Crc,
    bytes: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        self.crc.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

/// Counts what is written.
struct Counting<'w, W> {
    out: &'w mut W,
    bytes: u64,
}

impl<W: Write> Write for Counting<'_, W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let n = self.out.write(buffer)?;
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Archive, EntryKind, Limits, OddKind};

    fn member<'a>(name: &'a [u8], label: &'a str) -> ZipMember<'a> {
        ZipMember { name, label, ..ZipMember::default() }
    }

    #[test]
    fn any_names_come_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.zip");
        let mut zip = ZipWriter::new(std::fs::File::create(&path).expect("a file"));
        let noon = chrono::NaiveDate::from_ymd_opt(2024, 3, 2).and_then(|day| day.and_hms_opt(12, 30, 58));
        let names: [(&[u8], &str); 6] = [
            (b"twice.json", "twice.json"),
            (b"twice.json", "twice.json"),
            (b"../../out", "../../out"),
            ("漢.jpg".as_bytes(), "漢.jpg"),
            (b"M\x81nchen", "München"),
            (b"?.jpg", "漢.jpg"),
        ];
        for (position, (name, label)) in names.into_iter().enumerate() {
            let entry = ZipMember { modified: noon, is_deflated: position % 2 == 0, ..member(name, label) };
            let content = format!("content {position} {}", "x".repeat(1_000));
            zip.file(&entry, 5, &mut content.as_bytes()).expect("a file");
        }
        zip.folder(&member(b"empty/", "empty/")).expect("a folder");
        let link = ZipMember { attributes: Some(0o120_777 << 16), system: Some(3), ..member(b"link", "link") };
        zip.file(&link, 4, &mut &b"else"[..]).expect("a link");
        zip.finish().expect("a ZIP");
        let archive = Archive::open(&path, &Limits::default()).expect("a ZIP");
        assert!(archive.account().expect("bytes").is_empty());
        for (entry, (name, label)) in archive.entries().iter().zip(names) {
            assert_eq!((entry.raw_name(), entry.path.as_str(), entry.modified), (name, label, noon));
            let (bytes, _) = archive.read_whole(entry.position, 10_000).expect("an entry that is whole");
            assert!(bytes.starts_with(format!("content {} ", entry.position).as_bytes()));
        }
        let [.., empty, link] = archive.entries() else { panic!("they are there") };
        assert_eq!((empty.kind, empty.modified), (EntryKind::Directory, None));
        assert_eq!(link.kind, EntryKind::Odd(OddKind::Link));
        let other = zip::ZipArchive::new(std::fs::File::open(&path).expect("a file")).expect("others read it too");
        assert_eq!(other.len(), 6, "of equal names they see one");
    }

    #[test]
    fn lengths_that_do_not_fit_and_many_entries_take_the_long_form() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.zip");
        let mut zip = ZipWriter::new(std::fs::File::create(&path).expect("a file"));
        // Said to be longer than it is: only the form counts.
        zip.file(&member(b"long", "long"), 1 << 33, &mut &b"short"[..]).expect("a file");
        for number in 0..66_000 {
            let name = format!("{number}");
            zip.file(&member(name.as_bytes(), &name), 1, &mut &b"x"[..]).expect("a file");
        }
        zip.finish().expect("a ZIP");
        let archive = Archive::open(&path, &Limits::default()).expect("a ZIP");
        assert_eq!(archive.entries().len(), 66_001);
        assert_eq!(archive.read_whole(0, 100).expect("an entry").0, b"short");
        assert_eq!(archive.read_whole(66_000, 100).expect("an entry").0, b"x");
        assert!(archive.findings().is_empty(), "{:?}", archive.findings());
    }
}
