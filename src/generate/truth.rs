//! What is true of a load, whatever its extracts say: what a test of the engine is held against.
//!
//! Keys are in key form: employee ids and codes in upper case, logins in lower case, no blanks around them.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::generate::accounts::{Account, Repository, rule};
use crate::generate::company::{Company, employee_id};
use crate::generate::dirt::Soiled;
use crate::generate::jobs::{self, OF_ALL_STAFF};
use crate::generate::people::{Leaving, People};
use crate::generate::rows::Rows;
use crate::generate::{LoadReport, units};

/// The truth of one load, gathered while its extracts are written.
#[derive(Debug)]
pub(crate) struct Truth<'a> {
    company: &'a Company,
    people: &'a People,
    names: HashMap<String, u32>,
    owners: Rows,
    /// What each person holds of the toxic pairs.
    held: Vec<u64>,
    report: LoadReport,
}

impl<'a> Truth<'a> {
    pub(crate) fn new(company: &'a Company, people: &'a People, folder: &Path) -> io::Result<Self> {
        let header = ["repository", "identifier", "kind", "owner", "rule"];
        Ok(Self {
            company,
            people,
            names: people.names(),
            owners: Rows::comma(folder, "account_owner.csv", &header)?,
            held: vec![0; people.all.len()],
            report: LoadReport::default(),
        })
    }

    /// An account exists.
    pub(crate) fn account(&mut self, repository: Repository, account: &Account) -> io::Result<()> {
        let owner = account.owner.map(employee_id).unwrap_or_default();
        let rule = rule(self.company, self.people, &self.names, account);
        self.owners.row(&[repository.code(), &account.login.to_lowercase(), account.kind.code(), &owner, rule])
    }

    /// An account holds those sides of toxic pairs.
    pub(crate) fn holds(&mut self, account: &Account, toxic: u64) {
        if let Some(owner) = account.owner {
            self.held[owner] |= toxic;
        }
    }

    /// A file has so many rows.
    pub(crate) fn wrote(&mut self, soiled: Soiled, rows: u64) {
        self.report.rows.push((soiled.file.to_owned(), rows));
        let dirt = soiled.rows.into_iter().map(|(kind, rows)| (soiled.file.to_owned(), kind.to_owned(), rows));
        self.report.dirt.extend(dirt);
    }

    /// Writes what was gathered.
    pub(crate) fn finish(mut self, folder: &Path) -> io::Result<LoadReport> {
        self.write_leavers(folder)?;
        self.write_joiners(folder)?;
        self.write_movers(folder)?;
        self.write_violations(folder)?;
        let mut dirt = Rows::comma(folder, "dirt.csv", &["file", "dirt", "rows"])?;
        for (file, kind, rows) in &self.report.dirt {
            dirt.row(&[file, kind, &rows.to_string()])?;
        }
        dirt.finish()?;
        self.owners.finish()?;
        Ok(self.report)
    }

    fn write_leavers(&mut self, folder: &Path) -> io::Result<()> {
        let mut rows = Rows::comma(folder, "leavers.csv", &["employee_id", "mode"])?;
        for (number, person) in self.people.all.iter().enumerate() {
            match person.left {
                Some((Leaving::Vanished, load)) if load == self.people.load => {
                    rows.row(&[&employee_id(number), "vanished"])?;
                }
                Some((Leaving::Departed, load)) if load == self.people.load => {
                    rows.row(&[&employee_id(number), "departed"])?;
                }
                _ => {}
            }
        }
        self.report.leavers = rows.finish()?;
        Ok(())
    }

    fn write_joiners(&mut self, folder: &Path) -> io::Result<()> {
        let mut rows = Rows::comma(folder, "joiners.csv", &["employee_id"])?;
        for (number, person) in self.people.all.iter().enumerate() {
            if person.joined > 1 && person.joined == self.people.load {
                rows.row(&[&employee_id(number)])?;
            }
        }
        self.report.joiners = rows.finish()?;
        Ok(())
    }

    fn write_movers(&mut self, folder: &Path) -> io::Result<()> {
        let mut rows = Rows::comma(folder, "movers.csv", &["employee_id", "org", "job_code"])?;
        for (number, person) in self.people.all.iter().enumerate().filter(|(_, person)| person.is_moved) {
            let (unit, job) = (units::code(person.unit as usize), jobs::code(usize::from(person.job)));
            rows.row(&[&employee_id(number), &unit, &job])?;
        }
        self.report.movers = rows.finish()?;
        Ok(())
    }

    fn write_violations(&mut self, folder: &Path) -> io::Result<()> {
        let mut rows = Rows::comma(folder, "violations.csv", &["pair", "employee_id"])?;
        for (number, held) in self.held.iter().enumerate().filter(|(number, _)| self.people.all[*number].is_listed()) {
            for pair in self.company.toxic.violated(*held) {
                rows.row(&[&pair.id, &employee_id(number)])?;
            }
        }
        self.report.violations = rows.finish()?;
        Ok(())
    }
}

/// Writes what is true of every load: what jobs are meant to have, and which permissions nobody should hold together.
pub(crate) fn write_constants(company: &Company, folder: &Path) -> io::Result<()> {
    let mut rows = Rows::comma(folder, "job_permissions.csv", &["job_code", "application", "permission"])?;
    for job in 0..company.jobs.len() {
        for (application, permission) in OF_ALL_STAFF {
            rows.row(&[&jobs::code(job), application, permission])?;
        }
        for &permission in company.jobs.permissions(job) {
            let code = &company.catalogue.permissions[permission].code;
            rows.row(&[&jobs::code(job), company.catalogue.application_of(permission), code])?;
        }
    }
    rows.finish()?;

    let header = ["pair", "title", "application_a", "permission_a", "application_b", "permission_b"];
    let mut rows = Rows::comma(folder, "toxic_pairs.csv", &header)?;
    for pair in &company.toxic.pairs {
        let [a, b] =
            pair.sides.map(|side| (company.catalogue.application_of(side), &company.catalogue.permissions[side].code));
        rows.row(&[&pair.id, &pair.title, a.0, a.1, b.0, b.1])?;
    }
    rows.finish()?;
    Ok(())
}
