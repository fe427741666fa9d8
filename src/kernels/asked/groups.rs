//! How many accounts are in each group, and which groups contain much of all accounts: counts at the places of uids.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};

use super::number;
use super::open::Open;
use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::by_uid::ByUid;
use crate::kernels::presence::Uids;
use crate::kernels::rows::{column, each, numbers, pairs, text_at};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Type};

/// The questions of the standard pack that these answer.
pub(super) const MEMBERS: &str = include_str!("../../../packs/standard/shared/pack_members.sql");
pub(super) const PUBLIC: &str = include_str!("../../../packs/standard/shared/pack_public_groups.sql");

/// What is in each group, directly.
#[derive(Debug)]
pub(super) struct Members;

impl Kernel for Members {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let open = Open::of(tables)?.accounts;
        // Accounts, those of them that can log on, and groups.
        let mut members: ByUid<[i64; 3]> = ByUid::default();
        each(tables, "memberships", &["group_uid", "account_uid", "member_group_uid"], |batch| {
            let (accounts, groups) = (numbers(batch, "account_uid")?, numbers(batch, "member_group_uid")?);
            for (row, group) in numbers(batch, "group_uid")?.into_iter().enumerate() {
                let Some(group) = group else { continue };
                let is_open = accounts[row].is_some_and(|account| open.contains(i64::from(account)));
                let counts = members.of(group);
                counts[0] += i64::from(accounts[row].is_some());
                counts[1] += i64::from(is_open);
                counts[2] += i64::from(groups[row].is_some());
            }
            Ok(())
        })?;
        let groups = Uids::of(&tables.find("groups"))?;
        let counts = |group: i64| u32::try_from(group).ok().and_then(|group| members.get(group)).unwrap_or_default();
        let rows: Vec<(i64, [i64; 3])> = groups.iter().map(|group| (group, counts(group))).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let counted = |at: usize| whole(rows.iter().map(|(_, counts)| counts[at]));
        let arrays = vec![whole(rows.iter().map(|(group, _)| *group)), counted(0), counted(1), counted(2)];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

/// Groups that contain a share of all accounts of their repository that can log on.
#[derive(Debug)]
pub(super) struct PublicGroups {
    /// The share.
    least: f64,
}

impl PublicGroups {
    /// With the values of the question's parameter, where it stands twice.
    pub(super) fn of(values: &[&str]) -> Option<Self> {
        let [least, again] = values.try_into().ok()?;
        (least == again).then_some(Self { least: number(least)? })
    }

    /// Whether so many of all accounts are enough.
    #[expect(clippy::cast_precision_loss, reason = "the query counts in doubles, and accounts are far fewer than 2^53")]
    fn are_enough(&self, accounts: i64, all: i64) -> bool {
        accounts as f64 >= self.least * all as f64
    }

    /// The groups that have memberships enough, with the number of all accounts: no group has more members.
    fn large(&self, open: &Open, closure: &[(u32, u32)], tables: &TableSet) -> Result<BTreeMap<u32, i64>, EngineError> {
        let mut direct: ByUid<i64> = ByUid::default();
        each(tables, "rule_pack_members", &["group_uid", "accounts"], |batch| {
            for pair in numbers(batch, "group_uid")?.into_iter().zip(numbers(batch, "accounts")?) {
                if let (Some(group), Some(accounts)) = pair {
                    direct.set(group, i64::from(accounts));
                }
            }
            Ok(())
        })?;
        let mut memberships: ByUid<i64> = ByUid::default();
        for (group, above) in closure {
            if let Some(accounts) = direct.get(*group) {
                *memberships.of(*above) += accounts;
            }
        }
        let mut large = BTreeMap::new();
        each(tables, "groups", &["uid", "repository"], |batch| {
            let repositories = column(batch, "repository", Type::Text);
            for (row, group) in numbers(batch, "uid")?.into_iter().enumerate() {
                let all = text_at(repositories.as_string::<i32>(), row).and_then(|name| open.of_repository.get(name));
                let (Some(group), Some(all)) = (group, all) else { continue };
                if memberships.get(group).is_some_and(|accounts| self.are_enough(accounts, *all)) {
                    large.insert(group, *all);
                }
            }
            Ok(())
        })?;
        Ok(large)
    }
}

impl Kernel for PublicGroups {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let open = Open::of(tables)?;
        let closure = pairs(tables, "group_closure", "group_uid", "ancestor_uid")?;
        let large = self.large(&open, &closure, tables)?;
        // The large groups in which those of a group are.
        let mut within: HashMap<u32, Vec<u32>> = HashMap::new();
        for (group, above) in closure {
            if large.contains_key(&above) {
                within.entry(group).or_default().push(above);
            }
        }
        let mut members: BTreeMap<u32, Uids> = BTreeMap::new();
        each(tables, "memberships", &["group_uid", "account_uid"], |batch| {
            let accounts = numbers(batch, "account_uid")?;
            for (row, group) in numbers(batch, "group_uid")?.into_iter().enumerate() {
                let (Some(group), Some(account)) = (group, accounts[row].map(i64::from)) else { continue };
                let Some(large) = within.get(&group).filter(|_| open.accounts.contains(account)) else { continue };
                for large in large {
                    members.entry(*large).or_default().insert(account);
                }
            }
            Ok(())
        })?;
        let counted = members.iter().map(|(group, members)| (*group, members.count(), large[group]));
        let public: Vec<_> = counted.filter(|(_, accounts, all)| self.are_enough(*accounts, *all)).collect();
        if public.is_empty() {
            return Ok(());
        }
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        let share = |(_, accounts, all): &(u32, i64, i64)| *accounts as f64 / *all as f64;
        let arrays: Vec<ArrayRef> = vec![
            whole(public.iter().map(|public| i64::from(public.0))),
            whole(public.iter().map(|public| public.1)),
            Arc::new(Float64Array::from_iter_values(public.iter().map(share))),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

fn whole(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}
