//! The objects that policies and controls name by their keys, each at its place: a name that nothing has is told.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::key::KeyForms;
use crate::plan::expression;
use crate::plan::load::Named;
use crate::plan::matrix::names_in;
use crate::plan::node::Spot;
use crate::settings::{NamedKey, PermissionName};
use crate::source::Place;
use crate::table::Kind;

/// Every name, in key form.
pub(super) fn of(named: &Named, forms: &KeyForms) -> Vec<NamedKey> {
    let mut found = Vec::new();
    if let Some((file, _)) = &named.owners {
        for rule in ["class", "ownerless", "match"].into_iter().flat_map(|key| tables(file.root(), key)) {
            found.extend(items(rule, "repositories").filter_map(|spot| one(spot, Kind::Repository, forms)));
        }
    }
    if let Some((file, _)) = &named.managers {
        let fallbacks = tables(file.root(), "manager").into_iter().filter_map(|rule| rule.get("fallback"));
        found.extend(fallbacks.filter_map(|spot| one(spot, Kind::Identity, forms)));
    }
    if let Some((file, _)) = &named.rights_model {
        for grant in ["role", "grant", "exclude"].into_iter().flat_map(|key| tables(file.root(), key)) {
            let both = items(grant, "permissions").chain(items(grant, "except"));
            found.extend(both.filter_map(|spot| permission(spot, forms)));
        }
    }
    for (file, _) in &named.controls {
        let sides = ["all_of", "left", "right", "permissions"].into_iter().flat_map(|key| items(file.root(), key));
        found.extend(sides.filter_map(|spot| permission(spot, forms)));
        if let Some(spot) = file.root().get("expression") {
            let text = spot.text().unwrap_or_default();
            let place = |at| spot.content().within(text, at);
            found
                .extend(expression::names_in(text, forms).into_iter().map(|(name, at)| of_permission(name, place(at))));
        }
    }
    if let Some((file, activities)) = &named.activities {
        for (spot, activity) in tables(file.root(), "activity").into_iter().zip(activities) {
            let place = spot.key("holds").on_value();
            let permissions: BTreeSet<&PermissionName> = activity.permissions().collect();
            found.extend(permissions.into_iter().map(|name| of_permission(name.clone(), place.clone())));
        }
    }
    for matrix in &named.matrices {
        let named: BTreeMap<PermissionName, Place> = names_in(matrix, forms).into_iter().rev().collect();
        found.extend(named.into_iter().map(|(name, place)| of_permission(name, place)));
    }
    found
}

fn of_permission(name: PermissionName, place: Place) -> NamedKey {
    NamedKey { kind: Kind::Permission, namespace: name.application, key: name.code, place }
}

fn tables<'a>(root: Spot<'a>, key: &str) -> Vec<Spot<'a>> {
    root.get(key).map(Spot::items).unwrap_or_default()
}

fn items<'a>(table: Spot<'a>, key: &str) -> impl Iterator<Item = Spot<'a>> + use<'a> {
    table.get(key).map(Spot::items).unwrap_or_default().into_iter()
}

fn one(spot: Spot<'_>, kind: Kind, forms: &KeyForms) -> Option<NamedKey> {
    let key = forms.key(kind, "", spot.text()?).into_owned();
    Some(NamedKey { kind, namespace: String::new(), key, place: spot.on_value() })
}

fn permission(spot: Spot<'_>, forms: &KeyForms) -> Option<NamedKey> {
    let name = PermissionName::parse(spot.text()?, forms)?;
    Some(of_permission(name, spot.on_value()))
}
