//! `ledgerline controls list`: a line for each control.

use std::path::PathBuf;

use super::super::Failure;
use super::super::output::{Format, Rows, say};
use super::{Whose, known};

/// List controls.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    whose: Whose,
    /// Only controls with this tag.
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
}

const COLUMNS: [&str; 8] = ["control", "risk", "subject", "of", "state", "title", "tags", "why not evaluated"];

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let mut known = known(&arguments.whose, folder)?;
    if let Some(tag) = &arguments.tag {
        known.retain(|one| one.control.tags.contains(tag));
    }
    let cannot = known.iter().filter(|one| !one.lacks.is_empty()).count();
    let mut rows = Rows::new(&COLUMNS).numbers(&["risk"]);
    for one in &known {
        let control = &one.control;
        let state = match (&arguments.whose.plan, one.lacks.is_empty()) {
            (None, _) => None,
            (Some(_), true) => Some("evaluated".to_owned()),
            (Some(_), false) => Some("not evaluated".to_owned()),
        };
        rows.rows.push(vec![
            Some(control.id.to_string()),
            Some(control.risk.to_string()),
            Some(one.subject().to_owned()),
            Some(one.origin()),
            state,
            Some(control.title.clone()),
            Some(control.tags.join(", ")),
            one.lacks_text(),
        ]);
    }
    rows.print(format);
    if format == Format::Table {
        let not = if cannot == 0 { String::new() } else { format!(", {cannot} of them not evaluated") };
        say(&format!("{} controls{not}", known.len()));
    }
    Ok(0)
}
