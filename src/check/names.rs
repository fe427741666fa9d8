//! Names in policies, controls and the project that no object has: most are slips of the fingers, and find nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::{Array, AsArray};

use crate::ledger::{Ledger, LedgerError};
use crate::names::nearest;
use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::settings::NamedKey;
use crate::table::Kind;

/// Warns of every name that the current timeslot of a ledger has never met. Without one, nothing is known yet.
///
/// # Errors
/// Where the ledger cannot be read.
pub fn check_names(names: &[NamedKey], ledger: &Path) -> Result<Problems, LedgerError> {
    let mut problems = Problems::new();
    let current = match Ledger::open(ledger) {
        Err(LedgerError::NotALedger { .. }) => None,
        ledger => ledger?.current()?,
    };
    let Some(current) = current.filter(|_| !names.is_empty()) else { return Ok(problems) };
    let mut met = Met { names, known: BTreeMap::new() };
    current.read("uids", &["kind", "namespace", "key"], &mut |_, batch| {
        let column = |name: &str| batch.column_by_name(name).expect("`uids` has its columns").as_string::<i32>();
        let (kinds, namespaces, keys) = (column("kind"), column("namespace"), column("key"));
        for row in (0..batch.num_rows()).filter(|row| keys.is_valid(*row)) {
            met.take(kinds.value(row), namespaces.value(row), keys.value(row));
        }
        Ok(())
    })?;
    for name in names.iter().filter(|name| !met.knows(name)) {
        problems.add(met.unknown(name));
    }
    Ok(problems)
}

/// The keys of the kinds that are named.
struct Met<'a> {
    names: &'a [NamedKey],
    known: BTreeMap<Kind, BTreeSet<(String, String)>>,
}

impl Met<'_> {
    fn take(&mut self, kind: &str, namespace: &str, key: &str) {
        // No source need list repositories: one that has accounts or groups is there.
        match Kind::named(kind) {
            Some(Kind::Account | Kind::Group) => self.add(Kind::Repository, "", namespace),
            Some(kind) => self.add(kind, namespace, key),
            None => {}
        }
    }

    fn add(&mut self, kind: Kind, namespace: &str, key: &str) {
        // Of people only those who might be meant: a company has millions.
        let may_be = |name: &NamedKey| name.kind == kind && (kind != Kind::Identity || is_alike(&name.key, key));
        if self.names.iter().any(may_be) {
            let known = self.known.entry(kind).or_default();
            if kind != Kind::Repository || !known.iter().any(|(_, code)| code == key) {
                known.insert((namespace.to_owned(), key.to_owned()));
            }
        }
    }

    fn knows(&self, name: &NamedKey) -> bool {
        let pair = (name.namespace.clone(), name.key.clone());
        self.known.get(&name.kind).is_some_and(|known| known.contains(&pair))
    }

    fn unknown(&self, name: &NamedKey) -> Problem {
        let shown = |namespace: &str, key: &str| match namespace {
            "" => key.to_owned(),
            namespace => format!("{namespace}/{key}"),
        };
        let meant = shown(&name.namespace, &name.key);
        let known: Vec<String> =
            self.known.get(&name.kind).into_iter().flatten().map(|(namespace, key)| shown(namespace, key)).collect();
        let message = format!("the ledger has never met {} `{meant}`", name.kind);
        let hint = match nearest(&meant, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`? what is named here finds nothing"),
            None => "what is named here finds nothing until a source brings it".to_owned(),
        };
        Problem::warning(codes::UNKNOWN_NAME, message).at(name.place.clone()).hint(hint)
    }
}

/// Whether two keys of one length differ in one place at most, but for case.
fn is_alike(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).filter(|(a, b)| !a.eq_ignore_ascii_case(b)).count() <= 1
}
