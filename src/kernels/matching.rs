//! Whom a match rule finds: the texts of undecided accounts first, then who bears one of them.

mod candidates;
mod matches;
mod text;
mod trial;

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use hashbrown::HashMap;

pub use self::candidates::Candidates;
pub use self::matches::Matches;
pub(super) use self::text::columns;
pub use self::text::{Kept, Text, TextPiece};
pub use self::trial::found_by;
use super::last::Last;
use super::pick::pick;
use super::presence::Uids;
use super::rows::{column, each};
use crate::engine::EngineError;
use crate::model::TableSet;
use crate::table::Type;

/// A match rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What of an account is compared.
    pub account: Text,
    /// What of an identity is compared.
    pub identity: Text,
    /// Codes of the repositories whose accounts it speaks of; all, where there are none.
    pub repositories: Vec<String>,
}

/// The table of accounts that nothing has decided.
const UNDECIDED: &str = "undecided_accounts";

/// The number of a text.
type TextId = usize;

/// An account that nothing has decided.
#[derive(Debug)]
struct Account {
    uid: i64,
    repository: Option<String>,
    text: Option<TextId>,
}

/// A match rule with what it looked up last: whom it finds and who is in question are asked one behind the other.
#[derive(Debug)]
pub struct Lookup {
    rule: Rule,
    last: Last<Undecided>,
}

impl Lookup {
    /// Nothing was looked up yet.
    #[must_use]
    pub fn of(rule: Rule) -> Arc<Self> {
        Arc::new(Self { rule, last: Last::default() })
    }

    fn undecided(&self, tables: &TableSet) -> Result<Arc<Undecided>, EngineError> {
        self.last.of(tables, &[UNDECIDED, "accounts", "identities"], || Undecided::of(&self.rule, tables))
    }
}

/// The accounts that nothing has decided, and who bears the texts of theirs.
#[derive(Debug)]
struct Undecided {
    accounts: Vec<Account>,
    texts: Vec<String>,
    /// The uids of the identities with each text, ascending.
    bearers: Vec<Vec<i64>>,
}

impl Undecided {
    fn of(rule: &Rule, tables: &TableSet) -> Result<Self, EngineError> {
        let undecided = Uids::of_column(&tables.find(UNDECIDED), "account_uid")?;
        let columns = columns(&["uid", "repository"], std::iter::once(&rule.account));
        let mut ids: HashMap<String, TextId> = HashMap::new();
        let mut accounts = Vec::new();
        for batch in pick(&tables.find("accounts"), &columns, "uid", &undecided)? {
            let uids = batch.column(0).as_primitive::<Int64Type>();
            let repositories = batch.column(1).as_string::<i32>();
            rule.account.each(&batch, |row, text| {
                let repository = repositories.is_valid(row).then(|| repositories.value(row));
                let is_meant = |code: &str| rule.repositories.iter().any(|meant| meant == code);
                if rule.repositories.is_empty() || repository.is_some_and(is_meant) {
                    let next = ids.len();
                    let text = text.map(|text| *ids.entry_ref(text).or_insert(next));
                    accounts.push(Account { uid: uids.value(row), repository: repository.map(str::to_owned), text });
                }
            })?;
        }
        let bearers = bearers(rule, &ids, tables)?;
        let mut texts = vec![String::new(); ids.len()];
        for (text, id) in ids {
            texts[id] = text;
        }
        Ok(Self { accounts, texts, bearers })
    }
}

/// The identities that bear each text.
fn bearers(rule: &Rule, ids: &HashMap<String, TextId>, tables: &TableSet) -> Result<Vec<Vec<i64>>, EngineError> {
    let mut bearers = vec![Vec::new(); ids.len()];
    let columns: Vec<&str> =
        std::iter::once("uid").chain(rule.identity.columns().map(|field| field.name.as_str())).collect();
    each(tables, "identities", &columns, |batch| {
        let uids = column(batch, "uid", Type::Integer);
        let uids = uids.as_primitive::<Int64Type>();
        rule.identity.each(batch, |row, text| {
            if let Some(id) = text.and_then(|text| ids.get(text)) {
                bearers[*id].push(uids.value(row));
            }
        })
    })?;
    for uids in &mut bearers {
        uids.sort_unstable();
    }
    Ok(bearers)
}

/// What is to be found anew: owners that the parent knew through these are not carried.
#[derive(Default)]
pub(super) struct Forgotten(HashSet<(String, String)>);

impl Forgotten {
    pub(super) fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let mut forgotten = Self::default();
        each(tables, "forgotten_owners", &["kind", "name"], |batch| {
            let (kinds, names) = (column(batch, "kind", Type::Text), column(batch, "name", Type::Text));
            let pairs = kinds.as_string::<i32>().iter().zip(names.as_string::<i32>());
            forgotten.0.extend(pairs.filter_map(|(kind, name)| Some((kind?.to_owned(), name?.to_owned()))));
            Ok(())
        })?;
        Ok(forgotten)
    }

    pub(super) fn has_repository(&self, code: &str) -> bool {
        self.has("repository", code)
    }

    pub(super) fn has_rule(&self, id: &str) -> bool {
        self.has("rule", id)
    }

    fn has(&self, kind: &str, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&(kind.to_owned(), name.to_owned()))
    }
}

/// Who may not own which account.
pub(super) fn forbidden(tables: &TableSet) -> Result<HashSet<(i64, i64)>, EngineError> {
    let mut forbidden = HashSet::new();
    each(tables, "forbidden_owners", &["account_uid", "identity_uid"], |batch| {
        let number = |name| column(batch, name, Type::Integer);
        let (accounts, identities) = (number("account_uid"), number("identity_uid"));
        let pairs = accounts.as_primitive::<Int64Type>().iter().zip(identities.as_primitive::<Int64Type>());
        forbidden.extend(pairs.filter_map(|(account, identity)| Some((account?, identity?))));
        Ok(())
    })?;
    Ok(forbidden)
}
