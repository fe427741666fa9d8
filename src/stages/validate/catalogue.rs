//! The metrics that have a name: what each counts, in this timeslot and in its parent, and by which columns.

use std::fmt::Write;

use super::leads::{self, as_text};
use super::movers::is_same;
use super::rates;
use crate::sql;
use crate::stages::relation;
use crate::table::{Field, Kind, Role, Sort, Table};
use crate::tables;

/// A metric with a name: which rows of which table it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    /// The table whose rows are counted.
    pub(crate) table: &'static Table,
    what: What,
}

/// Which rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    All,
    /// Rows that are new, modified or deleted since the parent.
    Moved(&'static str),
    /// Rows for which the condition holds; `{p}` stands before the name of every table.
    Where(&'static str),
    /// Accounts that had an owner, are still there, and have none.
    OwnersLost,
    /// Identities that were active in the parent and are gone, or no longer active.
    Leavers,
}

const MOVED: [&str; 3] = ["new", "modified", "deleted"];

/// Metrics about some rows of a table; `t` is the row.
const SOME: [(&str, &Table, &str); 9] = [
    ("accounts.orphans", &tables::ACCOUNTS, "NOT EXISTS (SELECT 1 FROM {p}ownership o WHERE o.account_uid = t.uid)"),
    (
        "accounts.owned",
        &tables::ACCOUNTS,
        "EXISTS (SELECT 1 FROM {p}ownership o WHERE o.account_uid = t.uid AND o.identity_uid IS NOT NULL)",
    ),
    (
        "accounts.ownerless",
        &tables::ACCOUNTS,
        "EXISTS (SELECT 1 FROM {p}ownership o WHERE o.account_uid = t.uid AND o.identity_uid IS NULL)",
    ),
    (
        "identities.active",
        &tables::IDENTITIES,
        "EXISTS (SELECT 1 FROM {p}identity_status s WHERE s.uid = t.uid AND s.status = 'active')",
    ),
    (
        "identities.inactive",
        &tables::IDENTITIES,
        "EXISTS (SELECT 1 FROM {p}identity_status s WHERE s.uid = t.uid AND s.status <> 'active')",
    ),
    ("findings.standing", &tables::FINDINGS, "t.state <> 'fixed'"),
    ("findings.open", &tables::FINDINGS, "t.state <> 'fixed' AND t.exception IS NULL"),
    ("findings.excepted", &tables::FINDINGS, "t.exception IS NOT NULL"),
    ("findings.opened", &tables::FINDINGS, "t.state IN ('opened', 'reopened')"),
];

const OWNERS_LOST: &str = "owners.lost";
const LEAVERS: &str = "identities.leavers";

/// The metric of that name.
pub(crate) fn find(name: &str) -> Option<Measure> {
    if let Some((_, table, condition)) = SOME.iter().find(|(known, ..)| *known == name) {
        return Some(Measure { table, what: What::Where(condition) });
    }
    if name == OWNERS_LOST {
        return Some(Measure { table: &tables::ACCOUNTS, what: What::OwnersLost });
    }
    if name == LEAVERS {
        return Some(Measure { table: &tables::IDENTITIES, what: What::Leavers });
    }
    let (table, what) = name.split_once('.')?;
    let table = tables::by_name(table)?;
    if what == "count" {
        return Some(Measure { table, what: What::All });
    }
    let moved = MOVED.iter().find(|moved| **moved == what).filter(|_| table.is_collected())?;
    Some(Measure { table, what: What::Moved(moved) })
}

/// The names of all metrics, but of those about a column: there are as many as columns.
pub(crate) fn names() -> Vec<String> {
    let counted = tables::COLLECTED.iter().chain(tables::DERIVED).map(|table| format!("{}.count", table.name));
    let moved = |table: &&Table| MOVED.map(|moved| format!("{}.{moved}", table.name));
    let some = SOME.iter().map(|(name, ..)| (*name).to_owned());
    counted
        .chain(tables::COLLECTED.iter().flat_map(moved))
        .chain(some)
        .chain([OWNERS_LOST, LEAVERS].map(str::to_owned))
        .chain(rates::names())
        .collect()
}

/// Rows to count: what stands behind FROM and behind WHERE. The counted row is `t`.
pub(crate) struct Rows {
    pub(crate) from: String,
    pub(crate) condition: String,
}

impl Measure {
    /// All rows of a table.
    pub(super) fn all(table: &'static Table) -> Self {
        Self { table, what: What::All }
    }

    /// The rows of this timeslot that are counted.
    pub(crate) fn now(&self) -> Rows {
        let table = self.table.name;
        match self.what {
            What::All | What::Where(_) => self.rows(""),
            What::Moved(moved) => {
                let prefix = if moved == "deleted" { "before_" } else { "" };
                let condition = format!("m.table_name = '{table}' AND m.movement = '{moved}'");
                Rows { from: format!("movements m JOIN {prefix}{table} t ON {}", is_about(self.table)), condition }
            }
            What::OwnersLost => Rows {
                from: "before_accounts t JOIN before_ownership b ON b.account_uid = t.uid JOIN accounts n ON n.uid = t.uid\n  LEFT JOIN ownership o ON o.account_uid = t.uid".to_owned(),
                condition: "b.identity_uid IS NOT NULL AND o.identity_uid IS NULL".to_owned(),
            },
            // Whoever is listed no more has no status now.
            What::Leavers => Rows {
                from: "before_identities t JOIN before_identity_status b ON b.uid = t.uid\n  LEFT JOIN identity_status s ON s.uid = t.uid".to_owned(),
                condition: "b.status = 'active' AND COALESCE(s.status, '') <> 'active'".to_owned(),
            },
        }
    }

    /// The rows of the parent that are counted; `None` where only the parent's own measurement tells.
    pub(crate) fn before(&self) -> Option<Rows> {
        matches!(self.what, What::All | What::Where(_)).then(|| self.rows("before_"))
    }

    /// Whether the rows counted now are rows of the parent's table.
    pub(crate) fn counts_parent_rows(&self) -> bool {
        matches!(self.what, What::Moved("deleted") | What::OwnersLost | What::Leavers)
    }

    /// Whether only some rows of the table are counted.
    pub(super) fn is_about_some(&self) -> bool {
        matches!(self.what, What::Where(_))
    }

    /// Rows of the parent that counted there and count no more. `None` where no row is compared with another.
    pub(super) fn gone(&self) -> Option<Rows> {
        self.moved("deleted", "before_", "")
    }

    /// Rows that count now and did not in the parent.
    pub(super) fn come(&self) -> Option<Rows> {
        self.moved("new", "", "before_")
    }

    fn moved(&self, movement: &'static str, here: &str, there: &str) -> Option<Rows> {
        match self.what {
            // What activate has compared already.
            What::All if self.table.is_collected() => {
                Some(Measure { table: self.table, what: What::Moved(movement) }.now())
            }
            What::All | What::Where(_) => {
                let (one, other) = (self.rows(here), self.rows(there));
                let from = format!(
                    "{} LEFT JOIN (SELECT t.*, 1 AS is_there FROM {} WHERE {}) n ON {}",
                    one.from,
                    other.from,
                    other.condition,
                    is_same(self.table)
                );
                Some(Rows { from, condition: format!("n.is_there IS NULL AND {}", one.condition) })
            }
            _ => None,
        }
    }

    fn rows(&self, prefix: &str) -> Rows {
        let condition = match self.what {
            What::Where(condition) => condition.replace("{p}", prefix),
            _ => "TRUE".to_owned(),
        };
        Rows { from: format!("{prefix}{} t", self.table.name), condition }
    }
}

/// A condition that the movement `m` is about the row `t`.
pub(crate) fn is_about(table: &Table) -> String {
    if matches!(table.sort, Sort::Object(_)) {
        return "t.uid = m.uid".to_owned();
    }
    let about = relation::about(table, &|column| format!("t.{column}"));
    format!(
        "{} = m.uid AND COALESCE({}, -1) = COALESCE(m.related_uid, -1) AND {} = m.kind AND COALESCE({}, '') = COALESCE(m.related_kind, '') AND COALESCE({}, '') = COALESCE(m.detail, '')",
        about.uid, about.related_uid, about.kind, about.related_kind, about.detail
    )
}

/// By what rows are broken down: an expression of text, and what it needs joined.
#[derive(Debug, Clone)]
pub(crate) struct By {
    pub(crate) expression: String,
    pub(crate) joins: String,
}

impl By {
    /// Not at all.
    pub(crate) fn nothing() -> Self {
        Self { expression: "CAST(NULL AS VARCHAR)".to_owned(), joins: String::new() }
    }
}

/// Where a counted row `t` stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// Before the names of tables: `before_` for a row of the parent.
    pub(crate) prefix: &'a str,
    /// Before the aliases of what is joined to it, so that several can be.
    pub(crate) joined: &'a str,
}

/// How the row `t` of a table with these columns is told apart by a column: one of its own, or, for a relation,
/// an object at its ends (`group`) or where that object lives (`repository`).
pub(crate) fn by(table: &Table, fields: &[Field], column: &str, joined: &str) -> Option<By> {
    if let Some(field) = fields.iter().find(|field| field.name == column) {
        return Some(By { expression: as_text(field, "t"), joins: String::new() });
    }
    let (mut expressions, mut joins) = (Vec::new(), String::new());
    for (end, kind) in ends_by(table, column) {
        let of = format!("{joined}{}", end.trim_end_matches("_uid"));
        let is_place = kind.namespace() == Some(column);
        expressions.push(if is_place { format!("{of}.namespace") } else { key_text(&of, kind) });
        let _ =
            write!(joins, "\n  LEFT JOIN uids {of} ON {of}.kind = {} AND {of}.uid = t.{end}", sql::text(kind.as_str()));
    }
    match expressions.as_slice() {
        [] => None,
        [one] => Some(By { expression: one.clone(), joins }),
        several => Some(By { expression: format!("COALESCE({})", several.join(", ")), joins }),
    }
}

/// The ends of a relation by whose keys its rows can be told apart by a column.
pub(super) fn ends_by(table: &Table, column: &str) -> impl Iterator<Item = (&'static str, Kind)> {
    let ends = relation::ends(table).into_iter();
    ends.filter(move |(_, kind)| kind.namespace() == Some(column) || kind.as_str() == column)
}

/// The columns by which rows of a table can be broken down; `fields` gives the columns of every table.
pub(crate) fn by_columns(table: &'static Table, fields: &dyn Fn(&str) -> Vec<Field>) -> Vec<String> {
    let mut names: Vec<String> = fields(table.name).into_iter().map(|field| field.name).collect();
    names.extend(leads::columns(table, fields));
    names.sort();
    names.dedup();
    names
}

/// The column that says best what rows of a table belong to: where they live, their unit, or the far end. Never a person.
pub(crate) fn belongs_to(table: &Table) -> Option<&'static str> {
    if !matches!(table.sort, Sort::Object(_)) {
        let things = relation::ends(table).into_iter().rev().filter(|(_, kind)| !leads::is_of_a_person(*kind));
        return things.map(|(_, kind)| kind.as_str()).next();
    }
    let find = |wanted: &dyn Fn(Role) -> bool| {
        table.columns.iter().find(|column| wanted(column.role)).map(|column| column.name)
    };
    find(&|role| matches!(role, Role::Namespace(_)))
        .or_else(|| find(&|role| role == Role::Reference(Kind::Organisation)))
}

pub(super) fn key_text(alias: &str, kind: Kind) -> String {
    if kind.namespace().is_some() { format!("{alias}.namespace || '/' || {alias}.key") } else { format!("{alias}.key") }
}
