//! `accounts`: whose downloads are held, under every user name that they had.

use super::super::args::{AccountsAction, AccountsArguments};
use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use super::super::json::{Object, Plain};
use super::super::layout::{Side, Table};
use super::super::units;
use super::super::{Ended, Session};
use super::deciding;
use crate::model::DecisionKind;
use crate::query::close_names;
use crate::store::{AccountMeant, NamedRow, Store};

/// So many are named when several fit.
const MOST_NAMED: usize = 5;

pub fn run(arguments: &AccountsArguments, session: &mut Session) -> Ended {
    match &arguments.action {
        None => list(session),
        Some(AccountsAction::Merge { one, other, options }) => {
            let store = session.home.reader()?;
            let (one, other) = (account_meant(&store, one)?, account_meant(&store, other)?);
            if one.id == other.id {
                let sentence = format!("{} and {} are one account already", one.name, other.name);
                return Err(Trouble::new(Exit::Nothing, sentence).into());
            }
            drop(store);
            deciding::run(DecisionKind::MergeAccounts, vec![one.name, other.name], options, session)
        }
        Some(AccountsAction::Split { snapshot, options }) => {
            let store = session.home.reader()?;
            let snapshot = snapshot_meant(&store, snapshot)?;
            if store.n_snapshots_beside(&snapshot)? == 0 {
                let sentence = format!("the snapshot {snapshot} is an account of its own already");
                return Err(Trouble::new(Exit::Nothing, sentence).into());
            }
            drop(store);
            deciding::run(DecisionKind::SplitAccount, vec![snapshot], options, session)
        }
    }
}

/// The account that was meant.
fn account_meant(store: &Store, typed: &str) -> Result<AccountMeant, CommandError> {
    let accounts = store.accounts_meant(typed)?;
    match accounts.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let known: Vec<String> = store.shown_accounts()?.iter().flat_map(names).collect();
            let close = close_names(typed, known.iter().map(String::as_str));
            let trouble = Trouble::new(Exit::Nothing, format!("no account is known as `{typed}`"));
            Err(match close.as_slice() {
                [] => trouble.hint("throwback accounts lists them all").into(),
                close => trouble.hint(format!("did you mean {}?", one_of(close))).into(),
            })
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|account| account.id.as_str()).collect();
            let sentence = format!("several accounts are known as `{typed}`");
            Err(Trouble::new(Exit::Usage, sentence).hint(format!("use {}", one_of(&ids))).into())
        }
    }
}

fn snapshot_meant(store: &Store, typed: &str) -> Result<String, CommandError> {
    let ids = store.snapshot_ids(typed)?;
    match ids.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let trouble = Trouble::new(Exit::Nothing, format!("no snapshot is known as `{typed}`"));
            Err(trouble.hint("throwback snapshots lists them all").into())
        }
        several => {
            let shown: Vec<&str> = several.iter().take(MOST_NAMED).map(String::as_str).collect();
            let sentence = format!("several snapshots are known as `{typed}`");
            Err(Trouble::new(Exit::Usage, sentence).hint(format!("use {}", one_of(&shown))).into())
        }
    }
}

fn list(session: &mut Session) -> Ended {
    let store = session.home.reader()?;
    let mut accounts = Vec::new();
    for account in store.shown_accounts()? {
        let snapshots = store.snapshots_of_shown_account(account.text("id").unwrap_or_default())?;
        accounts.push((account, snapshots));
    }
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("accounts"))?;
        for (account, snapshots) in &accounts {
            ui.row(&object(account).with("snapshots", snapshots))?;
        }
        ui.end()?;
    } else {
        let sides = [Side::Left, Side::Left, Side::Right, Side::Right, Side::Left];
        let titles = ["id", "account", "snapshots", "records", "also"];
        let mut table = Table::new(&std::array::from_fn::<_, 5, _>(|at| (titles[at], sides[at])));
        for (account, _) in &accounts {
            let number = |column| units::count(account.integer(column).unwrap_or_default().unsigned_abs());
            let name = account.text("account").unwrap_or_default();
            let also = names(account).into_iter().filter(|other| other != name).collect::<Vec<_>>().join(", ");
            let id = account.text("id").unwrap_or_default();
            table.add([
                id.get(..8).unwrap_or(id).to_owned(),
                name.to_owned(),
                number("n_snapshots"),
                number("n_records"),
                also,
            ]);
        }
        let columns = ui.is_terminal.then_some(ui.columns);
        ui.lines(table.lines(columns))?;
    }
    Ok(if accounts.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// Every user name of an account, the oldest first.
fn names(account: &NamedRow) -> Vec<String> {
    // The database makes it, so it is a list of texts.
    serde_json::from_str(account.text("names").unwrap_or("[]")).unwrap_or_default()
}

fn object(account: &NamedRow) -> Object {
    ["id", "account", "first_name", "service", "n_snapshots", "n_records"]
        .iter()
        .fold(Object::row("account"), |object, name| object.with(name, Plain(account.get(name))))
        .with("names", names(account))
}
