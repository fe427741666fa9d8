//! What match rules that add up make of the accounts that are left: texts become numbers (`texts`), numbers keys (`keys`)
//! and rows (`lines`), by threads of their own (`parallel`); whoever shares a key is judged (`judge`, `likeness`), and of
//! those who stand well one owns (`standing`) unless several once did (`remembered`).

mod judge;
mod keys;
mod likeness;
mod lines;
mod parallel;
mod remembered;
mod standing;
mod texts;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use rayon::prelude::*;

use self::judge::Judge;
use self::keys::{CrowdedKey, Keys};
use self::likeness::Nicknames;
use self::lines::{Lines, Place};
use self::remembered::Remembered;
use self::standing::{Outcome, Row, Standing};
use self::texts::Texts;
use super::Kernel;
use super::last::Last;
use super::matching::{Text, columns, forbidden};
use super::pick::pick;
use super::presence::Uids;
use super::rows::{column, each, shaped, text_at};
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::settings::scoring::{Comparison, Likeness, Scoring};
use crate::table::{Field, Type};

/// The table of accounts that no rule before has decided.
const RESIDUAL: &str = "residual_accounts";

/// Rows that are handed over at once.
const BATCH: usize = 1 << 16;

/// Accounts that a thread judges at a time.
const LOT: usize = 4096;

/// A comparison of the rules with its texts.
#[derive(Debug)]
pub struct Compared {
    /// What of an account is compared.
    pub account: Text,
    /// What of an identity is compared: what it is called, and what it is called, too.
    pub identity: Vec<Text>,
    /// How.
    pub comparison: Comparison,
}

/// What an account and an identity share to be compared. Its text is that of all pieces with `|` between; null where one is.
#[derive(Debug)]
pub struct SharedKey {
    /// The number of the rule it is of, which says to which accounts it speaks.
    pub rule: usize,
    /// Of an account.
    pub account: Vec<Text>,
    /// Of an identity.
    pub identity: Vec<Text>,
}

/// A rule by the numbers of its comparisons, in the order of the settings.
#[derive(Debug)]
pub struct ScoredBy {
    /// Those that must hold.
    pub on: Vec<usize>,
    /// Those that confirm.
    pub confirm: Vec<usize>,
}

/// Match rules that add up, with whom they found last: the scores and the keys that too many share are asked one behind the
/// other.
#[derive(Debug)]
pub struct Scorer {
    /// The settings.
    pub scoring: Scoring,
    /// All comparisons of the rules, none twice.
    pub comparisons: Vec<Compared>,
    /// The rules of the settings, in their order.
    pub rules: Vec<ScoredBy>,
    /// All keys, none twice.
    pub keys: Vec<SharedKey>,
    last: Last<Asked>,
}

impl Scorer {
    /// Nothing was looked up yet.
    #[must_use]
    pub fn new(scoring: Scoring, comparisons: Vec<Compared>, rules: Vec<ScoredBy>, keys: Vec<SharedKey>) -> Arc<Self> {
        Arc::new(Self { scoring, comparisons, rules, keys, last: Last::default() })
    }

    fn asked(&self, tables: &TableSet) -> Result<Arc<Asked>, EngineError> {
        let read = [RESIDUAL, "accounts", "identities", "account_classes"];
        self.last.of(tables, &read, || Asked::of(self, tables))
    }
}

/// The accounts that are left and everybody who may own them, by texts and keys.
#[derive(Debug)]
struct Asked {
    accounts: Vec<i64>,
    repositories: Vec<Option<String>>,
    /// In the order of the keys.
    identities: Vec<i64>,
    /// For each comparison.
    nicknames: Vec<Nicknames>,
    keys: Keys,
    /// A row for each account in the order of the keys, with a text for each comparison.
    account_lines: Lines,
    /// A row for each identity in the order of the keys.
    identity_lines: Lines,
    /// For each comparison, where its texts lie in the rows of identities.
    places: Vec<Vec<Place>>,
    /// For each rule, to which accounts it speaks; to all, where there is `None`.
    within: Vec<Option<Vec<bool>>>,
}

impl Asked {
    fn of(scorer: &Scorer, tables: &TableSet) -> Result<Self, EngineError> {
        let residual = Uids::of_column(&tables.find(RESIDUAL), "account_uid")?;
        let pieces = scorer.keys.iter().flat_map(|key| key.account.iter().zip(&key.identity));
        let others =
            scorer.comparisons.iter().flat_map(|one| one.identity.iter().map(|identity| (&one.account, identity)));
        let compared: Vec<(&Text, &Text)> = pieces.chain(others).collect();
        let account_columns = columns(&["uid", "repository"], compared.iter().map(|(account, _)| *account));
        let account_rows = pick(&tables.find("accounts"), &account_columns, "uid", &residual)?;
        let mut identity_rows = Vec::new();
        if !account_rows.is_empty() {
            let columns = columns(&["uid"], compared.iter().map(|(_, identity)| *identity));
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            each(tables, "identities", &names, |batch| {
                identity_rows.push(shaped(batch, &columns)?);
                Ok(())
            })?;
        }
        let texts = Texts::of(compared.into_iter(), &account_rows, &identity_rows)?;
        let accounts = uids(&account_rows);
        let repositories = account_rows.iter().flat_map(|batch| {
            let codes = batch.column(1).as_string::<i32>();
            (0..codes.len()).map(|row| text_at(codes, row).map(str::to_owned))
        });
        let repositories: Vec<Option<String>> = repositories.collect();
        let within = within(&scorer.scoring, &accounts, &repositories, tables)?;
        let keys = Keys::of(&scorer.keys, scorer.scoring.most_per_key, &texts, &within);
        let (account_lines, identity_lines, places) = lines::sides(&scorer.comparisons, &texts, &keys);
        let nicknames = scorer.comparisons.iter().map(|one| {
            let is_asked = matches!(one.comparison.likeness, Likeness::Nickname { .. });
            is_asked.then(|| Nicknames::of(&scorer.scoring.nicknames, texts.of_accounts(&one.account).texts))
        });
        let nicknames = nicknames.map(Option::unwrap_or_default).collect();
        let uids = uids(&identity_rows);
        let identities = keys.identities.iter().map(|row| uids[*row as usize]).collect();
        Ok(Self { accounts, repositories, identities, nicknames, keys, account_lines, identity_lines, places, within })
    }
}

fn uids(rows: &[RecordBatch]) -> Vec<i64> {
    rows.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().iter().copied()).collect()
}

/// For each rule, to which accounts it speaks.
fn within(
    scoring: &Scoring,
    accounts: &[i64],
    repositories: &[Option<String>],
    tables: &TableSet,
) -> Result<Vec<Option<Vec<bool>>>, EngineError> {
    let mut classes: HashMap<i64, String> = HashMap::new();
    if scoring.rules.iter().any(|rule| !rule.classes.is_empty()) {
        each(tables, "account_classes", &["account_uid", "class"], |batch| {
            let (uids, names) = (column(batch, "account_uid", Type::Integer), column(batch, "class", Type::Text));
            let pairs = uids.as_primitive::<Int64Type>().iter().zip(names.as_string::<i32>());
            classes.extend(pairs.filter_map(|(uid, class)| Some((uid?, class?.to_owned()))));
            Ok(())
        })?;
    }
    let rules = scoring.rules.iter().map(|rule| {
        if rule.repositories.is_empty() && rule.classes.is_empty() {
            return None;
        }
        let is_meant = |(uid, repository): (&i64, &Option<String>)| {
            let class = classes.get(uid).map_or("personal", String::as_str);
            (rule.repositories.is_empty() || repository.as_ref().is_some_and(|code| rule.repositories.contains(code)))
                && (rule.classes.is_empty() || rule.classes.iter().any(|meant| meant.as_str() == class))
        };
        Some(accounts.iter().zip(repositories).map(is_meant).collect())
    });
    Ok(rules.collect())
}

/// Everybody in question for the accounts that are left, with score and outcome.
#[derive(Debug)]
pub struct OwnerScores(pub Arc<Scorer>);

impl Kernel for OwnerScores {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let asked = self.0.asked(tables)?;
        if asked.accounts.is_empty() {
            return Ok(());
        }
        let forbidden = forbidden(tables)?;
        let of_accounts = (asked.accounts.as_slice(), asked.repositories.as_slice());
        let remembered = Remembered::of(&self.0.scoring, of_accounts, &forbidden, tables)?;
        let standing = Standing::new(&self.0.scoring, &asked.identities, &remembered);
        let lots: Vec<usize> = (0..asked.accounts.len()).step_by(LOT).collect();
        let rows = lots.par_iter().map_init(
            || Judge::new(&self.0, &asked),
            |judge, start| {
                let mut rows = Vec::new();
                for place in *start..asked.accounts.len().min(start + LOT) {
                    let uid = asked.accounts[asked.keys.accounts[place] as usize];
                    standing.rows(uid, judge.pairs(place, &forbidden), &mut rows);
                }
                rows
            },
        );
        let mut rows: Vec<Row<'_>> = rows.collect::<Vec<_>>().into_iter().flatten().collect();
        rows.sort_unstable_by_key(|row| (row.account, row.identity));
        for rows in rows.chunks(BATCH) {
            sink(batch(rows, columns)?)?;
        }
        Ok(())
    }
}

fn batch(rows: &[Row<'_>], columns: &[Field]) -> Result<RecordBatch, EngineError> {
    let outcome = |row: &Row<'_>| match row.outcome {
        Outcome::Owner => "owner",
        Outcome::Several => "several",
        Outcome::Candidate => "candidate",
        Outcome::Remembered => "remembered",
    };
    let arrays = columns.iter().map(|field| -> ArrayRef {
        match field.name.as_str() {
            "account_uid" => Arc::new(rows.iter().map(|row| row.account).collect::<Int64Array>()),
            "identity_uid" => Arc::new(rows.iter().map(|row| row.identity).collect::<Int64Array>()),
            "score" => Arc::new(rows.iter().map(|row| row.score).collect::<Float64Array>()),
            "outcome" => Arc::new(StringArray::from_iter_values(rows.iter().map(outcome))),
            "tier" => Arc::new(rows.iter().map(|row| row.tier).collect::<Int64Array>()),
            "rule" => Arc::new(rows.iter().map(|row| row.rule.as_deref()).collect::<StringArray>()),
            "arithmetic" => Arc::new(rows.iter().map(|row| row.arithmetic.as_deref()).collect::<StringArray>()),
            other => unreachable!("scores have no column `{other}`"),
        }
    });
    RecordBatch::try_new(arrow_schema(columns), arrays.collect()).map_err(EngineError::from_arrow)
}

/// Keys that too many identities share: nobody is compared because of them.
#[derive(Debug)]
pub struct CrowdedKeys(pub Arc<Scorer>);

impl Kernel for CrowdedKeys {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let asked = self.0.asked(tables)?;
        let rules = &self.0.scoring.rules;
        let named = asked.keys.crowded.iter().map(|crowded| (rules[crowded.rule].id.as_str(), crowded));
        let mut rows: Vec<(&str, &CrowdedKey)> = named.collect();
        rows.sort_unstable_by_key(|(rule, key)| (*rule, key.text.as_str(), key.accounts, key.identities));
        rows.dedup_by_key(|(rule, key)| (*rule, key.text.as_str(), key.accounts, key.identities));
        if rows.is_empty() {
            return Ok(());
        }
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.1.text))),
            Arc::new(rows.iter().map(|row| row.1.accounts).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|row| row.1.identities).collect::<Int64Array>()),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}
