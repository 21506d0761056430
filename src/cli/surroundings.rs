//! The environment, the clock and the way out: the only functions that touch them.

use std::ffi::OsString;

use super::exit::Exit;

/// A variable of the environment; `None` when it is not set.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Whether a variable is set to anything.
pub fn has_variable(name: &str) -> bool {
    variable(name).is_some_and(|value| !value.is_empty())
}

/// The moment, in Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// Makes everything that this process creates readable by its owner alone, also what libraries create for it.
pub fn keep_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Memory of this process that lies in no file, in MB; `None` where the system does not tell.
pub fn memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(anonymous.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024)
}

/// Set in the environment of a process that began anew.
pub const ANEW: &str = "THROWBACK_ANEW";

/// Whether this process began anew, and said what it had to say before.
pub fn is_anew() -> bool {
    has_variable(ANEW)
}

/// Puts a new run of the same command in the place of this one, under its process number. Returns only if that fails.
pub fn begin_anew() -> std::io::Error {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;

        match std::env::current_exe() {
            Ok(program) => std::process::Command::new(program).args(std::env::args_os().skip(1)).env(ANEW, "1").exec(),
            Err(error) => error,
        }
    }
    #[cfg(not(unix))]
    std::io::ErrorKind::Unsupported.into()
}

/// Ends the process from the thread that hears signals, where nothing can be returned. The home stands as after a kill:
/// its lock goes with the process, and whatever was not committed never was.
#[expect(clippy::disallowed_methods, clippy::exit, reason = "the second Ctrl-C must not wait for anything")]
pub fn leave_at_once(exit: Exit) -> ! {
    std::process::exit(i32::from(exit.code()))
}
