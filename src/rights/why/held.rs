//! The paths by which somebody holds a permission: account, groups one in another, and what includes it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reason, Subject, told};
use crate::engine::EngineError;
use crate::rights::names::{list, names, uids};
use crate::rights::paths::{Paths, Steps, paths};
use crate::stages::Ask;
use crate::table::Kind;

/// A right that brings it: who holds it, what is held, and where.
struct Right {
    holder: i64,
    held: i64,
    perimeter: Option<String>,
}

/// A path: the account, the groups from the inner one outwards, what is held and includes the next, and where.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    account: i64,
    groups: Vec<i64>,
    held: Vec<i64>,
    perimeter: Option<String>,
}

/// Every path, the shortest first, and whether there are more than `most`.
pub(super) fn reasons(ask: &Ask<'_>, subject: &Subject, most: usize) -> Result<(Vec<Reason>, bool), EngineError> {
    let owned = format!("SELECT o.account_uid FROM ownership o WHERE o.identity_uid = {}", subject.person);
    let accounts = uids(ask, &owned)?;
    let bringing = uids(
        ask,
        &format!("SELECT c.permission_uid FROM permission_closure c WHERE c.included_uid = {}", subject.permission),
    )?;
    let members = ask.rows(&format!(
        "SELECT DISTINCT m.account_uid, m.group_uid FROM memberships m WHERE m.account_uid IN ({})
         ORDER BY m.account_uid NULLS LAST, m.group_uid NULLS LAST",
        list(&accounts)
    ))?;
    let members: Vec<(i64, i64)> =
        members.iter().filter_map(|row| Some((row[0].parse().ok()?, row[1].parse().ok()?))).collect();
    let inner: BTreeSet<i64> = members.iter().map(|member| member.1).collect();
    let outer = uids(
        ask,
        &format!("SELECT DISTINCT c.ancestor_uid FROM group_closure c WHERE c.group_uid IN ({})", list(&inner)),
    )?;
    let direct = rights(ask, "account_uid", &accounts, &bringing)?;
    let granted = rights(ask, "group_uid", &outer, &bringing)?;
    let ends: BTreeSet<i64> = granted.iter().map(|right| right.holder).collect();
    let nesting = group_steps(ask, &outer, &ends)?;
    let inclusion = permission_steps(ask, &bringing)?;

    let mut is_cut = false;
    let mut take = |paths: Paths| {
        is_cut |= paths.is_cut;
        paths.found
    };
    let end = BTreeSet::from([subject.permission]);
    let mut roles: BTreeMap<i64, Vec<Vec<i64>>> = BTreeMap::new();
    for held in direct.iter().chain(&granted).map(|right| right.held).collect::<BTreeSet<_>>() {
        roles.insert(held, take(paths(held, &end, &inclusion, most)));
    }
    let mut ways: Vec<Way> = Vec::new();
    for right in &direct {
        for role in &roles[&right.held] {
            let (held, perimeter) = (role.clone(), right.perimeter.clone());
            ways.push(Way { account: right.holder, groups: Vec::new(), held, perimeter });
        }
    }
    for (account, group) in members {
        for path in take(paths(group, &ends, &nesting, most)) {
            let last = path.last().copied();
            for right in granted.iter().filter(|right| Some(right.holder) == last) {
                for role in &roles[&right.held] {
                    let (held, perimeter) = (role.clone(), right.perimeter.clone());
                    ways.push(Way { account, groups: path.clone(), held, perimeter });
                }
            }
        }
    }
    ways.sort_by(|one, other| {
        let steps = |way: &Way| way.groups.len() + way.held.len();
        steps(one).cmp(&steps(other)).then_with(|| one.cmp(other))
    });
    is_cut |= ways.len() > most;
    ways.truncate(most);
    Ok((written(ask, ways)?, is_cut))
}

/// The paths in words.
fn written(ask: &Ask<'_>, ways: Vec<Way>) -> Result<Vec<Reason>, EngineError> {
    let all = |of: fn(&Way) -> Vec<i64>| -> BTreeSet<i64> { ways.iter().flat_map(of).collect() };
    let accounts = names(ask, Kind::Account, all(|way| vec![way.account]))?;
    let groups = names(ask, Kind::Group, all(|way| way.groups.clone()))?;
    let permissions = names(ask, Kind::Permission, all(|way| way.held.clone()))?;
    let name = |names: &BTreeMap<i64, String>, uid: i64| names.get(&uid).cloned().unwrap_or_else(|| uid.to_string());
    let reasons = ways.into_iter().map(|Way { account, groups: path, held, perimeter }| {
        let account = format!("account {}", name(&accounts, account));
        let inside = path.into_iter().map(|group| format!("group {}", name(&groups, group)));
        let held = held.into_iter().map(|permission| name(&permissions, permission));
        let how = std::iter::once(account).chain(inside).chain(held).collect::<Vec<_>>().join(" > ");
        Reason { what: "held", perimeter, how }
    });
    Ok(reasons.collect())
}

/// The rights of some holders to any of some permissions.
fn rights(ask: &Ask<'_>, holder: &str, holders: &[i64], held: &[i64]) -> Result<Vec<Right>, EngineError> {
    let rows = ask.rows(&format!(
        "SELECT DISTINCT r.{holder}, r.permission_uid, r.perimeter FROM rights r
         WHERE r.{holder} IN ({}) AND r.permission_uid IN ({})",
        list(holders),
        list(held)
    ))?;
    let right = |row: Vec<String>| {
        Some(Right { holder: row[0].parse().ok()?, held: row[1].parse().ok()?, perimeter: told(&row[2]) })
    };
    Ok(rows.into_iter().filter_map(right).collect())
}

/// Steps from group to group that were not cut, among groups above the person that lead to one of the ends.
fn group_steps(ask: &Ask<'_>, outer: &[i64], ends: &BTreeSet<i64>) -> Result<Steps, EngineError> {
    let leading = uids(
        ask,
        &format!("SELECT DISTINCT c.group_uid FROM group_closure c WHERE c.ancestor_uid IN ({})", list(ends)),
    )?;
    let outer: BTreeSet<i64> = outer.iter().copied().collect();
    let among = list(leading.iter().filter(|group| outer.contains(group)));
    steps(
        ask,
        &format!(
            "SELECT 'group_nesting' AS table_name, n.group_uid AS uid, n.parent_uid FROM group_nesting n
             WHERE n.group_uid IN ({among}) AND n.parent_uid IN ({among})
             UNION
             SELECT 'group_nesting' AS table_name, m.member_group_uid AS uid, m.group_uid AS parent_uid FROM memberships m
             WHERE m.member_group_uid IN ({among}) AND m.group_uid IN ({among})"
        ),
    )
}

/// Steps from permission to permission that were not cut, among those that bring the one that is asked about.
fn permission_steps(ask: &Ask<'_>, bringing: &[i64]) -> Result<Steps, EngineError> {
    let among = list(bringing);
    steps(
        ask,
        &format!(
            "SELECT 'permission_links' AS table_name, l.permission_uid AS uid, l.included_uid AS parent_uid FROM permission_links l
             WHERE l.permission_uid IN ({among}) AND l.included_uid IN ({among})"
        ),
    )
}

fn steps(ask: &Ask<'_>, links: &str) -> Result<Steps, EngineError> {
    let uncut = if ask.tables.contains("cut_links") {
        " LEFT JOIN cut_links c ON c.table_name = l.table_name AND c.uid = l.uid AND c.parent_uid = l.parent_uid WHERE c.uid IS NULL"
    } else {
        ""
    };
    let query = format!(
        "SELECT DISTINCT l.uid, l.parent_uid FROM ({links}) l{uncut} ORDER BY l.uid NULLS LAST, l.parent_uid NULLS LAST"
    );
    let mut steps = Steps::new();
    for row in ask.rows(&query)? {
        if let (Ok(from), Ok(to)) = (row[0].parse(), row[1].parse()) {
            steps.entry(from).or_default().push(to);
        }
    }
    Ok(steps)
}
