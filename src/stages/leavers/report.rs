//! What leavers has to say: how many are active, and who left or came back since the parent.

use crate::engine::EngineError;
use crate::event::StageReport;
use crate::stages::Ask;

/// Every identity that is, or was active before, with what happened to it.
const CHANGED: &str = "SELECT COALESCE(n.uid, b.uid) AS uid, n.reason AS reason,
       CASE WHEN n.uid IS NULL THEN 'vanished' WHEN n.status = 'inactive' THEN 'newly inactive' ELSE 'returned' END AS happened
     FROM identity_status n FULL JOIN before_identity_status b ON b.uid = n.uid
     WHERE (n.uid IS NULL AND b.status = 'active')
        OR (n.status = 'inactive' AND b.status = 'active') OR (n.status = 'active' AND b.status = 'inactive')";

/// Reads the counts back from the table.
pub(super) fn report(ask: &Ask<'_>) -> Result<StageReport, EngineError> {
    let states = ask.table(
        "identities",
        &["status", "reason", "identities"],
        "SELECT status, reason, CAST(COUNT(*) AS BIGINT) FROM identity_status GROUP BY status, reason
         ORDER BY status NULLS FIRST, reason NULLS FIRST",
    )?;
    let happened = ask.table(
        "since the parent",
        &["happened", "identities"],
        &format!(
            "SELECT happened, CAST(COUNT(*) AS BIGINT) FROM ({CHANGED}) c GROUP BY happened ORDER BY happened NULLS FIRST"
        ),
    )?;
    let mut tables = Vec::new();
    for kind in ["newly inactive", "returned", "vanished"] {
        let samples = ask.table(
            &format!("{kind}: samples"),
            &["employee_id", "full_name", "reason", "departed_on"],
            &format!(
                "SELECT COALESCE(i.employee_id, f.employee_id) AS employee_id, COALESCE(i.full_name, f.full_name) AS full_name,
                        COALESCE(c.reason, d.reason) AS reason, d.departed_on AS departed_on
                 FROM ({CHANGED}) c LEFT JOIN identities i ON i.uid = c.uid LEFT JOIN before_identities f ON f.uid = c.uid
                 LEFT JOIN departures d ON d.uid = c.uid
                 WHERE c.happened = '{kind}' ORDER BY employee_id NULLS FIRST LIMIT 10"
            ),
        )?;
        tables.extend(Some(samples.of_people()).filter(|samples| !samples.rows.is_empty()));
    }
    let absent = ask.table(
        "absent, not gone yet: samples",
        &["employee_id", "full_name", "missed_loads", "last_listed_on"],
        "SELECT i.employee_id, i.full_name, a.missed_loads, a.last_listed_on FROM absences a JOIN identities i ON i.uid = a.uid
         WHERE NOT a.is_gone AND a.missed_loads > 0 ORDER BY a.missed_loads DESC NULLS LAST, i.employee_id NULLS FIRST LIMIT 10",
    )?;
    let waiting = ask.rows(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM absences a JOIN identities i ON i.uid = a.uid WHERE NOT a.is_gone AND a.missed_loads > 0",
    )?;
    tables.extend(Some(absent.of_people()).filter(|absent| !absent.rows.is_empty()));
    let waiting = waiting.into_iter().flatten().next().filter(|count| count != "0");
    let sum = |wanted: &str| -> u64 {
        let rows = states.rows.iter().filter(|row| row[0] == wanted);
        rows.filter_map(|row| row[2].parse::<u64>().ok()).sum()
    };
    let counts = [format!("{} active", sum("active")), format!("{} inactive", sum("inactive"))];
    let changes = happened.rows.iter().map(|row| format!("{} {}", row[1], row[0]));
    let waiting = waiting.map(|count| format!("{count} absent, not gone yet"));
    let headline = counts.into_iter().chain(changes).chain(waiting).collect::<Vec<_>>().join(", ");
    tables.splice(0..0, [states, happened]);
    Ok(StageReport { headline, tables })
}
