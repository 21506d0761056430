//! `watch install` and `watch uninstall`: a service of the person's own, by systemd or launchd. No root is needed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use etcetera::BaseStrategy;

use super::super::args::WatchHow;
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::ui::{GOOD, styled};
use super::super::{Ended, Session};
use super::watch::folders;

/// Who starts services here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    Systemd,
    Launchd,
}

const UNIT: &str = "throwback-watch.service";
const LABEL: &str = "throwback.watch";

impl Manager {
    fn here() -> Result<Self, CommandError> {
        if cfg!(target_os = "linux") {
            Ok(Self::Systemd)
        } else if cfg!(target_os = "macos") {
            Ok(Self::Launchd)
        } else {
            let trouble =
                Trouble::new(Exit::Failed, "services are installed on Linux (systemd) and macOS (launchd) only");
            Err(trouble.hint("let your system start `throwback watch` when you log in").into())
        }
    }

    /// Where the service is described.
    fn file(self) -> Result<PathBuf, CommandError> {
        let failed = |error: etcetera::HomeDirError| CommandError::from(Trouble::of(Exit::Failed, &error));
        Ok(match self {
            Self::Systemd => {
                let strategy = etcetera::choose_base_strategy().map_err(failed)?;
                strategy.config_dir().join("systemd/user").join(UNIT)
            }
            Self::Launchd => {
                let person = etcetera::home_dir().map_err(failed)?;
                person.join("Library/LaunchAgents").join(format!("{LABEL}.plist"))
            }
        })
    }

    /// What starts it now and at every login.
    fn starting(self, file: &Path) -> Vec<Vec<String>> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match self {
            Self::Systemd => vec![
                words(&["systemctl", "--user", "daemon-reload"]),
                words(&["systemctl", "--user", "enable", UNIT]),
                words(&["systemctl", "--user", "restart", UNIT]),
            ],
            Self::Launchd => vec![words(&["launchctl", "load", "-w", &file.to_string_lossy()])],
        }
    }

    fn stopping(self, file: &Path) -> Vec<Vec<String>> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match self {
            Self::Systemd => vec![words(&["systemctl", "--user", "disable", "--now", UNIT])],
            Self::Launchd => vec![words(&["launchctl", "unload", "-w", &file.to_string_lossy()])],
        }
    }

    /// The text of the file.
    pub fn describe(self, words: &[String]) -> String {
        match self {
            Self::Systemd => unit(words),
            Self::Launchd => agent(words),
        }
    }
}

/// Where a service is described, if one is installed here.
pub fn installed() -> Option<PathBuf> {
    Manager::here().and_then(Manager::file).ok().filter(|file| file.is_file())
}

/// What `install` is asked for.
#[derive(Debug)]
pub struct Install<'a> {
    pub folders: &'a [PathBuf],
    pub how: &'a WatchHow,
    pub dry_run: bool,
    /// Whether it is started now and at every login, or only described.
    pub is_started: bool,
}

pub fn install(asked: &Install<'_>, session: &mut Session) -> Ended {
    let manager = Manager::here()?;
    let file = manager.file()?;
    let program = std::env::current_exe().map_err(|error| Trouble::of(Exit::Failed, &error))?;
    let text = manager.describe(&command_line(&program, session.home.path(), asked)?);
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("watch-install").with("dry_run", asked.dry_run))?;
        ui.row(&Object::row("service").with("path", file.to_string_lossy()).with("text", &text))?;
    } else {
        ui.line(styled(GOOD, inert_line(&file.to_string_lossy())))?;
        ui.lines(text.lines().map(|line| format!("  {}", inert_line(line)).trim_end().to_owned()))?;
    }
    ui.flush()?;
    if asked.dry_run {
        ui.talk("nothing was written")?;
    } else {
        let failed = |error: std::io::Error| Trouble::of(Exit::Failed, &error);
        fs_err::create_dir_all(file.parent().unwrap_or(Path::new(""))).map_err(failed)?;
        fs_err::write(&file, text).map_err(failed)?;
        if asked.is_started {
            run_all(&manager.starting(&file), "the service is installed, but could not be started")?;
            ui.talk("it watches from now on, and whenever you log in; throwback watch status tells how it stands")?;
        }
    }
    if ui.is_json {
        ui.end()?;
    }
    Ok(Exit::Done)
}

pub fn uninstall(session: &mut Session) -> Ended {
    let manager = Manager::here()?;
    let file = manager.file()?;
    if !file.is_file() {
        return Err(
            Trouble::new(Exit::Nothing, format!("no service is installed: there is no {}", file.display())).into()
        );
    }
    let stopped = run_all(&manager.stopping(&file), "the service could not be stopped");
    fs_err::remove_file(&file).map_err(|error| Trouble::of(Exit::Failed, &error))?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("watch-uninstall"))?;
        ui.row(&Object::row("service").with("path", file.to_string_lossy()))?;
        ui.end()?;
    } else {
        ui.talk(format_args!("removed {}", inert_line(&file.to_string_lossy())))?;
    }
    stopped.map(|()| Exit::Done)
}

/// The command of the service, with nothing that depends on where it is started.
fn command_line(program: &Path, home: &Path, asked: &Install<'_>) -> Result<Vec<String>, CommandError> {
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| Trouble::of(Exit::Failed, &error));
    let text = |path: &Path| {
        path.to_str().map(str::to_owned).ok_or_else(|| {
            let sentence = format!("{} is not UTF-8, so no service can name it", path.display());
            CommandError::from(Trouble::new(Exit::Failed, sentence))
        })
    };
    let how = asked.how;
    let mut words = vec![text(program)?, "--home".to_owned(), text(&absolute(home)?)?, "watch".to_owned()];
    for (name, time) in [("--settle", how.settle), ("--poll", how.poll), ("--parts-wait", how.parts_wait)] {
        words.extend([name.to_owned(), format!("{}ms", time.as_millis())]);
    }
    for (name, is_asked) in [("--poll-only", how.poll_only), ("--recursive", how.recursive), ("--notify", how.notify)] {
        words.extend(is_asked.then(|| name.to_owned()));
    }
    words.extend(how.budgets.words());
    if let Some(exec) = &how.exec {
        words.extend(["--exec".to_owned(), exec.clone()]);
    }
    words.push("--".to_owned());
    for folder in folders(asked.folders)? {
        words.push(text(&absolute(&folder)?)?);
    }
    Ok(words)
}

/// Runs commands one after the other; the first that fails ends it, and the person is told what to type.
fn run_all(commands: &[Vec<String>], sentence: &str) -> Result<(), CommandError> {
    for words in commands {
        let (program, arguments) = words.split_first().expect("a command has a name");
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
        let cause = match output {
            Ok(output) if output.status.success() => continue,
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        let mut trouble = Trouble::new(Exit::Failed, sentence);
        trouble.causes.push(format!("{}: {cause}", words.join(" ")));
        let lines: Vec<String> = commands.iter().map(|words| words.join(" ")).collect();
        return Err(trouble.hint(format!("type {}", lines.join(" && "))).into());
    }
    Ok(())
}

fn unit(words: &[String]) -> String {
    let command = words.iter().map(|word| quoted_for_systemd(word)).collect::<Vec<_>>().join(" ");
    format!(
        "[Unit]
Description=Throwback brings in Instagram downloads as they arrive

[Service]
Type=exec
ExecStart={command}
Restart=on-failure
RestartSec=30
Nice=10
UMask=0077
NoNewPrivileges=yes
# Nothing goes over a network; a message on the desktop goes over a socket of the machine.
RestrictAddressFamilies=AF_UNIX

[Install]
WantedBy=default.target
"
    )
}

/// systemd expands `%` and `$`, and takes quotes and backslashes as a shell does.
fn quoted_for_systemd(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '%' | '$' => quoted.extend([c, c]),
            '\n' => quoted.push_str("\\n"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn agent(words: &[String]) -> String {
    let mut arguments = String::new();
    for word in words {
        let word = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        writeln!(arguments, "    <string>{word}</string>").expect("a string takes everything");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
  <key>Label</key>
  <string>{LABEL}</string>
  <key>ProgramArguments</key>
  <array>
{arguments}  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
</dict>
</plist>
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Vec<String> {
        ["throwback", "--exec", "echo \"$X\" 100% \\ <&>", "--", "/a b"].map(str::to_owned).into()
    }

    #[test]
    fn words_reach_the_service_as_they_are() {
        let unit = Manager::Systemd.describe(&words());
        let line = unit.lines().find(|line| line.starts_with("ExecStart=")).expect("a command");
        assert_eq!(line, r#"ExecStart="throwback" "--exec" "echo \"$$X\" 100%% \\ <&>" "--" "/a b""#);
        let agent = Manager::Launchd.describe(&words());
        assert!(agent.contains(r#"<string>echo "$X" 100% \ &lt;&amp;&gt;</string>"#), "{agent}");
        assert_eq!(agent.matches("<string>").count(), 2 + words().len());
    }
}
