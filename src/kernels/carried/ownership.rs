//! Who owns each account: what stood before the rules, and what the first rule says that decides.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type};

use super::{BATCH_ROWS, Owned, Rows};
use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::rows::{column, each, text_at};
use crate::model::TableSet;
use crate::table::{Field, Type};

/// Who owns each account.
#[derive(Debug)]
pub struct Ownership {
    /// The day of the load, in days since 1970.
    pub as_of: i32,
    /// Whether rules that add up have a say, too.
    pub is_scored: bool,
}

/// What a rule says of an account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Matched {
    identity: Option<i64>,
    ownerless: Option<String>,
    rule: Option<String>,
}

impl Kernel for Ownership {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let mut matched = matched(tables)?;
        if self.is_scored {
            scored(tables, &mut matched)?;
        }
        let mut waiting = matched.iter().peekable();
        let mut rows = Rows::default();
        // One part, whose rows are in the order of their accounts; the rules speak of other accounts.
        each(tables, "carried_ownership", &super::names(columns), |batch| {
            let carried = Carried::of(batch);
            for row in 0..batch.num_rows() {
                let owned = carried.owned(row);
                while let Some((account, found)) = waiting.next_if(|(account, _)| **account < owned.account) {
                    rows.extend(self.owned(*account, found));
                }
                rows.extend([owned]);
                if rows.len() >= BATCH_ROWS {
                    sink(rows.take(columns)?)?;
                }
            }
            Ok(())
        })?;
        for (account, found) in waiting {
            rows.extend(self.owned(*account, found));
        }
        if rows.len() == 0 { Ok(()) } else { sink(rows.take(columns)?) }
    }
}

impl Ownership {
    fn owned<'m>(&self, account: i64, found: &'m [Matched]) -> impl Iterator<Item = Owned<'m>> {
        let decided_on = Some(self.as_of);
        found.iter().map(move |Matched { identity, ownerless, rule }| Owned {
            account,
            identity: *identity,
            ownerless: ownerless.as_deref(),
            description: None,
            rule: rule.as_deref(),
            decided_on,
            former: None,
        })
    }
}

/// What the first rule that decides says of each account, in order; nothing where it stops at several candidates.
fn matched(tables: &TableSet) -> Result<BTreeMap<i64, Vec<Matched>>, EngineError> {
    let columns = ["rule_rank", "rule", "account_uid", "identity_uid", "ownerless", "is_final"];
    let mut first: BTreeMap<i64, (i64, Vec<Matched>)> = BTreeMap::new();
    // A rule that is not final decides where another of its rank is.
    let mut not_final: BTreeMap<(i64, i64), Vec<Matched>> = BTreeMap::new();
    each(tables, "owner_matches", &columns, |batch| {
        let number = |name| column(batch, name, Type::Integer);
        let text = |name| column(batch, name, Type::Text);
        let (ranks, accounts, identities) = (number("rule_rank"), number("account_uid"), number("identity_uid"));
        let [ranks, accounts, identities] = [&ranks, &accounts, &identities].map(AsArray::as_primitive::<Int64Type>);
        let (rules, ownerless) = (text("rule"), text("ownerless"));
        let is_final = column(batch, "is_final", Type::Boolean);
        let is_final = is_final.as_boolean();
        for (row, (rank, account)) in ranks.iter().zip(accounts).enumerate() {
            let (Some(rank), Some(account)) = (rank, account) else { continue };
            let matched = Matched {
                identity: identities.is_valid(row).then(|| identities.value(row)),
                ownerless: text_at(ownerless.as_string(), row).map(str::to_owned),
                rule: text_at(rules.as_string(), row).map(str::to_owned),
            };
            if is_final.is_valid(row) && is_final.value(row) {
                let known = first.entry(account).or_insert((rank, Vec::new()));
                if rank < known.0 {
                    *known = (rank, Vec::new());
                }
                if rank == known.0 {
                    known.1.push(matched);
                }
            } else {
                not_final.entry((account, rank)).or_default().push(matched);
            }
        }
        Ok(())
    })?;
    let decided = first.into_iter().map(|(account, (rank, mut found))| {
        found.extend(not_final.remove(&(account, rank)).unwrap_or_default());
        found.retain(|matched| matched.identity.is_some() || matched.ownerless.is_some());
        found.sort();
        (account, found)
    });
    Ok(decided.collect())
}

/// Adds whoever alone is sure enough by the rules that add up; these speak of accounts that no other rule decided.
fn scored(tables: &TableSet, matched: &mut BTreeMap<i64, Vec<Matched>>) -> Result<(), EngineError> {
    each(tables, "owner_scores", &["account_uid", "identity_uid", "outcome", "rule"], |batch| {
        let [accounts, identities] = ["account_uid", "identity_uid"].map(|name| column(batch, name, Type::Integer));
        let [outcomes, rules] = ["outcome", "rule"].map(|name| column(batch, name, Type::Text));
        let pairs = accounts.as_primitive::<Int64Type>().iter().zip(identities.as_primitive::<Int64Type>());
        for (row, (account, identity)) in pairs.enumerate() {
            let Some(account) = account.filter(|_| text_at(outcomes.as_string(), row) == Some("owner")) else {
                continue;
            };
            let rule = text_at(rules.as_string(), row).map(str::to_owned);
            matched.entry(account).or_default().push(Matched { identity, ownerless: None, rule });
        }
        Ok(())
    })
}

/// Rows of `carried_ownership`.
struct Carried([ArrayRef; 7]);

impl Carried {
    fn of(batch: &RecordBatch) -> Self {
        let text = |name| column(batch, name, Type::Text);
        let number = |name| column(batch, name, Type::Integer);
        Self([
            number("account_uid"),
            number("identity_uid"),
            text("ownerless"),
            text("description"),
            text("rule"),
            column(batch, "decided_on", Type::Date),
            number("former_uid"),
        ])
    }

    fn owned(&self, row: usize) -> Owned<'_> {
        let Self([account, identity, ownerless, description, rule, decided_on, former]) = self;
        let number = |array: &ArrayRef| array.is_valid(row).then(|| array.as_primitive::<Int64Type>().value(row));
        Owned {
            account: account.as_primitive::<Int64Type>().value(row),
            identity: number(identity),
            ownerless: text_at(ownerless.as_string(), row),
            description: text_at(description.as_string(), row),
            rule: text_at(rule.as_string(), row),
            decided_on: decided_on.is_valid(row).then(|| decided_on.as_primitive::<Date32Type>().value(row)),
            former: number(former),
        }
    }
}
