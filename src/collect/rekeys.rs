//! Rekeys: the CSV file that says which key became which, so that history goes on under one number.
//!
//! Reads   the file that the project names.
//! Writes  `rekeys`: its rows, in key form.
//!
//! From then on the old key is another spelling of the new one, wherever a source, a decision or a person writes it. A row
//! that cannot be followed is an error of the project: a load under a wrong key would give new numbers for good.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use jiff::civil::Date;

use super::clean::trim;
use super::columns::days_of;
use super::key::KeyForms;
use super::read::{BadRecord, Cell, Csv, Fault, Format, Request, Row, Sink, read};
use crate::ledger::{LedgerError, OpenTimeslot, arrow_schema, sha256_hex};
use crate::table::{Field, Kind};
use crate::tables::REKEYS;

/// The columns of the file.
pub const COLUMNS: [&str; 7] = ["kind", "namespace", "old_key", "new_key", "reason", "who", "decided_on"];

/// The kinds whose keys may change. Others are namespaces of keys: with them all that lies below would be another.
const KINDS: [Kind; 5] = [Kind::Organisation, Kind::Identity, Kind::Account, Kind::Group, Kind::Permission];

/// Which key became which, in key form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rekeys(BTreeMap<(Kind, String, String), Rekey>);

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rekey {
    new_key: String,
    reason: String,
    who: String,
    decided_on: Date,
    line: usize,
}

/// A row that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRekey {
    /// Line of the file, counted from 1.
    pub line: usize,
    /// The column in which it is wrong; `None` = the whole row.
    pub column: Option<&'static str>,
    /// Why.
    pub message: String,
}

impl Rekeys {
    /// Whether no key ever changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a key is called now; `None` where it is called what it was.
    #[must_use]
    pub fn new_key(&self, kind: Kind, namespace: &str, key: &str) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        let step =
            |key: &str| self.0.get(&(kind, namespace.to_owned(), key.to_owned())).map(|rekey| rekey.new_key.as_str());
        let mut last = step(key)?;
        while let Some(next) = step(last) {
            last = next;
        }
        Some(last)
    }

    /// Every old key with what it is called now: kind, namespace, old, new.
    pub(super) fn all(&self) -> impl Iterator<Item = (Kind, &str, &str, &str)> {
        self.0.keys().filter_map(|(kind, namespace, old)| {
            Some((*kind, namespace.as_str(), old.as_str(), self.new_key(*kind, namespace, old)?))
        })
    }
}

/// Reads the file: what can be followed, and the rows that cannot.
///
/// # Errors
/// Where the file as a whole cannot be read, or has other columns.
pub fn read_rekeys(path: &Path, forms: &KeyForms) -> Result<(Rekeys, Vec<BadRekey>), Fault> {
    let columns = COLUMNS.map(str::to_owned);
    let csv =
        Csv { delimiter: b',', quote: Some(b'"'), encoding: "utf-8".to_owned(), skip_lines: 0, columns: Vec::new() };
    let mut rows = Rows { forms, taken: Vec::new(), bad: Vec::new() };
    let request = Request { format: &Format::Csv(csv), columns: &columns, explode: None };
    let notice = read(path, &request, &mut rows)?;
    if let Some(column) = notice.unused_columns.first() {
        let hint = format!("its columns are {}", COLUMNS.join(", "));
        return Err(Fault::new(format!("the column `{column}` is none of a rekey")).hint(hint));
    }
    let Rows { taken, mut bad, .. } = rows;
    let mut rekeys = Rekeys::default();
    let mut by_new: BTreeMap<(Kind, String, String), usize> = BTreeMap::new();
    for (from, rekey) in taken {
        let line = rekey.line;
        let to = (from.0, from.1.clone(), rekey.new_key.clone());
        let before = rekeys.0.get(&from).map(|known| known.line).or_else(|| by_new.get(&to).copied());
        if let Some(other) = before {
            bad.push(BadRekey {
                line,
                column: None,
                message: format!("line {other} says otherwise of one of the two keys"),
            });
            continue;
        }
        by_new.insert(to, line);
        rekeys.0.insert(from, rekey);
    }
    for (from, rekey) in &rekeys.0 {
        if rekeys.is_in_a_circle(from) {
            bad.push(BadRekey {
                line: rekey.line,
                column: Some("new_key"),
                message: "keys that become each other end nowhere".to_owned(),
            });
        }
    }
    bad.sort_by_key(|bad| bad.line);
    if !bad.is_empty() {
        rekeys = Rekeys::default();
    }
    Ok((rekeys, bad))
}

impl Rekeys {
    fn is_in_a_circle(&self, from: &(Kind, String, String)) -> bool {
        let mut seen = BTreeSet::new();
        let mut at = from.2.as_str();
        while let Some(rekey) = self.0.get(&(from.0, from.1.clone(), at.to_owned())) {
            if !seen.insert(at) {
                return true;
            }
            at = &rekey.new_key;
        }
        false
    }
}

struct Rows<'a> {
    forms: &'a KeyForms,
    taken: Vec<(From, Rekey)>,
    bad: Vec<BadRekey>,
}

impl Sink for Rows<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let line = usize::try_from(row.line).unwrap_or(usize::MAX);
        let text = |at: usize| match row.cells[at] {
            Cell::Text(text) => trim(text),
            _ => "",
        };
        match taken([0, 1, 2, 3, 4, 5, 6].map(text), self.forms, line) {
            Ok(rekey) => self.taken.push(rekey),
            Err((column, message)) => self.bad.push(BadRekey { line, column: Some(column), message }),
        }
    }

    fn bad(&mut self, record: BadRecord) {
        let line = usize::try_from(record.line).unwrap_or(usize::MAX);
        self.bad.push(BadRekey { line, column: None, message: record.reason });
    }
}

/// Kind, namespace and old key.
type From = (Kind, String, String);

/// The column that is wrong, and why.
type Why = (&'static str, String);

/// A row in key form, or what is wrong with it.
fn taken(cells: [&str; 7], forms: &KeyForms, line: usize) -> Result<(From, Rekey), Why> {
    let [kind, namespace, old, new, reason, who, day] = cells;
    let known = Kind::named(kind).filter(|kind| KINDS.contains(kind)).ok_or_else(|| {
        let kinds = KINDS.map(Kind::as_str).join(", ");
        ("kind", format!("`{kind}` is none of {kinds}"))
    })?;
    for (at, cell) in cells.iter().enumerate().filter(|(at, _)| *at != 1) {
        if cell.is_empty() {
            return Err((COLUMNS[at], format!("`{}` is missing", COLUMNS[at])));
        }
    }
    let namespace = match (known.namespace(), namespace) {
        (None, "") => String::new(),
        (None, _) => return Err(("namespace", format!("keys of a {kind} have no namespace"))),
        (Some(of), "") => return Err(("namespace", format!("`namespace` is missing: the {of} of the {kind}"))),
        (Some("application"), text) => forms.of(Kind::Application, "").apply(text).into_owned(),
        (Some(_), text) => forms.of(Kind::Repository, "").apply(text).into_owned(),
    };
    let form = forms.of(known, &namespace);
    let (old, new) = (form.apply(old).into_owned(), form.apply(new).into_owned());
    if old == new {
        return Err(("new_key", format!("`{new}` is the old key, too, in key form")));
    }
    let decided_on = day.parse::<Date>().ok().filter(|date| date.to_string() == day);
    let decided_on = decided_on.ok_or_else(|| ("decided_on", format!("`{day}` is no day of the form 2026-11-21")))?;
    let rekey = Rekey { new_key: new, reason: reason.to_owned(), who: who.to_owned(), decided_on, line };
    Ok(((known, namespace, old), rekey))
}

/// Puts what became of keys into the open timeslot; without any there is no such table. Nothing is committed.
///
/// # Errors
/// Where the disk fails.
pub(super) fn put_rekeys(rekeys: &Rekeys, open: &mut OpenTimeslot) -> Result<(), LedgerError> {
    if rekeys.is_empty() {
        open.remove(REKEYS.name);
        return Ok(());
    }
    let columns: Vec<Field> = REKEYS.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    let rows = &rekeys.0;
    let text = |texts: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(texts)) };
    let arrays: Vec<ArrayRef> = vec![
        text(rows.keys().map(|key| key.0.as_str()).collect()),
        text(rows.keys().map(|key| key.1.as_str()).collect()),
        text(rows.keys().map(|key| key.2.as_str()).collect()),
        text(rows.values().map(|rekey| rekey.new_key.as_str()).collect()),
        text(rows.values().map(|rekey| rekey.reason.as_str()).collect()),
        text(rows.values().map(|rekey| rekey.who.as_str()).collect()),
        Arc::new(rows.values().map(|rekey| Some(days_of(rekey.decided_on))).collect::<Date32Array>()),
    ];
    let mut part = open.create_part(REKEYS.name, "file", &sha256_hex(format!("{rows:?}").as_bytes()), &columns)?;
    part.write(RecordBatch::try_new(arrow_schema(&columns), arrays).expect("the arrays follow the table's columns"))?;
    let part = part.finish()?;
    open.put(REKEYS.name, columns, vec![part]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rekeys(rows: &str) -> (Rekeys, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rekeys.csv");
        std::fs::write(&path, format!("{}\n{rows}", COLUMNS.join(","))).expect("written");
        let (rekeys, bad) = read_rekeys(&path, &KeyForms::default()).expect("the file is read");
        (rekeys, bad.into_iter().map(|bad| format!("{}: {}", bad.line, bad.message)).collect())
    }

    #[test]
    fn a_key_is_called_what_it_last_became() {
        let (rekeys, bad) = rekeys(
            "identity,,E1,P1,renumbered,eve,2026-01-02\nidentity,,P1,Q1,again,eve,2026-02-02\naccount,AD,a.old,a.new,wedding,eve,2026-01-02\n",
        );
        assert_eq!(bad, Vec::<String>::new());
        assert_eq!(rekeys.new_key(Kind::Identity, "", "E1"), Some("Q1"));
        assert_eq!(rekeys.new_key(Kind::Identity, "", "Q1"), None);
        assert_eq!(rekeys.new_key(Kind::Account, "AD", "a.old"), Some("a.new"));
        assert_eq!(rekeys.new_key(Kind::Account, "CRM", "a.old"), None);
    }

    #[test]
    fn a_row_that_cannot_be_followed_says_why_and_spoils_the_file() {
        for (rows, expected) in [
            (
                "person,,E1,P1,x,eve,2026-01-02",
                "2: `person` is none of organisation, identity, account, group, permission",
            ),
            (
                "application,,A,B,x,eve,2026-01-02",
                "2: `application` is none of organisation, identity, account, group, permission",
            ),
            ("identity,,E1,P1,,eve,2026-01-02", "2: `reason` is missing"),
            ("identity,HR,E1,P1,x,eve,2026-01-02", "2: keys of a identity have no namespace"),
            ("account,,a,b,x,eve,2026-01-02", "2: `namespace` is missing: the repository of the account"),
            ("identity,,E1, E1 ,x,eve,2026-01-02", "2: `E1` is the old key, too, in key form"),
            ("identity,,E1,P1,x,eve,2.1.2026", "2: `2.1.2026` is no day of the form 2026-11-21"),
            (
                "identity,,E1,P1,x,eve,2026-01-02\nidentity,,E1,P2,x,eve,2026-01-02",
                "3: line 2 says otherwise of one of the two keys",
            ),
            (
                "identity,,E1,P1,x,eve,2026-01-02\nidentity,,E2,P1,x,eve,2026-01-02",
                "3: line 2 says otherwise of one of the two keys",
            ),
            (
                "identity,,A,B,x,eve,2026-01-02\nidentity,,B,A,x,eve,2026-01-02",
                "2: keys that become each other end nowhere",
            ),
        ] {
            let (rekeys, bad) = rekeys(rows);
            assert_eq!(bad.first().map(String::as_str), Some(expected));
            assert!(rekeys.is_empty());
        }
    }
}
