//! Permissions that are for a population: who else holds them and by which rights, and who of it lacks them.

use super::duties::named;
use crate::settings::PermissionName;
use crate::settings::controls::Gap;
use crate::source::SqlText;
use crate::sql;
use crate::stages::permissions::any_of;

/// Whoever holds one without belonging to the population, active or not; or who is active, belongs to it and lacks one.
pub(super) fn query(permissions: &[PermissionName], population: &SqlText, gap: Gap) -> String {
    let text = match gap {
        Gap::Over => include_str!("held_by_others.sql"),
        Gap::Under => include_str!("lacked.sql"),
    };
    let values = [("permissions", any_of("p", permissions)), ("population", population.text.clone())];
    sql::fill(text.trim_end(), &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// The rights by which others hold the permissions, of those in `control_hits`.
pub(super) fn causes(control: &str, permissions: &[PermissionName]) -> String {
    let control = sql::text(control);
    let concerned = format!(
        "  SELECT h.uid, h.detail, w.uid AS wanted_uid FROM control_hits h JOIN wanted w ON w.name = h.detail WHERE h.control = {control}"
    );
    sql::fill(
        include_str!("causes.sql"),
        &[
            ("control", &control),
            ("kind", "'identity'"),
            ("wanted", &format!("wanted AS (\n{}\n)", named("all", permissions))),
            ("concerned", &concerned),
            (
                "holders",
                "  SELECT DISTINCT c.uid, o.account_uid FROM concerned c JOIN ownership o ON o.identity_uid = c.uid",
            ),
            ("covered", ""),
            ("only", ""),
        ],
    )
}
