//! Segregation of duties: who holds permissions that nobody may hold together.

use crate::settings::PermissionName;
use crate::settings::controls::Conflict;
use crate::sql;

/// Identities with a conflict, through all of their accounts, groups and roles.
pub(super) fn of_identities(conflict: &Conflict) -> String {
    let held = "held AS (
  SELECT DISTINCT r.identity_uid AS uid, w.side, w.name FROM effective_rights r JOIN wanted w ON w.uid = r.permission_uid
)";
    format!("WITH {},\n{held}\n{}", wanted(conflict), conflicts(conflict))
}

/// Accounts with a conflict, through their groups and roles. Only the permissions concerned are followed.
pub(super) fn of_accounts(conflict: &Conflict) -> String {
    format!("WITH {},\n{}\n{}", wanted(conflict), include_str!("account_holders.sql").trim_end(), conflicts(conflict))
}

/// The permissions of a conflict that the ledger knows.
fn wanted(conflict: &Conflict) -> String {
    let side = |side: &str, names: &[PermissionName]| {
        let conditions = names.iter().map(|name| {
            format!("p.application = {} AND p.code = {}", sql::text(&name.application), sql::text(&name.code))
        });
        format!(
            "  SELECT p.uid, '{side}' AS side, p.application || '/' || p.code AS name FROM permissions p WHERE {}",
            conditions.collect::<Vec<_>>().join(" OR ")
        )
    };
    let query = match conflict {
        Conflict::AllOf(names) => side("all", names),
        Conflict::Between { left, right } => format!("{}\n  UNION ALL\n{}", side("left", left), side("right", right)),
    };
    format!("wanted AS (\n{query}\n)")
}

/// Who of `held` has the conflict: one row a holder, or one a holder and conflicting pair.
fn conflicts(conflict: &Conflict) -> String {
    match conflict {
        Conflict::AllOf(names) => format!(
            "SELECT h.uid AS uid, CAST(NULL AS VARCHAR) AS detail FROM held h GROUP BY h.uid HAVING COUNT(DISTINCT h.name) = {}",
            names.len()
        ),
        Conflict::Between { .. } => "SELECT l.uid AS uid, l.name || ' + ' || r.name AS detail
FROM held l JOIN held r ON r.uid = l.uid WHERE l.side = 'left' AND r.side = 'right'"
            .to_owned(),
    }
}

/// The permissions of a conflict.
pub(super) fn permissions(conflict: &Conflict) -> impl Iterator<Item = &PermissionName> {
    let (first, second) = match conflict {
        Conflict::AllOf(names) => (names.as_slice(), [].as_slice()),
        Conflict::Between { left, right } => (left.as_slice(), right.as_slice()),
    };
    first.iter().chain(second)
}
