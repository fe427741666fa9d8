//! What can be wrong with a ledger, in sentences for whoever is woken by them.

use std::io;
use std::path::PathBuf;

use jiff::civil::Date;

use super::{FORMAT, State};
use crate::ids::TimeslotId;

/// What can be wrong with a ledger or with the disk under it.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The operating system refused something.
    #[error("cannot {what} `{path}`")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A part cannot be encoded or decoded.
    #[error("cannot write or read the part `{path}`")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: parquet::errors::ParquetError,
    },
    /// There is no ledger at the path.
    #[error("there is no ledger at `{path}`")]
    NotALedger {
        /// The path.
        path: PathBuf,
    },
    /// The ledger was made by another version.
    #[error("the ledger at `{path}` has format {format}; this program reads format {FORMAT}")]
    OtherFormat {
        /// The path.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// An entry of the log is missing or was changed.
    #[error("the log is broken at `{path}`: {reason}")]
    BrokenLog {
        /// The entry.
        path: PathBuf,
        /// In which way.
        reason: String,
    },
    /// A manifest is no manifest.
    #[error("the manifest `{path}` cannot be understood: {reason}")]
    BrokenManifest {
        /// The file.
        path: PathBuf,
        /// In which way.
        reason: String,
    },
    /// Another process writes.
    #[error("the ledger at `{path}` is locked by {holder}")]
    Locked {
        /// The ledger.
        path: PathBuf,
        /// Who, as the lock file says.
        holder: String,
    },
    /// A timeslot is open already.
    #[error("timeslot {id} is open ({state})")]
    OpenExists {
        /// Its name.
        id: TimeslotId,
        /// Its state.
        state: State,
    },
    /// No such timeslot, or not in a state that allows what was asked.
    #[error("timeslot {id} {reason}")]
    WrongState {
        /// Its name.
        id: TimeslotId,
        /// What is wrong.
        reason: String,
    },
    /// No timeslot is asked for by that name.
    #[error("no timeslot is called `{name}`; labels are: {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
    NoSuchName {
        /// The name.
        name: String,
        /// The labels there are.
        known: Vec<String>,
    },
    /// The as-of lies before the parent's.
    #[error("as-of {as_of} lies before {parent}, the as-of of the current timeslot")]
    AsOfBeforeParent {
        /// What was asked for.
        as_of: Date,
        /// What it may not lie before.
        parent: Date,
    },
    /// Another timeslot was confirmed or hidden since this one was begun.
    #[error("timeslot {id} cannot be confirmed: it was compared with {}, and {} is current now",
        parent.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string),
        current.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string))]
    ParentNotCurrent {
        /// The open timeslot.
        id: TimeslotId,
        /// What it was compared with.
        parent: Option<TimeslotId>,
        /// What is current.
        current: Option<TimeslotId>,
    },
    /// Whoever launched a timeslot that takes four eyes may not decide about it.
    #[error("timeslot {id} takes four eyes: {by} may not let it pass, having run it")]
    FourEyes {
        /// The open timeslot.
        id: TimeslotId,
        /// Who would decide.
        by: String,
        /// Who ran it.
        launched_by: String,
    },
    /// A file lies in a timeslot's folder that nothing accounts for.
    #[error("`{path}` is not listed in the manifest of its timeslot")]
    UnlistedFile {
        /// The file.
        path: PathBuf,
    },
}
