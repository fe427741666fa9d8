//! Permissions by their names, as queries and kernels of stages ask for them.

use std::collections::BTreeSet;

use crate::settings::PermissionName;
use crate::sql;

/// Application and code of permissions.
pub(crate) fn names<'a>(names: impl IntoIterator<Item = &'a PermissionName>) -> BTreeSet<(String, String)> {
    names.into_iter().map(|name| (name.application.clone(), name.code.clone())).collect()
}

/// A condition that a row of `permissions` is one of those named, each of which may come several times.
pub(crate) fn any_of<'a>(alias: &str, names: impl IntoIterator<Item = &'a PermissionName>) -> String {
    let names: BTreeSet<&PermissionName> = names.into_iter().collect();
    let conditions: Vec<String> = names
        .into_iter()
        .map(|name| {
            let (application, code) = (sql::text(&name.application), sql::text(&name.code));
            format!("({alias}.application = {application} AND {alias}.code = {code})")
        })
        .collect();
    if conditions.is_empty() { "FALSE".to_owned() } else { conditions.join(" OR ") }
}
