//! What differs between any two timeslots, computed from their tables with the queries of activate. Stored movements
//! are not read: they speak of a timeslot and its own parent only.

mod derived;

use self::derived::{DERIVED, Derived};
use crate::cause::Causes;
use crate::collect;
use crate::engine::{Engine, EngineError, cells};
use crate::ledger::Timeslot;
use crate::model::{BEFORE, Model, StoredTable, TableSet};
use crate::sql;
use crate::stages::activate::movement_models;
use crate::stages::{Context, relation};
use crate::table::{Sort, Table};
use crate::tables;

/// Rows under named columns; `None` is null.
pub type Answer = (Vec<String>, Vec<Vec<Option<String>>>);

/// Why two timeslots could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// One was made while the other was out of sight, and both gave the same number to different objects.
    #[error("the two timeslots number their objects differently, so no uid of one means anything in the other")]
    OtherNumbers,
    /// No table of that name whose rows can be told apart in any two timeslots.
    #[error("`{table}` is no table that can be compared; there are {}", known.join(", "))]
    UnknownTable {
        /// The name given.
        table: String,
        /// Those that exist.
        known: Vec<&'static str>,
    },
    /// The table lacks the column.
    #[error("{table} has no column `{column}`; there are {}", known.join(", "))]
    UnknownColumn {
        /// The table, or that no table has it.
        table: String,
        /// The name given.
        column: String,
        /// Those that exist.
        known: Vec<String>,
    },
}

/// Two timeslots side by side.
pub struct Diff<'a> {
    engine: &'a dyn Engine,
    tables: TableSet,
    from: &'a Timeslot,
    to: &'a Timeslot,
}

impl<'a> Diff<'a> {
    /// Puts two timeslots side by side: what is in `to` and not in `from` is new.
    ///
    /// # Errors
    /// Where the two number their objects differently, or a registry cannot be read.
    pub fn new(from: &'a Timeslot, to: &'a Timeslot, engine: &'a dyn Engine) -> Result<Self, DiffError> {
        let mut tables = TableSet::of(to, Some(from));
        let only_before: Vec<(String, StoredTable)> = tables
            .iter()
            .filter_map(|(name, stored)| Some((name.strip_prefix(BEFORE)?.to_owned(), stored)))
            .filter(|(name, _)| !tables.contains(name))
            .map(|(name, stored)| (name, StoredTable { columns: stored.columns.clone(), ..StoredTable::default() }))
            .collect();
        for (name, stored) in only_before {
            tables.insert(&name, stored);
        }
        let diff = Self { engine, tables, from, to };
        let clashes = "SELECT 1 FROM uids n JOIN before_uids b ON b.kind = n.kind AND b.uid = n.uid
                       WHERE (b.namespace <> n.namespace OR b.key <> n.key)
                         AND NOT EXISTS (SELECT 1 FROM rekeys r WHERE r.kind = n.kind AND r.old_key = b.key)
                         AND NOT EXISTS (SELECT 1 FROM before_rekeys f WHERE f.kind = n.kind AND f.old_key = n.key) LIMIT 1";
        if diff.rows(clashes)?.is_empty() { Ok(diff) } else { Err(DiffError::OtherNumbers) }
    }

    /// For each collected table, for owners, standing findings and effective rights, or for the table named: rows in
    /// either, and what is new, modified and deleted. With a column, for each of its values.
    ///
    /// # Errors
    /// Where table or column do not exist, or a query fails.
    pub fn counts(&self, table: Option<&str>, by: Option<&str>) -> Result<Answer, DiffError> {
        let mut columns: Vec<String> = vec!["table".to_owned()];
        columns.extend(by.map(str::to_owned));
        columns.extend([&self.from.manifest.timeslot, &self.to.manifest.timeslot].map(ToString::to_string));
        columns.extend(["new", "modified", "deleted"].map(str::to_owned));
        let computed = table.and_then(derived::find);
        let asked = table.filter(|_| computed.is_none()).map(collected).transpose()?;
        let mut rows = Vec::new();
        for table in tables::COLLECTED
            .iter()
            .copied()
            .filter(|_| computed.is_none())
            .filter(|table| asked.is_none_or(|asked| asked.name == table.name))
        {
            if by.is_some_and(|by| asked.is_none() && !self.has(table.name, by)) || !self.tables.contains(table.name) {
                continue;
            }
            if let Some(by) = by {
                self.demand(table, by)?;
            }
            rows.extend(self.rows(&self.counting(table, by))?);
        }
        let wanted = |derived: &&Derived| table.is_none_or(|asked| asked == derived.name);
        for derived in DERIVED.iter().filter(wanted).filter(|derived| self.tables.contains(derived.name)) {
            match by.filter(|by| !self.has(derived.name, by)) {
                Some(_) if computed.is_none() => {}
                Some(by) => return Err(self.no_column(derived.name, by)),
                None => rows.extend(self.rows(&summed(derived.name, by, &derived.counted(by)))?),
            }
        }
        match by {
            Some(by) if rows.is_empty() && asked.is_none() => {
                Err(DiffError::UnknownColumn { table: "no table".to_owned(), column: by.to_owned(), known: Vec::new() })
            }
            _ => Ok((columns, rows)),
        }
    }

    /// The objects or relations of a table that moved, by their key texts; of modified objects each attribute, unless
    /// only keys are wanted.
    ///
    /// # Errors
    /// Where the table does not exist, or a query fails.
    pub fn details(&self, table: &str, only_keys: bool) -> Result<Answer, DiffError> {
        let named = |columns: &[&str]| columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>();
        let keys = "object_keys AS (SELECT kind, uid, CASE WHEN namespace = '' THEN key ELSE namespace || '/' || key END AS key_text
             FROM (SELECT kind, namespace, key, uid FROM uids UNION SELECT kind, namespace, key, uid FROM before_uids) AS known)";
        if let Some(derived) = derived::find(table) {
            let is_there = self.tables.contains(derived.name);
            let rows = if is_there { self.rows(&derived.details(keys))? } else { Vec::new() };
            return Ok((named(derived.columns), rows));
        }
        let table = collected(table)?;
        if !self.tables.contains(table.name) {
            return Ok((named(&["movement", "key"]), Vec::new()));
        }
        let moved = self.movements(table);
        let Sort::Object(kind) = table.sort else {
            let query = format!(
                "WITH {keys}, moved AS ({moved})
                 SELECT m.movement, m.kind, f.key_text AS key_text, m.related_kind, s.key_text AS related_key, m.detail
                 FROM moved m LEFT JOIN object_keys f ON f.kind = m.kind AND f.uid = m.uid
                 LEFT JOIN object_keys s ON s.kind = m.related_kind AND s.uid = m.related_uid
                 ORDER BY m.movement, m.kind NULLS LAST, f.key_text NULLS LAST, s.key_text NULLS LAST, m.detail NULLS FIRST"
            );
            let columns = named(&["movement", "kind", "key", "related_kind", "related_key", "detail"]);
            return Ok((columns, self.rows(&query)?));
        };
        let changes = self.models(table).into_iter().find(|model| model.table == "changes");
        let Some(changes) = changes.filter(|_| !only_keys) else {
            let query = format!(
                "WITH {keys}, moved AS ({moved}) SELECT m.movement, k.key_text FROM moved m
                 JOIN object_keys k ON k.kind = '{kind}' AND k.uid = m.uid ORDER BY m.movement, k.key_text"
            );
            return Ok((named(&["movement", "key"]), self.rows(&query)?));
        };
        let query = format!(
            "WITH {keys}, moved AS ({moved}), changed AS ({})
             SELECT m.movement, k.key_text, c.attribute, c.old_value, c.new_value
             FROM moved m JOIN object_keys k ON k.kind = '{kind}' AND k.uid = m.uid
             LEFT JOIN changed c ON c.uid = m.uid AND m.movement = 'modified'
             ORDER BY m.movement, k.key_text, c.attribute NULLS FIRST",
            changes.query()
        );
        Ok((named(&["movement", "key", "attribute", "old", "new"]), self.rows(&query)?))
    }

    /// Counts of a table, each value of a column apart where one is named.
    fn counting(&self, table: &'static Table, by: Option<&str>) -> String {
        let name = table.name;
        let Some(by) = by else {
            let counted = format!(
                "SELECT 'before' AS what FROM before_{name} UNION ALL SELECT 'now' AS what FROM {name}
                 UNION ALL SELECT movement AS what FROM ({}) AS m",
                self.movements(table)
            );
            return summed(name, None, &counted);
        };
        let value = |alias: &str| format!("CAST({alias}.{} AS VARCHAR)", sql::name(by));
        // What a movement speaks of, said by a row of the table.
        let subject = |of: &str, alias: &str| {
            let about = if let Sort::Object(kind) = table.sort {
                format!(
                    "'{kind}' AS kind, {alias}.uid AS uid, CAST(NULL AS BIGINT) AS related_uid, CAST(NULL AS VARCHAR) AS detail"
                )
            } else {
                let about = relation::about(table, &|column| format!("{alias}.{column}"));
                format!(
                    "{} AS kind, {} AS uid, {} AS related_uid, {} AS detail",
                    about.kind, about.uid, about.related_uid, about.detail
                )
            };
            format!("SELECT {about}, {} AS by_value FROM {of} {alias}", value(alias))
        };
        let same = |alias: &str| {
            format!(
                "COALESCE({alias}.kind, '') = COALESCE(m.kind, '') AND COALESCE({alias}.uid, -1) = COALESCE(m.uid, -1)
                 AND COALESCE({alias}.related_uid, -1) = COALESCE(m.related_uid, -1) AND COALESCE({alias}.detail, '') = COALESCE(m.detail, '')"
            )
        };
        let counted = format!(
            "WITH moved AS ({}), subjects AS ({}), before_subjects AS ({})
             SELECT 'before' AS what, by_value FROM before_subjects UNION ALL SELECT 'now' AS what, by_value FROM subjects
             UNION ALL SELECT m.movement AS what, s.by_value FROM moved m JOIN subjects s ON {} WHERE m.movement <> 'deleted'
             UNION ALL SELECT m.movement AS what, s.by_value FROM moved m JOIN before_subjects s ON {} WHERE m.movement = 'deleted'",
            self.movements(table),
            subject(name, "r"),
            subject(&format!("before_{name}"), "r"),
            same("s"),
            same("s"),
        );
        summed(name, Some(by), &counted)
    }

    /// The movements of a table; of a relation with those of its unresolved rows left out.
    fn movements(&self, table: &'static Table) -> String {
        let models = self.models(table);
        let model = models.iter().find(|model| model.table == "movements" && model.name == table.name);
        model.expect("every collected table has movements").query().to_owned()
    }

    fn models(&self, table: &'static Table) -> Vec<Model> {
        let (now, before) = (collect::reports_of(Some(self.to)), collect::reports_of(Some(self.from)));
        movement_models(
            table,
            &Context {
                as_of: self.to.manifest.as_of,
                tables: &self.tables,
                has_parent: true,
                parent_as_of: Some(self.from.manifest.as_of),
                sources: &now,
                sources_before: &before,
                causes: &Causes::default(),
            },
        )
    }

    fn has(&self, table: &str, column: &str) -> bool {
        let has = |name: &str| self.tables.find(name).columns.iter().any(|known| known.name == column);
        has(table) && has(&format!("{BEFORE}{table}"))
    }

    fn demand(&self, table: &Table, column: &str) -> Result<(), DiffError> {
        if self.has(table.name, column) {
            return Ok(());
        }
        Err(self.no_column(table.name, column))
    }

    fn no_column(&self, table: &str, column: &str) -> DiffError {
        let stored = self.tables.find(table);
        let known = stored.columns.iter().map(|known| known.name.clone());
        let known = known.filter(|name| self.has(table, name)).collect();
        DiffError::UnknownColumn { table: format!("`{table}`"), column: column.to_owned(), known }
    }

    fn rows(&self, query: &str) -> Result<Vec<Vec<Option<String>>>, EngineError> {
        cells(&self.engine.rows(query, &self.tables)?)
    }
}

/// Rows `what` (and `by_value`, where a column is asked for) counted by what they say.
fn summed(table: &str, by: Option<&str>, counted: &str) -> String {
    let count = |what: &str| {
        format!("CAST(COALESCE(SUM(CASE WHEN t.what = '{what}' THEN 1 ELSE 0 END), 0) AS BIGINT) AS n_{what}")
    };
    let counts = ["before", "now", "new", "modified", "deleted"].map(count).join(", ");
    match by {
        None => format!("SELECT '{table}' AS table_name, {counts} FROM ({counted}) AS t"),
        Some(_) => format!(
            "SELECT '{table}' AS table_name, t.by_value, {counts} FROM ({counted}) AS t GROUP BY t.by_value ORDER BY t.by_value NULLS LAST"
        ),
    }
}

fn collected(name: &str) -> Result<&'static Table, DiffError> {
    let found = tables::COLLECTED.iter().find(|table| table.name == name).copied();
    found.ok_or_else(|| DiffError::UnknownTable { table: name.to_owned(), known: compared_tables() })
}

/// The tables that can be compared: the collected ones, and those that people ask about.
pub(crate) fn compared_tables() -> Vec<&'static str> {
    tables::COLLECTED.iter().map(|table| table.name).chain(DERIVED.iter().map(|table| table.name)).collect()
}
