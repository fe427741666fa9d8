//! Who is in question where a match rule finds several, or once did.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;

use super::{Account, Forgotten, Lookup, TextId, Undecided, forbidden};
use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::rows::{column, each};
use crate::ledger::arrow_schema;
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Type};

/// Of those who share a text, so many are in question.
const MOST: usize = 20;

/// Who is in question by a rule.
#[derive(Debug)]
pub struct Candidates {
    /// What the rule looks up.
    pub lookup: Arc<Lookup>,
    /// Whether those stay in question who were.
    pub is_remembered: bool,
}

impl Kernel for Candidates {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let undecided = self.lookup.undecided(tables)?;
        let mut candidates: BTreeMap<(i64, Option<i64>), TextId> = BTreeMap::new();
        for account in &undecided.accounts {
            let Some(text) = account.text else { continue };
            let bearers = &undecided.bearers[text];
            if bearers.len() > 1 {
                candidates.extend(bearers.iter().take(MOST).map(|uid| ((account.uid, Some(*uid)), text)));
            }
        }
        if self.is_remembered {
            self.remember(&undecided, tables, &mut candidates)?;
        }
        let forbidden = forbidden(tables)?;
        candidates.retain(|(account, identity), _| identity.is_none_or(|uid| !forbidden.contains(&(*account, uid))));
        if candidates.is_empty() {
            return Ok(());
        }
        let texts = candidates.values().map(|text| undecided.texts[*text].as_str());
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec![self.lookup.rule.id.as_str(); candidates.len()])),
            Arc::new(candidates.keys().map(|key| key.0).collect::<Int64Array>()),
            Arc::new(candidates.keys().map(|key| key.1).collect::<Int64Array>()),
            Arc::new(StringArray::from_iter_values(texts)),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

impl Candidates {
    /// Adds who was in question while the account said the same, and who alone bears that text now.
    fn remember(
        &self,
        undecided: &Undecided,
        tables: &TableSet,
        candidates: &mut BTreeMap<(i64, Option<i64>), TextId>,
    ) -> Result<(), EngineError> {
        let forgotten = Forgotten::of(tables)?;
        if forgotten.has_rule(&self.lookup.rule.id) {
            return Ok(());
        }
        let accounts: HashMap<i64, &Account> =
            undecided.accounts.iter().map(|account| (account.uid, account)).collect();
        let before = format!("{BEFORE}owner_candidates");
        each(tables, &before, &["rule", "account_uid", "identity_uid", "compared"], |batch| {
            let text = |name| column(batch, name, Type::Text);
            let number = |name| column(batch, name, Type::Integer);
            let (rules, compared) = (text("rule"), text("compared"));
            let (rules, compared) = (rules.as_string::<i32>(), compared.as_string::<i32>());
            let (uids, people) = (number("account_uid"), number("identity_uid"));
            let pairs = uids.as_primitive::<Int64Type>().iter().zip(people.as_primitive::<Int64Type>());
            for (row, (account, identity)) in pairs.enumerate() {
                if rules.is_null(row) || compared.is_null(row) || rules.value(row) != self.lookup.rule.id {
                    continue;
                }
                let Some(account) = account.and_then(|uid| accounts.get(&uid)) else { continue };
                let is_forgotten = |code: &String| forgotten.has_repository(code);
                let Some(text) = account.text.filter(|text| undecided.texts[*text] == compared.value(row)) else {
                    continue;
                };
                if account.repository.as_ref().is_some_and(is_forgotten) {
                    continue;
                }
                candidates.insert((account.uid, identity), text);
                if let [only] = undecided.bearers[text].as_slice() {
                    candidates.insert((account.uid, Some(*only)), text);
                }
            }
            Ok(())
        })
    }
}
