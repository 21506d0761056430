//! Decisions made by hand are part of what everything is computed from: one that is made or taken back has what it bears on
//! computed anew, in the same transaction.

use std::sync::atomic::AtomicBool;

use super::pipeline::IngestError;
use super::report::Silent;
use super::settling::{Settling, check_stop};
use super::{owner, people, reindex};
use crate::model::{Decision, DecisionKind};
use crate::store::{Store, Writing};

/// Keeps a decision with all that follows from it, or nothing. Gives its number.
pub fn decide(store: &mut Store, decision: &Decision, stop: &AtomicBool) -> Result<i64, IngestError> {
    change(store, |writing| {
        let number = writing.add_decision(decision)?;
        follow(writing, &decision.kind, stop)?;
        Ok(number)
    })
}

/// Takes a decision back with all that followed from it, or nothing. Gives whether it was there.
pub fn take_back(store: &mut Store, number: i64, stop: &AtomicBool) -> Result<bool, IngestError> {
    change(store, |writing| {
        let known = writing.decisions()?.into_iter().find(|kept| kept.number == number);
        let Some(kept) = known else { return Ok(false) };
        writing.remove_decision(number)?;
        follow(writing, &kept.decision.kind, stop)?;
        Ok(true)
    })
}

fn change<T>(store: &mut Store, work: impl FnOnce(&Writing<'_>) -> Result<T, IngestError>) -> Result<T, IngestError> {
    let writing = store.write()?;
    match work(&writing) {
        Ok(done) => {
            writing.commit()?;
            Ok(done)
        }
        Err(error) => {
            writing.roll_back()?;
            Err(error)
        }
    }
}

/// Computes what decisions of that kind bear on; from what was accepted nothing is computed.
fn follow(writing: &Writing<'_>, kind: &DecisionKind, stop: &AtomicBool) -> Result<(), IngestError> {
    match kind {
        DecisionKind::MergePeople | DecisionKind::SplitPerson => {
            let (owners, _) = owner::settle(writing, &writing.accounts()?)?;
            people::settle(writing, &owners)?;
        }
        DecisionKind::MergeAccounts | DecisionKind::SplitAccount => {
            Settling::new(writing, stop, &Silent).settle_accounts()?;
            reindex::conclude(writing)?;
        }
        DecisionKind::Accept | DecisionKind::Other(_) => {}
    }
    check_stop(stop)
}
