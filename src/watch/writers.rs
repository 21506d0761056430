//! Who has a file open for writing, where the platform tells.

use std::path::Path;

/// A program of this user that can write to the file now: its name and number. `path` has no links in it.
#[cfg(target_os = "linux")]
pub fn writer_of(path: &Path) -> Option<String> {
    let own = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").ok()?;
    processes.flatten().find_map(|process| {
        let number = process.file_name().into_string().ok()?;
        if number == own || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // Processes of others cannot be looked into, and any may end meanwhile: they tell nothing.
        let files = std::fs::read_dir(process.path().join("fd")).ok()?;
        let is_writing = files.flatten().any(|file| {
            // The link is only read: following it could wait for a network that is gone.
            std::fs::read_link(file.path()).is_ok_and(|target| target == path)
                && can_write(&process.path().join("fdinfo").join(file.file_name()))
        });
        is_writing.then(|| {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            format!("{} (process {number})", if name.trim().is_empty() { "a program" } else { name.trim() })
        })
    })
}

/// `fdinfo` has the flags of open(2) in octal; the last two bits say whether it reads, writes or both.
#[cfg(target_os = "linux")]
fn can_write(info: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(info) else { return false };
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:")).map(str::trim);
    flags.and_then(|flags| u32::from_str_radix(flags, 8).ok()).is_some_and(|flags| flags & 3 != 0)
}

#[cfg(not(target_os = "linux"))]
pub fn writer_of(_: &Path) -> Option<String> {
    None
}
