//! Where what active people hold and what they should hold differ: a merge of both.

mod found;
mod pairs;
mod tally;

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Date32Type;

use self::found::{Found, OVER, Seen, UNDER};
pub(super) use self::pairs::{END, Pairs};
use self::pairs::{Pair, pair};
pub use self::tally::{GapCounts, tally_gaps};
use super::Kernel;
use super::presence::Uids;
use super::rows::{column, each, numbers};
use super::theoretical::{active, closure};
use crate::engine::{EngineError, RowSink};
use crate::model::TableSet;
use crate::table::{Field, Type};

/// What people hold without reason, and lack although they should hold it.
#[derive(Debug)]
pub struct Gaps {
    /// Application and code of the permissions that grants name.
    pub named: BTreeSet<(String, String)>,
    /// Application and code of those that are judged without what they include.
    pub except: BTreeSet<(String, String)>,
    /// Whether what collected rules name is judged, too.
    pub use_collected: bool,
    /// The as-of, as days since 1970-01-01.
    pub as_of: i32,
}

/// Rows that are handed over at once.
const BATCH_ROWS: usize = 65_536;

/// A 9999-12-31, as days since 1970-01-01: a derogation without end.
const WITHOUT_END: i32 = 2_932_896;

impl Kernel for Gaps {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let (active, judged) = (active(tables)?, self.judged(tables)?);
        let mut excuses = self.excuses(tables)?.into_iter().peekable();
        let mut held = Pairs::open(&tables.find("effective_rights"))?;
        let mut due = Pairs::open(&tables.find("theoretical_rights"))?;
        let mut seen = Seen::open(tables)?;
        let mut found = Found::default();
        loop {
            let (holds, should) = (held.pair(), due.pair());
            let pair = holds.min(should);
            if pair == END {
                break;
            }
            let is_held = holds == pair && active.contains(person(pair));
            let gap = match (is_held, should == pair) {
                (true, false) if judged.contains(permission(pair)) => Some(OVER),
                (false, true) => Some(UNDER),
                _ => None,
            };
            if let Some(gap) = gap {
                while excuses.next_if(|excuse| excuse.0 < pair).is_some() {}
                let excused_until = excuses.peek().filter(|excuse| excuse.0 == pair).map(|excuse| excuse.1);
                found.push(pair, gap, seen.first(pair, gap)?.unwrap_or(self.as_of), excused_until);
                if found.len() == BATCH_ROWS {
                    sink(found.rows(columns)?)?;
                }
            }
            held.pass(pair)?;
            due.pass(pair)?;
        }
        if found.len() == 0 { Ok(()) } else { sink(found.rows(columns)?) }
    }
}

/// Who, of a pair.
pub(super) fn person(pair: Pair) -> i64 {
    (pair >> 32).cast_signed()
}

/// Which permission, of a pair.
pub(super) fn permission(pair: Pair) -> i64 {
    (pair & Pair::from(u32::MAX)).cast_signed()
}

impl Gaps {
    /// The permissions of which the rights model speaks.
    fn judged(&self, tables: &TableSet) -> Result<Uids, EngineError> {
        let (mut named, mut judged) = (Vec::new(), Uids::default());
        each(tables, "permissions", &["uid", "application", "code"], |batch| {
            let (applications, codes) = (column(batch, "application", Type::Text), column(batch, "code", Type::Text));
            let (applications, codes) = (applications.as_string::<i32>(), codes.as_string::<i32>());
            for (row, uid) in numbers(batch, "uid")?.into_iter().enumerate() {
                let Some(uid) = uid.filter(|_| applications.is_valid(row) && codes.is_valid(row)) else { continue };
                let name = (applications.value(row).to_owned(), codes.value(row).to_owned());
                if self.named.contains(&name) {
                    named.push(uid);
                }
                if self.except.contains(&name) {
                    judged.insert(i64::from(uid));
                }
            }
            Ok(())
        })?;
        if self.use_collected {
            each(tables, "theoretical_links", &["permission_uid"], |batch| {
                named.extend(numbers(batch, "permission_uid")?.into_iter().flatten());
                Ok(())
            })?;
        }
        named.sort_unstable();
        named.dedup();
        let includes = closure(tables, "permission_closure", "permission_uid", "included_uid")?;
        for included in named.iter().filter_map(|permission| includes.get(permission)).flatten() {
            judged.insert(i64::from(*included));
        }
        Ok(judged)
    }

    /// The last day of what excuses each gap, in the order of pairs.
    fn excuses(&self, tables: &TableSet) -> Result<Vec<(Pair, i32)>, EngineError> {
        let mut excuses: Vec<(Pair, i32)> = Vec::new();
        each(tables, "derogations", &["identity_uid", "permission_uid", "until_on"], |batch| {
            let (people, permissions) = (numbers(batch, "identity_uid")?, numbers(batch, "permission_uid")?);
            let until = column(batch, "until_on", Type::Date);
            let until = until.as_primitive::<Date32Type>();
            for (row, both) in people.into_iter().zip(permissions).enumerate() {
                let until = if until.is_valid(row) { until.value(row) } else { WITHOUT_END };
                if let (Some(person), Some(permission)) = both
                    && until >= self.as_of
                {
                    excuses.push((pair(person, permission), until));
                }
            }
            Ok(())
        })?;
        // The last day comes first, and only the first of a pair stays.
        excuses.sort_unstable_by_key(|(pair, until)| (*pair, std::cmp::Reverse(*until)));
        excuses.dedup_by_key(|excuse| excuse.0);
        Ok(excuses)
    }
}
