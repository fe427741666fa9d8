//! Exceptions put into the file and taken out of it by a program. What is written is read again before it replaces the file: the
//! new row must be read as it was meant, and every other one as before.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::{COLUMNS, Exception, Written, read_exceptions, read_lines, taken};
use crate::collect::clean::trim;
use crate::collect::decisions::{EditError, is_unwritten, locked, quoted, refuse_toml, replaced, without};
use crate::collect::key::KeyForms;
use crate::ledger::sha256_hex;
use crate::settings::controls::Exceptions;

/// An exception to be put into the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewException<'a> {
    pub(crate) control: &'a str,
    pub(crate) kind: &'a str,
    /// As people write it, its repository or application before it.
    pub(crate) subject: &'a str,
    /// Empty = each finding about the subject.
    pub(crate) detail: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) from: Date,
    /// A day, as it was typed; empty = without end.
    pub(crate) until: &'a str,
    pub(crate) ticket: &'a str,
}

/// An exception that stands in the file, as it is written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownException {
    /// What tells it from every other one, for [`withdraw_exception`].
    pub(crate) id: String,
    /// In the order of the columns of the file.
    pub(crate) cells: [Option<String>; 9],
    /// Why it excepts nothing, if it does not.
    pub(crate) problem: Option<String>,
}

impl KnownException {
    /// What the file says below a column.
    pub(crate) fn cell(&self, column: &str) -> Option<&str> {
        COLUMNS.iter().position(|name| *name == column).and_then(|at| self.cells[at].as_deref())
    }
}

/// The exceptions that the file has for a control; none where there is no file.
///
/// # Errors
/// Where the file as a whole cannot be read.
pub(crate) fn exceptions_of(
    said: &Exceptions,
    forms: &KeyForms,
    control: &str,
) -> Result<Vec<KnownException>, EditError> {
    let lines = lines_of(&said.file, said, forms)?.into_iter();
    Ok(lines.filter(|line| line.is_for(control)).map(known).collect())
}

/// Takes an exception of a control out, with every row that says exactly the same, and returns it.
///
/// # Errors
/// Where it is not there any more, or the file cannot be read or written.
pub(crate) fn withdraw_exception(
    said: &Exceptions,
    forms: &KeyForms,
    control: &str,
    id: &str,
) -> Result<KnownException, EditError> {
    refuse_toml(&said.file)?;
    locked(&said.file, |path, text| {
        let lines = lines_of(path, said, forms)?;
        let is_meant = |line: &Written| line.is_for(control) && line.id() == id;
        let starts: Vec<(i64, bool)> = lines.iter().map(|line| (line.line, is_meant(line))).collect();
        let (meant, others): (Vec<Written>, Vec<Written>) = lines.into_iter().partition(is_meant);
        let withdrawn = meant.into_iter().next().ok_or(EditError::Gone)?;
        let said_by = |lines: &[Written]| lines.iter().map(Written::id).collect::<Vec<_>>();
        replaced(path, &without(text, &starts), |new_path| {
            lines_of(new_path, said, forms).is_ok_and(|found| said_by(&found) == said_by(&others))
        })?;
        Ok(known(withdrawn))
    })
}

impl Written {
    fn is_for(&self, control: &str) -> bool {
        self.row.control.as_deref() == Some(control)
    }

    fn id(&self) -> String {
        sha256_hex(format!("{:?}", self.cells).as_bytes())
    }
}

fn known(line: Written) -> KnownException {
    KnownException { id: line.id(), cells: line.cells, problem: line.row.problem }
}

fn lines_of(path: &Path, said: &Exceptions, forms: &KeyForms) -> Result<Vec<Written>, EditError> {
    if is_unwritten(path) {
        return Ok(Vec::new());
    }
    read_lines(path, said.may_be_open_ended, forms).map_err(|source| EditError::File { path: path.to_owned(), source })
}

/// Puts an exception behind the last one, and returns it. A file that is empty gets its header.
///
/// # Errors
/// Where a load would not take it, the file has one of the same from the same day on, or cannot be read or written.
pub(crate) fn add_exception(
    said: &Exceptions,
    forms: &KeyForms,
    new: &NewException<'_>,
) -> Result<KnownException, EditError> {
    let path = said.file.as_path();
    refuse_toml(path)?;
    let from = new.from.to_string();
    let cells =
        [new.control, new.kind, new.subject, new.detail, new.owner, new.reason, &from, new.until, new.ticket].map(trim);
    if let Some(at) = cells.iter().position(|cell| cell.chars().any(char::is_control)) {
        return Err(EditError::Control { column: COLUMNS[at] });
    }
    let given = cells.map(|cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty()));
    let plain = Exception::plain(&given);
    let wanted =
        taken(&plain, &given, said.may_be_open_ended, forms).map_err(|problem| EditError::NoException { problem })?;
    let read = |path: &Path| read_exceptions(path, said.may_be_open_ended, forms);
    locked(path, |path, text| {
        let failed = |source| EditError::File { path: path.to_owned(), source };
        let before = if text.trim().is_empty() { BTreeSet::new() } else { read(path).map_err(failed)? };
        if before.iter().any(|row| row.id == wanted.id) {
            let problem = "the file excepts the same from today on already: change that line by hand".to_owned();
            return Err(EditError::NoException { problem });
        }
        let header = text.lines().next().filter(|line| !line.trim().is_empty()).unwrap_or_default();
        let columns: Vec<&str> = match header {
            "" => COLUMNS.to_vec(),
            header => {
                header.trim_start_matches('\u{feff}').split(',').map(|name| trim(name).trim_matches('"')).collect()
            }
        };
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut written = if header.is_empty() { COLUMNS.join(",") } else { text.to_owned() };
        if !written.ends_with('\n') {
            written.push_str(end);
        }
        let cell = |name: &&str| COLUMNS.iter().position(|column| column == name).map_or("", |at| cells[at]);
        written.push_str(&columns.iter().map(|name| quoted(cell(name))).collect::<Vec<_>>().join(","));
        written.push_str(end);
        let mut expected = before;
        expected.insert(wanted.clone());
        replaced(path, &written, |new_path| read(new_path).is_ok_and(|found| found == expected))
    })?;
    Ok(known(Written { line: 0, cells: given, row: wanted }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_is_put_behind_the_others_and_must_be_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("exceptions.csv");
        let said = Exceptions { file: file.clone(), alarm_days: 30, may_be_open_ended: false };
        let add = |subject: &str, reason: &str, until: &str| {
            let new = NewException {
                control: "idle",
                kind: "account",
                subject,
                detail: "",
                owner: "eve",
                reason,
                from: Date::constant(2026, 1, 5),
                until,
                ticket: "T-1",
            };
            add_exception(&said, &KeyForms::default(), &new).map_err(|error| error.to_string())
        };
        std::fs::write(&file, "").expect("written");
        add("AD/ann", "needed, \"now\"", "2026-02-01").expect("added");
        let header = COLUMNS.join(",");
        let first = "idle,account,AD/ann,,eve,\"needed, \"\"now\"\"\",2026-01-05,2026-02-01,T-1\n";
        assert_eq!(std::fs::read_to_string(&file).expect("there"), format!("{header}\n{first}"));
        for (subject, reason, until, told) in [
            ("AD/ann", "again", "2026-03-01", "from today on already"),
            ("AD/bob", "", "2026-02-01", "`reason` is missing"),
            ("AD/bob", "x", "", "`valid_until` is missing"),
            ("AD/bob", "x", "soon", "`soon` is no day"),
            ("AD/bob", "x", "2025-01-01", "before it begins"),
            ("bob", "x", "2026-02-01", "is no account"),
            ("AD/bob", "two\nlines", "2026-02-01", "line break"),
        ] {
            assert!(add(subject, reason, until).is_err_and(|why| why.contains(told)), "{told}");
        }
        std::fs::write(&file, "subject,kind,control,owner,reason,valid_from,valid_until,detail,ticket")
            .expect("written");
        add("AD/bob", "x", "2026-02-01").expect("added");
        let text = std::fs::read_to_string(&file).expect("there");
        assert!(text.ends_with("ticket\nAD/bob,account,idle,eve,x,2026-01-05,2026-02-01,,T-1\n"), "{text}");
        std::fs::write(&file, "control,until\n").expect("written");
        assert!(add("AD/bob", "x", "2026-02-01").is_err());
        let by_hand = Exceptions { file: folder.path().join("e.toml"), ..said };
        let new = NewException {
            control: "idle",
            kind: "account",
            subject: "AD/x",
            detail: "",
            owner: "e",
            reason: "x",
            from: Date::constant(2026, 1, 5),
            until: "2026-02-01",
            ticket: "",
        };
        assert!(
            add_exception(&by_hand, &KeyForms::default(), &new).is_err_and(|error| error.to_string().contains("TOML"))
        );
    }

    #[test]
    fn an_exception_that_is_withdrawn_leaves_the_other_rows_as_they_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("exceptions.csv");
        let said = Exceptions { file: file.clone(), alarm_days: 30, may_be_open_ended: false };
        let forms = KeyForms::default();
        let about = |control: &str| exceptions_of(&said, &forms, control).expect("it is read");
        let withdraw =
            |control: &str, id: &str| withdraw_exception(&said, &forms, control, id).map_err(|error| error.to_string());
        assert_eq!(about("idle"), [], "no file has none");
        let header = "control,kind,subject,detail,owner,reason,valid_from,valid_until,ticket\r\n";
        let ann = |until: &str| format!("idle,account,AD/ann,,eve,x,2026-01-05,{until},T-1\r\n");
        let bob = "idle, account ,AD/bob,,eve,\"two\nlines, \"\"said\"\"\",2026-01-05,2026-02-01,\n";
        let rest = "pay,identity,E1,A/B,eve,x,2026-01-05,2026-02-01,\nidle,account\nidle,account,AD/zoe,,,x,soon,,";
        let first = ann("2026-02-01");
        let text = format!("{header}{first}{bob}{}{first}{rest}", ann("2026-03-01"));
        std::fs::write(&file, &text).expect("written");
        let known = about("idle");
        let told: Vec<_> = known.iter().map(|row| (row.cell("subject"), row.problem.is_some())).collect();
        let (ann_row, bob_row) = (Some("AD/ann"), Some("AD/bob"));
        let zoe_row = Some("AD/zoe");
        let expected = [(ann_row, true), (bob_row, false), (ann_row, true), (ann_row, true), (zoe_row, true)];
        assert_eq!(told, expected, "two that say otherwise except nothing");
        assert_eq!(known[1].cell("reason"), Some("two\nlines, \"said\""));
        assert!(withdraw("pay", &known[0].id).is_err(), "it is for another control");
        let withdrawn = withdraw("idle", &known[0].id).expect("withdrawn, both rows of it");
        assert_eq!(withdrawn.cell("valid_until"), Some("2026-02-01"));
        let text = || std::fs::read_to_string(&file).expect("there");
        assert_eq!(text(), format!("{header}{bob}{}{rest}", ann("2026-03-01")));
        assert_eq!(about("idle")[1].problem, None, "nothing says otherwise any more");
        assert!(withdraw("idle", &known[0].id).is_err_and(|told| told.contains("no more")));
        withdraw("idle", &bob_id(&about("idle"))).expect("withdrawn, both lines of it");
        withdraw("idle", &known[4].id).expect("what excepts nothing can be withdrawn, too");
        let rest = rest.rsplit_once('\n').map(|(before, _)| format!("{before}\n")).unwrap_or_default();
        assert_eq!(text(), format!("{header}{}{rest}", ann("2026-03-01")));
        let by_hand = Exceptions { file: folder.path().join("e.toml"), ..said.clone() };
        let refused = withdraw_exception(&by_hand, &forms, "idle", "x").map_err(|error| error.to_string());
        assert!(refused.is_err_and(|told| told.contains("TOML")));
        std::fs::write(&file, "control,until\n").expect("written");
        let unread = exceptions_of(&said, &forms, "idle").map_err(|error| error.to_string());
        assert!(unread.is_err_and(|told| told.starts_with("what people wrote in")));
    }

    fn bob_id(known: &[KnownException]) -> String {
        known.iter().find(|row| row.cell("subject") == Some("AD/bob")).expect("it stands").id.clone()
    }
}
