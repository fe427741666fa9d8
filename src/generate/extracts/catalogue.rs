//! The catalogue: applications, their permissions, and the repositories of accounts.

use std::io;

use super::Extract;
use crate::generate::company::employee_id;
use crate::generate::mix::Draw;
use crate::generate::rows::Rows;
use crate::generate::truth::Truth;
use crate::generate::units;

const PERMISSIONS: [&str; 6] = ["APPLICATION", "CODE", "NAME", "DESCRIPTION", "SENSITIVITY", "PRIVILEGED"];

const REPOSITORIES: [[&str; 3]; 3] = [
    ["AD", "Central directory", "directory"],
    ["ERP", "Users of resource planning", "application"],
    ["CRM", "Users of customer relations", "application"],
];

pub(crate) fn write(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    let company = extract.company;
    let soiled = extract.soiled("catalogue_applications.csv");
    let header = ["CODE", "NAME", "OWNER", "ORG", "CRITICALITY"];
    let mut rows = Rows::comma(extract.folder, soiled.file, &header)?;
    for (n, application) in company.catalogue.applications.iter().enumerate() {
        let of = [n as u64, 1];
        let owner = company.mixer.below(Draw::Owner, &of, company.sizes.identities);
        let is_owned = n < 5 || company.mixer.chance(Draw::GroupOwner, &of, 0.8);
        let owner = Some(owner).filter(|_| is_owned).map(employee_id).unwrap_or_default();
        let unit = units::code(company.mixer.below(Draw::Unit, &of, company.sizes.units));
        rows.row(&[&application.code, &application.name, &owner, &unit, application.criticality])?;
    }
    truth.wrote(soiled, rows.finish()?);

    let soiled = extract.soiled("catalogue_permissions.csv");
    let mut rows = Rows::comma(extract.folder, soiled.file, &PERMISSIONS)?;
    for permission in &company.catalogue.permissions {
        let application = &company.catalogue.applications[permission.application];
        let description = format!("{}, in {}", permission.name, application.name.to_lowercase());
        let is_privileged = if permission.is_privileged { "TRUE" } else { "FALSE" };
        let sensitivity = permission.sensitivity.to_string();
        rows.row(&[&application.code, &permission.code, &permission.name, &description, &sensitivity, is_privileged])?;
    }
    truth.wrote(soiled, rows.finish()?);

    let soiled = extract.soiled("repositories.csv");
    let mut rows = Rows::comma(extract.folder, soiled.file, &["CODE", "NAME", "CATEGORY"])?;
    for repository in REPOSITORIES {
        rows.row(&repository)?;
    }
    truth.wrote(soiled, rows.finish()?);
    Ok(())
}
