//! Grants that a rights model could have: what populations hold in common, with exact figures of what each row covers.
//!
//! Populations are tried from the broadest: everybody, then people alike in one column, then in two. A permission is
//! proposed for a population of which a given share holds it, unless rows above explain nearly all of these holders: so
//! the broadest population that fits has it, and a narrower one only what is its own. What a permission includes is
//! granted with it and not named again.

mod company;
mod count;

use std::collections::{BTreeMap, BTreeSet};

use self::company::Company;
use self::count::{Row, accepted};
use crate::engine::{Engine, EngineError};
use crate::model::TableSet;
use crate::names::untaken;
use crate::settings::PermissionName;
use crate::sql;
use crate::stages::Ask;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Columns of identities by which populations are told apart; none = those with few values.
    pub by: Vec<String>,
    /// Of a population, the share that must hold a permission, 0 to 1.
    pub share: f64,
    /// Fewest people in a population, and fewest rights that a permission in it must explain anew.
    pub people: u32,
    /// Only permissions of this application, by its code in key form.
    pub application: Option<String>,
    /// Whether to begin as though there were no rights model.
    pub anew: bool,
    /// Ids that no suggestion may have, because the policy has them.
    pub taken: BTreeSet<String>,
}

/// A grant that would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// A name for it: lower-snake, unique among suggestions and those that are taken.
    pub id: String,
    /// Over `identities i`.
    pub population: String,
    /// What it grants, in order; none includes another.
    pub permissions: Vec<PermissionName>,
    /// Active people in the population.
    pub people: u64,
    /// Rights that it would give them, with what the permissions include.
    pub due: u64,
    /// Of these, how many are held today.
    pub held: u64,
    /// Rights that are held and neither the present model nor a row above explains.
    pub anew: u64,
}

impl Suggestion {
    /// Rights that it would give and nobody holds today.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.due - self.held
    }
}

/// What was found. Rights are pairs of an active person and a permission, wherever it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// In the order in which they were tried.
    pub rows: Vec<Suggestion>,
    /// The columns by which populations were told apart.
    pub by: Vec<String>,
    /// Rights that active people hold.
    pub held: u64,
    /// Of these, how many the present rights model explains.
    pub explained: u64,
    /// How many the model would explain with all rows.
    pub explained_then: u64,
    /// Rights that the rows would give, each counted once.
    pub due: u64,
    /// Of these, how many nobody holds today.
    pub missing: u64,
}

/// The grants that are worth having.
///
/// # Errors
/// Where a column is not one of identities, or a table cannot be read.
pub fn suggest(tables: &TableSet, engine: &dyn Engine, asked: &Asked) -> Result<Suggestions, EngineError> {
    let ask = Ask { engine, tables };
    let mut company = Company::read(&ask, asked)?;
    let explained = company.explained();
    let mut rows: Vec<(Vec<usize>, Row)> = Vec::new();
    for columns in company.groupings() {
        for row in accepted(&mut company, &columns, asked.share, asked.people) {
            rows.push((columns.clone(), row));
        }
    }
    let permissions = permissions(&ask, rows.iter().flat_map(|(_, row)| &row.permissions))?;
    let mut ids = asked.taken.clone();
    let union = company.union(rows.iter().map(|(columns, row)| (columns.as_slice(), row)));
    let suggestions = rows
        .iter()
        .map(|(columns, row)| {
            let like: Vec<(&str, &str)> = company.values(columns, row.class);
            let mut names: Vec<PermissionName> =
                row.permissions.iter().filter_map(|uid| permissions.get(uid).cloned()).collect();
            names.sort();
            Suggestion {
                id: id(&like, &mut ids),
                population: population(&like),
                permissions: names,
                people: row.people,
                due: row.due,
                held: row.held,
                anew: row.anew,
            }
        })
        .collect();
    Ok(Suggestions {
        rows: suggestions,
        by: company.column_names(),
        held: company.held(),
        explained,
        explained_then: company.explained(),
        due: union.due,
        missing: union.due - union.held,
    })
}

/// A predicate for people who have these values.
fn population(like: &[(&str, &str)]) -> String {
    if like.is_empty() {
        return "TRUE".to_owned();
    }
    // As people write it; a name that needs quotation marks has them.
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let column = |name: &str| if plain(name) { name.to_owned() } else { sql::name(name) };
    let equal = like.iter().map(|(name, value)| format!("i.{} = {}", column(name), sql::text(value)));
    equal.collect::<Vec<_>>().join(" AND ")
}

/// A name that no other row has, and nothing in the policy.
fn id(like: &[(&str, &str)], taken: &mut BTreeSet<String>) -> String {
    let words = like.iter().flat_map(|(column, value)| [*column, *value]).collect::<Vec<_>>().join("_");
    let slug: String = words.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let slug = if like.is_empty() { "everybody".to_owned() } else { slug };
    untaken(&slug, taken)
}

fn permissions<'a>(
    ask: &Ask<'_>,
    uids: impl Iterator<Item = &'a u32>,
) -> Result<BTreeMap<u32, PermissionName>, EngineError> {
    let wanted: BTreeSet<&u32> = uids.collect();
    let rows = ask.rows("SELECT p.uid, p.application, p.code FROM permissions p")?;
    let named = rows.into_iter().filter_map(|row| {
        let uid = row[0].parse().ok().filter(|uid| wanted.contains(uid))?;
        Some((uid, PermissionName { application: row[1].clone(), code: row[2].clone() }))
    });
    Ok(named.collect())
}
