//! The registry of uids: which number each natural key was given, once and for ever.
//!
//! Keys lie one behind the other in one text per namespace, without a `String` each: a company has millions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;
use std::sync::OnceLock;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::ledger::{LedgerError, Timeslot};
use crate::table::Kind;

/// The columns of the `uids` table, in order.
const COLUMNS: [&str; 4] = ["kind", "namespace", "key", "uid"];

/// Every key that was ever given a number.
#[derive(Default)]
pub(super) struct Registry {
    /// By kind, then by namespace.
    namespaces: [HashMap<String, KeyTable>; Kind::ALL.len()],
    highest: BTreeMap<Kind, i64>,
    hasher: DefaultHashBuilder,
    /// The keys of a kind in all namespaces together, made when first asked for. A key of several has no number.
    together: [OnceLock<KeyTable>; Kind::ALL.len()],
}

/// In [`Registry::together`]: the key is in several namespaces.
const SEVERAL: i64 = -1;

/// The keys of one namespace.
#[derive(Default)]
struct KeyTable {
    slots: HashTable<u32>,
    keys: String,
    ends: Vec<usize>,
    uids: Vec<i64>,
}

/// What a lookup in all namespaces of a kind found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anywhere {
    Nowhere,
    Once(i64),
    Several,
}

impl Registry {
    /// The registry of a timeslot.
    pub(super) fn load(parent: Option<&Timeslot>) -> Result<Self, LedgerError> {
        let mut registry = Self::default();
        if let Some(parent) = parent {
            parent.read("uids", &COLUMNS, &mut |_, batch| {
                registry.take(&batch);
                Ok(())
            })?;
        }
        Ok(registry)
    }

    fn take(&mut self, batch: &RecordBatch) {
        let text = |name| batch.column_by_name(name).expect("`uids` has its columns").as_string::<i32>();
        let (kinds, namespaces, keys) = (text("kind"), text("namespace"), text("key"));
        let uids = batch.column_by_name("uid").expect("`uids` has its columns").as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == kinds.value(row));
            if let Some(kind) = kind.filter(|_| uids.is_valid(row)) {
                self.insert(kind, namespaces.value(row), keys.value(row), uids.value(row));
            }
        }
    }

    fn insert(&mut self, kind: Kind, namespace: &str, key: &str, uid: i64) {
        self.together[kind as usize].take();
        let highest = self.highest.entry(kind).or_insert(0);
        *highest = (*highest).max(uid);
        let namespaces = &mut self.namespaces[kind as usize];
        if !namespaces.contains_key(namespace) {
            namespaces.insert(namespace.to_owned(), KeyTable::default());
        }
        let table = namespaces.get_mut(namespace).expect("it is there by now");
        table.insert(&self.hasher, key, uid);
    }

    /// The number of a key.
    pub(super) fn find(&self, kind: Kind, namespace: &str, key: &str) -> Option<i64> {
        self.namespaces[kind as usize].get(namespace)?.find(&self.hasher, key)
    }

    /// The number of a key that is looked for in every namespace of its kind.
    pub(super) fn find_anywhere(&self, kind: Kind, key: &str) -> Anywhere {
        let together = self.together[kind as usize].get_or_init(|| self.all_of(kind));
        match together.find(&self.hasher, key) {
            None => Anywhere::Nowhere,
            Some(SEVERAL) => Anywhere::Several,
            Some(uid) => Anywhere::Once(uid),
        }
    }

    fn all_of(&self, kind: Kind) -> KeyTable {
        let mut all = KeyTable::default();
        for table in self.namespaces[kind as usize].values() {
            for slot in 0..table.uids.len() {
                let key = table.key(u32::try_from(slot).expect("a namespace has fewer than 2^32 keys"));
                match all.slot(&self.hasher, key) {
                    Some(known) => all.uids[known] = SEVERAL,
                    None => all.insert(&self.hasher, key, table.uids[slot]),
                }
            }
        }
        all
    }

    /// Numbers new keys of one kind in the order of namespace and key, behind the highest number so far. Keys that
    /// have a number keep it. Returns the new `(namespace, key, uid)`.
    pub(super) fn number(&mut self, kind: Kind, keys: &BTreeSet<(String, String)>) -> Vec<(String, String, i64)> {
        let mut numbered = Vec::new();
        // Made again when next asked for, with the new keys.
        self.together[kind as usize] = OnceLock::new();
        for (namespace, key) in keys {
            if self.find(kind, namespace, key).is_none() {
                let uid = self.highest.get(&kind).copied().unwrap_or(0) + 1;
                self.insert(kind, namespace, key, uid);
                numbered.push((namespace.clone(), key.clone(), uid));
            }
        }
        numbered
    }
}

impl KeyTable {
    fn key(&self, slot: u32) -> &str {
        let slot = slot as usize;
        let start = if slot == 0 { 0 } else { self.ends[slot - 1] };
        &self.keys[start..self.ends[slot]]
    }

    fn find(&self, hasher: &DefaultHashBuilder, key: &str) -> Option<i64> {
        self.slot(hasher, key).map(|slot| self.uids[slot])
    }

    fn slot(&self, hasher: &DefaultHashBuilder, key: &str) -> Option<usize> {
        self.slots.find(hasher.hash_one(key), |slot| self.key(*slot) == key).map(|slot| *slot as usize)
    }

    fn insert(&mut self, hasher: &DefaultHashBuilder, key: &str, uid: i64) {
        let slot = u32::try_from(self.uids.len()).expect("a namespace has fewer than 2^32 keys");
        self.keys.push_str(key);
        self.ends.push(self.keys.len());
        self.uids.push(uid);
        let Self { slots, keys, ends, .. } = self;
        let text = |slot: u32| {
            let slot = slot as usize;
            let start = if slot == 0 { 0 } else { ends[slot - 1] };
            &keys[start..ends[slot]]
        };
        slots.insert_unique(hasher.hash_one(key), slot, |slot| hasher.hash_one(text(*slot)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(list: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        list.iter().map(|(namespace, key)| ((*namespace).to_owned(), (*key).to_owned())).collect()
    }

    #[test]
    fn new_keys_are_numbered_in_order_behind_those_that_have_a_number() {
        let mut registry = Registry::default();
        let first = registry.number(Kind::Account, &keys(&[("AD", "zoe"), ("AD", "ann"), ("ERP", "ann")]));
        assert_eq!(first.iter().map(|(_, _, uid)| *uid).collect::<Vec<_>>(), [1, 2, 3]);
        let second = registry.number(Kind::Account, &keys(&[("AD", "bob"), ("AD", "zoe")]));
        assert_eq!(second, [("AD".to_owned(), "bob".to_owned(), 4)]);
        assert_eq!(registry.find(Kind::Account, "AD", "zoe"), Some(2));
        assert_eq!(registry.find(Kind::Account, "ERP", "zoe"), None);
        assert_eq!(registry.find(Kind::Identity, "AD", "zoe"), None);
    }

    #[test]
    fn a_key_in_two_namespaces_cannot_be_found_without_one() {
        let mut registry = Registry::default();
        registry.number(Kind::Permission, &keys(&[("CRM", "READ"), ("ERP", "READ"), ("ERP", "POST")]));
        assert_eq!(registry.find_anywhere(Kind::Permission, "POST"), Anywhere::Once(2));
        assert_eq!(registry.find_anywhere(Kind::Permission, "READ"), Anywhere::Several);
        assert_eq!(registry.find_anywhere(Kind::Permission, "NONE"), Anywhere::Nowhere);
        registry.number(Kind::Permission, &keys(&[("ERP", "NONE")]));
        assert_eq!(registry.find_anywhere(Kind::Permission, "NONE"), Anywhere::Once(4));
    }
}
