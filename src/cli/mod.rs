//! The command line: arguments, one file a command, and all output. The only room that prints, reads the environment
//! and looks at the clock.
//!
//! `args` is what can be typed, `exit` how a command ends, `error` how trouble is told, `ui` where output goes.
//! `inert` stands between what was downloaded and the terminal.

mod args;
mod commands;
mod csv;
mod downloads;
mod error;
mod exit;
mod home_path;
mod inert;
mod json;
mod layout;
mod pager;
mod progress;
mod record_words;
mod redact;
mod stop;
mod surroundings;
mod typed;
mod ui;
mod units;
mod zone;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Arguments, Command, ProgressChoice};
use error::{CommandError, Trouble};
use exit::Exit;
use home_path::HomePath;
use stop::Stop;
use ui::Ui;

use crate::home::Home;

/// What every command gets.
struct Session {
    home: Home,
    home_path: HomePath,
    ui: Ui,
    stop: Stop,
    /// The words of the command, for whoever finds the home locked.
    words: String,
}

/// How a command ends when it does not fail.
type Ended = Result<Exit, CommandError>;

/// Runs the program.
pub fn run() -> ExitCode {
    surroundings::keep_private();
    let typed: Vec<_> = std::env::args_os().collect();
    let words = typed.iter().skip(1).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let mut program = Arguments::command();
    program.build();
    let sorted = typed::sort_out(typed, &program);
    let parsed = program.try_get_matches_from(sorted).and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(arguments) => start(&arguments, words).into(),
        Err(error) => refuse(&error).into(),
    }
}

/// Help and version are data; anything else clap says is wrong usage.
fn refuse(error: &clap::Error) -> Exit {
    match error.print() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Failed,
        _ if error.use_stderr() => Exit::Usage,
        _ => Exit::Done,
    }
}

fn start(arguments: &Arguments, words: String) -> Exit {
    let mut ui = Ui::new(&arguments.global);
    let outcome =
        allow_redacting(arguments).and_then(|()| prepare(arguments, words)).and_then(|(home_path, stop, words)| {
            let home = Home::at(home_path.path());
            let mut ui = Ui::new(&arguments.global);
            if arguments.command.is_read() {
                ui.page(&arguments.global, &stop);
            }
            let mut session = Session { home, home_path, ui, stop, words };
            let ended = run_command(arguments, &mut session);
            // What was printed before the trouble comes before it.
            let flushed = session.ui.flush();
            let exit = ended?;
            flushed.map(|()| exit)
        });
    match outcome {
        Ok(exit) => exit,
        Err(CommandError::ClosedPipe) => Exit::Done,
        Err(CommandError::Told(trouble)) => match ui.trouble(&trouble) {
            // With stderr gone there is nobody left to tell; the code says it.
            Ok(()) | Err(_) => trouble.exit,
        },
    }
}

/// What shows texts and people has nothing to say without them.
fn allow_redacting(arguments: &Arguments) -> Result<(), CommandError> {
    if !arguments.global.redact || arguments.command.can_be_redacted() {
        return Ok(());
    }
    let sentence = "only ingest, probe, findings, snapshots, stats, check, reindex and watch can be redacted";
    Err(Trouble::new(Exit::Usage, sentence).into())
}

fn prepare(arguments: &Arguments, words: String) -> Result<(HomePath, Stop, String), CommandError> {
    Ok((HomePath::of(arguments.global.home.as_deref())?, Stop::listen()?, words))
}

fn run_command(arguments: &Arguments, session: &mut Session) -> Ended {
    // A bar names what it shows the progress of.
    let progress = if arguments.global.redact { ProgressChoice::None } else { arguments.global.progress };
    match &arguments.command {
        Command::Ingest(ingest) => commands::ingest::run(ingest, progress, session),
        Command::Watch(watch) => commands::watch::run(watch, session),
        Command::Search(search) => commands::search::run(search, session),
        Command::Count(count) => commands::count::run(count, session),
        Command::OnThisDay(day) => commands::memories::on_this_day(day, session),
        Command::Random(random) => commands::memories::random(random, session),
        Command::Show(show) => commands::show::run(show, session),
        Command::Thread(thread) => commands::thread::run(thread, session),
        Command::Threads => commands::threads::run(session),
        Command::People(people) => commands::people::run(people, session),
        Command::Accounts(accounts) => commands::accounts::run(accounts, session),
        Command::Undo(undo) => commands::undo::run(undo, session),
        Command::Snapshots => commands::snapshots::run(session),
        Command::Diff(diff) => commands::diff::run(diff, session),
        Command::Coverage(coverage) => commands::coverage::run(coverage, progress, session),
        Command::Stats => commands::stats::run(session),
        Command::Findings(findings) => commands::findings::run(findings, session),
        Command::Probe(probe) => commands::probe::run(probe, session),
        Command::Reindex(reindex) => commands::reindex::run(reindex, progress, session),
        Command::Backup(backup) => commands::backup::run(backup, progress, session),
        Command::Restore(restore) => commands::restore::run(restore, progress, session),
        Command::Forget(forget) => commands::forget::run(forget, progress, session),
        Command::Dump => commands::dump::run(session),
        Command::Check(check) => commands::check::run(check, progress, session),
        Command::Sql(sql) => commands::sql::run(sql, session),
        Command::Fields => commands::fields::run(session),
        Command::Completions(completions) => commands::completions::run(completions, session),
        Command::Man => commands::man::run(session),
    }
}
