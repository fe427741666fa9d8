//! Mails that wait to be taken by a server: each a file as it will travel, and one that says to whom and how often it was
//! tried. A mail is there from before its first attempt until a server has taken it, so that none is lost by a crash.
//!
//! `outbox/<name>.eml`, `outbox/<name>.json`, and `outbox/sent/<name>.json` for those that were taken.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::durable::{create_folder, failed, replace, sync_folder};
use super::{Ledger, LedgerError, Operation, Operations, What, records};

/// The mails of a ledger that wait.
pub struct Outbox {
    folder: PathBuf,
    operations: Operations,
}

/// What is known of a mail besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Its Message-ID, the same in every attempt: whoever gets it twice can tell.
    pub message_id: String,
    /// Address of the sender.
    pub from: String,
    /// Addresses it goes to.
    pub to: Vec<String>,
    /// When it was put here.
    pub since: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it is tried next; `None` = no more, unless a person asks for it.
    pub next: Option<Timestamp>,
    /// Why the last attempt was in vain.
    pub last: Option<String>,
    /// When a server took it.
    #[serde(default)]
    pub taken: Option<Timestamp>,
}

impl Ledger {
    /// The mails that wait.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        Outbox { folder: self.root().join("outbox"), operations: self.operations() }
    }
}

impl Outbox {
    /// Puts a mail here, in place of one of the same name.
    ///
    /// # Errors
    /// Where the disk fails: then it may not be there.
    pub fn put(&self, name: &str, mail: &[u8], posted: &Posted) -> Result<(), LedgerError> {
        create_folder(&self.folder)?;
        replace(&self.file(name, "eml"), mail)?;
        self.update(name, posted)
    }

    /// Says anew what is known of a mail.
    ///
    /// # Errors
    /// Where the disk fails: then it is as it was.
    pub fn update(&self, name: &str, posted: &Posted) -> Result<(), LedgerError> {
        replace(&self.file(name, "json"), &records::bytes(posted))
    }

    /// Says anew what is known of a mail that is tried no more, and notes that in the operations log.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn give_up(&self, name: &str, posted: &Posted, at: Timestamp) -> Result<(), LedgerError> {
        self.update(name, posted)?;
        let outcome = posted.last.clone().unwrap_or_default();
        let operation =
            Operation { at, who: "outbox".to_owned(), what: What::MailGivenUp, about: name.to_owned(), outcome };
        self.operations.append(&operation)
    }

    /// The mails that wait, the oldest first. One whose file cannot be read is left out; its name is told by `damaged`.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn waiting(&self, damaged: &mut Vec<String>) -> Result<Vec<(String, Posted)>, LedgerError> {
        let mut waiting = Vec::new();
        for name in records::names(&self.folder)? {
            match records::read(&self.file(&name, "json"))? {
                Some(posted) => waiting.push((name, posted)),
                None => damaged.push(name),
            }
        }
        waiting.sort_by(|(a_name, a): &(String, Posted), (b_name, b)| {
            a.since.cmp(&b.since).then_with(|| a_name.cmp(b_name))
        });
        Ok(waiting)
    }

    /// A mail as it travels.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, LedgerError> {
        let path = self.file(name, "eml");
        fs::read(&path).map_err(failed("read", &path))
    }

    /// Whether a mail of that name waits, or was taken.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.file(name, "json").exists() || self.folder.join("sent").join(format!("{name}.json")).exists()
    }

    /// Takes a mail out that a server took, and keeps the receipt.
    ///
    /// # Errors
    /// Where the disk fails: then it waits still, and may be sent again under the same Message-ID.
    pub fn taken(&self, name: &str, posted: &Posted, at: Timestamp) -> Result<(), LedgerError> {
        let sent = self.folder.join("sent");
        create_folder(&sent)?;
        let receipt = Posted { taken: Some(at), next: None, ..posted.clone() };
        replace(&sent.join(format!("{name}.json")), &records::bytes(&receipt))?;
        for kind in ["json", "eml"] {
            let path = self.file(name, kind);
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        sync_folder(&self.folder)
    }

    /// Makes sure that nobody else sends meanwhile; `None` where somebody does.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn lock(&self) -> Result<Option<File>, LedgerError> {
        create_folder(&self.folder)?;
        let path = self.folder.join("lock");
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(&path);
        let file = file.map_err(failed("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed("lock", &path)(error)),
        }
    }

    fn file(&self, name: &str, kind: &str) -> PathBuf {
        self.folder.join(format!("{name}.{kind}"))
    }
}
