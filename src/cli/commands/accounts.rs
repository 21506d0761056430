//! `accounts`: whose downloads are held, under every user name that they had.

use super::super::exit::Exit;
use super::super::json::{Object, Plain};
use super::super::layout::{Side, Table};
use super::super::units;
use super::super::{Ended, Session};
use crate::store::NamedRow;

pub fn run(session: &mut Session) -> Ended {
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
