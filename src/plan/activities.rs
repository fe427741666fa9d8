//! Activities: what people can do with several permissions, named once for all controls; and the duties that controls name.

use std::collections::BTreeSet;

use crate::collect::key::KeyForms;
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::expression::{SAMPLE, terms};
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
        let naming = |name: &str| match PermissionName::parse(name, forms) {
            Some(name) => Ok(Duty::permission(name)),
            None => Err([format!("`{name}` is no permission"), SAMPLE.to_owned()]),
        };
        match terms(&table.holds, &naming) {
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
        let told = |(code, [message, hint]): (Code, [String; 2])| problems.add(at.error(code, message).hint(hint));
        self.find(name).map_err(told).ok()
    }

    /// The duty of a name, or the code of what is wrong with it, and what to do.
    pub(super) fn find(&self, name: &str) -> Result<Duty, (Code, [String; 2])> {
        let wrong = |code: Code, message: String, hint: String| Err((code, [message, hint]));
        if !Self::is_activity(name) {
            let hint = "write `APPLICATION/PERMISSION`, such as `ERP/PAYMENT_RUN`";
            return match PermissionName::parse(name, self.forms) {
                Some(permission) => Ok(Duty::permission(permission)),
                None => wrong(codes::BAD_NAME, format!("`{name}` is no permission"), hint.to_owned()),
            };
        }
        let Some(activities) = self.activities else {
            let message = format!("`{name}` is no permission, and the plan names no activities");
            let hint = "write `APPLICATION/PERMISSION`, or add `activities = \"..\"` to `[stage.controls]`";
            return wrong(codes::NOT_FOUND, message, hint.to_owned());
        };
        if let Some(found) = activities.iter().find(|activity| activity.name == name) {
            return Ok(found.clone());
        }
        let hint = suggest(name, "activities", activities.iter().map(|known| known.name.as_str()));
        wrong(codes::NOT_FOUND, format!("there is no activity `{name}`"), hint)
    }
}
