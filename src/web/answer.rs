//! What a request is answered with, and why one is refused.

use std::fs::File;
use std::path::PathBuf;

use super::page::Page;
use crate::decide::DecisionError;
use crate::diff::DiffError;
use crate::engine::EngineError;
use crate::history::HistoryError;
use crate::ledger::LedgerError;
use crate::rights::why::WhyError;
use crate::run::chain;

/// What a request is answered with.
pub(crate) enum Answer {
    /// A page.
    Page(Page),
    /// Another page is to be asked for.
    Go(String),
    /// A session begins; another page is to be asked for.
    SignedIn {
        /// Its token.
        token: String,
        /// The page.
        to: String,
    },
    /// Somebody goes to a provider to sign in, and is to come back.
    Away {
        /// What the browser keeps until then.
        state: String,
        /// Where it goes.
        to: String,
    },
    /// The session has ended.
    SignedOut,
    /// JSON.
    Json(serde_json::Value),
    /// A text that never changes while this version runs, by its media type.
    Fixed(&'static str, &'static str),
    /// A text by its media type.
    Text(&'static str, String),
    /// A file to keep.
    File {
        /// Its name.
        name: String,
        /// Its media type.
        media: &'static str,
        /// What is in it, from where it stands on.
        file: File,
    },
    /// The events of a run, as they come.
    Live {
        /// The log of events.
        events: PathBuf,
        /// The first line that is wanted, counted from 0.
        from: u64,
    },
}

/// Why a request is refused. The texts are for people and hold no secret.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody is signed in.
    SignIn,
    /// The person may not.
    Forbidden(String),
    /// There is no such thing.
    NotFound(String),
    /// What was sent makes no sense.
    Wrong(String),
    /// It makes sense, but not as things stand.
    Conflict(String),
    /// Too often, or too much at once.
    TooMany(String),
    /// Something of ours, or of the disk, is broken.
    Broken(String),
}

impl Refusal {
    /// The status of HTTP, and the sentence.
    pub(crate) fn told(&self) -> (u16, &str) {
        match self {
            Self::SignIn => (401, "sign in first"),
            Self::Forbidden(why) => (403, why),
            Self::NotFound(why) => (404, why),
            Self::Wrong(why) => (400, why),
            Self::Conflict(why) => (409, why),
            Self::TooMany(why) => (429, why),
            Self::Broken(why) => (500, why),
        }
    }
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        let why = chain(&error);
        match error {
            LedgerError::NotALedger { .. } => Self::NotFound("no plan of this project has run yet".to_owned()),
            LedgerError::FourEyes { .. } => Self::Forbidden(why),
            LedgerError::Locked { .. } | LedgerError::OpenExists { .. } | LedgerError::WrongState { .. } => {
                Self::Conflict(why)
            }
            _ => Self::Broken(why),
        }
    }
}

impl From<DecisionError> for Refusal {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::Ledger(error) => error.into(),
            wrong @ DecisionError::NoReason => Self::Wrong(wrong.to_string()),
            wrong => Self::Conflict(wrong.to_string()),
        }
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self::Broken(chain(&error))
    }
}

impl From<WhyError> for Refusal {
    fn from(error: WhyError) -> Self {
        match error {
            WhyError::Engine(error) => error.into(),
            unknown @ (WhyError::NoSuchIdentity(_) | WhyError::NoSuchPermission(_)) => {
                Self::NotFound(unknown.to_string())
            }
        }
    }
}

impl From<DiffError> for Refusal {
    fn from(error: DiffError) -> Self {
        match error {
            DiffError::Engine(error) => error.into(),
            wrong => Self::Wrong(wrong.to_string()),
        }
    }
}

impl From<HistoryError> for Refusal {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Ledger(error) => error.into(),
            HistoryError::Engine(error) => error.into(),
            unknown @ HistoryError::Unknown { .. } => Self::NotFound(unknown.to_string()),
        }
    }
}
