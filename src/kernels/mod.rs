//! Kernels: passes over sorted rows for the few models that are so large that no engine is fast enough for them.
//!
//! A kernel never stands alone. Its model keeps the SQL, which is what is meant: `explain` prints it, and the
//! tests of its stage run both ways, on random rows too, and want the same bytes. A kernel is only fast.
//!
//! All of them live on one fact: parts are sorted by all their columns, and the key of a relation comes first
//! (`sorted`). Then what moved between two loads is a merge (`movements`, `changes`, `gained_lost`, `managed`,
//! `owners`), two sources that bring the same are neighbours (`duplicates`), whether an end is there is one bit
//! (`presence`), and who can do what is one pass over people (`effective`), as is what they should do (`theoretical`)
//! and where these differ (`gaps`). References of objects are looked up once each (`objects`), and of rights only those
//! are read that conflict (`duties`), of all tables only those that moved (`moved_rows`), of
//! the registry of keys only those that are asked for (`registry`). Whom a rule of reconcile finds is looked up from the accounts (`matching`), and what
//! stands before any rule is one walk along them (`carried`). Rules that add up judge whoever shares a key (`scored`). Findings are followed
//! to those who bear their risk, and counted (`risk`), and held against those before (`followed`). Questions that controls of
//! the standard pack share are told by their words and answered without a hash table (`asked`).

mod asked;
mod by_uid;
mod carried;
mod changes;
mod duplicates;
mod duties;
mod effective;
mod followed;
mod gained_lost;
mod gaps;
mod last;
mod link_changes;
mod lists;
mod managed;
mod matching;
mod moved_rows;
mod movements;
mod objects;
mod owners;
mod pick;
mod presence;
mod registry;
mod risk;
mod rows;
mod scored;
mod sorted;
mod theoretical;
mod unit_people;

use std::fmt;

use arrow::array::RecordBatch;

pub use self::asked::answering;
pub use self::carried::{CarriedOwnership, Ownership};
pub use self::changes::Changes;
pub use self::duplicates::Duplicates;
pub use self::duties::{BringingConflict, Conflicting, Found, HeldInConflict, OfFound};
pub use self::effective::EffectiveRights;
pub use self::followed::{FindingCounts, FollowedFindings, NewFinding, StandingFindings, tally_findings};
pub use self::gained_lost::GainedAndLost;
pub use self::gaps::{GapCounts, Gaps, tally_gaps};
pub use self::link_changes::MovedLinks;
pub use self::managed::ManagersChanged;
pub use self::matching::{Candidates, Kept, Lookup, Matches, Rule, Text, TextPiece, found_by};
pub use self::moved_rows::{MovedRows, MovedSide};
pub use self::movements::{Movements, is_walkable};
pub use self::objects::Resolved;
pub use self::owners::{IdentityMovements, OwnersChanged};
pub use self::pick::of_uids;
pub use self::presence::{Absent, Present};
pub use self::registry::Registered;
pub use self::risk::{RiskPoints, RiskScores};
pub use self::scored::{Compared, CrowdedKeys, OwnerScores, ScoredBy, Scorer, SharedKey};
pub use self::theoretical::{CollectedRights, RuleCounts, tally_rules};
pub use self::unit_people::UnitPeople;
use crate::engine::{EngineError, RowSink};
use crate::model::TableSet;
use crate::table::Field;

/// Makes the rows of a model.
pub trait Kernel: fmt::Debug + Send + Sync {
    /// Hands over the very rows of the model's query, in the ledger's types and in the order of all `columns`, nulls
    /// first.
    ///
    /// # Errors
    /// Where a part cannot be read; what `sink` says.
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError>;
}

/// Finds the few rows of a big table that a query can make anything of.
pub trait Sieve: fmt::Debug + Send + Sync {
    /// Those rows, with all columns of the table; those that the query does not name may be null.
    ///
    /// # Errors
    /// Where a part cannot be read.
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError>;
}
