//! Why a run, or a stage of it, came to no end.

use crate::collect::decisions::DecisionsError;
use crate::collect::{CollectError, Need};
use crate::engine::EngineError;
use crate::graph::ModelError;
use crate::ids::{StageName, TimeslotId};
use crate::ledger::LedgerError;

/// Why a run ended without a verdict.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The ledger is locked, broken, or has an open timeslot.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The stages asked for cannot run on this timeslot.
    #[error("{message}")]
    Selection {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The process was told to end.
    #[error("told to end in {}", stage.map_or_else(|| "the beginning".to_owned(), |stage| stage.to_string()))]
    Interrupted {
        /// The signal.
        signal: u8,
        /// The stage that was not ended.
        stage: Option<StageName>,
    },
    /// The sources need more memory than there is. Nothing was begun.
    #[error("{}", too_large(need, *free))]
    TooLarge {
        /// What they need.
        need: Need,
        /// What there is, in bytes.
        free: u64,
    },
    /// Sources are not there.
    #[error("sources are not ready")]
    NotReady(#[source] CollectError),
    /// A stage failed; the timeslot stays open as it was after the stage before.
    #[error("stage {stage} failed; timeslot {timeslot} stays open as it was before it")]
    Stage {
        /// Which.
        stage: StageName,
        /// The timeslot.
        timeslot: TimeslotId,
        /// Why.
        source: StageError,
    },
}

/// Why a stage failed.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Collect.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// A view over all loads.
    #[error("what earlier loads have seen cannot be told")]
    Views(#[source] EngineError),
    /// The decision file.
    #[error(transparent)]
    Decisions(#[from] DecisionsError),
    /// A model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A question of the report.
    #[error("the report cannot be made")]
    Report(#[from] EngineError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

fn too_large(need: &Need, free: u64) -> String {
    let most = need.most.as_ref().map(|(source, bytes)| format!(", {} of it for source `{source}`", size(*bytes)));
    format!("collecting may take {} of memory{}; {} are free", size(need.bytes), most.unwrap_or_default(), size(free))
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    let megabytes = bytes.div_ceil(1_000_000);
    if megabytes < 10_000 { format!("{megabytes} MB") } else { format!("{} GB", megabytes.div_ceil(1000)) }
}
