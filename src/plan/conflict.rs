//! What must not be held together by a control of duties: permissions, or activities, and how they are given.

use crate::plan::activities::Duties;
use crate::plan::control::Given;
use crate::plan::node::Spot;
use crate::plan::rights_model::permissions;
use crate::plan::{codes, expression, matrix};
use crate::problem::{Problem, Problems};
use crate::settings::controls::Conflict;
use crate::settings::duties::{Duty, Pair};

/// The permissions and activities that conflict.
pub(super) fn check(
    is_collected: bool,
    given: &Given<'_>,
    root: Spot<'_>,
    problems: &mut Problems,
) -> Option<Conflict> {
    let is_activity = |spot: Spot<'_>| spot.text().is_some_and(Duties::is_activity);
    let ways = ["all_of", "expression", "matrix"].map(|key| root.get(key));
    match (ways, root.get("left"), root.get("right")) {
        ([None, None, None], None, None) if is_collected => Some(Conflict::Collected),
        ([None, None, Some(_)], None, None) if !is_collected => {
            let pairs = matrix::pairs(given.matrix.as_ref()?, given.duties, problems);
            Some(Conflict::Pairs(pairs))
        }
        ([Some(spot), None, None], None, None) if !is_collected => {
            if spot.items().len() < 2 {
                problems.add(spot.error(codes::NOT_ALLOWED, "one permission alone conflicts with nothing"));
            }
            if spot.items().into_iter().any(is_activity) {
                return Some(Conflict::Pairs(vec![Pair::whole(all_together(spot, given.duties, problems))]));
            }
            Some(Conflict::AllOf(permissions(Some(spot), given.duties.forms, problems)))
        }
        ([None, Some(spot), None], None, None) if !is_collected => {
            Some(Conflict::Pairs(vec![Pair::whole(expressed(spot, given.duties, problems))]))
        }
        ([None, None, None], Some(left_spot), Some(right_spot)) if !is_collected => {
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
            problems.add(
                problem.hint(
                    "give `all_of`, or `left` and `right`, or `expression`, or `matrix`, or `use_collected = true`",
                ),
            );
            None
        }
    }
}

/// The duties that an array names, none twice.
fn named(array: Spot<'_>, duties: &Duties<'_>, problems: &mut Problems) -> Vec<Duty> {
    let mut named: Vec<Duty> = Vec::new();
    for (spot, text) in array.items().into_iter().filter_map(|spot| Some((spot, spot.text()?))) {
        let Some(duty) = duties.duty(text, &spot, problems) else { continue };
        if named.contains(&duty) {
            problems.add(spot.error(codes::DUPLICATE_NAME, format!("`{text}` is given twice")));
        } else {
            named.push(duty);
        }
    }
    named
}

/// To exercise all duties of an array.
fn all_together(array: Spot<'_>, duties: &Duties<'_>, problems: &mut Problems) -> Duty {
    let named = named(array, duties, problems);
    if named.len() < array.items().len() {
        // What is wrong with the others is told.
        return Duty { name: String::new(), terms: Vec::new() };
    }
    let name = named.iter().map(|duty| duty.name.as_str()).collect::<Vec<_>>().join(" + ");
    let terms = expression::all_of(&named).unwrap_or_else(|[message, hint]| {
        problems.add(array.error(codes::BAD_EXPRESSION, message).hint(hint));
        Vec::new()
    });
    Duty { name, terms }
}

/// To fulfil an expression; it is called by its words.
fn expressed(spot: Spot<'_>, duties: &Duties<'_>, problems: &mut Problems) -> Duty {
    let text = spot.text().unwrap_or_default();
    let naming = |name: &str| duties.find(name).map_err(|(_, told)| told);
    let terms = expression::terms(text, &naming).unwrap_or_else(|wrong| {
        let place = spot.content().within(text, wrong.at);
        problems.add(Problem::error(codes::BAD_EXPRESSION, wrong.message).at(place).hint(wrong.hint));
        Vec::new()
    });
    Duty { name: text.split_whitespace().collect::<Vec<_>>().join(" "), terms }
}

/// Each of the left with each of the right, where some are activities.
fn all_pairs(left: Spot<'_>, right: Spot<'_>, duties: &Duties<'_>, problems: &mut Problems) -> Vec<Pair> {
    let [left, right] = [left, right].map(|side| {
        let named = named(side, duties, problems);
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
