//! The ends of a relation: keys in the source's words become uids while the row is read.
//!
//! A collector names an end by its column without `_uid`: `account`, `group`, `permission`. The namespace of its key
//! is the column `<end>_repository` (or `_application`), else `repository` (or `application`), else every namespace is
//! tried and the key must be found in exactly one.

use std::borrow::Cow;

use super::collector::TableMap;
use super::columns::Value;
use super::key::KeyForms;
use super::registry::{Anywhere, Begun, Registry};
use crate::settings::activate::{OnMissing, References};
use crate::table::{Kind, Role, Table};
use crate::tables::needed_ends;

/// One end of a relation's table.
pub(super) struct End {
    /// The table's column.
    pub(super) column: &'static str,
    pub(super) kind: Kind,
    /// The column of the map with the key, where it is mapped.
    key: Option<usize>,
    /// The column of the map with the namespace, where it is mapped.
    namespace: Option<usize>,
    /// What becomes of a row whose key here leads nowhere.
    on_missing: OnMissing,
}

/// Columns of the map that together name one object.
pub(super) struct Unit {
    pub(super) columns: Vec<usize>,
    /// The ends at one of which it stands.
    pub(super) ends: Vec<usize>,
    /// The column with its key.
    key: usize,
}

/// What a row says about one end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// Nothing.
    Not,
    /// A key that has a number.
    Known(i64),
    /// A key that cannot be resolved, in key form.
    Unknown { namespace: Option<String>, key: String, problem: &'static str },
}

/// Every end of a table.
pub(super) struct Ends {
    pub(super) all: Vec<End>,
    needed: &'static [&'static [&'static str]],
    /// Where the ends of each needed group stand in `all`.
    needed_at: Vec<Vec<usize>>,
    /// The column `member` of memberships: an account or a group.
    member: Option<usize>,
}

impl Ends {
    pub(super) fn new(map: &TableMap, references: &References) -> Self {
        let named = |name: &str| map.columns.iter().position(|column| column.name == name);
        let ends = map.table.columns.iter().filter_map(|column| {
            let Role::End(kind) = column.role else { return None };
            let end = column.name.strip_suffix("_uid").expect("ends are uids");
            let namespace = kind
                .namespace()
                .and_then(|namespace| named(&format!("{end}_{namespace}")).or_else(|| named(namespace)));
            let on_missing = references.of(map.table.name, end);
            Some(End { column: column.name, kind, key: named(end), namespace, on_missing })
        });
        let all: Vec<End> = ends.collect();
        let needed = needed_ends(map.table);
        let at = |group: &&[&str]| (0..all.len()).filter(|end| group.contains(&all[*end].column)).collect();
        Self { needed_at: needed.iter().map(at).collect(), all, needed, member: named("member") }
    }

    /// Resolves the ends of a row into `named`, in the order of [`Self::all`]. `Err` says which needed end is not named.
    pub(super) fn resolve(
        &self,
        values: &[Value<'_>],
        forms: &KeyForms,
        registry: &Registry,
        named: &mut Vec<Named>,
    ) -> Result<(), String> {
        named.clear();
        for end in &self.all {
            let key = end.key.and_then(|at| values[at].as_text());
            named.push(end.resolve(key, values, forms, registry));
        }
        if let Some(member) = self.member.and_then(|at| values[at].as_text()) {
            self.resolve_member(member, values, forms, registry, named);
        }
        for (group, ends) in self.needed.iter().zip(&self.needed_at) {
            match ends.iter().filter(|end| named[**end] != Named::Not).count() {
                1 => {}
                0 => return Err(format!("names no {}", words(group))),
                _ => return Err(format!("names more than one of {}", words(group))),
            }
        }
        Ok(())
    }

    /// The first end that leads nowhere and makes the row a reject: the column of the map that names it, and why.
    pub(super) fn refused(&self, named: &[Named]) -> Option<(Option<usize>, String)> {
        self.all.iter().zip(named).find_map(|(end, named)| match named {
            Named::Unknown { key, problem, .. } if end.on_missing == OnMissing::Reject => {
                let why = if *problem == "ambiguous" { "in several namespaces" } else { "unknown" };
                Some((end.key.or(self.member), format!("the {} `{key}` is {why}", words(&[end.column]))))
            }
            _ => None,
        })
    }

    /// Kind, namespace and key of the stubs that a row wants. A key whose namespace is not told makes none.
    pub(super) fn wanted(&self, named: &[Named]) -> impl Iterator<Item = (Kind, String, String)> {
        self.all.iter().zip(named).filter_map(|(end, named)| match named {
            Named::Unknown { namespace, key, problem: "unknown" } if end.on_missing == OnMissing::Stub => {
                let namespace = if end.kind.namespace().is_some() { namespace.clone()? } else { String::new() };
                Some((end.kind, namespace, key.clone()))
            }
            _ => None,
        })
    }

    /// Whether a row may name an object at the so-many-th end.
    pub(super) fn may_be_named(&self, end: usize) -> bool {
        self.all[end].key.is_some() || (self.member.is_some() && self.ends_of_member().any(|at| at == end))
    }

    /// Whether a row may want a stub.
    pub(super) fn may_want_stubs(&self) -> bool {
        self.all.iter().any(|end| end.on_missing == OnMissing::Stub)
    }

    /// A member is an account where one of that key is known, else a group; where neither is, it is told as an account.
    fn resolve_member(
        &self,
        member: &str,
        values: &[Value<'_>],
        forms: &KeyForms,
        registry: &Registry,
        named: &mut [Named],
    ) {
        let mut unknown = None;
        for at in self.ends_of_member() {
            match self.all[at].resolve(Some(member), values, forms, registry) {
                Named::Unknown { .. } if unknown.is_some() => {}
                found @ Named::Unknown { .. } => unknown = Some((at, found)),
                found => {
                    named[at] = found;
                    return;
                }
            }
        }
        if let Some((at, found)) = unknown {
            named[at] = found;
        }
    }
}

impl Ends {
    /// The objects that every row names, where nothing is wrong with it. `None` where rows differ in what they name.
    pub(super) fn units(&self) -> Option<Vec<Unit>> {
        let mut units: Vec<Unit> = Vec::new();
        for (at, end) in self.all.iter().enumerate() {
            if let Some(key) = end.key {
                units.push(Unit { columns: [key].into_iter().chain(end.namespace).collect(), ends: vec![at], key });
            }
        }
        if let Some(key) = self.member {
            let ends: Vec<usize> = self.ends_of_member().collect();
            if ends.iter().any(|end| self.all[*end].key.is_some()) {
                return None;
            }
            let mut columns: Vec<usize> = ends.iter().filter_map(|end| self.all[*end].namespace).collect();
            columns.dedup();
            columns.push(key);
            units.push(Unit { columns, ends, key });
        }
        let is_named_once = |group: &Vec<usize>| {
            let named = |unit: &&Unit| unit.ends.iter().any(|end| group.contains(end));
            let is_within = |unit: &Unit| unit.ends.iter().all(|end| group.contains(end));
            let mut named = units.iter().filter(named);
            named.next().is_some_and(is_within) && named.next().is_none()
        };
        self.needed_at.iter().all(is_named_once).then_some(units)
    }

    /// The end at which a unit's object stands, and its number.
    pub(super) fn find(
        &self,
        unit: &Unit,
        values: &[Value<'_>],
        forms: &KeyForms,
        registry: &Registry,
    ) -> Option<(usize, i64)> {
        let key = values[unit.key].as_text();
        for end in &unit.ends {
            match self.all[*end].resolve(key, values, forms, registry) {
                Named::Known(uid) => return Some((*end, uid)),
                Named::Not => return None,
                Named::Unknown { .. } => {}
            }
        }
        None
    }

    /// Begins to look for a unit's object, and writes its key in key form behind what `keys` holds: the end at which it
    /// stands, and the look-up. `None` where this cannot be done in one look-up.
    pub(super) fn begin<'r>(
        &self,
        unit: &Unit,
        values: &[Value<'_>],
        forms: &KeyForms,
        registry: &'r Registry,
        keys: &mut String,
    ) -> Option<(usize, Begun<'r>)> {
        let [at] = *unit.ends.as_slice() else { return None };
        let end = &self.all[at];
        let namespace = end.namespace_of(values, forms);
        if namespace.is_none() && end.kind.namespace().is_some() {
            return None;
        }
        let namespace = namespace.as_deref().unwrap_or("");
        let key = forms.key(end.kind, namespace, values[unit.key].as_text()?);
        let begun = registry.begin(end.kind, namespace, &key).filter(|_| !key.is_empty())?;
        keys.push_str(&key);
        Some((at, begun))
    }

    /// Namespace and key of what a row names at an end, in key form.
    pub(super) fn texts(&self, end: &End, values: &[Value<'_>], forms: &KeyForms) -> (Option<String>, String) {
        let namespace = end.namespace_of(values, forms);
        // An end without a column of its own is named by the member.
        let key = end.key.or(self.member).and_then(|at| values[at].as_text()).unwrap_or_default();
        let key = forms.key(end.kind, namespace.as_deref().unwrap_or(""), key).into_owned();
        (namespace.map(Cow::into_owned), key)
    }

    /// The ends at which a member may stand, in the order in which they are tried.
    fn ends_of_member(&self) -> impl Iterator<Item = usize> {
        let position = |column| self.all.iter().position(|end| end.column == column);
        ["account_uid", "member_group_uid"].into_iter().filter_map(position)
    }
}

impl End {
    fn namespace_of<'v>(&self, values: &'v [Value<'_>], forms: &KeyForms) -> Option<Cow<'v, str>> {
        let text = self.namespace.and_then(|at| values[at].as_text())?;
        let of = if self.kind == Kind::Permission { Kind::Application } else { Kind::Repository };
        Some(forms.of(of, "").apply(text))
    }

    fn resolve(&self, key: Option<&str>, values: &[Value<'_>], forms: &KeyForms, registry: &Registry) -> Named {
        let Some(key) = key else { return Named::Not };
        let needs_namespace = self.kind.namespace().is_some();
        let namespace = self.namespace_of(values, forms);
        let key = forms.key(self.kind, namespace.as_deref().unwrap_or(""), key);
        if key.is_empty() {
            return Named::Not;
        }
        if needs_namespace && namespace.is_none() {
            return match registry.find_anywhere(self.kind, &key) {
                Anywhere::Once(uid) => Named::Known(uid),
                Anywhere::Nowhere => unknown(None, &key, "unknown"),
                Anywhere::Several => unknown(None, &key, "ambiguous"),
            };
        }
        let namespace = namespace.unwrap_or(Cow::Borrowed(""));
        match registry.find(self.kind, &namespace, &key) {
            Some(uid) => Named::Known(uid),
            None => unknown(needs_namespace.then_some(&namespace), &key, "unknown"),
        }
    }
}

fn unknown(namespace: Option<&str>, key: &str, problem: &'static str) -> Named {
    Named::Unknown { namespace: namespace.map(str::to_owned), key: key.to_owned(), problem }
}

/// Ends as a person says them.
fn words(columns: &[&str]) -> String {
    let names: Vec<String> = columns.iter().map(|column| column.trim_end_matches("_uid").replace('_', " ")).collect();
    names.join(" or ")
}

/// Whether a collector's column is one of the names by which a relation's ends are told.
pub(super) fn is_end(table: &Table, name: &str) -> bool {
    let ends = table.columns.iter().filter_map(|column| match column.role {
        Role::End(kind) => Some((column.name.trim_end_matches("_uid"), kind)),
        _ => None,
    });
    (table.name == "memberships" && name == "member")
        || ends.into_iter().any(|(end, kind)| {
            name == end
                || kind.namespace().is_some_and(|namespace| name == namespace || name == format!("{end}_{namespace}"))
        })
}
