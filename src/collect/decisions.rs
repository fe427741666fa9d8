//! Decisions: the CSV file in which people say who owns an account, who may never, which account has no owner, and for
//! which account nothing else may say so.
//!
//! Reads   the decision file that the plan names.
//! Writes  decisions: every row, in key form; one that cannot be taken says why, and counts for nothing.
//!
//! Decisions stand above every rule, so nothing is guessed here: a row without a reason or without a name under it is
//! no decision, and two rows that contradict each other are none either.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::Date;

use super::clean::trim;
use super::columns::days_of;
use super::key::KeyForms;
use super::read::{BadRecord, Cell, Csv, Fault, Format, Request, Row, Sink, read};
use crate::ids::is_slug;
use crate::ledger::{LedgerError, OpenTimeslot, arrow_schema, sha256_hex};
use crate::table::{Field, Kind};
use crate::tables::DECISIONS;

/// The columns of the file.
const COLUMNS: [&str; 7] = ["repository", "identifier", "decision", "value", "reason", "who", "decided_on"];

/// Why the decisions cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsError {
    /// The file as a whole is wrong.
    #[error("the decisions in `{path}` cannot be read")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Fault,
    },
    /// The ledger cannot take them.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Reads the decisions and puts them into the open timeslot as its table `decisions`; without a file there are none.
/// Nothing is committed.
///
/// # Errors
/// Where the file as a whole cannot be read, or the disk fails.
pub fn put_decisions(path: Option<&Path>, forms: &KeyForms, open: &mut OpenTimeslot) -> Result<(), DecisionsError> {
    let Some(path) = path else {
        open.remove(DECISIONS.name);
        return Ok(());
    };
    let failed = |source| DecisionsError::File { path: path.to_owned(), source };
    let decisions = read_decisions(path, forms).map_err(failed)?;
    let fingerprint = fingerprint(&decisions);
    let columns = columns();
    let mut part = open.create_part(DECISIONS.name, "file", &fingerprint, &columns)?;
    part.write(batch(&decisions, &columns))?;
    let part = part.finish()?;
    open.put(DECISIONS.name, columns, vec![part]);
    Ok(())
}

/// What the decisions of a file are made from; `None` where it cannot be read.
pub(crate) fn fingerprint_of_decisions(path: &Path, forms: &KeyForms) -> Option<String> {
    read_decisions(path, forms).ok().map(|decisions| fingerprint(&decisions))
}

fn fingerprint(decisions: &BTreeSet<Decision>) -> String {
    sha256_hex(format!("{decisions:?}").as_bytes())
}

/// A row of the file: its cells in the order of the columns, the day, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Decision {
    cells: [Option<String>; 6],
    decided_on: Option<Date>,
    problem: Option<String>,
    /// Only of a row that cannot be taken: the order of the others means nothing.
    line: Option<i64>,
}

impl Decision {
    fn cell(&self, at: usize) -> &str {
        self.cells[at].as_deref().unwrap_or_default()
    }

    fn spoilt(self, line: i64, problem: impl Into<String>) -> Self {
        Self { problem: Some(problem.into()), line: Some(line), ..self }
    }
}

/// Every row of the file, sorted, each once.
fn read_decisions(path: &Path, forms: &KeyForms) -> Result<BTreeSet<Decision>, Fault> {
    let columns = COLUMNS.map(str::to_owned);
    let csv =
        Csv { delimiter: b',', quote: Some(b'"'), encoding: "utf-8".to_owned(), skip_lines: 0, columns: Vec::new() };
    let mut rows = Rows { forms, taken: Vec::new(), spoilt: Vec::new() };
    let format = Format::Csv(csv);
    let notice = read(path, &Request { format: &format, columns: &columns, explode: None }, &mut rows)?;
    if let Some(column) = notice.unused_columns.first() {
        let hint = format!("its columns are {}", COLUMNS.join(", "));
        return Err(Fault::new(format!("the column `{column}` is none of a decision")).hint(hint));
    }
    let mut decisions: BTreeSet<Decision> = rows.spoilt.into_iter().collect();
    decisions.extend(without_contradictions(rows.taken));
    Ok(decisions)
}

struct Rows<'a> {
    forms: &'a KeyForms,
    taken: Vec<(i64, Decision)>,
    spoilt: Vec<Decision>,
}

impl Sink for Rows<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        let text = |at: usize| match row.cells[at] {
            Cell::Text(text) => Some(trim(text)).filter(|text| !text.is_empty()),
            _ => None,
        };
        let plain = Decision { cells: [0, 1, 2, 3, 4, 5].map(|at| text(at).map(str::to_owned)), ..Decision::default() };
        match taken(&plain, text(6), self.forms) {
            Ok(decision) => self.taken.push((line, decision)),
            Err(problem) => self.spoilt.push(plain.spoilt(line, problem)),
        }
    }

    fn bad(&mut self, record: BadRecord) {
        let line = i64::try_from(record.line).unwrap_or(i64::MAX);
        self.spoilt.push(Decision::default().spoilt(line, record.reason));
    }
}

/// The decision with its keys in key form, or what is wrong with it.
fn taken(plain: &Decision, decided_on: Option<&str>, forms: &KeyForms) -> Result<Decision, String> {
    let is_break = plain.cell(2) == "break";
    if is_break && plain.cells[3].is_some() {
        return Err("a `break` has no `value`".to_owned());
    }
    let is_missing = |at: &usize| plain.cells[*at].is_none() && !(is_break && *at == 3);
    let missing = (0..6).find(is_missing).or_else(|| decided_on.is_none().then_some(6));
    if let Some(at) = missing {
        return Err(format!("`{}` is missing", COLUMNS[at]));
    }
    let day = decided_on.unwrap_or_default();
    let decided_on = day.parse::<Date>().ok().filter(|date| date.to_string() == day);
    let decided_on = decided_on.ok_or_else(|| format!("`{day}` is no day of the form 2026-11-21"))?;
    let value = plain.cell(3);
    let value = match plain.cell(2) {
        "pin" | "forbid" => forms.of(Kind::Identity, "").apply(value).into_owned(),
        "class" if is_slug(value) => value.to_owned(),
        "class" => return Err(format!("`{value}` is no reason: write lower-case letters, digits and `_`")),
        "break" => String::new(),
        other => return Err(format!("`{other}` is none of pin, forbid, class, break")),
    };
    let repository = forms.of(Kind::Repository, "").apply(plain.cell(0)).into_owned();
    let identifier = forms.of(Kind::Account, &repository).apply(plain.cell(1)).into_owned();
    let mut decision = Decision { decided_on: Some(decided_on), ..plain.clone() };
    (decision.cells[0], decision.cells[1], decision.cells[3]) =
        (Some(repository), Some(identifier), Some(value).filter(|_| !is_break));
    Ok(decision)
}

/// The rows with those spoilt that give an account two owners or classes, or that pin and forbid the same person.
fn without_contradictions(rows: Vec<(i64, Decision)>) -> Vec<Decision> {
    let mut by_account: BTreeMap<(String, String), Vec<(i64, Decision)>> = BTreeMap::new();
    for (line, decision) in rows {
        let account = (decision.cell(0).to_owned(), decision.cell(1).to_owned());
        let known = by_account.entry(account).or_default();
        // The same twice is said once.
        if !known.iter().any(|(_, other)| *other == decision) {
            known.push((line, decision));
        }
    }
    let mut kept = Vec::new();
    for about_one in by_account.into_values() {
        for (line, decision) in &about_one {
            let against = about_one.iter().find(|(_, other)| other != decision && contradict(decision, other));
            kept.push(match against {
                Some((other, _)) => decision.clone().spoilt(*line, format!("line {other} says otherwise")),
                None => decision.clone(),
            });
        }
    }
    kept
}

/// Whether two decisions about an account cannot both be followed. Two prohibitions always can.
fn contradict(one: &Decision, other: &Decision) -> bool {
    match (one.cell(2), other.cell(2)) {
        ("forbid", "pin") | ("pin", "forbid") => one.cell(3) == other.cell(3),
        // A break stands above the others.
        ("forbid" | "break", _) | (_, "forbid" | "break") => false,
        _ => true,
    }
}

fn columns() -> Vec<Field> {
    DECISIONS.columns.iter().map(|column| Field::new(column.name, column.kind)).collect()
}

fn batch(decisions: &BTreeSet<Decision>, columns: &[Field]) -> RecordBatch {
    let text = |of: &dyn Fn(&Decision) -> Option<String>| -> ArrayRef {
        Arc::new(decisions.iter().map(of).collect::<StringArray>())
    };
    let mut arrays: Vec<ArrayRef> = (0..6).map(|at| text(&|decision| decision.cells[at].clone())).collect();
    let days = decisions.iter().map(|decision| decision.decided_on.map(days_of));
    arrays.push(Arc::new(days.collect::<Date32Array>()));
    arrays.push(text(&|decision| decision.problem.clone()));
    arrays.push(Arc::new(decisions.iter().map(|decision| decision.line).collect::<Int64Array>()));
    RecordBatch::try_new(arrow_schema(columns), arrays).expect("the arrays follow the table's columns")
}

#[cfg(test)]
mod tests {
    use super::super::collector::{Case, KeyForm};
    use super::*;

    const HEADER: &str = "repository,identifier,decision,value,reason,who,decided_on\n";

    /// Key, decision, value and problem of each row.
    fn decisions(text: &str) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("owners.csv");
        std::fs::write(&path, text).expect("written");
        let upper = KeyForm { trim: true, case: Case::Upper, nfc: true };
        let forms = KeyForms { kinds: BTreeMap::from([(Kind::Identity, upper)]), ..KeyForms::default() };
        let rows = read_decisions(&path, &forms).map_err(|fault| fault.message)?;
        assert_eq!(batch(&rows, &columns()).num_rows(), rows.len());
        let line = |row: &Decision| row.line.map(|line| format!(" {line}: ")).unwrap_or_default();
        let told = |row: &Decision| row.problem.clone().unwrap_or_default();
        let cells = |row: &Decision| row.cells[..4].iter().flatten().cloned().collect::<Vec<_>>().join(" ");
        Ok(rows.iter().map(|row| format!("{}{}{}", cells(row), line(row), told(row))).collect())
    }

    #[test]
    fn decisions_are_read_in_key_form_and_sorted() {
        let text = format!(
            "{HEADER}AD, svc ,class,shared,desk,eve,2026-01-02\nAD,ann,pin,e1,\"swapped, again\",eve,2026-01-02\nAD,ann,pin,E1,\"swapped, again\",eve,2026-01-02\nAD,ann,forbid,e2,x,eve,2026-01-02\n"
        );
        assert_eq!(
            decisions(&text),
            Ok(["AD ann forbid E2", "AD ann pin E1", "AD svc class shared"].map(str::to_owned).into())
        );
    }

    #[test]
    fn a_row_that_is_no_decision_says_why() {
        let rows = [
            ("AD,ann,pin,E1,,eve,2026-01-02", "AD ann pin E1 2: `reason` is missing"),
            ("AD,ann,pin,E1,x,eve,2.1.2026", "AD ann pin E1 2: `2.1.2026` is no day of the form 2026-11-21"),
            ("AD,ann,keep,E1,x,eve,2026-01-02", "AD ann keep E1 2: `keep` is none of pin, forbid, class, break"),
            (
                "AD,ann,class,Shared desk,x,eve,2026-01-02",
                "AD ann class Shared desk 2: `Shared desk` is no reason: write lower-case letters, digits and `_`",
            ),
            ("AD,ann,break,E1,x,eve,2026-01-02", "AD ann break E1 2: a `break` has no `value`"),
            ("AD,ann,pin,,x,eve,2026-01-02", "AD ann pin 2: `value` is missing"),
            ("AD,ann,pin", " 2: 3 fields where 7 are expected"),
        ];
        for (row, expected) in rows {
            let found = decisions(&format!("{HEADER}{row}\n")).expect("the file is read");
            assert_eq!(found.len(), 1);
            let is_told = found[0] == expected || (expected.starts_with(' ') && found[0].starts_with(" 2: "));
            assert!(is_told, "{found:?} for {row}");
        }
    }

    #[test]
    fn two_decisions_that_contradict_each_other_are_none() {
        let row = |what: &str| format!("AD,ann,{what},x,eve,2026-01-02\n");
        let both = |a: &str, b: &str| decisions(&format!("{HEADER}{}{}", row(a), row(b))).expect("the file is read");
        assert_eq!(
            both("pin,E1", "pin,E2"),
            ["AD ann pin E1 2: line 3 says otherwise", "AD ann pin E2 3: line 2 says otherwise"]
        );
        assert_eq!(both("pin,E1", "forbid,E1").iter().filter(|row| row.contains("otherwise")).count(), 2);
        assert_eq!(both("class,shared", "pin,E1").iter().filter(|row| row.contains("otherwise")).count(), 2);
        assert_eq!(both("forbid,E1", "forbid,E2"), ["AD ann forbid E1", "AD ann forbid E2"]);
        assert_eq!(both("break,", "pin,E1"), ["AD ann break", "AD ann pin E1"]);
        assert_eq!(both("class,shared", "forbid,E2"), ["AD ann class shared", "AD ann forbid E2"]);
    }

    #[test]
    fn a_file_with_other_columns_is_not_taken() {
        let more = HEADER.replace("who", "who,until");
        assert_eq!(decisions(&more), Err("the column `until` is none of a decision".to_owned()));
        assert!(decisions(&HEADER.replace("reason,", "")).is_err());
        assert!(decisions("").is_err());
    }
}
