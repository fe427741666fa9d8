//! A control: what is checked, by its kind.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use crate::ids::{ControlId, RuleId};
use crate::plan::activities::Duties;
use crate::plan::node::Spot;
use crate::plan::raw::control::{ControlFile, ControlKindName, SubjectName};
use crate::plan::rights_model::permissions;
use crate::plan::{codes, conflict};
use crate::problem::Problems;
use crate::settings::controls::{Blocking, Blocks, Check, Control, Holder, Within};
use crate::source::SourceFile;
use crate::table::Kind;

/// Keys that only one kind of control has.
const KEYS_OF_KINDS: [(ControlKindName, &str, &[&str]); 5] = [
    (ControlKindName::Rule, "rule", &["rule", "subject", "parameters"]),
    (
        ControlKindName::SegregationOfDuties,
        "segregation_of_duties",
        &["on", "all_of", "expression", "left", "right", "matrix", "use_collected", "same_perimeter"],
    ),
    (ControlKindName::PermissionHolders, "permission_holders", &["permissions", "population", "gap"]),
    (ControlKindName::Overlap, "overlap", &["first", "second", "result", "subject"]),
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
    let own = KEYS_OF_KINDS.iter().find(|(kind, ..)| *kind == raw.kind).map_or(&[][..], |(.., keys)| keys);
    for key in KEYS_OF_KINDS.iter().flat_map(|(.., keys)| *keys).collect::<BTreeSet<_>>() {
        let Some(spot) = root.get(key).filter(|_| !own.contains(key)) else { continue };
        let kinds =
            KEYS_OF_KINDS.iter().filter(|(.., keys)| keys.contains(key)).map(|(_, kind, _)| format!("`{kind}`"));
        let kinds = kinds.collect::<Vec<_>>().join(" or ");
        problems.add(spot.key_error(codes::KEYS_DISAGREE, format!("this key is for kind {kinds}")));
    }
    let check = match raw.kind {
        ControlKindName::Rule => {
            let rule = needed(raw.rule, "rule", root, problems);
            let subject = needed(raw.subject, "subject", root, problems);
            Check::Rule { rule: rule_id(&rule?, "rule", root, problems)?, subject: kind(subject?) }
        }
        ControlKindName::PermissionHolders => {
            needed(raw.permissions, "permissions", root, problems);
            let permissions = permissions(root.get("permissions"), given.duties.forms, problems);
            let population = needed(root.get("population").and_then(Spot::sql), "population", root, problems);
            let gap = needed(raw.gap, "gap", root, problems);
            Check::PermissionHolders { permissions, population: population?, gap: gap? }
        }
        ControlKindName::Overlap => {
            let [first, second] = [(raw.first, "first"), (raw.second, "second")]
                .map(|(rule, key)| needed(rule, key, root, problems).and_then(|id| rule_id(&id, key, root, problems)));
            let subject = needed(raw.subject, "subject", root, problems);
            let result = needed(raw.result, "result", root, problems);
            Check::Overlap { rules: [first?, second?], subject: kind(subject?), result: result? }
        }
        ControlKindName::SegregationOfDuties => Check::SegregationOfDuties {
            on: raw.on.unwrap_or(Holder::Identity),
            conflict: conflict::check(raw.use_collected == Some(true), &given, root, problems)?,
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

fn rule_id(id: &str, key: &str, root: Spot<'_>, problems: &mut Problems) -> Option<RuleId> {
    let told = |error: crate::ids::InvalidName| problems.add(root.key(key).error(codes::BAD_NAME, error.to_string()));
    id.parse().map_err(told).ok()
}

fn needed<T>(value: Option<T>, key: &str, root: Spot<'_>, problems: &mut Problems) -> Option<T> {
    if value.is_none() {
        let problem = root.key("kind").error(codes::MISSING_KEY, format!("this kind of control needs `{key}`"));
        problems.add(problem.hint(format!("add `{key} = \"..\"`")));
    }
    value
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
