//! `ledgerline why`: every path by which somebody holds a permission, and every rule that speaks of it.

use std::path::PathBuf;

use super::output::{Format, Rows, say};
use super::{Failure, machine, open};
use crate::ids::TimeslotName;
use crate::ledger::Ledger;
use crate::model::TableSet;
use crate::rights::why::{WhyError, why};
use crate::settings::PermissionName;
use crate::table::Kind;

/// Why somebody holds a permission, or should.
#[derive(clap::Args)]
#[command(
    after_help = "Rows say what: held (a path that brings it), due (a rule by which they should hold it), excluded, excepted, gap, \
                  derogation, finding.\n\nExample:\n  ledgerline why E10017 ERP/PAYMENT_RUN"
)]
pub(super) struct Arguments {
    /// Employee id.
    identity: String,
    /// The permission, as `APPLICATION/PERMISSION`.
    permission: String,
    /// In this timeslot. Default: the current one.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotName>,
    /// How many paths at most, the shortest first.
    #[arg(long, value_name = "N", default_value_t = 50)]
    paths: usize,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let timeslot = open::named(&ledger, arguments.timeslot.as_ref())?;
    let identity = project.key_forms.key(Kind::Identity, "", &arguments.identity);
    let permission = PermissionName::parse(&arguments.permission, &project.key_forms).ok_or_else(|| {
        Failure::Usage(format!("`{}` names no permission: write APPLICATION/PERMISSION", arguments.permission))
    })?;
    let engine = machine::engine(&project)?;
    let tables = TableSet::of(&timeslot, None);
    let found = why(&tables, &engine, &identity, &permission, arguments.paths)?;
    let mut rows = Rows::new(&["what", "perimeter", "how"]);
    for reason in &found.reasons {
        rows.rows.push(vec![Some(reason.what.to_owned()), reason.perimeter.clone(), Some(reason.how.clone())]);
    }
    let name = found.full_name.as_ref().map_or_else(|| identity.to_string(), |name| format!("{name} ({identity})"));
    let inactive = if found.is_active { "" } else { ", who is not active," };
    let is_held = found.reasons.iter().any(|reason| reason.what == "held");
    let holds = if is_held { "holds" } else { "does not hold" };
    say(&format!("{name}{inactive} {holds} {permission} in timeslot {}", timeslot.manifest.timeslot));
    rows.print(format);
    if found.is_cut {
        say(&format!("there are more paths than {}; --paths shows more", arguments.paths));
    }
    Ok(0)
}

impl From<WhyError> for Failure {
    fn from(error: WhyError) -> Self {
        match error {
            WhyError::Engine(error) => Self::Engine(error),
            unknown @ (WhyError::NoSuchIdentity(_) | WhyError::NoSuchPermission(_)) => Self::Usage(unknown.to_string()),
        }
    }
}
