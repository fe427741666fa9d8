//! Findings of controls of packs: one model for all of a pack. Each of a hundred small ones would cost more to plan and to
//! write than to answer.

use super::excepted;
use crate::kernels::FollowedFindings;
use crate::model::Model;
use crate::settings::controls::Control;
use crate::sql;
use crate::stages::Context;

/// The findings of each pack's controls that this load evaluates.
pub(super) fn models(controls: &[&Control], has_exceptions: bool, context: &Context<'_>) -> Vec<Model> {
    let mut packs: Vec<&str> = controls.iter().filter_map(|control| pack_of(control)).collect();
    packs.sort_unstable();
    packs.dedup();
    let model = |pack: &str| {
        let of_pack = controls.iter().filter(|control| pack_of(control) == Some(pack));
        let mut controls: Vec<(String, i64)> =
            of_pack.map(|control| (control.id.to_string(), i64::from(control.risk))).collect();
        controls.sort_unstable();
        let rows: Vec<String> = controls.iter().map(|(id, risk)| format!("({}, {risk})", sql::text(id))).collect();
        let as_of = sql::date(context.as_of);
        let followed = sql::fill(include_str!("packed.sql"), &[("controls", &rows.join(", ")), ("as_of", &as_of)]);
        let query = excepted::findings(&followed, has_exceptions);
        let kernel = FollowedFindings { controls, as_of: context.day(), has_exceptions };
        let ids = kernel.controls.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
        Model::sql("findings", &findings_of(pack), query)
            .by(kernel)
            .of_parts("control_hits", ids.iter().map(String::as_str))
    };
    packs.into_iter().map(model).collect()
}

/// The name of the model of a pack's findings.
pub(crate) fn findings_of(pack: &str) -> String {
    format!("pack_{pack}")
}

fn pack_of(control: &Control) -> Option<&str> {
    control.packed.as_ref().map(|packed| packed.pack.as_str())
}
