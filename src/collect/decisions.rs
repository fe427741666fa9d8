//! Decisions: the file, CSV or TOML, in which people say who owns an account, who may never, which account has no owner, and for
//! which account nothing else may say so.
//!
//! Reads   the decision file that the plan names.
//! Writes  decisions: every row, in key form; one that cannot be taken says why, and counts for nothing.
//!
//! Decisions stand above every rule, so nothing is guessed here: a row without a reason or without a name under it is
//! no decision, and two rows that contradict each other are none either.

mod edit;
mod file;
mod replace;
mod toml;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};

pub(in crate::collect) use self::edit::refuse_toml;
pub(crate) use self::edit::{EditError, Known, NewDecision, Verdict, add_decision, decisions_about, withdraw_decision};
pub(crate) use self::file::COLUMNS;
use self::file::{Decision, read_decisions};
pub(in crate::collect) use self::replace::{is_unwritten, locked, quoted, replaced, without};
use super::columns::days_of;
use super::key::KeyForms;
use super::read::Fault;
use crate::ledger::{LedgerError, OpenTimeslot, arrow_schema, sha256_hex};
use crate::table::Field;
use crate::tables::DECISIONS;

/// Why the decisions cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsError {
    /// The file as a whole is wrong.
    #[error("`{path}`, in which people say what is to hold, cannot be read")]
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
    use std::collections::BTreeMap;

    use super::super::collector::{Case, KeyForm};
    use super::*;
    use crate::table::Kind;

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
    fn decisions_may_be_tables_of_a_toml_file() {
        let read = |text: &str| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("owners.toml");
            std::fs::write(&path, text).expect("written");
            read_decisions(&path, &KeyForms::default())
        };
        let pin = "[[decision]]\nrepository = 'AD'\nidentifier = 'ann'\ndecision = 'pin'\nvalue = 'E1'\nreason = 'asked'\nwho = 'eve'\ndecided_on = 2026-01-02\n";
        let class = pin.replace("pin", "class").replace("E1", "shared");
        let rows = read(&format!("# why\n{pin}\n{}", pin.replace("who = 'eve'\n", ""))).expect("it is read");
        let told: Vec<_> = rows.iter().map(|row| (row.cell(2), row.line, row.problem.as_deref())).collect();
        assert_eq!(told, [("pin", Some(11), Some("`who` is missing")), ("pin", None, None)]);
        let rows = read(&format!("{pin}{class}")).expect("it is read");
        assert!(rows.iter().all(|row| row.problem.as_ref().is_some_and(|told| told.contains("otherwise"))), "{rows:?}");
        let rows = read(&pin.replace("who", "whom")).expect("it is read");
        assert!(rows.iter().all(|row| row.problem.as_ref().is_some_and(|told| told.contains("`whom` is none of"))));
        assert_eq!(read("[[decision]\n").map_err(|fault| fault.line), Err(Some(1)));
        assert_eq!(read("\n[decisions]\n").map_err(|fault| fault.line), Err(Some(2)));
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
        // A class that is somebody's does not say whose.
        assert_eq!(both("class,admin", "pin,E1"), ["AD ann class admin", "AD ann pin E1"]);
        assert_eq!(both("pin,E1", "class,personal"), ["AD ann class personal", "AD ann pin E1"]);
        assert_eq!(both("class,admin", "class,personal").iter().filter(|row| row.contains("otherwise")).count(), 2);
    }

    #[test]
    fn a_file_with_other_columns_is_not_taken() {
        let more = HEADER.replace("who", "who,until");
        assert_eq!(decisions(&more), Err("the column `until` is none of a decision".to_owned()));
        assert!(decisions(&HEADER.replace("reason,", "")).is_err());
        assert!(decisions("").is_err());
    }
}
