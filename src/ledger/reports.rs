//! Reports that were made: `reports/<kind>-<day>.json`, with the same as a page and as a mail beside it. What is kept here is
//! never changed: a second report of a day has another name.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::durable::{create_folder, create_sealed, create_whole, sync_folder};
use super::{Ledger, LedgerError, records};

/// The reports of a ledger.
pub struct Reports {
    folder: PathBuf,
}

impl Ledger {
    /// The reports that were made.
    #[must_use]
    pub fn reports(&self) -> Reports {
        Reports { folder: self.root().join("reports") }
    }
}

impl Reports {
    /// Keeps a report under the first free name of its kind and day: `daily-2026-11-22`, then `daily-2026-11-22_2`. `text`
    /// writes it for the name that it gets. Returns the name.
    ///
    /// # Errors
    /// Where the disk fails: then nothing is kept.
    pub fn keep(&self, kind: &str, day: Date, text: &dyn Fn(&str) -> String) -> Result<String, LedgerError> {
        create_folder(&self.folder)?;
        for turn in 1..=u32::MAX {
            let name = if turn == 1 { format!("{kind}-{day}") } else { format!("{kind}-{day}_{turn}") };
            let path = self.path(&name, "json");
            if !path.exists() && create_whole(&path, text(&name).as_bytes())? {
                return Ok(name);
            }
        }
        unreachable!("a day has fewer reports than there are numbers")
    }

    /// Keeps another form of a report beside it: `html`, `eml`.
    ///
    /// # Errors
    /// Where the disk fails, or it is there.
    pub fn keep_beside(&self, name: &str, form: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        create_sealed(&self.path(name, form), bytes)?;
        sync_folder(&self.folder)
    }

    /// The names of the reports that are kept, by kind and then by day.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, LedgerError> {
        let mut names = records::names(&self.folder)?;
        names.sort_by_key(|name| {
            let (day, turn) = name.split_once('_').unwrap_or((name, "1"));
            (day.to_owned(), turn.parse::<u32>().unwrap_or(u32::MAX))
        });
        Ok(names)
    }

    /// A report; `None` where there is none of that name, or none that can be read.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, LedgerError> {
        // A name is no path.
        if name.contains(['/', '\\']) || name.starts_with('.') {
            return Ok(None);
        }
        records::read(&self.path(name, "json"))
    }

    /// Where a form of a report lies.
    #[must_use]
    pub fn path(&self, name: &str, form: &str) -> PathBuf {
        self.folder.join(format!("{name}.{form}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_report_of_a_day_leaves_the_first_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let reports = Reports { folder: folder.path().join("reports") };
        let day = "2026-11-22".parse().expect("a day");
        let keep =
            |text: &str| reports.keep("daily", day, &|name| format!("[\"{name}\", \"{text}\"]")).expect("a disk");
        let names: Vec<String> = (0..11).map(|turn| keep(&format!("{turn}"))).collect();
        assert_eq!(names[..2], ["daily-2026-11-22", "daily-2026-11-22_2"]);
        assert_eq!(reports.names().expect("a folder"), names, "in their order, `_10` behind `_9`");
        let first: Option<Vec<String>> = reports.read(&names[0]).expect("a disk");
        assert_eq!(first.expect("it is there"), ["daily-2026-11-22", "0"]);
        assert_eq!(reports.read::<Vec<String>>("../FORMAT").expect("a disk"), None);
        reports.keep_beside(&names[0], "html", b"page").expect("a disk");
        assert!(reports.keep_beside(&names[0], "html", b"other").is_err(), "it is never changed");
    }
}
