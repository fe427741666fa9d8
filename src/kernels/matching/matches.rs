//! Whom a match rule finds: the only one of a text, or, of those in question, the only one left.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::{DataType, Int64Type};

use super::{Lookup, forbidden};
use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::presence::Uids;
use crate::kernels::rows::{column, each};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Type};

/// Whom a rule finds for accounts that nothing has decided.
#[derive(Debug)]
pub struct Matches {
    /// What the rule looks up.
    pub lookup: Arc<Lookup>,
    /// Its place in the policy.
    pub rank: i64,
    /// Whether it stops at several.
    pub is_final: bool,
}

/// Those in question for an account: how many, how many of them are listed, and the first of these.
#[derive(Clone, Copy, Default)]
struct InQuestion {
    candidates: i64,
    listed: i64,
    first_listed: Option<i64>,
}

impl Kernel for Matches {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let mut found = self.in_question(tables)?;
        let forbidden = forbidden(tables)?;
        let undecided = self.lookup.undecided(tables)?;
        for account in &undecided.accounts {
            let Some([only]) = account.text.map(|text| undecided.bearers[text].as_slice()) else { continue };
            if !forbidden.contains(&(account.uid, *only)) {
                let one = InQuestion { candidates: 1, listed: 1, first_listed: Some(*only) };
                found.entry(account.uid).or_insert(one);
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let is_final = |one: &InQuestion| one.listed > 0 && (one.candidates == 1 || self.is_final);
        let owner = |one: &InQuestion| one.first_listed.filter(|_| one.candidates == 1);
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(vec![self.rank; found.len()])),
            Arc::new(StringArray::from(vec![self.lookup.rule.id.as_str(); found.len()])),
            Arc::new(found.keys().copied().collect::<Int64Array>()),
            Arc::new(found.values().map(owner).collect::<Int64Array>()),
            new_null_array(&DataType::Utf8, found.len()),
            Arc::new(found.values().map(|one| one.candidates).collect::<Int64Array>()),
            Arc::new(found.values().map(|one| Some(is_final(one))).collect::<BooleanArray>()),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

impl Matches {
    /// The accounts for which several are in question, or once were.
    fn in_question(&self, tables: &TableSet) -> Result<BTreeMap<i64, InQuestion>, EngineError> {
        let mut in_question: BTreeMap<i64, InQuestion> = BTreeMap::new();
        let listed = Uids::of(&tables.find("identities"))?;
        each(tables, "owner_candidates", &["rule", "account_uid", "identity_uid"], |batch| {
            let rules = column(batch, "rule", Type::Text);
            let rules = rules.as_string::<i32>();
            let number = |name| column(batch, name, Type::Integer);
            let (uids, people) = (number("account_uid"), number("identity_uid"));
            let pairs = uids.as_primitive::<Int64Type>().iter().zip(people.as_primitive::<Int64Type>());
            for (row, (account, identity)) in pairs.enumerate() {
                let Some(account) = account.filter(|_| rules.is_valid(row) && rules.value(row) == self.lookup.rule.id)
                else {
                    continue;
                };
                let one = in_question.entry(account).or_default();
                one.candidates += 1;
                if let Some(uid) = identity.filter(|uid| listed.contains(*uid)) {
                    one.listed += 1;
                    one.first_listed = Some(one.first_listed.map_or(uid, |first| first.min(uid)));
                }
            }
            Ok(())
        })?;
        Ok(in_question)
    }
}
