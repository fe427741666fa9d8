//! What speaks of a permission of somebody: rules of the rights model, gaps, derogations, findings.

use super::{Reason, Subject, told};
use crate::engine::EngineError;
use crate::rights::names::names;
use crate::sql;
use crate::stages::Ask;
use crate::table::Kind;

/// Everything that says that they should or should not, and what was found.
pub(super) fn reasons(ask: &Ask<'_>, subject: &Subject) -> Result<Vec<Reason>, EngineError> {
    let mut reasons = due(ask, subject)?;
    for (what, query) in [
        ("excluded", include_str!("excluded.sql")),
        ("excepted", include_str!("excepted.sql")),
        ("gap", include_str!("gap.sql")),
        ("derogation", include_str!("derogation.sql")),
        ("finding", include_str!("finding.sql")),
    ] {
        let (person, permission) = (subject.person.to_string(), subject.permission.to_string());
        let rows = ask.rows(&sql::fill(query, &[("person", &person), ("permission", &permission)]))?;
        reasons.extend(rows.into_iter().map(|row| Reason { what, perimeter: told(&row[0]), how: row[1].clone() }));
    }
    Ok(reasons)
}

/// Every rule by which they should hold it, and how: through its roles, and what these include.
fn due(ask: &Ask<'_>, subject: &Subject) -> Result<Vec<Reason>, EngineError> {
    let (person, permission) = (subject.person.to_string(), subject.permission.to_string());
    let values = [("person", person.as_str()), ("permission", permission.as_str())];
    let rows = ask.rows(&sql::fill(include_str!("due.sql"), &values))?;
    let uids: Vec<i64> = rows.iter().filter_map(|row| row[3].parse().ok()).collect();
    let known = names(ask, Kind::Permission, uids.into_iter().chain([subject.permission]))?;
    let name = |uid: &str| uid.parse().ok().and_then(|uid: i64| known.get(&uid).cloned());
    let mut reasons: Vec<Reason> = Vec::new();
    for row in rows {
        let [rule, perimeter, way, named] = [0, 1, 2, 3].map(|at| row[at].as_str());
        let rule = match row[4].as_str() {
            "collected" => format!("collected rule {rule}"),
            _ => format!("grant {rule}"),
        };
        let roles = way.split(" > ").filter(|role| !role.is_empty()).map(|role| format!("role {role}"));
        let ends = [name(named), name(&permission).filter(|_| named != permission)];
        let how = std::iter::once(rule).chain(roles).chain(ends.into_iter().flatten()).collect::<Vec<_>>().join(" > ");
        let how = if row[5].is_empty() { how } else { format!("{how} ({})", row[5]) };
        let reason = Reason { what: "due", perimeter: told(perimeter), how };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    Ok(reasons)
}
