//! Several were as sure once, and the account says the same since: that some of them are gone tells nobody apart.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};

use super::standing::{Outcome, Row};
use crate::engine::EngineError;
use crate::kernels::matching::Forgotten;
use crate::kernels::pick::pick;
use crate::kernels::presence::Uids;
use crate::kernels::rows::{column, each, text_at};
use crate::model::{BEFORE, TableSet};
use crate::settings::scoring::Scoring;
use crate::table::{Field, Type};

/// Who was in question in the parent and still is, by account.
pub(super) struct Remembered(HashMap<i64, Vec<Row<'static>>>);

impl Remembered {
    /// Those of some accounts with their repositories, without the forbidden pairs of both.
    pub(super) fn of(
        scoring: &Scoring,
        (accounts, repositories): (&[i64], &[Option<String>]),
        forbidden: &HashSet<(i64, i64)>,
        tables: &TableSet,
    ) -> Result<Self, EngineError> {
        let mut rows: HashMap<i64, Vec<Row<'static>>> = HashMap::new();
        if !scoring.is_remembered {
            return Ok(Self(rows));
        }
        let repository_of: HashMap<i64, Option<&str>> =
            accounts.iter().copied().zip(repositories.iter().map(Option::as_deref)).collect();
        let forgotten = Forgotten::of(tables)?;
        let before = format!("{BEFORE}owner_scores");
        let columns = ["account_uid", "identity_uid", "score", "outcome", "tier", "rule", "arithmetic"];
        each(tables, &before, &columns, |batch| {
            let number = |name| column(batch, name, Type::Integer);
            let text = |name| column(batch, name, Type::Text);
            let (uids, people, tiers) = (number("account_uid"), number("identity_uid"), number("tier"));
            let (uids, people) = (uids.as_primitive::<Int64Type>(), people.as_primitive::<Int64Type>());
            let tiers = tiers.as_primitive::<Int64Type>();
            let scores = column(batch, "score", Type::Double);
            let scores = scores.as_primitive::<Float64Type>();
            let (outcomes, rules, arithmetics) = (text("outcome"), text("rule"), text("arithmetic"));
            let (outcomes, rules) = (outcomes.as_string::<i32>(), rules.as_string::<i32>());
            for row in 0..batch.num_rows() {
                let (account, identity) = (uids.value(row), people.value(row));
                let Some(repository) = repository_of.get(&account) else { continue };
                let rule = text_at(rules, row);
                let was_in_question = matches!(text_at(outcomes, row), Some("several" | "remembered"));
                if !was_in_question
                    || forbidden.contains(&(account, identity))
                    || rule.is_some_and(|rule| forgotten.has_rule(rule))
                    || repository.is_some_and(|code| forgotten.has_repository(code))
                {
                    continue;
                }
                rows.entry(account).or_default().push(Row {
                    account,
                    identity,
                    score: scores.is_valid(row).then(|| scores.value(row)),
                    outcome: Outcome::Remembered,
                    tier: tiers.is_valid(row).then(|| tiers.value(row)),
                    rule: rule.map(|rule| Cow::Owned(rule.to_owned())),
                    arithmetic: text_at(arithmetics.as_string::<i32>(), row).map(str::to_owned),
                });
            }
            Ok(())
        })?;
        if !rows.is_empty() {
            let said = hashes("accounts", &rows, tables)?;
            let said_before = hashes(&format!("{BEFORE}accounts"), &rows, tables)?;
            rows.retain(|uid, _| said.get(uid).is_some_and(|hash| said_before.get(uid) == Some(hash)));
        }
        Ok(Self(rows))
    }

    /// Those of an account.
    pub(super) fn of_account(&self, uid: i64) -> &[Row<'static>] {
        self.0.get(&uid).map_or(&[], Vec::as_slice)
    }
}

/// The hashes of the rows of some accounts.
fn hashes(
    table: &str,
    of: &HashMap<i64, Vec<Row<'static>>>,
    tables: &TableSet,
) -> Result<HashMap<i64, i64>, EngineError> {
    let mut wanted = Uids::default();
    for uid in of.keys() {
        wanted.insert(*uid);
    }
    let columns = [Field::new("uid", Type::Integer), Field::new("row_hash", Type::Integer)];
    let mut hashes = HashMap::new();
    for batch in pick(&tables.find(table), &columns, "uid", &wanted)? {
        let (uids, values) = (batch.column(0).as_primitive::<Int64Type>(), batch.column(1).as_primitive::<Int64Type>());
        hashes.extend(uids.iter().zip(values).filter_map(|(uid, hash)| Some((uid?, hash?))));
    }
    Ok(hashes)
}
