//! Accounts and people as they are shown.

use super::rows::NamedRow;
use super::{Store, StoreError, fold_name};

/// Everybody, with how much they wrote.
const PEOPLE: &str = "WITH wrote AS (
         SELECT h.person_id AS person_id, count(*) AS n, min(r.at_ms) AS first_ms, max(r.at_ms) AS last_ms
           FROM record r JOIN handle h ON h.id = r.author_id WHERE r.kind = 5 GROUP BY 1),
     took_part AS (
         SELECT h.person_id AS person_id, count(DISTINCT x.thread_id) AS n
           FROM participant x JOIN handle h ON h.id = x.handle_id GROUP BY 1)
     SELECT p.public_id AS id, p.name AS name,
            EXISTS (SELECT 1 FROM account_person o WHERE o.person_id = p.id) AS is_me,
            (SELECT count(*) FROM handle h WHERE h.person_id = p.id) AS n_names,
            coalesce(took_part.n, 0) AS n_threads, coalesce(wrote.n, 0) AS n_messages, wrote.first_ms, wrote.last_ms
       FROM person p
       LEFT JOIN wrote ON wrote.person_id = p.id
       LEFT JOIN took_part ON took_part.person_id = p.id";

impl Store {
    /// Everybody, those who wrote most first.
    pub fn shown_people(&self) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(&format!("{PEOPLE} ORDER BY n_messages DESC, n_threads DESC, p.name, p.public_id"), &[])
    }

    /// One person.
    pub fn shown_person(&self, id: &str) -> Result<Option<NamedRow>, StoreError> {
        Ok(self.select_all(&format!("{PEOPLE} WHERE p.public_id = ?1"), &[id.into()])?.pop())
    }

    /// All names of a person with what ties them together, user names first.
    pub fn names_of_person(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT handle, type, from_ms, to_ms, evidence FROM handles WHERE person_id = ?1
              ORDER BY type DESC, from_ms, handle",
            &[id.into()],
        )
    }

    /// Titles of the conversations that somebody takes part in, the latest first, with their ids.
    pub fn threads_of_person(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT t.id, t.title, t.n_messages FROM threads t
              WHERE t.id IN (SELECT thread_id FROM participants WHERE person_id = ?1)
              ORDER BY t.last_ms DESC, t.id",
            &[id.into()],
        )
    }

    /// Ids of the people whom a typed name means: of a name with `@` those of that user name; else those of that name, whole
    /// or as the beginning of a word; else those whose id begins so.
    pub fn people_named(&self, typed: &str) -> Result<Vec<String>, StoreError> {
        let user_name = typed.strip_prefix('@').map(fold_name);
        let asked = |condition: &str, value: &str| -> Result<Vec<String>, StoreError> {
            let sql = format!(
                "SELECT DISTINCT p.public_id AS id FROM handle h JOIN person p ON p.id = h.person_id
                  WHERE {condition} ORDER BY 1"
            );
            let rows = self.select_all(&sql, &[value.into()])?;
            Ok(rows.iter().filter_map(|row| row.text("id").map(str::to_owned)).collect())
        };
        if let Some(name) = user_name {
            return asked("h.type = 1 AND h.folded = ?1", &name);
        }
        let mut ids: Vec<String> = Vec::new();
        for found in self.find_people(typed)? {
            let rows =
                self.select_all("SELECT public_id AS id FROM person WHERE id = ?1", &[found.person_id.into()])?;
            ids.extend(rows.iter().filter_map(|row| row.text("id").map(str::to_owned)));
        }
        ids.sort();
        ids.dedup();
        if ids.is_empty() && typed.len() >= 4 {
            return asked("substr(p.public_id, 1, length(?1)) = ?1", typed);
        }
        Ok(ids)
    }

    /// Every account with its user names, by name.
    pub fn shown_accounts(&self) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all("SELECT * FROM accounts ORDER BY account, id", &[])
    }

    /// The snapshots of an account, oldest first.
    pub fn snapshots_of_shown_account(&self, id: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.select_all(
            "SELECT s.public_id AS id FROM snapshot s JOIN account a ON a.id = s.account_id
              WHERE substr(lower(hex(a.key)), 1, 16) = ?1 ORDER BY s.date, s.public_id",
            &[id.into()],
        )?;
        Ok(rows.iter().filter_map(|row| row.text("id").map(str::to_owned)).collect())
    }
}

/// A name as decisions call it, and the id of the person whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameMeant {
    /// A user name has `@` before it.
    pub name: String,
    pub person: String,
}

/// An account as decisions call it: by a user name that no other has, else by its first snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountMeant {
    pub id: String,
    pub name: String,
}

impl Store {
    /// The names that are written so, case and accents apart; with `@` before it only user names. Several names of one person
    /// count as the first.
    pub fn names_meant(&self, typed: &str) -> Result<Vec<NameMeant>, StoreError> {
        let (name, is_user_name) = typed.strip_prefix('@').map_or((typed, 0), |name| (name, 1));
        let rows = self.select_all(
            "SELECT min(CASE h.type WHEN 1 THEN '@' ELSE '' END || h.handle) AS name, p.public_id AS person
               FROM handle h JOIN person p ON p.id = h.person_id
              WHERE h.since = '' AND h.folded = ?1 AND (?2 = 0 OR h.type = 1) GROUP BY p.id ORDER BY 1, 2",
            &[fold_name(name).into(), is_user_name.into()],
        )?;
        Ok(rows
            .iter()
            .filter_map(|row| {
                Some(NameMeant { name: row.text("name")?.to_owned(), person: row.text("person")?.to_owned() })
            })
            .collect())
    }

    /// The accounts that ever had this user name, whose id begins so, or to which the snapshot of this id belongs.
    pub fn accounts_meant(&self, typed: &str) -> Result<Vec<AccountMeant>, StoreError> {
        let named = typed.trim_start_matches('@').to_lowercase();
        let rows = self.select_all(
            "SELECT v.id, v.account, s.id AS of_snapshot,
                    (SELECT min(n.public_id) FROM snapshot n WHERE n.account_id = a.id) AS first_snapshot,
                    (SELECT n.handle FROM account_name n
                      WHERE n.account_id = a.id
                        AND NOT EXISTS (SELECT 1 FROM account_name o WHERE o.handle = n.handle AND o.account_id <> a.id)
                      ORDER BY n.handle = ?1 DESC, n.from_ms, n.handle LIMIT 1) AS own_name
               FROM account a
               JOIN accounts v ON v.id = substr(lower(hex(a.key)), 1, 16)
               LEFT JOIN (SELECT x.public_id AS id, x.account_id FROM snapshot x WHERE x.public_id = ?2) s ON s.account_id = a.id
              WHERE EXISTS (SELECT 1 FROM account_name n WHERE n.account_id = a.id AND n.handle = ?1)
                 OR (length(?1) >= 4 AND substr(v.id, 1, length(?1)) = ?1) OR s.id IS NOT NULL
              ORDER BY v.id",
            &[named.into(), typed.into()],
        )?;
        Ok(rows
            .iter()
            .filter_map(|row| {
                let name =
                    row.text("of_snapshot").or_else(|| row.text("own_name")).or_else(|| row.text("first_snapshot"));
                Some(AccountMeant { id: row.text("id")?.to_owned(), name: name?.to_owned() })
            })
            .collect())
    }

    /// How many other snapshots the account of a snapshot has.
    pub fn n_snapshots_beside(&self, id: &str) -> Result<i64, StoreError> {
        let rows = self.select_all(
            "SELECT count(*) - 1 AS n FROM snapshot
              WHERE account_id = (SELECT account_id FROM snapshot WHERE public_id = ?1)",
            &[id.into()],
        )?;
        Ok(rows.first().and_then(|row| row.integer("n")).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every question of this file is one that SQLite understands.
    #[test]
    fn an_empty_store_answers_everything() {
        let store = Store::passing().expect("memory");
        let no_rows = Vec::<NamedRow>::new();
        for rows in
            [store.shown_people(), store.names_of_person("x"), store.threads_of_person("x"), store.shown_accounts()]
        {
            assert_eq!(rows.expect("rows"), no_rows);
        }
        assert_eq!(store.shown_person("x").expect("an answer"), None);
        let nobody = Vec::<String>::new();
        for typed in ["@anna", "anna", "abcdefgh"] {
            assert_eq!(store.people_named(typed).expect("ids"), nobody);
        }
        assert_eq!(store.snapshots_of_shown_account("x").expect("ids"), nobody);
        assert_eq!(store.names_meant("@anna").expect("names"), []);
        assert_eq!(store.accounts_meant("anna").expect("accounts"), []);
        assert_eq!(store.n_snapshots_beside("x").expect("a number"), -1);
    }
}
