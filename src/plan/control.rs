//! A control: what is checked, by its kind.

use std::path::Path;

use crate::collect::key::KeyForms;
use crate::ids::ControlId;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::raw::control::{ControlFile, ControlKindName, SubjectName};
use crate::plan::rights_model::permissions;
use crate::problem::Problems;
use crate::settings::controls::{Check, Conflict, Control, Holder, Within};
use crate::table::Kind;

/// Keys that only one kind of control has.
const KEYS_OF_KINDS: [(ControlKindName, &str, &[&str]); 3] = [
    (ControlKindName::Rule, "rule", &["rule", "subject", "parameters"]),
    (
        ControlKindName::SegregationOfDuties,
        "segregation_of_duties",
        &["on", "all_of", "left", "right", "use_collected", "same_perimeter"],
    ),
    (ControlKindName::TheoreticalRights, "theoretical_rights", &["gap"]),
];

/// The control that a file's raw struct describes.
pub(super) fn check(
    raw: ControlFile,
    id: ControlId,
    path: &Path,
    root: Spot<'_>,
    forms: &KeyForms,
    problems: &mut Problems,
) -> Option<Control> {
    for (_, kind, keys) in KEYS_OF_KINDS.iter().filter(|(kind, ..)| *kind != raw.kind) {
        for spot in keys.iter().filter_map(|key| root.get(key)) {
            problems.add(spot.key_error(codes::KEYS_DISAGREE, format!("this key is for kind `{kind}`")));
        }
    }
    let check = match raw.kind {
        ControlKindName::Rule => {
            let rule = needed(raw.rule, "rule", root, problems);
            let subject = needed(raw.subject, "subject", root, problems);
            let rule = rule?.parse().map_err(|error: crate::ids::InvalidName| {
                problems.add(root.key("rule").error(codes::BAD_NAME, error.to_string()));
            });
            Check::Rule { rule: rule.ok()?, subject: kind(subject?) }
        }
        ControlKindName::SegregationOfDuties => Check::SegregationOfDuties {
            on: raw.on.unwrap_or(Holder::Identity),
            conflict: conflict(raw.use_collected == Some(true), root, forms, problems)?,
            within: if raw.same_perimeter == Some(true) { Within::SamePerimeter } else { Within::Anywhere },
        },
        ControlKindName::TheoreticalRights => Check::TheoreticalRights { gap: needed(raw.gap, "gap", root, problems)? },
    };
    Some(Control {
        id,
        title: raw.title,
        risk: raw.risk,
        tags: raw.tags,
        mitigation: raw.mitigation,
        check,
        own_rule: None,
        filter: root.get("where").and_then(Spot::sql),
        path: path.to_owned(),
        packed: None,
        risk_set_at: None,
    })
}

fn needed<T>(value: Option<T>, key: &str, root: Spot<'_>, problems: &mut Problems) -> Option<T> {
    if value.is_none() {
        let problem = root.key("kind").error(codes::MISSING_KEY, format!("this kind of control needs `{key}`"));
        problems.add(problem.hint(format!("add `{key} = \"..\"`")));
    }
    value
}

fn conflict(is_collected: bool, root: Spot<'_>, forms: &KeyForms, problems: &mut Problems) -> Option<Conflict> {
    let all_of = permissions(root.get("all_of"), forms, problems);
    let left = permissions(root.get("left"), forms, problems);
    let right = permissions(root.get("right"), forms, problems);
    match (root.get("all_of"), root.get("left"), root.get("right")) {
        (None, None, None) if is_collected => Some(Conflict::Collected),
        (Some(spot), None, None) if !is_collected => {
            if spot.items().len() < 2 {
                problems.add(spot.error(codes::NOT_ALLOWED, "one permission alone conflicts with nothing"));
            }
            Some(Conflict::AllOf(all_of))
        }
        (None, Some(left_spot), Some(right_spot)) if !is_collected => {
            for spot in [left_spot, right_spot] {
                if spot.items().is_empty() {
                    problems.add(spot.error(codes::NOT_ALLOWED, "the array must not be empty"));
                }
            }
            for (name, spot) in right.iter().zip(right_spot.items()).filter(|(name, _)| left.contains(name)) {
                problems.add(spot.error(codes::KEYS_DISAGREE, format!("`{name}` stands on both sides")));
            }
            Some(Conflict::Between { left, right })
        }
        _ => {
            let problem = root.key("kind").error(codes::KEYS_DISAGREE, "which permissions conflict must be said once");
            problems.add(problem.hint("give `all_of`, or `left` and `right`, or `use_collected = true`"));
            None
        }
    }
}

fn kind(name: SubjectName) -> Kind {
    match name {
        SubjectName::Account => Kind::Account,
        SubjectName::Identity => Kind::Identity,
        SubjectName::Group => Kind::Group,
        SubjectName::Permission => Kind::Permission,
        SubjectName::Application => Kind::Application,
        SubjectName::Organisation => Kind::Organisation,
    }
}
