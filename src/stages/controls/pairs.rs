//! Pairs of duties, of a matrix or over activities: all of a control are found by one query, however many they are.
//!
//! An activity is exercised at a place: where all of its permissions are held, and none that it excludes is. A right without
//! a perimeter holds everywhere, so that every holder has one more place than perimeters: the one that nothing names.

use std::collections::BTreeMap;

use super::duties::Duties;
use crate::kernels::Conflicting;
use crate::model::Model;
use crate::settings::PermissionName;
use crate::settings::duties::{Duty, Pair};
use crate::sql;

/// The pairs of a control and the permissions of their duties, as tables.
pub(super) fn models(control: &str, pairs: &[Pair]) -> Vec<Model> {
    let id = sql::text(control);
    let pair = |pair: &Pair| {
        let title = pair.title.as_deref().map_or("NULL".to_owned(), sql::text);
        let rule = pair.rule.as_deref().map_or("NULL".to_owned(), sql::text);
        let risk = pair.risk.map_or("NULL".to_owned(), |risk| risk.to_string());
        let [detail, left, right] = [&pair.detail, &pair.left.name, &pair.right.name].map(|text| sql::text(text));
        format!("({detail}, {rule}, {title}, {risk}, {left}, {right})")
    };
    let pairs_rows: Vec<String> = pairs.iter().map(pair).collect();
    let duties: BTreeMap<&str, &Duty> =
        pairs.iter().flat_map(Pair::sides).map(|duty| (duty.name.as_str(), duty)).collect();
    let mut literals = Vec::new();
    for (name, duty) in duties {
        for (at, term) in duty.terms.iter().enumerate() {
            let row = |permission: &PermissionName, is_held: bool| {
                let [application, code] = [&permission.application, &permission.code].map(|text| sql::text(text));
                format!("({}, {}, {application}, {code}, {is_held}, {})", sql::text(name), at + 1, term.held.len())
            };
            literals.extend(term.held.iter().map(|permission| row(permission, true)));
            literals.extend(term.not_held.iter().map(|permission| row(permission, false)));
        }
    }
    let pairs = format!(
        "SELECT {id} AS control, v.detail, CAST(v.rule AS VARCHAR) AS rule, CAST(v.title AS VARCHAR) AS title, CAST(v.risk AS BIGINT) AS risk, v.left_duty, v.right_duty
FROM (VALUES {}) AS v (detail, rule, title, risk, left_duty, right_duty)",
        pairs_rows.join(",\n  ")
    );
    let literals = format!(
        "SELECT {id} AS control, v.duty, CAST(v.term AS BIGINT) AS term, v.application, v.code, v.is_held, CAST(v.held_count AS BIGINT) AS held_count
FROM (VALUES {}) AS v (duty, term, application, code, is_held, held_count)",
        literals.join(",\n  ")
    );
    vec![Model::sql("duty_pairs", control, pairs), Model::sql("duty_literals", control, literals)]
}

/// Who exercises both duties of a pair, and of which.
pub(super) fn holders(control: &str, duties: Duties<'_>) -> String {
    let control = sql::text(control);
    sql::fill(
        include_str!("pair_holders.sql").trim_end(),
        &[
            ("control", &control),
            ("literals", &literals(&control)),
            ("held", &duties.held()),
            ("exercised", include_str!("exercised.sql").trim_end()),
        ],
    )
}

/// Which duties those whom `control_hits` has exercise, and where. From `finding_ways`, so that only the few found are looked at.
pub(super) fn exercised(control: &str, duties: Duties<'_>) -> Model {
    let id = sql::text(control);
    let query = sql::fill(
        include_str!("exercised_duties.sql").trim_end(),
        &[
            ("control", &id),
            ("literals", &literals(&id)),
            ("perimeter", duties.perimeter()),
            ("exercised", include_str!("exercised.sql").trim_end()),
        ],
    );
    Model::sql("exercised_duties", control, query)
}

/// The rights by which they exercise both of a pair.
pub(super) fn causes(control: &str, kind: &str, duties: Duties<'_>) -> String {
    let control = sql::text(control);
    let values = [
        ("control", control.as_str()),
        ("kind", &sql::text(kind)),
        ("made", &made(&control)),
        ("is_there", duties.is_there()),
    ];
    sql::fill(include_str!("pair_causes.sql").trim_end(), &values)
}

/// By which permissions those whom `control_hits` has exercise both of a pair, and where:
/// `made (uid, detail, place, left_term, right_term, wanted_uid)`. The control is given as a literal.
pub(super) fn made(control: &str) -> String {
    let values = [("control", control), ("literals", &literals(control))];
    sql::fill(include_str!("pair_made.sql").trim_end(), &values)
}

/// The permissions that sieves leave.
pub(super) fn conflicting(pairs: &[Pair]) -> Conflicting {
    let name = |name: &PermissionName| (name.application.clone(), name.code.clone());
    let sides = |pair: &Pair| pair.sides().map(|duty| duty.held().map(name).collect());
    let excluded = pairs.iter().flat_map(Pair::sides).flat_map(|duty| &duty.terms).flat_map(|term| &term.not_held);
    Conflicting::Pairs { pairs: pairs.iter().map(sides).collect(), besides: excluded.map(name).collect() }
}

/// The permissions of the duties of a control, which is given as a literal.
pub(super) fn literals(control: &str) -> String {
    sql::fill(include_str!("pair_literals.sql").trim_end(), &[("control", control)])
}
