//! Which match rules would find the owners that are known, and those of orphans: every column of accounts against every
//! column of identities, and against what logins are usually made of.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::engine::{Engine, EngineError};
use crate::kernels::found_by;
use crate::model::TableSet;
use crate::settings::reconcile::Form;
use crate::settings::template::Template;
use crate::sql;
use crate::stages::Ask;
use crate::stages::reconcile::compared_text;
use crate::table::{Field, Type};

/// A rule that would help.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// Over a column of accounts.
    pub account: Template,
    /// Over columns of identities.
    pub identity: Template,
    /// In which form they are compared.
    pub form: Form,
    /// Accounts with a known owner for which it finds exactly one identity, and those for which that is the owner.
    pub found: u64,
    /// See [`Self::found`].
    pub right: u64,
    /// Accounts with a known owner.
    pub known: u64,
    /// Accounts for which it finds several.
    pub ambiguous: u64,
    /// Owners that it finds rightly and no suggestion above it does.
    pub lift: u64,
    /// Orphans for which it finds exactly one identity and no suggestion above it does.
    pub orphans: u64,
}

impl Suggestion {
    /// Of the owners it finds, the share that is right.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.right, self.found)
    }

    /// Of the owners that are known, the share that it finds rightly.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.right, self.known)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of accounts are far below 2^53")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What people are called in logins, of letters and digits.
const LOGINS: [&str; 11] = [
    "{given_name}{family_name}",
    "{family_name}{given_name}",
    "{given_name:1}{family_name}",
    "{family_name}{given_name:1}",
    "{given_name}{family_name:1}",
    "{family_name:1}{given_name}",
    "{given_name:2}{family_name}",
    "{given_name:3}{family_name:3}",
    "{family_name:3}{given_name:3}",
    "{family_name:5}{given_name:1}",
    "{given_name:1}{family_name:7}",
];

/// Columns that say nothing of whom a row is about.
const NOT_TELLING: [&str; 9] =
    ["uid", "source", "repository", "status", "organisation", "job_code", "job_title", "manager", "ownerless"];

/// The rules that are worth having, the surest first, none that adds nothing to those above it. Owners that people
/// pinned count as much as those that rules found; `repository` = only its accounts; a rule below `least` precision is
/// left out.
///
/// # Errors
/// Where a table cannot be read.
pub fn suggest(
    tables: &TableSet,
    engine: &dyn Engine,
    repository: Option<&str>,
    least: f64,
) -> Result<Vec<Suggestion>, EngineError> {
    let within = repository.map_or_else(String::new, |code| format!(" WHERE a.repository = {}", sql::text(code)));
    let query = format!(
        "SELECT a.uid, o.identity_uid, o.ownerless FROM accounts a LEFT JOIN ownership o ON o.account_uid = a.uid{within}"
    );
    let (mut owners, mut orphans) = (BTreeMap::new(), BTreeSet::new());
    for row in (Ask { engine, tables }).rows(&query)? {
        let (Ok(account), owner) = (row[0].parse::<i64>(), row[1].parse::<i64>()) else { continue };
        match owner {
            Ok(owner) => {
                owners.insert(account, owner);
            }
            Err(_) if row[2].is_empty() => {
                orphans.insert(account);
            }
            Err(_) => {}
        }
    }
    let tried: Result<Vec<_>, EngineError> = ways(tables)
        .into_par_iter()
        .map(|way| {
            let text = |template: &Template, table: &str| compared_text(template, way.2, &tables.find(table).columns);
            let found = found_by(&text(&way.0, "accounts"), &text(&way.1, "identities"), tables)?;
            Ok((way, found))
        })
        .collect();
    let known = owners.len() as u64;
    let mut tried: Vec<(Suggestion, BTreeSet<i64>, BTreeSet<i64>)> = tried?
        .into_iter()
        .map(|((account, identity, form), found)| {
            let is_meant = |account: &i64| owners.contains_key(account) || orphans.contains(account);
            let alone = |of: &dyn Fn(&i64, &i64) -> bool| -> BTreeSet<i64> {
                let alone = found.iter().filter_map(|(account, identity)| Some((account, identity.as_ref()?)));
                alone.filter(|(account, identity)| of(account, identity)).map(|(account, _)| *account).collect()
            };
            let right = alone(&|account, identity| owners.get(account) == Some(identity));
            let of_orphans = alone(&|account, _| orphans.contains(account));
            let found_known = alone(&|account, _| owners.contains_key(account)).len() as u64;
            let ambiguous =
                found.iter().filter(|(account, identity)| identity.is_none() && is_meant(account)).count() as u64;
            let right_count = right.len() as u64;
            let suggestion = Suggestion {
                account,
                identity,
                form,
                found: found_known,
                right: right_count,
                known,
                ambiguous,
                lift: 0,
                orphans: 0,
            };
            (suggestion, right, of_orphans)
        })
        .collect();
    // The surest first; of equals the one that finds more, then the simpler form.
    tried.sort_by(|one, other| {
        let key = |one: &Suggestion| (one.precision(), one.recall());
        key(&other.0)
            .partial_cmp(&key(&one.0))
            .unwrap_or(std::cmp::Ordering::Equal)
            .then_with(|| (one.0.form as u8).cmp(&(other.0.form as u8)))
            .then_with(|| one.0.account.to_string().cmp(&other.0.account.to_string()))
            .then_with(|| one.0.identity.to_string().cmp(&other.0.identity.to_string()))
    });
    let (mut seen, mut seen_orphans) = (BTreeSet::new(), BTreeSet::new());
    let mut suggestions = Vec::new();
    for (mut suggestion, right, of_orphans) in tried {
        if suggestion.right == 0 || suggestion.precision() < least {
            continue;
        }
        suggestion.lift = right.difference(&seen).count() as u64;
        suggestion.orphans = of_orphans.difference(&seen_orphans).count() as u64;
        if suggestion.lift > 0 || suggestion.orphans > 0 {
            seen.extend(right);
            seen_orphans.extend(of_orphans);
            suggestions.push(suggestion);
        }
    }
    Ok(suggestions)
}

/// Every way worth trying.
fn ways(tables: &TableSet) -> Vec<(Template, Template, Form)> {
    let (accounts, identities) = (tables.find("accounts"), tables.find("identities"));
    let (of_accounts, of_identities) = (telling(&accounts.columns), telling(&identities.columns));
    let has_norm = |columns: &[Field], name: &str| columns.iter().any(|field| field.name == format!("{name}_norm"));
    let template = |text: &str| Template::parse(text).ok();
    let mut ways = Vec::new();
    for account in &of_accounts {
        let is_folded = has_norm(&accounts.columns, account);
        for identity in &of_identities {
            let both = template(account).zip(template(identity));
            let form =
                if is_folded && has_norm(&identities.columns, identity) { Form::Normalised } else { Form::Equal };
            ways.extend(both.map(|(account, identity)| (account, identity, form)));
        }
        if is_folded && ["given_name", "family_name"].iter().all(|name| has_norm(&identities.columns, name)) {
            let both = LOGINS.iter().filter_map(|login| template(account).zip(template(login)));
            ways.extend(both.map(|(account, identity)| (account, identity, Form::Alphanumeric)));
        }
    }
    ways
}

/// The columns of text that may say whom a row is about.
fn telling(columns: &[Field]) -> Vec<&str> {
    let is_made = |name: &str| name.ends_with("_norm") || name.ends_with("_source");
    let told = columns.iter().filter(|field| field.kind == Type::Text).map(|field| field.name.as_str());
    told.filter(|name| !is_made(name) && !NOT_TELLING.contains(name)).collect()
}
