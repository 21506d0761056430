//! Decisions that the person made by hand.

use rusqlite::{Connection, named_params};

use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::{Decision, DecisionKind};

/// A decision under the number that `undo` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDecision {
    pub number: i64,
    pub decision: Decision,
}

impl Writing<'_> {
    /// Keeps a decision. Gives its number.
    pub fn add_decision(&self, decision: &Decision) -> Result<i64, StoreError> {
        let arguments = serde_json::to_string(&decision.arguments).context("written")?;
        self.connection()
            .execute(
                "INSERT INTO decision (kind, arguments, reason, made_ms, sum)
                 VALUES (:kind, :arguments, :reason, :made, row_sum(:kind, :arguments, :reason, :made))",
                named_params! {
                    ":kind": decision.kind.name(), ":arguments": arguments, ":reason": decision.reason,
                    ":made": decision.made_ms,
                },
            )
            .context("keeping a decision")?;
        Ok(self.connection().last_insert_rowid())
    }

    /// Forgets a decision. Gives whether it was there.
    pub fn remove_decision(&self, number: i64) -> Result<bool, StoreError> {
        let n = self
            .connection()
            .execute("DELETE FROM decision WHERE id = ?1", [number])
            .context("taking a decision back")?;
        Ok(n > 0)
    }

    /// All decisions, in the order in which they were made.
    pub fn decisions(&self) -> Result<Vec<KeptDecision>, StoreError> {
        read(self.connection())
    }
}

impl Store {
    /// All decisions, in the order in which they were made.
    pub fn decisions(&self) -> Result<Vec<KeptDecision>, StoreError> {
        read(self.connection())
    }
}

fn read(connection: &Connection) -> Result<Vec<KeptDecision>, StoreError> {
    let doing = "listing decisions";
    let mut select = connection
        .prepare_cached("SELECT id, kind, arguments, reason, made_ms FROM decision ORDER BY id")
        .context(doing)?;
    let mut rows = select.query([]).context(doing)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().context(doing)? {
        let (kind, arguments): (String, String) = (row.get(1).context(doing)?, row.get(2).context(doing)?);
        all.push(KeptDecision {
            number: row.get(0).context(doing)?,
            decision: Decision {
                kind: DecisionKind::from_name(&kind),
                arguments: serde_json::from_str(&arguments).context("read")?,
                reason: row.get(3).context(doing)?,
                made_ms: row.get(4).context(doing)?,
            },
        });
    }
    Ok(all)
}
