//! `ledgerline generate`: the extracts of an invented company.

use std::path::PathBuf;

use jiff::civil::Date;

use super::Failure;
use super::output::{Format, Rows};
use crate::generate::{Settings, write};

/// Write the extracts of an invented company, and apart from them the truth.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// People in the first load.
    #[arg(long, default_value_t = Settings::default().identities)]
    identities: usize,
    /// Weekly loads.
    #[arg(long, default_value_t = Settings::default().loads)]
    loads: u16,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,
    /// The date of the first load.
    #[arg(long, value_name = "DATE", default_value_t = Settings::default().first_load)]
    first_load: Date,
    /// The folder to write to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Result<u8, Failure> {
    let settings = Settings {
        identities: arguments.identities,
        loads: arguments.loads,
        seed: arguments.seed,
        first_load: arguments.first_load,
        ..Settings::default()
    };
    let report =
        write(&settings, &arguments.out).map_err(|source| Failure::Write { path: arguments.out.clone(), source })?;
    let mut rows = Rows::new(&["load", "file", "rows"]).numbers(&["rows"]);
    for load in &report.loads {
        for (file, count) in &load.rows {
            rows.rows.push(vec![Some(load.date.clone()), Some(file.clone()), Some(count.to_string())]);
        }
    }
    rows.print(format);
    Ok(0)
}
