//! One object through all visible confirmed timeslots: when it was there, what changed, who owned it, what it gained
//! and lost.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{Engine, EngineError, cells};
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, LedgerError, State, Timeslot};
use crate::model::TableSet;
use crate::sql;
use crate::table::{Kind, Role, Sort, Table};
use crate::tables;

/// Why there is no history.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No visible timeslot has such an object.
    #[error("no visible timeslot knows {kind} `{key}`")]
    Unknown {
        /// Its kind.
        kind: Kind,
        /// The key as it was looked for.
        key: String,
    },
}

/// Something that a timeslot says about the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// The timeslot.
    pub timeslot: TimeslotId,
    /// `present`, `absent`, `is`, `changed`, `owner`, `account`, `gained`, `lost`.
    pub what: &'static str,
    /// The attribute, or the kind of what was gained or lost.
    pub name: Option<String>,
    /// What it was; null = nothing.
    pub before: Option<String>,
    /// What it is; null = nothing.
    pub now: Option<String>,
}

/// What a timeslot says about the object.
#[derive(Default)]
struct Sight {
    attributes: BTreeMap<String, Option<String>>,
    owner: Option<String>,
    accounts: BTreeSet<String>,
}

/// Follows an object, by its key in key form, from the oldest visible confirmed timeslot to the current one, and on to
/// the open one where that is asked for. With `last`, only through so many of the latest confirmed ones: what the first of
/// them says is then what the object is.
///
/// # Errors
/// Where no timeslot knows the object, or a table cannot be read.
pub fn history(
    ledger: &Ledger,
    kind: Kind,
    namespace: &str,
    key: &str,
    engine: &dyn Engine,
    open: Option<&TimeslotId>,
    last: Option<usize>,
) -> Result<Vec<Happening>, HistoryError> {
    let standings = ledger.standings()?;
    let mut confirmed: Vec<_> = standings.all().iter().filter(|standing| standing.state == State::Confirmed).collect();
    confirmed.sort_by_key(|standing| standing.confirmed_by);
    confirmed.drain(..confirmed.len().saturating_sub(last.unwrap_or(usize::MAX)));
    confirmed.extend(open.and_then(|id| standings.find(id)).filter(|standing| standing.state.is_open()));
    let known = confirmed.last().map(|standing| standings.line_of(&standing.id)).unwrap_or_default();
    let latest = match confirmed.last() {
        Some(standing) => Look::at(&ledger.timeslot(&standing.id)?, kind, engine).uid(namespace, key)?,
        None => None,
    };
    let mut told = Vec::new();
    let mut seen: Option<Sight> = None;
    let mut is_known = false;
    for standing in confirmed {
        let timeslot = ledger.timeslot(&standing.id)?;
        let look = Look::at(&timeslot, kind, engine);
        // A number lasts from parent to child, whatever the key is called by then. One that was made while another was
        // hidden may number otherwise.
        let uid = match latest.filter(|_| known.contains(&standing.id)) {
            Some(uid) => look.knows(uid)?.then_some(uid),
            None => look.uid(namespace, key)?,
        };
        let Some(uid) = uid else { continue };
        is_known = true;
        let sight = look.sight(uid)?;
        let mut tell = |what, name: Option<&str>, before: Option<String>, now: Option<String>| {
            let name = name.map(str::to_owned);
            told.push(Happening { timeslot: standing.id.clone(), what, name, before, now });
        };
        match &sight {
            None => tell("absent", None, None, None),
            Some(sight) => {
                tell("present", None, None, None);
                let what = if seen.is_some() { "changed" } else { "is" };
                let nothing = Sight::default();
                let last = seen.as_ref().unwrap_or(&nothing);
                for (name, value) in &sight.attributes {
                    let before = last.attributes.get(name).cloned().flatten();
                    if before != *value {
                        tell(what, Some(name), before, value.clone());
                    }
                }
                for (name, value) in last.attributes.iter().filter(|(name, _)| !sight.attributes.contains_key(*name)) {
                    if value.is_some() {
                        tell(what, Some(name), value.clone(), None);
                    }
                }
                if last.owner != sight.owner {
                    tell("owner", None, last.owner.clone(), sight.owner.clone());
                }
                for account in last.accounts.difference(&sight.accounts) {
                    tell("account", None, Some(account.clone()), None);
                }
                for account in sight.accounts.difference(&last.accounts) {
                    tell("account", None, None, Some(account.clone()));
                }
            }
        }
        for link in look.links(uid)? {
            let (change, name, text) = link;
            if change == "gained" {
                tell("gained", Some(&name), None, Some(text));
            } else {
                tell("lost", Some(&name), Some(text), None);
            }
        }
        if sight.is_some() {
            seen = sight;
        }
    }
    let shown = if namespace.is_empty() { key.to_owned() } else { format!("{namespace}/{key}") };
    if is_known { Ok(told) } else { Err(HistoryError::Unknown { kind, key: shown }) }
}

/// The tables of one timeslot, asked about one kind of object.
struct Look<'a> {
    kind: Kind,
    table: &'static Table,
    tables: TableSet,
    engine: &'a dyn Engine,
}

impl<'a> Look<'a> {
    fn at(timeslot: &Timeslot, kind: Kind, engine: &'a dyn Engine) -> Self {
        let table = tables::COLLECTED.iter().find(|table| table.sort == Sort::Object(kind)).copied();
        let table = table.expect("every kind has its table");
        Self { kind, table, tables: TableSet::of(timeslot, None), engine }
    }

    fn rows(&self, query: &str) -> Result<Vec<Vec<Option<String>>>, EngineError> {
        cells(&self.engine.rows(query, &self.tables)?)
    }

    fn uid(&self, namespace: &str, key: &str) -> Result<Option<i64>, EngineError> {
        // Among those of its kind that are there first: the registry of all that ever were is longer.
        let named = |wanted: fn(Role) -> bool| self.table.columns.iter().find(|column| wanted(column.role));
        if let Some(own) = named(|role| role == Role::Key) {
            let within = named(|role| matches!(role, Role::Namespace(_)));
            let within = within.map(|column| format!(" AND t.{} = {}", column.name, sql::text(namespace)));
            let query = format!(
                "SELECT t.uid FROM {} t WHERE t.{} = {}{}",
                self.table.name,
                own.name,
                sql::text(key),
                within.unwrap_or_default()
            );
            let found = self.rows(&query)?.into_iter().flatten().flatten().next();
            if let Some(uid) = found.and_then(|uid| uid.parse().ok()) {
                return Ok(Some(uid));
            }
        }
        let query = format!(
            "SELECT u.uid FROM uids u WHERE u.kind = '{}' AND u.namespace = {} AND u.key = {}",
            self.kind,
            sql::text(namespace),
            sql::text(key)
        );
        let rows = self.rows(&query)?;
        Ok(rows.into_iter().flatten().flatten().next().and_then(|uid| uid.parse().ok()))
    }

    /// Whether the number was given by then.
    fn knows(&self, uid: i64) -> Result<bool, EngineError> {
        let query = format!("SELECT u.uid FROM uids u WHERE u.kind = '{}' AND u.uid = {uid}", self.kind);
        Ok(!self.rows(&query)?.is_empty())
    }

    /// What the timeslot says; `None` where the object is not in it.
    fn sight(&self, uid: i64) -> Result<Option<Sight>, EngineError> {
        let columns = self.tables.find(self.table.name).columns.clone();
        let told: Vec<&str> = columns
            .iter()
            .filter(|column| match self.table.column(&column.name) {
                Some(born) => matches!(born.role, Role::Attribute | Role::Reference(_)),
                None => !column.name.ends_with("_norm"),
            })
            .map(|column| column.name.as_str())
            .collect();
        let list: Vec<String> = told.iter().map(|column| format!("CAST(t.{} AS VARCHAR)", sql::name(column))).collect();
        let query = format!("SELECT {} FROM {} t WHERE t.uid = {uid}", list.join(", "), self.table.name);
        let Some(row) = self.rows(&query)?.into_iter().next() else { return Ok(None) };
        let attributes = told.into_iter().map(str::to_owned).zip(row).collect();
        Ok(Some(Sight { attributes, owner: self.owner(uid)?, accounts: self.accounts(uid)? }))
    }

    fn owner(&self, uid: i64) -> Result<Option<String>, EngineError> {
        if self.kind != Kind::Account || !self.tables.contains("ownership") {
            return Ok(None);
        }
        let query = format!(
            "SELECT COALESCE(u.key, 'nobody (' || o.ownerless || ')') FROM ownership o
             LEFT JOIN uids u ON u.kind = 'identity' AND u.uid = o.identity_uid WHERE o.account_uid = {uid}"
        );
        let owner = self.rows(&query)?.into_iter().flatten().flatten().next();
        Ok(Some(owner.unwrap_or_else(|| "unknown (orphan)".to_owned())))
    }

    fn accounts(&self, uid: i64) -> Result<BTreeSet<String>, EngineError> {
        if self.kind != Kind::Identity || !self.tables.contains("ownership") {
            return Ok(BTreeSet::new());
        }
        // First their uids: those that are known lead the engine to a few rows of all names.
        let uids = self.rows(&format!("SELECT o.account_uid FROM ownership o WHERE o.identity_uid = {uid}"))?;
        let uids: Vec<String> = uids.into_iter().flatten().flatten().collect();
        let mut accounts = BTreeSet::new();
        for some in uids.chunks(500) {
            let query = format!(
                "SELECT u.namespace || '/' || u.key FROM uids u WHERE u.kind = 'account' AND u.uid IN ({})",
                some.join(", ")
            );
            accounts.extend(self.rows(&query)?.into_iter().flatten().flatten());
        }
        Ok(accounts)
    }

    /// `gained` or `lost`, the kind of what, and what.
    fn links(&self, uid: i64) -> Result<Vec<(String, String, String)>, EngineError> {
        if !self.tables.contains("link_changes") {
            return Ok(Vec::new());
        }
        let query = format!(
            "SELECT DISTINCT l.change, l.related_kind,
                    CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END || COALESCE(' (' || l.detail || ')', '') AS what
             FROM link_changes l JOIN uids u ON u.kind = l.related_kind AND u.uid = l.related_uid
             WHERE l.kind = '{}' AND l.uid = {uid} AND (l.kind <> 'account' OR l.related_kind <> 'identity' OR l.detail IS NOT NULL) ORDER BY l.change, l.related_kind, what",
            self.kind
        );
        let rows = self.rows(&query)?.into_iter();
        Ok(rows
            .filter_map(|row| match <[Option<String>; 3]>::try_from(row) {
                Ok([Some(change), Some(kind), Some(what)]) => Some((change, kind, what)),
                _ => None,
            })
            .collect())
    }
}
