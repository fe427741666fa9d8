//! The registry of uids: which number each natural key was given, once and for ever.
//!
//! Keys lie one behind the other in one text per namespace, without a `String` each: a company has millions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::OnceLock;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::rekeys::Rekeys;
use crate::ledger::{LedgerError, Timeslot};
use crate::table::Kind;

/// A key with its number: kind, namespace, key, uid.
pub(super) type NewKey = (Kind, String, String, i64);

/// New keys by kind, namespace and old key.
pub(super) type Renamed = BTreeMap<(Kind, String, String), String>;

/// The columns of the `uids` table, in order.
pub(super) const COLUMNS: [&str; 4] = ["kind", "namespace", "key", "uid"];

/// Every key that was ever given a number.
#[derive(Default)]
pub(super) struct Registry {
    /// By kind, then by namespace.
    namespaces: [HashMap<String, KeyTable, DefaultHashBuilder>; Kind::ALL.len()],
    highest: BTreeMap<Kind, i64>,
    /// The highest numbers of the parent: what stands above was numbered by this load.
    highest_before: BTreeMap<Kind, i64>,
    hasher: DefaultHashBuilder,
    /// The keys of a kind in all namespaces together, made when first asked for. A key of several has no number.
    together: [OnceLock<KeyTable>; Kind::ALL.len()],
}

/// In [`Registry::together`]: the key is in several namespaces.
const SEVERAL: i64 = -1;

/// The keys of one namespace.
#[derive(Default)]
struct KeyTable {
    slots: HashTable<Slot>,
    keys: String,
}

/// A key's place and number. What a lookup needs stands together: each place that it must go to is a wait.
#[derive(Clone, Copy)]
struct Slot {
    start: usize,
    len: u32,
    /// Of the key, so that a growing table need not look at it.
    hash: u32,
    uid: i64,
}

/// A look-up that was begun.
#[derive(Clone, Copy)]
pub(super) struct Begun<'r> {
    table: &'r KeyTable,
    hash: u32,
    /// A key with that hash, once it was located.
    likely: Option<&'r Slot>,
}

impl Begun<'_> {
    /// Finds where the key should stand, without a look at what stands there.
    #[inline]
    pub(super) fn located(self) -> Self {
        Self { likely: self.table.slots.find(spread(self.hash), |slot| slot.hash == self.hash), ..self }
    }

    /// The number of the key that it was begun with, once it was located.
    #[inline]
    pub(super) fn finish(self, key: &str) -> Option<i64> {
        let Self { table, hash, likely } = self;
        let likely = likely?;
        if table.key(likely) == key {
            return Some(likely.uid);
        }
        // Another key has the same hash.
        let is_it = |slot: &Slot| slot.hash == hash && table.key(slot) == key;
        table.slots.find(spread(hash), is_it).map(|slot| slot.uid)
    }
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
            // A table that grows step by step is filled twice over.
            let mut sizes: BTreeMap<(Kind, String), usize> = BTreeMap::new();
            parent.read("uids", &COLUMNS[..2], &mut |_, batch| {
                each_group(&batch, |kind, namespace, rows| {
                    *sizes.entry((kind, namespace.to_owned())).or_default() += rows.len();
                });
                Ok(())
            })?;
            for ((kind, namespace), size) in sizes {
                registry.namespaces[kind as usize].insert(namespace, KeyTable::of_size(size));
            }
            parent.read("uids", &COLUMNS, &mut |_, batch| {
                registry.take(&batch);
                Ok(())
            })?;
        }
        registry.highest_before = registry.highest.clone();
        Ok(registry)
    }

    fn take(&mut self, batch: &RecordBatch) {
        let column = |name| batch.column_by_name(name).expect("`uids` has its columns");
        let (keys, uids) = (column("key").as_string::<i32>(), column("uid").as_primitive::<Int64Type>());
        each_group(batch, |kind, namespace, rows| {
            // Nothing has a number below 1: of such a row it is as if it were not there.
            let rows = rows.filter(|row| uids.is_valid(*row) && uids.value(*row) > 0);
            self.insert_all(kind, namespace, rows.map(|row| (keys.value(row), uids.value(row))));
        });
    }

    /// Gives the number of an old key to the new one, of each pair that is not yet done with. Returns the old keys with the
    /// new ones, and those that cannot be followed, because either key has a number of its own.
    pub(super) fn rename(&mut self, rekeys: &Rekeys) -> (Renamed, Vec<String>) {
        let (mut renamed, mut refused) = (Renamed::new(), Vec::new());
        for (kind, namespace, old, new) in rekeys.all() {
            match (self.find(kind, namespace, old), self.find(kind, namespace, new)) {
                (Some(uid), None) => {
                    self.insert(kind, namespace, new, uid);
                    renamed.insert((kind, namespace.to_owned(), old.to_owned()), new.to_owned());
                }
                (Some(own), Some(other)) if own != other => {
                    refused.push(format!("{kind} `{old}` cannot become `{new}`, which the ledger knows as another"));
                }
                _ => {}
            }
        }
        (renamed, refused)
    }

    fn insert(&mut self, kind: Kind, namespace: &str, key: &str, uid: i64) {
        self.insert_all(kind, namespace, [(key, uid)].into_iter());
    }

    fn insert_all<'k>(&mut self, kind: Kind, namespace: &str, keys: impl Iterator<Item = (&'k str, i64)>) {
        self.together[kind as usize].take();
        let highest = self.highest.entry(kind).or_insert(0);
        let namespaces = &mut self.namespaces[kind as usize];
        if !namespaces.contains_key(namespace) {
            namespaces.insert(namespace.to_owned(), KeyTable::default());
        }
        let table = namespaces.get_mut(namespace).expect("it is there by now");
        for (key, uid) in keys {
            *highest = (*highest).max(uid);
            table.insert(&self.hasher, key, uid);
        }
    }

    /// The highest number that a kind has so far; 0 where it has none.
    pub(super) fn highest(&self, kind: Kind) -> i64 {
        self.highest.get(&kind).copied().unwrap_or(0)
    }

    /// The number of a key.
    pub(super) fn find(&self, kind: Kind, namespace: &str, key: &str) -> Option<i64> {
        self.begin(kind, namespace, key)?.located().finish(key)
    }

    /// Begins to look for a key. Looking up is mostly waiting for memory: many that are begun before the first is located,
    /// and located before the first is finished, wait together. `None` where the namespace has no keys.
    #[inline]
    pub(super) fn begin(&self, kind: Kind, namespace: &str, key: &str) -> Option<Begun<'_>> {
        Some(self.namespaces[kind as usize].get(namespace)?.begin(&self.hasher, key))
    }

    /// The number that a key had in the parent.
    pub(super) fn find_before(&self, kind: Kind, namespace: &str, key: &str) -> Option<i64> {
        let highest = self.highest_before.get(&kind).copied().unwrap_or(0);
        self.find(kind, namespace, key).filter(|uid| *uid <= highest)
    }

    /// Whether a key had a number in the parent, in that namespace or, where none is told, in any.
    pub(super) fn knew(&self, kind: Kind, namespace: Option<&str>, key: &str) -> bool {
        if let Some(namespace) = namespace {
            return self.find_before(kind, namespace, key).is_some();
        }
        let highest = self.highest_before.get(&kind).copied().unwrap_or(0);
        self.everywhere(kind, key).any(|uid| uid <= highest)
    }

    /// The numbers of a key in all namespaces.
    pub(super) fn everywhere(&self, kind: Kind, key: &str) -> impl Iterator<Item = i64> {
        self.namespaces[kind as usize].values().filter_map(move |table| table.find(&self.hasher, key))
    }

    /// Every key of a kind, with its number.
    pub(super) fn keys(&self, kind: Kind) -> impl Iterator<Item = (&str, i64)> {
        let tables = self.namespaces[kind as usize].values();
        tables.flat_map(|table| table.slots.iter().map(|slot| (table.key(slot), slot.uid)))
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
            for slot in &table.slots {
                let key = table.key(slot);
                match all.slot_mut(&self.hasher, key) {
                    Some(known) => known.uid = SEVERAL,
                    None => all.insert(&self.hasher, key, slot.uid),
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
                let uid = self.highest(kind) + 1;
                self.insert(kind, namespace, key, uid);
                numbered.push((namespace.clone(), key.clone(), uid));
            }
        }
        numbered
    }
}

impl KeyTable {
    fn of_size(n_keys: usize) -> Self {
        Self { slots: HashTable::with_capacity(n_keys), keys: String::new() }
    }

    fn key(&self, slot: &Slot) -> &str {
        &self.keys[slot.start..slot.start + slot.len as usize]
    }

    fn find(&self, hasher: &DefaultHashBuilder, key: &str) -> Option<i64> {
        self.begin(hasher, key).located().finish(key)
    }

    #[inline]
    fn begin(&self, hasher: &DefaultHashBuilder, key: &str) -> Begun<'_> {
        Begun { table: self, hash: short_hash(hasher, key), likely: None }
    }

    fn slot_mut(&mut self, hasher: &DefaultHashBuilder, key: &str) -> Option<&mut Slot> {
        let hash = short_hash(hasher, key);
        let keys = &self.keys;
        let is_it = |slot: &Slot| slot.hash == hash && keys[slot.start..slot.start + slot.len as usize] == *key;
        self.slots.find_mut(spread(hash), is_it)
    }

    fn insert(&mut self, hasher: &DefaultHashBuilder, key: &str, uid: i64) {
        let hash = short_hash(hasher, key);
        let len = u32::try_from(key.len()).expect("a key is shorter than 4 GiB");
        let slot = Slot { start: self.keys.len(), len, hash, uid };
        self.keys.push_str(key);
        self.slots.insert_unique(spread(hash), slot, |slot| spread(slot.hash));
    }
}

/// Hands over the rows of each kind and namespace, whose keys are neighbours.
fn each_group(batch: &RecordBatch, mut take: impl FnMut(Kind, &str, Range<usize>)) {
    let text = |name| batch.column_by_name(name).expect("`uids` has its columns").as_string::<i32>();
    let (kinds, namespaces) = (text("kind"), text("namespace"));
    let group = |row: usize| (kinds.value(row), namespaces.value(row));
    let mut start = 0;
    while start < batch.num_rows() {
        let others = (start..batch.num_rows()).find(|row| group(*row) != group(start));
        let end = others.unwrap_or(batch.num_rows());
        if let Some(kind) = Kind::named(group(start).0) {
            take(kind, group(start).1, start..end);
        }
        start = end;
    }
}

/// Half of a key's hash, which is what a slot keeps of it.
fn short_hash(hasher: &DefaultHashBuilder, key: &str) -> u32 {
    let [_, _, _, _, bytes @ ..] = hasher.hash_one(key).to_be_bytes();
    u32::from_be_bytes(bytes)
}

/// A hash of 64 bits all of which depend on half of one: the table takes some from either end.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32)
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
