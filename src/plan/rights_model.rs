//! The policy of the rights model: who should hold what.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::collect::key::KeyForms;
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::owners::check_id;
use crate::plan::raw::rights_model::{GrantTable, PerimetersName, RightsModelFile, RoleTable};
use crate::problem::Problems;
use crate::settings::PermissionName;
use crate::settings::rights_model::{BusinessRole, Exclusion, Grant, Perimeters, RightsModelPolicy, Validity, Within};

/// The policy that a file's raw struct describes.
pub(super) fn check(
    raw: RightsModelFile,
    root: Spot<'_>,
    forms: &KeyForms,
    problems: &mut Problems,
) -> RightsModelPolicy {
    let roles = roles(raw.role, root, forms, problems);
    let perimeters = perimeters(raw.perimeters, &raw.grant, root, problems);
    let mut ids = BTreeSet::new();
    let mut grants = Vec::new();
    for (table, spot) in raw.grant.into_iter().zip(root.key("grant").items()) {
        check_id(spot.key("id"), &mut ids, problems);
        let permissions = permissions(spot.get("permissions"), forms, problems);
        let except = self::permissions(spot.get("except"), forms, problems);
        known_roles(spot.get("roles"), &roles, problems);
        if table.permissions.is_empty() && table.roles.is_empty() {
            let problem = spot.error(codes::MISSING_KEY, format!("grant `{}` gives nothing", table.id));
            problems.add(problem.hint("add `permissions` or `roles`"));
        }
        let within = within(&table, spot, problems);
        let validity = validity(spot, problems);
        let Some(population) = spot.key("population").sql() else { continue };
        grants.push(Grant { id: table.id, population, permissions, roles: table.roles, except, within, validity });
    }
    let mut exclusions = Vec::new();
    for (table, spot) in raw.exclude.into_iter().zip(root.key("exclude").items()) {
        check_id(spot.key("id"), &mut ids, problems);
        let permissions = permissions(spot.get("permissions"), forms, problems);
        let validity = validity(spot, problems);
        let Some(population) = spot.key("population").sql() else { continue };
        exclusions.push(Exclusion { id: table.id, population, permissions, validity });
    }
    let (use_collected, tell_accounts) = (raw.use_collected, raw.tell_accounts);
    RightsModelPolicy { use_collected, perimeters, tell_accounts, roles, grants, exclusions }
}

/// The roles, each of which names roles that are there and none of which includes itself.
fn roles(raw: Vec<RoleTable>, root: Spot<'_>, forms: &KeyForms, problems: &mut Problems) -> Vec<BusinessRole> {
    let (mut ids, mut roles) = (BTreeSet::new(), Vec::new());
    let spots: Vec<Spot<'_>> = root.get("role").map(Spot::items).unwrap_or_default();
    for (table, spot) in raw.into_iter().zip(&spots) {
        check_id(spot.key("id"), &mut ids, problems);
        let permissions = permissions(spot.get("permissions"), forms, problems);
        if table.permissions.is_empty() && table.includes.is_empty() {
            let problem = spot.error(codes::MISSING_KEY, format!("role `{}` bundles nothing", table.id));
            problems.add(problem.hint("add `permissions` or `includes`"));
        }
        let validity = validity(*spot, problems);
        roles.push(BusinessRole { id: table.id, permissions, includes: table.includes, validity });
    }
    for (role, spot) in roles.iter().zip(&spots) {
        known_roles(spot.get("includes"), &roles, problems);
        if includes_itself(role, &roles) {
            let problem = spot.key("includes").error(codes::ROLE_CYCLE, format!("role `{}` includes itself", role.id));
            problems.add(problem.hint("take one of the roles of the circle out of another's `includes`"));
        }
    }
    roles
}

/// Reports names of roles that no table has, and those given twice.
fn known_roles(array: Option<Spot<'_>>, roles: &[BusinessRole], problems: &mut Problems) {
    let mut given = BTreeSet::new();
    for spot in array.into_iter().flat_map(Spot::items) {
        let Some(name) = spot.text() else { continue };
        if !roles.iter().any(|role| role.id == name) {
            let known = roles.iter().map(|role| role.id.as_str());
            let problem = spot.error(codes::NOT_FOUND, format!("there is no role `{name}` in this policy"));
            problems.add(problem.hint(suggest(name, "roles", known)));
        } else if !given.insert(name) {
            problems.add(spot.error(codes::DUPLICATE_NAME, format!("`{name}` is given twice")));
        }
    }
}

fn includes_itself(role: &BusinessRole, roles: &[BusinessRole]) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), role.includes.iter().collect::<Vec<_>>());
    while let Some(name) = open.pop() {
        if *name == role.id {
            return true;
        }
        if seen.insert(name) {
            open.extend(roles.iter().filter(|one| one.id == *name).flat_map(|one| &one.includes));
        }
    }
    false
}

fn perimeters(
    named: Option<PerimetersName>,
    grants: &[GrantTable],
    root: Spot<'_>,
    problems: &mut Problems,
) -> Perimeters {
    let names_some = grants.iter().any(|grant| grant.perimeters.is_some() || grant.perimeter_of.is_some());
    match named {
        Some(PerimetersName::Ignored) if names_some => {
            let message = "perimeters are ignored, and a grant names some";
            let problem = root.key("perimeters").error(codes::KEYS_DISAGREE, message);
            problems.add(problem.hint("remove this line, or the perimeters of the grants"));
            Perimeters::Ignored
        }
        Some(PerimetersName::Ignored) => Perimeters::Ignored,
        None if !names_some => Perimeters::Ignored,
        Some(PerimetersName::Judged) | None => Perimeters::Judged,
    }
}

fn within(table: &GrantTable, spot: Spot<'_>, problems: &mut Problems) -> Within {
    let of = spot.get("perimeter_of").and_then(Spot::sql);
    match (&table.perimeters, of) {
        (Some(_), Some(_)) => {
            let problem = spot.key("perimeter_of").key_error(codes::KEYS_DISAGREE, "`perimeters` says where already");
            problems.add(problem.hint("keep one of the two"));
            Within::Anywhere
        }
        (Some(these), None) => {
            let mut given = BTreeSet::new();
            for (one, spot) in these.iter().zip(spot.key("perimeters").items()) {
                if !given.insert(one) {
                    problems.add(spot.error(codes::DUPLICATE_NAME, format!("`{one}` is given twice")));
                }
            }
            Within::These(these.clone())
        }
        (None, Some(of)) => Within::Of(of),
        (None, None) => Within::Anywhere,
    }
}

/// The days between which a table holds.
fn validity(table: Spot<'_>, problems: &mut Problems) -> Validity {
    let mut day = |key: &str| -> Option<Date> {
        let spot = table.get(key)?;
        let day = spot.text()?.parse().ok();
        if day.is_none() {
            let problem = spot.error(codes::NOT_ALLOWED, format!("`{}` is no day", spot.text().unwrap_or_default()));
            problems.add(problem.hint("write it as `2026-12-31`"));
        }
        day
    };
    let validity = Validity { from: day("valid_from"), until: day("valid_until") };
    if let (Some(from), Some(until)) = (validity.from, validity.until)
        && until < from
    {
        let spot = table.key("valid_until");
        problems.add(spot.error(codes::KEYS_DISAGREE, format!("it would end before it begins, on {from}")));
    }
    validity
}

/// The permissions that an array of strings names, in key form, none twice.
pub(super) fn permissions(array: Option<Spot<'_>>, forms: &KeyForms, problems: &mut Problems) -> Vec<PermissionName> {
    let mut names = Vec::new();
    for spot in array.into_iter().flat_map(Spot::items) {
        let Some(text) = spot.text() else { continue };
        match PermissionName::parse(text, forms) {
            Some(name) if names.contains(&name) => {
                problems.add(spot.error(codes::DUPLICATE_NAME, format!("`{text}` is given twice")));
            }
            Some(name) => names.push(name),
            None => problems.add(
                spot.error(codes::BAD_NAME, format!("`{text}` is no permission"))
                    .hint("write `APPLICATION/PERMISSION`, such as `ERP/PAYMENT_RUN`"),
            ),
        }
    }
    names
}
