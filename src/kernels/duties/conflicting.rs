//! The permissions that conflict, as uids.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::{Array, AsArray};

use crate::engine::EngineError;
use crate::kernels::presence::Uids;
use crate::kernels::rows::{column, each, numbers};
use crate::model::TableSet;
use crate::table::Type;

/// Application and code.
type Name = (String, String);

/// The permissions that conflict.
#[derive(Debug, Clone)]
pub enum Conflicting {
    /// One of each of these sides.
    Sides(Vec<BTreeSet<Name>>),
    /// Both of a row of `duty_conflicts`.
    Collected,
    /// One of each side of one of several pairs.
    Pairs {
        /// The permissions that may bring the sides about.
        pairs: Vec<[BTreeSet<Name>; 2]>,
        /// Further permissions that are kept of whoever holds a conflict: to hold them may be what resolves it.
        besides: BTreeSet<Name>,
    },
}

/// Conflicts by number, each with its number of sides, and of which a permission is a side.
#[derive(Default)]
pub(super) struct Conflicts {
    n_sides: Vec<usize>,
    sides_of: HashMap<u32, Vec<(usize, usize)>>,
}

impl Conflicts {
    pub(super) fn of(conflicting: &Conflicting, tables: &TableSet) -> Result<Self, EngineError> {
        let names = names(tables)?;
        let mut conflicts = Self::default();
        match conflicting {
            Conflicting::Sides(sides) => {
                conflicts.n_sides.push(sides.len());
                for (uid, name) in &names {
                    let sides = sides.iter().enumerate().filter(|(_, side)| side.contains(name));
                    for (side, _) in sides {
                        conflicts.sides_of.entry(*uid).or_default().push((0, side));
                    }
                }
            }
            Conflicting::Collected => conflicts.collect(&names, tables)?,
            Conflicting::Pairs { pairs, besides } => conflicts.pair(&names, pairs, besides),
        }
        Ok(conflicts)
    }

    /// Those of `duty_conflicts`. Rows that are called alike are one conflict.
    fn collect(&mut self, names: &HashMap<u32, Name>, tables: &TableSet) -> Result<(), EngineError> {
        let mut numbers_of: BTreeMap<String, usize> = BTreeMap::new();
        each(tables, "duty_conflicts", &["permission_uid", "conflicting_uid", "rule"], |batch| {
            let rules = column(batch, "rule", Type::Text);
            let rules = rules.as_string::<i32>();
            let pairs = numbers(batch, "permission_uid")?.into_iter().zip(numbers(batch, "conflicting_uid")?);
            for (row, pair) in pairs.enumerate() {
                let (Some(left), Some(right)) = pair else { continue };
                let (Some(left_name), Some(right_name)) = (names.get(&left), names.get(&right)) else { continue };
                let rule = if rules.is_valid(row) { format!("{}: ", rules.value(row)) } else { String::new() };
                let name = format!("{rule}{}/{} + {}/{}", left_name.0, left_name.1, right_name.0, right_name.1);
                let next = numbers_of.len();
                let number = *numbers_of.entry(name).or_insert(next);
                self.sides_of.entry(left).or_default().push((number, 0));
                self.sides_of.entry(right).or_default().push((number, 1));
            }
            Ok(())
        })?;
        self.n_sides = vec![2; numbers_of.len()];
        Ok(())
    }

    fn pair(&mut self, names: &HashMap<u32, Name>, pairs: &[[BTreeSet<Name>; 2]], besides: &BTreeSet<Name>) {
        let mut sides_of: HashMap<&Name, Vec<(usize, usize)>> = HashMap::new();
        for (number, pair) in pairs.iter().enumerate() {
            for (side, held) in pair.iter().enumerate() {
                for name in held {
                    sides_of.entry(name).or_default().push((number, side));
                }
            }
        }
        for name in besides {
            sides_of.entry(name).or_default();
        }
        for (uid, name) in names {
            if let Some(sides) = sides_of.get(name) {
                self.sides_of.entry(*uid).or_default().extend(sides);
            }
        }
        self.n_sides = vec![2; pairs.len()];
    }

    /// The permissions that are a side of any.
    pub(super) fn uids(&self) -> Uids {
        let mut uids = Uids::default();
        self.sides_of.keys().for_each(|uid| uids.insert(i64::from(*uid)));
        uids
    }

    /// Whether permissions have all sides of one. `sides` is room to work in.
    pub(super) fn are_met(&self, permissions: &[u32], sides: &mut Vec<(usize, usize)>) -> bool {
        sides.clear();
        sides.extend(permissions.iter().filter_map(|permission| self.sides_of.get(permission)).flatten());
        sides.sort_unstable();
        sides.dedup();
        sides.chunk_by(|one, other| one.0 == other.0).any(|sides| sides.len() == self.n_sides[sides[0].0])
    }
}

/// Application and code of each permission that has both.
fn names(tables: &TableSet) -> Result<HashMap<u32, Name>, EngineError> {
    let mut names = HashMap::new();
    each(tables, "permissions", &["uid", "application", "code"], |batch| {
        let text = |name| column(batch, name, Type::Text);
        let (applications, codes) = (text("application"), text("code"));
        let pairs = applications.as_string::<i32>().iter().zip(codes.as_string::<i32>());
        for (uid, pair) in numbers(batch, "uid")?.into_iter().zip(pairs) {
            if let (Some(uid), (Some(application), Some(code))) = (uid, pair) {
                names.insert(uid, (application.to_owned(), code.to_owned()));
            }
        }
        Ok(())
    })?;
    Ok(names)
}
