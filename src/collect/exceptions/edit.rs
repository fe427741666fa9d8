//! Exceptions put into the file by a program. What is written is read again before it replaces the file: the new row must be read as
//! it was meant, and every other one as before.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::{COLUMNS, Exception, read_exceptions, taken};
use crate::collect::clean::trim;
use crate::collect::decisions::{EditError, locked, replaced};
use crate::collect::key::KeyForms;
use crate::collect::said::is_toml;
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

/// Puts an exception behind the last one. A file that is empty gets its header.
///
/// # Errors
/// Where a load would not take it, the file has one of the same from the same day on, or cannot be read or written.
pub(crate) fn add_exception(said: &Exceptions, forms: &KeyForms, new: &NewException<'_>) -> Result<(), EditError> {
    let path = said.file.as_path();
    if is_toml(path) {
        return Err(EditError::ByHand { path: path.to_owned() });
    }
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
    })
}

/// A cell as the reader of the file takes it for what it is.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
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
}
