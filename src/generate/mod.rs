//! An invented company, generated: Halden Instruments, makers of measuring instruments, as its systems would extract
//! it week after week, with the dirt that real extracts have and with the truth beside them.
//!
//! 1. [`company`]: what stays the same: units, jobs, permissions, groups, toxic pairs.
//! 2. [`people`]: who is there at a load, and how a week changes them.
//! 3. [`accounts`] and [`grants`]: which accounts they have and what those hold.
//! 4. [`extracts`]: the files of a load, soiled with what [`dirt`] lists.
//! 5. [`truth`]: who owns which account, who left, joined, moved, who holds too much.
//!
//! Every attribute is a pure function of seed, entity and load, so that load k + 1 is load k evolved, and the same
//! settings give the same bytes. People are kept, all else is streamed.

use std::path::Path;
use std::{fs, io};

use jiff::civil::Date;

mod accounts;
mod calendar;
mod catalogue;
mod company;
mod dirt;
mod extracts;
mod grants;
mod groups;
mod holdings;
mod jobs;
mod mix;
mod names;
mod people;
mod rows;
mod size;
#[cfg(test)]
mod tests;
mod toxic;
mod truth;
mod units;

use company::Company;
use extracts::Extract;
use people::People;
use truth::Truth;

/// The smallest company that has everything.
pub const FEWEST_IDENTITIES: usize = 60;

/// What to generate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// People at the first load; at least [`FEWEST_IDENTITIES`].
    pub identities: usize,
    /// Loads, seven days apart; at least 1.
    pub loads: u16,
    /// Another seed gives another company.
    pub seed: u64,
    /// The day of the first load.
    pub first_load: Date,
    /// Direct rights per account on the average; where not given, 13, or 4 for a company below a thousand people.
    pub rights_per_account: Option<usize>,
}

impl Default for Settings {
    /// The sample: a company that can be read by eye, at three loads.
    fn default() -> Self {
        let first_load = jiff::civil::date(2026, 11, 2);
        Self { identities: 120, loads: 3, seed: 7, first_load, rights_per_account: None }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The loads in order.
    pub loads: Vec<LoadReport>,
}

/// What was written of one load.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoadReport {
    /// The date, as its folder is named.
    pub date: String,
    /// Each file and its rows, headers not counted.
    pub rows: Vec<(String, u64)>,
    /// Rows with dirt: file, kind, how many.
    pub dirt: Vec<(String, String, u64)>,
    /// People who left since the load before.
    pub leavers: u64,
    /// People who joined since the load before.
    pub joiners: u64,
    /// People whose unit or job changed since the load before.
    pub movers: u64,
    /// People who hold a toxic pair, counted per pair.
    pub violations: u64,
}

/// Writes the extracts of every load to `out/<date>/` and what is true of them to `out/truth/`.
///
/// # Errors
/// Where the settings are outside their limits ([`io::ErrorKind::InvalidInput`]) or a file cannot be written. What was
/// written until then stays.
pub fn write(settings: &Settings, out: &Path) -> io::Result<Report> {
    if settings.identities < FEWEST_IDENTITIES || settings.loads == 0 {
        let message = format!("expected at least {FEWEST_IDENTITIES} identities and one load");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let company = Company::new(settings)?;
    let truth_folder = out.join("truth");
    fs::create_dir_all(&truth_folder)?;
    truth::write_constants(&company, &truth_folder)?;
    let mut report = Report::default();
    let mut people = People::first(&company);
    for load in 1..=settings.loads {
        if load > 1 {
            people.advance(&company);
        }
        let date = company.calendar.iso(calendar::day_of_load(load));
        report.loads.push(write_load(&company, &people, out, date)?);
    }
    Ok(report)
}

fn write_load(company: &Company, people: &People, out: &Path, date: &str) -> io::Result<LoadReport> {
    let (folder, truth_folder) = (out.join(date), out.join("truth").join(date));
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(&truth_folder)?;
    let mut truth = Truth::new(company, people, &truth_folder)?;
    extracts::write(Extract { company, people, folder: &folder }, &mut truth)?;
    Ok(LoadReport { date: date.to_owned(), ..truth.finish(&truth_folder)? })
}
