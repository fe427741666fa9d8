//! `ledgerline verify`: proof that confirmed timeslots are as they were confirmed.

use std::path::PathBuf;

use super::output::{Format, Rows, say};
use super::{Failure, open};
use crate::ledger::Ledger;

/// Prove that confirmed timeslots are as they were confirmed.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Also read every part and compare its SHA-256.
    #[arg(long)]
    data: bool,
    /// A head noted earlier, as mails and reports show it: the log must still contain it.
    #[arg(long, value_name = "NUMBER:HASH")]
    expect: Option<String>,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let verification = ledger.verify(arguments.data)?;
    let mut rows = Rows::new(&["path", "what", "timeslots"]);
    for damage in &verification.damages {
        let timeslots: Vec<String> = damage.timeslots.iter().map(ToString::to_string).collect();
        rows.rows.push(vec![
            Some(damage.path.display().to_string()),
            Some(damage.what.clone()),
            Some(timeslots.join(", ")),
        ]);
    }
    if let Some(expected) = &arguments.expect
        && !ledger.log()?.contains(expected)
    {
        let what = format!("does not contain {expected}: entries were cut off or written anew");
        rows.rows.push(vec![Some(project.ledger.join("log").display().to_string()), Some(what), None]);
    }
    if !rows.rows.is_empty() || format != Format::Table {
        rows.print(format);
    }
    for id in &verification.unfinished {
        say(&format!("timeslot {id} was purged, and a crash left some of its parts: the next writer removes them"));
    }
    let purged = match verification.purged {
        0 => String::new(),
        purged => format!(" ({purged} more were purged)"),
    };
    say(&format!(
        "{} timeslots{purged}, {} parts, {} bytes read: {}; log {}",
        verification.timeslots,
        verification.parts,
        verification.hashed_bytes,
        if rows.rows.is_empty() { "as confirmed".to_owned() } else { format!("{} damaged", rows.rows.len()) },
        verification.head
    ));
    Ok(u8::from(!rows.rows.is_empty()))
}
