//! Messages as those see them who tell what the app wrote, and what was told.

use rusqlite::{OptionalExtension, named_params};

use super::Writing;
use super::error::{Context, StoreError};
use super::records::RecordReaction;

/// A message of an account, in passing.
#[derive(Clone, Debug)]
pub struct MessageGlance<'a> {
    pub record_id: i64,
    pub thread_id: i64,
    pub at_ms: Option<i64>,
    /// Whether its time and those of its reactions are told to the second; pages tell minutes.
    pub knows_seconds: bool,
    /// Row and words of the sender's name.
    pub sender_id: Option<i64>,
    pub sender: Option<&'a str>,
    /// All names of the people in its conversation, the longer first.
    pub names: &'a [String],
    /// What it is by itself.
    pub subkind: &'a str,
    /// What all messages together said that it is.
    pub notice: Option<&'a str>,
    /// Empty when there is none.
    pub text: &'a str,
    pub share_url: Option<&'a str>,
    /// Something shared or media came with it, also where the data only says that there was.
    pub has_payload: bool,
    pub reactions: &'a [RecordReaction],
}

impl Writing<'_> {
    /// Hands over the messages of an account, one conversation after the other, each in the order of its times. Texts that
    /// are longer than any notice are left out (as if there were none).
    pub fn glance_at_messages(
        &self,
        account_id: i64,
        each: &mut dyn FnMut(&MessageGlance<'_>),
    ) -> Result<(), StoreError> {
        let doing = "looking at messages";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT r.id, r.thread_id, r.at_ms, r.author_id, author.handle, coalesce(n.plain, r.subkind, ''), n.subkind,
                        CASE WHEN length(r.text) <= 200 THEN r.text ELSE '' END, r.share_url,
                        r.share_url IS NOT NULL OR r.share_text IS NOT NULL OR r.share_owner IS NOT NULL
                            OR r.n_attachments > 0 OR r.details ->> '$.type' = 'Share',
                        r.n_reactions, coalesce(r.precision, 4) <= 2
                   FROM thread t
                  CROSS JOIN record r ON r.thread_id = t.id
                   LEFT JOIN handle author ON author.id = r.author_id
                   LEFT JOIN notice n ON n.record_id = r.id
                  -- The `+` keeps the index of all messages out: each conversation is found by its own, in order.
                  WHERE t.account_id = :account AND +r.kind = 5
                  ORDER BY t.id, r.at_ms, r.public_id",
            )
            .context(doing)?;
        let mut select_reactions = self
            .connection()
            .prepare_cached("SELECT actor_id, reaction, at_ms FROM reaction WHERE record_id = ?1 ORDER BY position")
            .context(doing)?;
        let mut rows = select.query(named_params! { ":account": account_id }).context(doing)?;
        let mut reactions: Vec<RecordReaction> = Vec::new();
        let (mut names, mut names_of) = (Vec::new(), None);
        while let Some(row) = rows.next().context(doing)? {
            let text = |column| row.get_ref(column).and_then(|value| Ok(value.as_str_or_null()?)).context(doing);
            let record_id = row.get(0).context(doing)?;
            let thread_id = row.get(1).context(doing)?;
            if names_of != Some(thread_id) {
                names = self.names_in_thread(thread_id)?;
                names_of = Some(thread_id);
            }
            reactions.clear();
            if row.get::<_, i64>(10).context(doing)? > 0 {
                let found = select_reactions
                    .query_map([record_id], |row| {
                        Ok(RecordReaction { actor_id: row.get(0)?, reaction: row.get(1)?, at_ms: row.get(2)? })
                    })
                    .context(doing)?;
                for reaction in found {
                    reactions.push(reaction.context(doing)?);
                }
            }
            each(&MessageGlance {
                record_id,
                thread_id,
                at_ms: row.get(2).context(doing)?,
                sender_id: row.get(3).context(doing)?,
                sender: text(4)?,
                names: &names,
                subkind: text(5)?.unwrap_or_default(),
                notice: text(6)?,
                text: text(7)?.unwrap_or_default(),
                share_url: text(8)?,
                knows_seconds: row.get(11).context(doing)?,
                has_payload: row.get::<_, Option<bool>>(9).context(doing)?.unwrap_or_default(),
                reactions: &reactions,
            });
        }
        Ok(())
    }

    /// All names of those who take part in a conversation, and of a group of those who ever wrote there: the longest first,
    /// and no more than the largest group has people.
    fn names_in_thread(&self, thread_id: i64) -> Result<Vec<String>, StoreError> {
        let doing = "listing the names of a conversation";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT handle FROM (
                     SELECT h.handle FROM participant p JOIN handle o ON o.id = p.handle_id
                       JOIN handle h ON h.person_id = o.person_id
                      WHERE p.thread_id = :thread
                      UNION
                     -- Not by the index of all messages, once for every group.
                     SELECT handle FROM handle
                      WHERE id IN (SELECT r.author_id FROM thread t CROSS JOIN record r ON r.thread_id = t.id
                                    WHERE t.id = :thread AND t.kind = 2 AND +r.kind = 5))
                  ORDER BY length(handle) DESC, handle LIMIT 250",
            )
            .context(doing)?;
        let rows = select.query_map([thread_id], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Says that the app wrote a message, as all messages together tell, or no longer.
    pub fn set_notice(&self, record_id: i64, subkind: Option<&str>) -> Result<(), StoreError> {
        let doing = "noting what the app wrote";
        let run = |sql: &str, parameters: &[(&str, &dyn rusqlite::ToSql)]| {
            let run = self.connection().prepare_cached(sql).and_then(|mut statement| statement.execute(parameters));
            run.map(drop).context(doing)
        };
        run(
            "UPDATE record SET subkind = (SELECT plain FROM notice WHERE record_id = :id), changed = :change
              WHERE id = :id AND EXISTS (SELECT 1 FROM notice WHERE record_id = :id)",
            &[(":id", &record_id), (":change", &self.change)],
        )?;
        run("DELETE FROM notice WHERE record_id = :id", &[(":id", &record_id)])?;
        let Some(subkind) = subkind else { return Ok(()) };
        run(
            "INSERT INTO notice (record_id, subkind, plain) SELECT id, :subkind, subkind FROM record WHERE id = :id",
            &[(":id", &record_id), (":subkind", &subkind)],
        )?;
        run(
            "UPDATE record SET subkind = :subkind, changed = :change WHERE id = :id",
            &[(":id", &record_id), (":subkind", &subkind), (":change", &self.change)],
        )
    }

    /// The subkind that a record has after what was told of it: `plain` is what it says of itself now. Where that is another
    /// than it was, what was told does not count any more.
    pub fn subkind_as_told(&self, record_id: i64, plain: Option<&str>) -> Result<Option<String>, StoreError> {
        let doing = "looking up what the app wrote";
        let told: Option<(String, String)> = self
            .connection()
            .prepare_cached("SELECT subkind, plain FROM notice WHERE record_id = ?1")
            .and_then(|mut select| select.query_row([record_id], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .context(doing)?;
        match told {
            Some((subkind, known)) if plain == Some(known.as_str()) => Ok(Some(subkind)),
            Some(_) => {
                self.connection()
                    .prepare_cached("DELETE FROM notice WHERE record_id = ?1")
                    .and_then(|mut delete| delete.execute([record_id]))
                    .context(doing)?;
                Ok(plain.map(str::to_owned))
            }
            None => Ok(plain.map(str::to_owned)),
        }
    }
}
