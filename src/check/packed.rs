//! The questions of controls of packs over the tables of a plan: they fit, because what they need is collected.

use jiff::civil::Date;

use super::rules::place_in;
use super::schemas::Schemas;
use super::tell;
use crate::engine::resolve;
use crate::ids::StageName;
use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::settings::controls::Control;
use crate::sql::admit::{self, Refusal};
use crate::stages::controls::packed_columns;
use crate::stages::fill::fill;

/// Says what is wrong with the question of a control of a pack.
pub(super) fn check(control: &Control, schemas: &Schemas, problems: &mut Problems) {
    let (Some(rule), Some(packed)) = (&control.own_rule, &control.packed) else { return };
    let filled = fill(rule, Date::constant(2000, 1, 1));
    let place = |refusal: &Refusal| place_in(rule, &filled, refusal);
    let admitted = match admit::query(&filled.text, &schemas.known_to(StageName::Controls)) {
        Err(refusals) => return tell(&refusals, codes::REFUSED_SQL, &place, problems),
        Ok(admitted) => admitted,
    };
    if !schemas.are_sound(&admitted.tables) {
        return;
    }
    match resolve(admit::without_end(&filled.text), &admitted.tables, schemas.tables()) {
        Err(refusal) => tell(&[refusal], codes::UNRESOLVED_SQL, &place, problems),
        Ok(columns) if columns == packed_columns(packed) => {}
        Ok(_) => {
            let message = format!("control `{}` of a pack gives other columns than `uid` and its detail", control.id);
            problems.add(Problem::error(codes::NO_SUBJECT, message).at(rule.sql.place.clone()));
        }
    }
}
