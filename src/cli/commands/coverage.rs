//! `coverage`: can I delete my account? With `--archive`: can I delete this ZIP?

use super::super::args::{CoverageArguments, ProgressChoice};
use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::surroundings;
use super::super::ui::{BAD, BOLD, DIM, GOOD, Ui, styled};
use super::super::units;
use super::super::{Ended, Session};
use crate::home::{AccountCoverage, CoverageOptions, CoverageReport, Reason};
use crate::source::lists::CATEGORIES;

pub fn run(arguments: &CoverageArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    let expected = arguments.expect.iter().map(|typed| expectation(typed)).collect::<Result<_, _>>()?;
    let options = CoverageOptions { account: arguments.account.clone(), expected };
    if let Some(archive) = &arguments.archive {
        return super::coverage_archive::run(archive, &arguments.budgets.limits(), progress, session);
    }
    let mut report = session.home.coverage(&options)?;
    if let (Some(account), true) = (&arguments.account, report.accounts.is_empty()) {
        let sentence = format!("no account is called `{account}`");
        return Err(Trouble::new(Exit::Usage, sentence).hint("throwback snapshots lists the accounts").into());
    }
    if !options.expected.is_empty() && report.accounts.len() > 1 {
        let sentence = "several accounts are held: which of them has so many?";
        return Err(Trouble::new(Exit::Usage, sentence).hint("name it with --account NAME").into());
    }
    if !arguments.accept.is_empty() {
        for typed in &arguments.accept {
            accept(typed, &report, session)?;
        }
        report = session.home.coverage(&options)?;
    }
    let ui = &mut session.ui;
    if ui.is_json {
        rows(&report, ui)?;
    } else {
        text(&report, ui)?;
    }
    Ok(if report.is_safe() { Exit::Done } else { Exit::Nothing })
}

/// `missing_media`, or with why: `missing_media=lost in 2019`.
fn accept(typed: &str, report: &CoverageReport, session: &mut Session) -> Result<(), CommandError> {
    let (code, why) = typed
        .split_once('=')
        .map_or((typed, None), |(code, why)| (code, Some(why.trim()).filter(|why| !why.is_empty())));
    let has_it = |account: &&AccountCoverage| account.reasons.iter().any(|reason| reason.code == code.trim());
    let accounts: Vec<&AccountCoverage> = report.accounts.iter().filter(has_it).collect();
    match accounts.as_slice() {
        [account] => {
            session.stop.heed();
            let (words, now_ms) = (&session.words, surroundings::now_ms());
            session.home.accept(account, code.trim(), why, now_ms, words, session.stop.flag())?;
            Ok(())
        }
        [] => {
            let codes: Vec<&str> = report.reasons().map(|reason| reason.code.as_str()).collect();
            let trouble = Trouble::new(Exit::Usage, format!("`{code}` is no reason that is told now"));
            Err(if codes.is_empty() { trouble } else { trouble.hint(format!("reasons are {}", one_of(&codes))) }.into())
        }
        _ => {
            let sentence = format!("several accounts have the reason `{code}`");
            Err(Trouble::new(Exit::Usage, sentence).hint("name one with --account NAME").into())
        }
    }
}

/// `posts=412`.
fn expectation(typed: &str) -> Result<(&'static str, u64), CommandError> {
    let fold = |name: &str| name.trim().to_lowercase().replace(['-', '_'], " ");
    let names: Vec<&str> = CATEGORIES.iter().map(|category| category.name).collect();
    let told = typed.split_once('=').and_then(|(name, number)| {
        let name = names.iter().find(|known| **known == fold(name))?;
        let digits: String = number.chars().filter(|c| !matches!(c, ',' | '.' | '_' | ' ' | '\'')).collect();
        Some((*name, digits.parse().ok()?))
    });
    told.ok_or_else(|| {
        let sentence = format!("`{typed}` is no expectation: a category and a number are wanted, as in posts=412");
        Trouble::new(Exit::Usage, sentence).hint(format!("categories are {}", one_of(&names))).into()
    })
}

fn rows(report: &CoverageReport, ui: &mut Ui) -> Result<(), CommandError> {
    ui.frame(&Object::header("coverage"))?;
    for account in &report.accounts {
        for line in &account.categories {
            ui.row(
                &Object::row("category")
                    .with("account", &account.account)
                    .with("category", line.category.name)
                    .with("is_core", line.category.is_core)
                    .with("state", line.state.name())
                    .with("ground", line.ground.name())
                    .with("n_newest", line.n_newest)
                    .with("n_all", line.n_all),
            )?;
        }
        for fact in &account.facts {
            ui.row(
                &Object::row("fact")
                    .with("account", &account.account)
                    .with("name", fact.name)
                    .with("ground", fact.ground.name())
                    .with("sentence", &fact.sentence),
            )?;
        }
        for reason in &account.reasons {
            ui.row(
                &Object::row("reason")
                    .with("account", &account.account)
                    .with("code", &reason.code)
                    .with("ground", reason.ground.name())
                    .with("sentence", &reason.sentence)
                    .with("accepted", reason.accepted.as_deref()),
            )?;
        }
    }
    let reasons: Vec<&str> = report.reasons().map(|reason| reason.code.as_str()).collect();
    ui.row(&Object::row("verdict").with("is_safe", report.is_safe()).with("reasons", reasons))?;
    ui.end()
}

fn text(report: &CoverageReport, ui: &mut Ui) -> Result<(), CommandError> {
    for account in &report.accounts {
        of_account(account, ui)?;
        ui.line("")?;
    }
    let n_reasons = report.reasons().count() as u64;
    let verdict = match (report.is_safe(), n_reasons) {
        (true, _) => styled(GOOD, "SAFE TO LEAVE: yes"),
        (false, 0) => styled(BAD, "SAFE TO LEAVE: not yet: nothing is held"),
        (false, n) => styled(BAD, format_args!("SAFE TO LEAVE: not yet: {}", units::counted(n, "reason", "reasons"))),
    };
    ui.line(verdict)
}

fn of_account(account: &AccountCoverage, ui: &mut Ui) -> Result<(), CommandError> {
    let newest = account.newest.join(", ");
    let older = match account.older.len() as u64 {
        0 => String::new(),
        n => format!(", beside {}", units::counted(n, "other", "others")),
    };
    let name = styled(BOLD, inert_line(&account.account));
    ui.line(format_args!("{name} · newest download {}{older}", inert_line(&newest)))?;
    let mut table = Table::new(&[
        ("", Side::Left),
        ("newest", Side::Right),
        ("all", Side::Right),
        ("state", Side::Left),
        ("ground", Side::Left),
    ]);
    for line in &account.categories {
        table.add([
            line.category.name.to_owned(),
            units::count(line.n_newest),
            units::count(line.n_all),
            line.state.name().to_owned(),
            line.ground.name().to_owned(),
        ]);
    }
    ui.lines(table.lines(None))?;
    for fact in &account.facts {
        let ground = styled(DIM, format_args!("({})", fact.ground.name()));
        ui.line(format_args!("  {}: {} {ground}", fact.name, inert_line(&fact.sentence)))?;
    }
    for reason in &account.reasons {
        ui.line(of_reason(reason))?;
    }
    Ok(())
}

fn of_reason(reason: &Reason) -> String {
    let ground = styled(DIM, format_args!("({})", reason.ground.name()));
    let sentence = inert_line(&reason.sentence);
    match &reason.accepted {
        None => format!("{} {sentence} {ground}", styled(BAD, format_args!("no  {}", reason.code))),
        Some(why) => {
            let why = if why.is_empty() { String::new() } else { format!(" ({})", inert_line(why)) };
            format!("{} {sentence} {ground}", styled(GOOD, format_args!("ok  {}{why}", reason.code)))
        }
    }
}
