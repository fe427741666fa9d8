//! A control: what is checked, by its kind.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use crate::ids::ControlId;
use crate::plan::activities::Duties;
use crate::plan::node::Spot;
use crate::plan::raw::control::{ControlFile, ControlKindName, SubjectName};
use crate::plan::rights_model::permissions;
use crate::plan::{codes, matrix};
use crate::problem::Problems;
use crate::settings::controls::{Blocking, Blocks, Check, Conflict, Control, Holder, Within};
use crate::settings::duties::{Duty, Pair};
use crate::source::SourceFile;
use crate::table::Kind;

/// Keys that only one kind of control has.
const KEYS_OF_KINDS: [(ControlKindName, &str, &[&str]); 3] = [
    (ControlKindName::Rule, "rule", &["rule", "subject", "parameters"]),
    (
        ControlKindName::SegregationOfDuties,
        "segregation_of_duties",
        &["on", "all_of", "left", "right", "matrix", "use_collected", "same_perimeter"],
    ),
    (ControlKindName::TheoreticalRights, "theoretical_rights", &["gap"]),
];

/// What the struct of a control does not say.
pub(super) struct Given<'a> {
    pub(super) id: ControlId,
    pub(super) path: &'a Path,
    /// The matrix that it names, where that can be read.
    pub(super) matrix: Option<Arc<SourceFile>>,
    pub(super) duties: &'a Duties<'a>,
}

/// The control that a file's raw struct describes.
pub(super) fn check(raw: ControlFile, given: Given<'_>, root: Spot<'_>, problems: &mut Problems) -> Option<Control> {
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
            conflict: conflict(raw.use_collected == Some(true), &given, root, problems)?,
            within: if raw.same_perimeter == Some(true) { Within::SamePerimeter } else { Within::Anywhere },
        },
        ControlKindName::TheoreticalRights => Check::TheoreticalRights { gap: needed(raw.gap, "gap", root, problems)? },
    };
    Some(Control {
        id: given.id,
        title: raw.title,
        risk: raw.risk,
        tags: raw.tags,
        mitigation: raw.mitigation,
        check,
        own_rule: None,
        filter: root.get("where").and_then(Spot::sql),
        path: given.path.to_owned(),
        packed: None,
        risk_set_at: None,
        blocks: blocking(Blocking::default(), root, problems),
    })
}

/// Which findings hold a timeslot: what a table says of it, otherwise what held before.
pub(super) fn blocking(before: Blocking, table: Spot<'_>, problems: &mut Problems) -> Blocking {
    let which = match table.get("blocks").and_then(Spot::text) {
        Some("none") => Some(Blocks::None),
        Some("new") => Some(Blocks::New),
        Some("all") => Some(Blocks::All),
        _ => before.which,
    };
    let Some(since) = table.get("blocks_since") else { return Blocking { which, ..before } };
    let day = since.text().unwrap_or_default();
    let read = day.parse::<Date>().ok().filter(|date| date.to_string() == day);
    if read.is_none() {
        problems.add(since.error(codes::NOT_ALLOWED, format!("`{day}` is no day")).hint("write it as in `2026-11-21`"));
    } else if which.is_some_and(|which| which != Blocks::New) {
        let problem = since.key_error(codes::KEYS_DISAGREE, "a day tells new findings from those before it");
        problems.add(problem.hint("add `blocks = \"new\"`, or leave `blocks_since` out"));
    }
    Blocking { which, since: read.or(before.since) }
}

fn needed<T>(value: Option<T>, key: &str, root: Spot<'_>, problems: &mut Problems) -> Option<T> {
    if value.is_none() {
        let problem = root.key("kind").error(codes::MISSING_KEY, format!("this kind of control needs `{key}`"));
        problems.add(problem.hint(format!("add `{key} = \"..\"`")));
    }
    value
}

fn conflict(is_collected: bool, given: &Given<'_>, root: Spot<'_>, problems: &mut Problems) -> Option<Conflict> {
    let has_matrix = root.get("matrix").is_some();
    match (root.get("all_of"), root.get("left"), root.get("right")) {
        (None, None, None) if is_collected && !has_matrix => Some(Conflict::Collected),
        (None, None, None) if has_matrix && !is_collected => {
            let pairs = matrix::pairs(given.matrix.as_ref()?, given.duties, problems);
            Some(Conflict::Pairs(pairs))
        }
        (Some(spot), None, None) if !is_collected && !has_matrix => {
            let all_of = permissions(Some(spot), given.duties.forms, problems);
            if spot.items().len() < 2 {
                problems.add(spot.error(codes::NOT_ALLOWED, "one permission alone conflicts with nothing"));
            }
            Some(Conflict::AllOf(all_of))
        }
        (None, Some(left_spot), Some(right_spot)) if !is_collected && !has_matrix => {
            let is_activity = |spot: Spot<'_>| spot.text().is_some_and(Duties::is_activity);
            if left_spot.items().into_iter().chain(right_spot.items()).any(is_activity) {
                return Some(Conflict::Pairs(all_pairs(left_spot, right_spot, given.duties, problems)));
            }
            let left = permissions(Some(left_spot), given.duties.forms, problems);
            let right = permissions(Some(right_spot), given.duties.forms, problems);
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
            problems.add(problem.hint("give `all_of`, or `left` and `right`, or `matrix`, or `use_collected = true`"));
            None
        }
    }
}

/// Each of the left with each of the right, where some are activities.
fn all_pairs(left: Spot<'_>, right: Spot<'_>, duties: &Duties<'_>, problems: &mut Problems) -> Vec<Pair> {
    let [left, right] = [left, right].map(|side| {
        let mut named: Vec<Duty> = Vec::new();
        for (spot, text) in side.items().into_iter().filter_map(|spot| Some((spot, spot.text()?))) {
            let Some(duty) = duties.duty(text, &spot, problems) else { continue };
            if named.contains(&duty) {
                problems.add(spot.error(codes::DUPLICATE_NAME, format!("`{text}` is given twice")));
            } else {
                named.push(duty);
            }
        }
        if side.items().is_empty() {
            problems.add(side.error(codes::NOT_ALLOWED, "the array must not be empty"));
        }
        (side, named)
    });
    let mut pairs = Vec::new();
    for one in &left.1 {
        for other in &right.1 {
            if one.name == other.name {
                problems.add(right.0.error(codes::KEYS_DISAGREE, format!("`{}` stands on both sides", one.name)));
            }
            pairs.push(Pair::new(None, one.clone(), other.clone()));
        }
    }
    pairs
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
