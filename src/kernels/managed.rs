//! Managers that objects of both loads gained or lost: both loads sorted by what is managed, and merged.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;

use super::Kernel;
use super::link_changes::{self, LinkChange};
use super::presence::Uids;
use super::rows::{column, each_of};
use super::sorted::only_in_one;
use crate::engine::{EngineError, RowSink};
use crate::model::{BEFORE, StoredTable, TableSet};
use crate::table::{Field, Kind, Type};
use crate::tables;

/// Managers that objects which are listed in both loads gained or lost.
#[derive(Debug)]
pub struct ManagersChanged {
    /// What moved managers.
    pub cause: &'static str,
}

/// A matter: the number of a kind and domain, null being like the empty text.
type Matter = usize;

/// Who manages an object in a matter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Managed {
    matter: Matter,
    uid: i64,
    manager: Option<i64>,
    has_domain: bool,
}

/// Kinds and domains by their number.
#[derive(Default)]
struct Matters {
    names: Vec<(String, String)>,
    numbers: HashMap<(String, String), Matter>,
}

impl Kernel for ManagersChanged {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let (now, before) = (tables.find("managers"), tables.find(&format!("{BEFORE}managers")));
        let (now, before) = only_in_one(&now, &before);
        let mut matters = Matters::default();
        let (now, before) = (matters.managed(&now)?, matters.managed(&before)?);
        let listed = matters.listed(tables)?;
        let mut changes: Vec<LinkChange<'_>> = Vec::new();
        let mut take = |row: &Managed, is_lost: bool| {
            if row.manager.is_none() || !listed[row.matter].iter().all(|uids| uids.contains(row.uid)) {
                return;
            }
            let (kind, domain) = &matters.names[row.matter];
            changes.push(LinkChange {
                kind: Some(kind),
                uid: Some(row.uid),
                is_lost,
                related_kind: Some(Kind::Identity.as_str()),
                related_uid: row.manager,
                detail: Some(if row.has_domain { domain.as_str() } else { "manager" }),
                table: "managers",
                cause: Some(self.cause),
            });
        };
        let (mut own, mut others) = (now.iter().peekable(), before.iter().peekable());
        loop {
            let order = match (own.peek(), others.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(row), Some(other)) => row.key().cmp(&other.key()),
            };
            match order {
                Ordering::Less => own.next().into_iter().for_each(|row| take(row, false)),
                Ordering::Greater => others.next().into_iter().for_each(|row| take(row, true)),
                // Null and the empty text are one domain: both may stand there.
                Ordering::Equal => {
                    let key = own.peek().map(|row| row.key());
                    while own.next_if(|row| Some(row.key()) == key).is_some() {}
                    while others.next_if(|row| Some(row.key()) == key).is_some() {}
                }
            }
        }
        if changes.is_empty() { Ok(()) } else { sink(link_changes::rows(changes, columns)?) }
    }
}

impl Managed {
    fn key(&self) -> (Matter, i64, Option<i64>) {
        (self.matter, self.uid, self.manager)
    }
}

impl Matters {
    /// The rows of a table of managers, sorted.
    fn managed(&mut self, stored: &StoredTable) -> Result<Vec<Managed>, EngineError> {
        let mut found = Vec::new();
        each_of(stored, &["kind", "uid", "domain", "identity_uid"], |batch| {
            let (kinds, domains) = (column(batch, "kind", Type::Text), column(batch, "domain", Type::Text));
            let (kinds, domains) = (kinds.as_string::<i32>(), domains.as_string::<i32>());
            let number = |name| column(batch, name, Type::Integer);
            let (uids, managers) = (number("uid"), number("identity_uid"));
            let (uids, managers) = (uids.as_primitive::<Int64Type>(), managers.as_primitive::<Int64Type>());
            for row in (0..batch.num_rows()).filter(|row| kinds.is_valid(*row) && uids.is_valid(*row)) {
                let has_domain = domains.is_valid(row);
                let matter = self.number(kinds.value(row), if has_domain { domains.value(row) } else { "" });
                let manager = managers.is_valid(row).then(|| managers.value(row));
                found.push(Managed { matter, uid: uids.value(row), manager, has_domain });
            }
            Ok(())
        })?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn number(&mut self, kind: &str, domain: &str) -> Matter {
        // Neighbours are of one kind.
        if let Some((last_kind, last_domain)) = self.names.last()
            && last_kind == kind
            && last_domain == domain
        {
            return self.names.len() - 1;
        }
        let name = (kind.to_owned(), domain.to_owned());
        *self.numbers.entry(name.clone()).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }

    /// The objects of each matter, in this load and in the parent; nobody where the kind is unknown.
    fn listed(&self, tables: &TableSet) -> Result<Vec<[Arc<Uids>; 2]>, EngineError> {
        let mut of_kinds: HashMap<&str, [Arc<Uids>; 2]> = HashMap::new();
        for (kind, _) in &self.names {
            if of_kinds.contains_key(kind.as_str()) {
                continue;
            }
            let uids = match Kind::named(kind) {
                Some(known) => {
                    let table = tables::of_kind(known).name;
                    [Uids::of(&tables.find(table))?, Uids::of(&tables.find(&format!("{BEFORE}{table}")))?]
                }
                None => [Uids::default(), Uids::default()],
            };
            of_kinds.insert(kind, uids.map(Arc::new));
        }
        Ok(self.names.iter().map(|(kind, _)| of_kinds[kind.as_str()].clone()).collect())
    }
}
