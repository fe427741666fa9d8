//! Activities: what people can do with several permissions, named once for all controls; and the duties that controls name.

use std::collections::BTreeSet;

use crate::collect::key::KeyForms;
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::expression::terms;
use crate::plan::grid::Cell;
use crate::plan::node::Spot;
use crate::plan::owners::check_id;
use crate::plan::raw::activities::ActivitiesFile;
use crate::problem::{Code, Problem, Problems};
use crate::settings::PermissionName;
use crate::settings::duties::Duty;

/// The activities that a file describes.
pub(super) fn check(raw: ActivitiesFile, root: Spot<'_>, forms: &KeyForms, problems: &mut Problems) -> Vec<Duty> {
    let mut ids = BTreeSet::new();
    let mut activities = Vec::new();
    for (table, spot) in raw.activity.into_iter().zip(root.key("activity").items()) {
        check_id(spot.key("id"), &mut ids, problems);
        match terms(&table.holds, forms) {
            Ok(terms) => activities.push(Duty { name: table.id, terms }),
            Err(wrong) => {
                let place = spot.key("holds").content().within(&table.holds, wrong.at);
                problems.add(Problem::error(codes::BAD_EXPRESSION, wrong.message).at(place).hint(wrong.hint));
                // It is there all the same: whoever names it makes no mistake.
                activities.push(Duty { name: table.id, terms: Vec::new() });
            }
        }
    }
    activities
}

/// Where a duty is named.
pub(super) trait Named {
    fn error(&self, code: Code, message: String) -> Problem;
}

impl Named for Spot<'_> {
    fn error(&self, code: Code, message: String) -> Problem {
        Spot::error(*self, code, message)
    }
}

impl Named for Cell {
    fn error(&self, code: Code, message: String) -> Problem {
        self.refused(code, message)
    }
}

/// What controls may name: permissions, and the activities of the plan.
pub(super) struct Duties<'a> {
    /// `None`: the plan names no file of activities.
    pub(super) activities: Option<&'a [Duty]>,
    pub(super) forms: &'a KeyForms,
}

impl Duties<'_> {
    /// Whether a name can only be one of an activity.
    pub(super) fn is_activity(name: &str) -> bool {
        !name.contains('/')
    }

    /// The duty of a name: a permission as `APPLICATION/PERMISSION`, or else an activity.
    pub(super) fn duty(&self, name: &str, at: &impl Named, problems: &mut Problems) -> Option<Duty> {
        if !Self::is_activity(name) {
            let permission = PermissionName::parse(name, self.forms);
            if permission.is_none() {
                let problem = at.error(codes::BAD_NAME, format!("`{name}` is no permission"));
                problems.add(problem.hint("write `APPLICATION/PERMISSION`, such as `ERP/PAYMENT_RUN`"));
            }
            return permission.map(Duty::permission);
        }
        let Some(activities) = self.activities else {
            let problem =
                at.error(codes::NOT_FOUND, format!("`{name}` is no permission, and the plan names no activities"));
            problems.add(
                problem.hint("write `APPLICATION/PERMISSION`, or add `activities = \"..\"` to `[stage.controls]`"),
            );
            return None;
        };
        let found = activities.iter().find(|activity| activity.name == name);
        if found.is_none() {
            let problem = at.error(codes::NOT_FOUND, format!("there is no activity `{name}`"));
            problems.add(problem.hint(suggest(name, "activities", activities.iter().map(|known| known.name.as_str()))));
        }
        found.cloned()
    }
}
