//! What people decided about the owners of accounts.

use std::collections::{HashMap, HashSet};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;

use crate::engine::EngineError;
use crate::kernels::rows::{column, each, text_at};
use crate::model::TableSet;
use crate::settings::reconcile::AccountClass;
use crate::table::Type;

/// A decision who owns an account, or that nobody does.
pub(super) struct Decision {
    /// Whether it names a person; else it says why there is none.
    pub(super) is_pin: bool,
    /// The employee id, or why there is no owner.
    pub(super) value: Option<String>,
    pub(super) reason: Option<String>,
    /// The identity of that employee id, where it is listed.
    pub(super) pinned: Option<i64>,
}

/// The decisions that count, by account.
#[derive(Default)]
pub(super) struct Decided {
    decisions: HashMap<i64, Vec<Decision>>,
    broken: HashSet<i64>,
    somebodys: HashSet<i64>,
}

/// A row of the decision file.
struct Row {
    repository: String,
    identifier: String,
    decision: String,
    value: Option<String>,
    reason: Option<String>,
}

impl Decided {
    pub(super) fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let rows = rows(tables)?;
        if rows.is_empty() {
            return Ok(Self::default());
        }
        let accounts = rows.iter().map(|row| joined([row.repository.as_str(), &row.identifier])).collect();
        let accounts = uids(tables, "accounts", &["repository", "identifier"], &accounts)?;
        let people = rows.iter().filter_map(|row| row.value.clone()).collect();
        let people = uids(tables, "identities", &["employee_id"], &people)?;
        let mut decided = Self::default();
        for row in &rows {
            let Some(account) = accounts.get(&joined([row.repository.as_str(), &row.identifier])) else { continue };
            if row.decision == "break" {
                decided.broken.insert(*account);
                continue;
            }
            if row.decision == "class" && AccountClass::somebodys().any(|class| row.value.as_deref() == Some(class)) {
                decided.somebodys.insert(*account);
                continue;
            }
            let decision = Decision {
                is_pin: row.decision == "pin",
                value: row.value.clone(),
                reason: row.reason.clone(),
                pinned: row.value.as_ref().and_then(|value| people.get(value).copied()),
            };
            decided.decisions.entry(*account).or_default().push(decision);
        }
        Ok(decided)
    }

    pub(super) fn of_account(&self, uid: i64) -> &[Decision] {
        self.decisions.get(&uid).map_or(&[], Vec::as_slice)
    }

    /// Whether people said that it is somebody's, and not whose.
    pub(super) fn is_somebodys(&self, uid: i64) -> bool {
        self.somebodys.contains(&uid)
    }

    /// Whether nothing but a rule may decide it.
    pub(super) fn is_broken(&self, uid: i64) -> bool {
        self.broken.contains(&uid)
    }
}

/// The rows that count.
fn rows(tables: &TableSet) -> Result<Vec<Row>, EngineError> {
    const COLUMNS: [&str; 6] = ["repository", "identifier", "decision", "value", "reason", "problem"];
    let mut rows = Vec::new();
    each(tables, "decisions", &COLUMNS, |batch| {
        let columns = COLUMNS.map(|name| column(batch, name, Type::Text));
        let texts = columns.each_ref().map(AsArray::as_string::<i32>);
        for row in 0..batch.num_rows() {
            let text = |at: usize| text_at(texts[at], row).map(str::to_owned);
            let (Some(repository), Some(identifier), Some(decision), None) = (text(0), text(1), text(2), text(5))
            else {
                continue;
            };
            if matches!(decision.as_str(), "pin" | "class" | "break") {
                rows.push(Row { repository, identifier, decision, value: text(3), reason: text(4) });
            }
        }
        Ok(())
    })?;
    Ok(rows)
}

/// Texts as one.
fn joined<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<&str> = texts.into_iter().collect();
    texts.join("\u{1f}")
}

/// The uids of the objects whose texts in some columns, joined, are among those that are wanted; by these.
fn uids(
    tables: &TableSet,
    table: &str,
    by: &[&str],
    wanted: &HashSet<String>,
) -> Result<HashMap<String, i64>, EngineError> {
    let mut uids = HashMap::new();
    let columns = [&["uid"], by].concat();
    each(tables, table, &columns, |batch| {
        let of_objects = column(batch, "uid", Type::Integer);
        let texts: Vec<_> = by.iter().map(|name| column(batch, name, Type::Text)).collect();
        for (row, uid) in of_objects.as_primitive::<Int64Type>().iter().enumerate() {
            let texts: Option<Vec<&str>> = texts.iter().map(|texts| text_at(texts.as_string(), row)).collect();
            let key = texts.map(joined).filter(|key| wanted.contains(key));
            uids.extend(key.zip(uid));
        }
        Ok(())
    })?;
    Ok(uids)
}
