//! Exceptions: the file, CSV or TOML, in which somebody answers for findings that are to stand for a while, with the
//! reason and the last day.
//!
//! Reads   the exceptions file that the plan names.
//! Writes  exceptions: every row, in key form; one that cannot be taken says why, and excepts nothing.
//!
//! An exception hides nothing: the finding is counted all the same, apart from the open ones.

mod edit;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::Date;

pub(crate) use self::edit::{KnownException, NewException, add_exception, exceptions_of, withdraw_exception};
use super::columns::days_of;
use super::decisions::DecisionsError;
use super::key::KeyForms;
use super::read::Fault;
use super::said::{Form, rows};
use crate::ids::is_slug;
use crate::ledger::{OpenTimeslot, arrow_schema, sha256_hex};
use crate::settings::controls::Exceptions;
use crate::table::{Field, Kind};
use crate::tables::EXCEPTIONS;

/// What the file is to hold.
const FORM: Form<9> = Form { columns: COLUMNS, table: "exception", what: "an exception" };

/// The columns of the file.
pub(crate) const COLUMNS: [&str; 9] =
    ["control", "kind", "subject", "detail", "owner", "reason", "valid_from", "valid_until", "ticket"];

/// Those that must be filled, but for the end.
const NEEDED: [usize; 6] = [0, 1, 2, 4, 5, 6];

/// So much of a hash tells exceptions apart.
const ID_LENGTH: usize = 12;

/// A row of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Exception {
    id: Option<String>,
    control: Option<String>,
    kind: Option<String>,
    namespace: Option<String>,
    key: Option<String>,
    detail: Option<String>,
    owner: Option<String>,
    reason: Option<String>,
    days: [Option<Date>; 2],
    ticket: Option<String>,
    problem: Option<String>,
    /// Only of a row that cannot be taken: the order of the others means nothing.
    line: Option<i64>,
}

impl Exception {
    /// The texts of a row, as they are written.
    fn plain(cells: &[Option<String>; 9]) -> Self {
        let [control, kind, subject, detail, owner, reason, _, _, ticket] = cells.clone();
        Self { control, kind, key: subject, detail, owner, reason, ticket, ..Self::default() }
    }
}

/// Reads the exceptions and puts them into the open timeslot as its table `exceptions`; without a file there are none.
/// Nothing is committed.
///
/// # Errors
/// Where the file as a whole cannot be read, or the disk fails.
pub fn put_exceptions(
    said: Option<&Exceptions>,
    forms: &KeyForms,
    open: &mut OpenTimeslot,
) -> Result<(), DecisionsError> {
    let Some(said) = said else {
        open.remove(EXCEPTIONS.name);
        return Ok(());
    };
    let failed = |source| DecisionsError::File { path: said.file.clone(), source };
    let exceptions = read_exceptions(&said.file, said.may_be_open_ended, forms).map_err(failed)?;
    let columns: Vec<Field> = EXCEPTIONS.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    let mut part = open.create_part(EXCEPTIONS.name, "file", &fingerprint(&exceptions), &columns)?;
    part.write(batch(&exceptions, &columns))?;
    let part = part.finish()?;
    open.put(EXCEPTIONS.name, columns, vec![part]);
    Ok(())
}

/// What the exceptions of a file are made from; `None` where it cannot be read.
pub(crate) fn fingerprint_of_exceptions(said: &Exceptions, forms: &KeyForms) -> Option<String> {
    read_exceptions(&said.file, said.may_be_open_ended, forms).ok().map(|exceptions| fingerprint(&exceptions))
}

fn fingerprint(exceptions: &BTreeSet<Exception>) -> String {
    sha256_hex(format!("{exceptions:?}").as_bytes())
}

fn batch(exceptions: &BTreeSet<Exception>, columns: &[Field]) -> RecordBatch {
    let text = |of: fn(&Exception) -> &Option<String>| -> ArrayRef {
        Arc::new(exceptions.iter().map(|row| of(row).as_deref()).collect::<StringArray>())
    };
    let day = |at: usize| -> ArrayRef {
        Arc::new(exceptions.iter().map(|row| row.days[at].map(days_of)).collect::<Date32Array>())
    };
    let arrays: Vec<ArrayRef> = vec![
        text(|row| &row.id),
        text(|row| &row.control),
        text(|row| &row.kind),
        text(|row| &row.namespace),
        text(|row| &row.key),
        text(|row| &row.detail),
        text(|row| &row.owner),
        text(|row| &row.reason),
        day(0),
        day(1),
        text(|row| &row.ticket),
        text(|row| &row.problem),
        Arc::new(exceptions.iter().map(|row| row.line).collect::<Int64Array>()),
    ];
    RecordBatch::try_new(arrow_schema(columns), arrays).expect("the arrays follow the table's columns")
}

/// A row as it stands in the file, with what it comes to.
struct Written {
    /// Where it begins, counted from 1.
    line: i64,
    /// In the order of the columns, as they are written.
    cells: [Option<String>; 9],
    row: Exception,
}

/// Every row of the file, sorted, each once.
fn read_exceptions(path: &Path, may_be_open_ended: bool, forms: &KeyForms) -> Result<BTreeSet<Exception>, Fault> {
    Ok(read_lines(path, may_be_open_ended, forms)?.into_iter().map(|line| line.row).collect())
}

/// The file as it stands, in the order of lines.
fn read_lines(path: &Path, may_be_open_ended: bool, forms: &KeyForms) -> Result<Vec<Written>, Fault> {
    let mut lines = Vec::new();
    let mut taken_rows: BTreeMap<String, Vec<(i64, Exception)>> = BTreeMap::new();
    for said in rows(path, &FORM)? {
        let plain = Exception::plain(&said.cells);
        let taken = said.problem.map_or_else(|| taken(&plain, &said.cells, may_be_open_ended, forms), Err);
        let row = taken.unwrap_or_else(|problem| Exception { problem: Some(problem), line: Some(said.line), ..plain });
        if let Some(id) = &row.id {
            taken_rows.entry(id.clone()).or_default().push((said.line, row.clone()));
        }
        lines.push(Written { line: said.line, cells: said.cells, row });
    }
    for line in &mut lines {
        let about_same = line.row.id.as_ref().and_then(|id| taken_rows.get(id)).into_iter().flatten();
        if let Some((other, _)) = about_same.into_iter().find(|(_, other)| *other != line.row) {
            let problem = format!("line {other} says otherwise of the same from the same day on");
            line.row.problem = Some(problem);
            line.row.line = Some(line.line);
        }
    }
    Ok(lines)
}

/// The row with its key in key form, or what is wrong with it.
fn taken(
    plain: &Exception,
    cells: &[Option<String>; 9],
    may_be_open_ended: bool,
    forms: &KeyForms,
) -> Result<Exception, String> {
    if let Some(at) = NEEDED.into_iter().find(|at| cells[*at].is_none()) {
        return Err(format!("`{}` is missing", COLUMNS[at]));
    }
    let cell = |at: usize| cells[at].as_deref().unwrap_or_default();
    if !is_slug(cell(0)) {
        return Err(format!("`{}` is no id of a control", cell(0)));
    }
    let kinds = || Kind::ALL.map(Kind::as_str).join(", ");
    let kind = Kind::named(cell(1)).ok_or_else(|| format!("`{}` is none of {}", cell(1), kinds()))?;
    let (namespace, key) = match kind.namespace() {
        None => (None, forms.key(kind, "", cell(2)).into_owned()),
        Some(of) => {
            let whole = cell(2).split_once('/').filter(|(of, key)| !of.trim().is_empty() && !key.trim().is_empty());
            let Some((namespace, key)) = whole else {
                let sample = format!("{}/{}", of.to_uppercase(), kind.as_str().to_uppercase());
                return Err(format!("`{}` is no {kind}: write its {of} before it, as in `{sample}`", cell(2)));
            };
            let of = if of == "application" { Kind::Application } else { Kind::Repository };
            let namespace = forms.key(of, "", namespace).into_owned();
            let key = forms.key(kind, &namespace, key).into_owned();
            (Some(namespace), key)
        }
    };
    let day = |at: usize| match cells[at].as_deref() {
        None => Ok(None),
        Some(text) => match text.parse::<Date>().ok().filter(|date| date.to_string() == text) {
            Some(date) => Ok(Some(date)),
            None => Err(format!("`{text}` is no day of the form 2026-11-21")),
        },
    };
    let days = [day(6)?, day(7)?];
    match days {
        [Some(from), Some(until)] if until < from => return Err(format!("it ends on {until}, before it begins")),
        [_, None] if !may_be_open_ended => {
            return Err("`valid_until` is missing: the plan allows no exception without an end".to_owned());
        }
        _ => {}
    }
    let same = (cell(0), kind.as_str(), namespace.as_deref(), &key, cells[3].as_deref(), days[0]);
    let mut id = sha256_hex(format!("{same:?}").as_bytes());
    id.truncate(ID_LENGTH);
    Ok(Exception { id: Some(id), namespace, key: Some(key), days, ..plain.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str, may_be_open_ended: bool) -> Result<BTreeSet<Exception>, Fault> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        read_exceptions(&path, may_be_open_ended, &KeyForms::default())
    }

    fn told(row: &str, may_be_open_ended: bool) -> Vec<String> {
        let text = format!("{}\n{row}\n", COLUMNS.join(","));
        let rows = read("exceptions.csv", &text, may_be_open_ended).expect("the file is read");
        let told = |row: Exception| match (row.line, row.problem) {
            (Some(line), Some(problem)) => format!("{line}: {problem}"),
            _ => [row.control, row.kind, row.namespace, row.key, row.detail].map(Option::unwrap_or_default).join(" "),
        };
        rows.into_iter().map(told).collect()
    }

    #[test]
    fn an_exception_names_its_subject_as_people_write_it() {
        let rows = "pay,identity, E1 ,A/B + A/C,eve,migration,2026-01-01,2026-06-30,T-1\nidle,account,AD/ann,,eve,leave,2026-01-01,2026-06-30,";
        assert_eq!(told(rows, false), ["idle account AD ann ", "pay identity  E1 A/B + A/C"]);
    }

    #[test]
    fn a_row_that_excepts_nothing_says_why() {
        for (row, problem) in [
            (
                "pay,identity,E1,,eve,x,2026-01-01,,",
                "2: `valid_until` is missing: the plan allows no exception without an end",
            ),
            ("pay,identity,E1,,,x,2026-01-01,2026-02-01,", "2: `owner` is missing"),
            ("pay,identity,E1,,eve,,2026-01-01,2026-02-01,", "2: `reason` is missing"),
            ("pay,person,E1,,eve,x,2026-01-01,2026-02-01,", "2: `person` is none of"),
            (
                "pay,account,ann,,eve,x,2026-01-01,2026-02-01,",
                "2: `ann` is no account: write its repository before it, as in `REPOSITORY/ACCOUNT`",
            ),
            ("Pay it,identity,E1,,eve,x,2026-01-01,2026-02-01,", "2: `Pay it` is no id of a control"),
            ("pay,identity,E1,,eve,x,1.2.2026,2026-02-01,", "2: `1.2.2026` is no day"),
            ("pay,identity,E1,,eve,x,2026-02-02,2026-02-01,", "2: it ends on 2026-02-01, before it begins"),
            ("pay,identity", "2: "),
        ] {
            let found = told(row, false);
            assert!(found.len() == 1 && found[0].starts_with(problem), "{found:?} for {row}");
        }
        assert_eq!(told("pay,identity,E1,,eve,x,2026-01-01,,", true), ["pay identity  E1 "]);
    }

    #[test]
    fn two_rows_that_except_the_same_from_the_same_day_on_must_agree() {
        let row = |until: &str| format!("pay,identity,E1,,eve,x,2026-01-01,{until},");
        assert_eq!(told(&format!("{0}\n{0}", row("2026-02-01")), false).len(), 1);
        let found = told(&format!("{}\n{}", row("2026-02-01"), row("2026-03-01")), false);
        assert_eq!(
            found,
            [
                "2: line 3 says otherwise of the same from the same day on",
                "3: line 2 says otherwise of the same from the same day on"
            ]
        );
    }

    #[test]
    fn exceptions_may_be_tables_of_a_toml_file_and_other_columns_are_refused() {
        let table = "[[exception]]\ncontrol = 'pay'\nkind = 'identity'\nsubject = 'E1'\nowner = 'eve'\nreason = 'x'\nvalid_from = 2026-01-01\nvalid_until = 2026-02-01\n";
        let rows = read("exceptions.toml", table, false).expect("it is read");
        assert!(rows.len() == 1 && rows.iter().all(|row| row.problem.is_none() && row.days[1].is_some()), "{rows:?}");
        let rows = read("exceptions.toml", &table.replace("owner", "own"), false).expect("it is read");
        assert!(rows.iter().all(|row| row.problem.as_ref().is_some_and(|told| told.contains("`own` is none of"))));
        assert_eq!(read("exceptions.toml", "\n[exceptions]\n", false).map_err(|fault| fault.line), Err(Some(2)));
        assert!(read("exceptions.csv", "control,until\n", false).is_err());
    }
}
