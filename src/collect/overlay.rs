//! The overlay of managers: the CSV file in which people say who manages what, above all resolvers, and for how long.
//!
//! Reads   the overlay file that the plan names.
//! Writes  `manager_overlay`: every row, in key form; one that cannot be taken says why, and counts for nothing.
//!
//! Loads do not change it: a row holds until its last day, or until somebody takes it out.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::Date;

use super::clean::trim;
use super::columns::days_of;
use super::decisions::DecisionsError;
use super::key::KeyForms;
use super::read::{BadRecord, Cell, Csv, Fault, Format, Request, Row, Sink, read};
use crate::ledger::{OpenTimeslot, arrow_schema, sha256_hex};
use crate::table::{Field, Kind};
use crate::tables::MANAGER_OVERLAY;

/// The columns of the file.
pub(crate) const COLUMNS: [&str; 10] =
    ["kind", "namespace", "key", "domain", "action", "manager", "valid_from", "valid_until", "reason", "who"];

const NEEDED: [usize; 6] = [0, 2, 4, 5, 8, 9];

/// A row of the file: its texts in the order of the columns, its days, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    cells: [Option<String>; 10],
    days: [Option<Date>; 2],
    problem: Option<String>,
    line: Option<i64>,
}

/// Reads the overlay and puts it into the open timeslot as its table `manager_overlay`; without a file there is none.
/// Nothing is committed.
///
/// # Errors
/// Where the file as a whole cannot be read, or the disk fails.
pub fn put_overlay(path: Option<&Path>, forms: &KeyForms, open: &mut OpenTimeslot) -> Result<(), DecisionsError> {
    let Some(path) = path else {
        open.remove(MANAGER_OVERLAY.name);
        return Ok(());
    };
    let orders = read_orders(path, forms).map_err(|source| DecisionsError::File { path: path.to_owned(), source })?;
    let columns: Vec<Field> =
        MANAGER_OVERLAY.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    let mut part = open.create_part(MANAGER_OVERLAY.name, "file", &fingerprint(&orders), &columns)?;
    part.write(batch(&orders, &columns))?;
    let part = part.finish()?;
    open.put(MANAGER_OVERLAY.name, columns, vec![part]);
    Ok(())
}

/// What the overlay of a file is made from; `None` where it cannot be read.
pub(crate) fn fingerprint_of_overlay(path: &Path, forms: &KeyForms) -> Option<String> {
    read_orders(path, forms).ok().map(|orders| fingerprint(&orders))
}

fn fingerprint(orders: &BTreeSet<Order>) -> String {
    sha256_hex(format!("{orders:?}").as_bytes())
}

fn batch(orders: &BTreeSet<Order>, columns: &[Field]) -> RecordBatch {
    let text = |at: usize| -> ArrayRef {
        Arc::new(orders.iter().map(|order| order.cells[at].clone()).collect::<StringArray>())
    };
    let day = |at: usize| -> ArrayRef {
        Arc::new(orders.iter().map(|order| order.days[at].map(days_of)).collect::<Date32Array>())
    };
    let arrays: Vec<ArrayRef> = vec![
        text(0),
        text(1),
        text(2),
        text(3),
        text(4),
        text(5),
        day(0),
        day(1),
        text(8),
        text(9),
        Arc::new(orders.iter().map(|order| order.problem.clone()).collect::<StringArray>()),
        Arc::new(orders.iter().map(|order| order.line).collect::<Int64Array>()),
    ];
    RecordBatch::try_new(arrow_schema(columns), arrays).expect("the arrays follow the table's columns")
}

/// Every row of the file, sorted, each once.
fn read_orders(path: &Path, forms: &KeyForms) -> Result<BTreeSet<Order>, Fault> {
    let columns = COLUMNS.map(str::to_owned);
    let csv =
        Csv { delimiter: b',', quote: Some(b'"'), encoding: "utf-8".to_owned(), skip_lines: 0, columns: Vec::new() };
    let mut rows = Rows { forms, orders: BTreeSet::new() };
    let request = Request { format: &Format::Csv(csv), columns: &columns, explode: None };
    let notice = read(path, &request, &mut rows)?;
    match notice.unused_columns.first() {
        Some(column) => {
            let hint = format!("its columns are {}", COLUMNS.join(", "));
            Err(Fault::new(format!("the column `{column}` is none of an overlay of managers")).hint(hint))
        }
        None => Ok(rows.orders),
    }
}

struct Rows<'a> {
    forms: &'a KeyForms,
    orders: BTreeSet<Order>,
}

impl Sink for Rows<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let text = |at: usize| match row.cells[at] {
            Cell::Text(text) => Some(trim(text).to_owned()).filter(|text| !text.is_empty()),
            _ => None,
        };
        let plain = Order { cells: std::array::from_fn(text), ..Order::default() };
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        self.orders.insert(match taken(plain.clone(), self.forms) {
            Ok(order) => order,
            Err(problem) => Order { problem: Some(problem), line: Some(line), ..plain },
        });
    }

    fn bad(&mut self, record: BadRecord) {
        let line = Some(i64::try_from(record.line).unwrap_or(i64::MAX));
        self.orders.insert(Order { problem: Some(record.reason), line, ..Order::default() });
    }
}

/// The row with its keys in key form, or what is wrong with it.
fn taken(mut order: Order, forms: &KeyForms) -> Result<Order, String> {
    if let Some(at) = NEEDED.into_iter().find(|at| order.cells[*at].is_none()) {
        return Err(format!("`{}` is missing", COLUMNS[at]));
    }
    let cell = |at: usize| order.cells[at].clone().unwrap_or_default();
    let kinds = || Kind::ALL.map(Kind::as_str).join(", ");
    let kind = Kind::named(&cell(0)).ok_or_else(|| format!("`{}` is none of {}", cell(0), kinds()))?;
    let action = cell(4);
    if !["set", "add", "remove", "delegate"].contains(&action.as_str()) {
        return Err(format!("`{action}` is none of set, add, remove, delegate"));
    }
    if action == "delegate" && kind != Kind::Identity {
        return Err(format!("only an identity delegates, no {kind}"));
    }
    let namespace = match (kind.namespace(), order.cells[1].as_deref()) {
        (None, None) => None,
        (None, Some(_)) => return Err(format!("`namespace` is for keys that have one, not for those of kind {kind}")),
        (Some(of), None) => return Err(format!("`namespace` is missing: the {of} of the {kind}")),
        (Some(of), Some(text)) => {
            let of = if of == "application" { Kind::Application } else { Kind::Repository };
            Some(forms.key(of, "", text).into_owned())
        }
    };
    let key = forms.key(kind, namespace.as_deref().unwrap_or(""), &cell(2)).into_owned();
    let manager = forms.key(Kind::Identity, "", &cell(5)).into_owned();
    let day = |at: usize| match order.cells[at].as_deref() {
        None => Ok(None),
        Some(text) => match text.parse::<Date>().ok().filter(|date| date.to_string() == text) {
            Some(date) => Ok(Some(date)),
            None => Err(format!("`{text}` is no day of the form 2026-11-21")),
        },
    };
    let days = [day(6)?, day(7)?];
    if let [Some(from), Some(until)] = days
        && until < from
    {
        return Err(format!("it ends on {until}, before it begins"));
    }
    order.days = days;
    (order.cells[1], order.cells[2], order.cells[5]) = (namespace, Some(key), Some(manager));
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(rows: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("managers.csv");
        std::fs::write(&path, format!("{}\n{rows}\n", COLUMNS.join(","))).expect("written");
        let orders = read_orders(&path, &KeyForms::default()).expect("the file is read");
        orders
            .into_iter()
            .map(|order| match (order.line, order.problem) {
                (Some(line), Some(problem)) => format!("{line}: {problem}"),
                _ => order.cells.into_iter().flatten().collect::<Vec<_>>().join(" "),
            })
            .collect()
    }

    #[test]
    fn what_people_say_about_managers_is_read_row_by_row() {
        assert_eq!(
            orders(
                "group,AD, STAFF ,,set,E1,2026-01-01,,owner left,eve\nidentity,,E1,security,delegate,E2,2026-01-01,2026-02-01,leave,eve"
            ),
            [
                "group AD STAFF set E1 2026-01-01 owner left eve",
                "identity E1 security delegate E2 2026-01-01 2026-02-01 leave eve"
            ]
        );
    }

    #[test]
    fn a_row_that_says_nothing_about_a_manager_says_why() {
        for (row, problem) in [
            ("person,,E1,,set,E2,,,x,eve", "2: `person` is none of"),
            ("identity,,E1,,replace,E2,,,x,eve", "2: `replace` is none of set, add, remove, delegate"),
            ("identity,,E1,,set,E2,,,,eve", "2: `reason` is missing"),
            ("identity,,E1,,set,,,,x,eve", "2: `manager` is missing"),
            ("identity,AD,E1,,set,E2,,,x,eve", "2: `namespace` is for keys that have one"),
            ("group,,G,,set,E2,,,x,eve", "2: `namespace` is missing: the repository of the group"),
            ("group,AD,G,,delegate,E2,,,x,eve", "2: only an identity delegates, no group"),
            ("identity,,E1,,set,E2,1.2.2026,,x,eve", "2: `1.2.2026` is no day"),
            ("identity,,E1,,set,E2,2026-02-02,2026-02-01,x,eve", "2: it ends on 2026-02-01, before it begins"),
        ] {
            let found = orders(row);
            assert!(found.len() == 1 && found[0].starts_with(problem), "{found:?}");
        }
    }
}
