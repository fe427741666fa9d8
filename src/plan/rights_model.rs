//! The policy of the rights model: who should hold what.

use std::collections::BTreeSet;

use crate::collect::key::KeyForms;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::owners::check_id;
use crate::plan::raw::rights_model::RightsModelFile;
use crate::problem::Problems;
use crate::settings::PermissionName;
use crate::settings::rights_model::{Exclusion, Grant, RightsModelPolicy};

/// The policy that a file's raw struct describes.
pub(super) fn check(
    raw: RightsModelFile,
    root: Spot<'_>,
    forms: &KeyForms,
    problems: &mut Problems,
) -> RightsModelPolicy {
    let mut ids = BTreeSet::new();
    let mut grants = Vec::new();
    for (table, spot) in raw.grant.into_iter().zip(root.key("grant").items()) {
        check_id(spot.key("id"), &mut ids, problems);
        let permissions = permissions(spot.get("permissions"), forms, problems);
        let except = self::permissions(spot.get("except"), forms, problems);
        let Some(population) = spot.key("population").sql() else { continue };
        grants.push(Grant { id: table.id, population, permissions, except });
    }
    let mut exclusions = Vec::new();
    for (table, spot) in raw.exclude.into_iter().zip(root.key("exclude").items()) {
        check_id(spot.key("id"), &mut ids, problems);
        let permissions = permissions(spot.get("permissions"), forms, problems);
        let Some(population) = spot.key("population").sql() else { continue };
        exclusions.push(Exclusion { id: table.id, population, permissions });
    }
    RightsModelPolicy { use_collected: raw.use_collected, grants, exclusions }
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
