//! The extract of the ERP: an old system, with semicolons, windows-1252 and days before months.

use std::io;

use super::{Extract, Wrong, ends_of_right, hr, other_case};
use crate::generate::accounts::{Account, Kind, Repository, accounts};
use crate::generate::dirt::{self, Soiled};
use crate::generate::grants::{Right, rights};
use crate::generate::mix::Draw;
use crate::generate::rows::Rows;
use crate::generate::truth::Truth;

const ACCOUNTS: [&str; 7] = ["USER", "NAME", "PERSNO", "ACTIVE", "PRIVILEGED", "VALID_FROM", "LAST_USE"];

pub(crate) fn write(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    let mut soiled = extract.soiled("erp_accounts.csv");
    let mut rows = Rows::semicolon(extract.folder, soiled.file, &ACCOUNTS)?;
    let mut soiled_rights = extract.soiled("erp_rights.csv");
    let header = ["USER", "ROLE", "COMPANY_CODE", "GRANTED"];
    let mut right_rows = Rows::semicolon(extract.folder, soiled_rights.file, &header)?;
    let mut keyless = extract.company.sizes.keyless;
    for account in accounts(extract.company, extract.people, Repository::Erp) {
        truth.account(Repository::Erp, &account)?;
        let mut row = row(extract, &mut soiled, &account);
        rows.row(&row.each_ref().map(String::as_str))?;
        if soiled.has(&dirt::SAME_ROW_TWICE, &[account.id], account.owner) {
            rows.row(&row.each_ref().map(String::as_str))?;
        } else if keyless > 0 && account.kind == Kind::Service {
            keyless -= 1;
            soiled.note(dirt::NO_KEY);
            row[0] = String::new();
            rows.row(&row.each_ref().map(String::as_str))?;
        }
        let held = rights(extract.company, extract.people, Repository::Erp, &account);
        for (turn, right) in held.into_iter().enumerate() {
            let whom = account.owner.filter(|_| turn == 0);
            write_right(extract, truth, (&account, right, whom), &mut soiled_rights, &mut right_rows)?;
        }
    }
    truth.wrote(soiled, rows.finish()?);
    truth.wrote(soiled_rights, right_rows.finish()?);
    Ok(())
}

fn row(extract: Extract<'_>, soiled: &mut Soiled, account: &Account) -> [String; 7] {
    let calendar = &extract.company.calendar;
    let (of, whom) = ([account.id], account.owner);
    let mut login = account.login.clone();
    if soiled.has(&dirt::LOGIN_CASE, &of, whom) {
        login = other_case(&login);
    }
    let number = account.employee_id.clone().unwrap_or_default();
    if number.is_empty() && account.owner.is_some() {
        soiled.note(dirt::NO_NUMBER.name);
    }
    if account.display_name.contains('"') {
        soiled.note(dirt::NICKNAME.name);
    }
    let created = calendar.slashed(extract.created(account.id, account.owner));
    [
        soiled.blanks(&dirt::LOGIN_BLANKS, &of, whom, login),
        account.display_name.clone(),
        soiled.blanks(&dirt::ID_BLANKS, &of, whom, number),
        if account.is_enabled { "Y" } else { "N" }.to_owned(),
        if extract.company.mixer.chance(Draw::Privileged, &of, 0.02) { "Y" } else { "N" }.to_owned(),
        soiled.date(&dirt::BAD_DATE, &of, whom, created),
        extract.last_used(account.id).map(|day| calendar.slashed(day).to_owned()).unwrap_or_default(),
    ]
}

fn write_right(
    extract: Extract<'_>,
    truth: &mut Truth<'_>,
    (account, right, whom): (&Account, Right, Option<usize>),
    soiled: &mut Soiled,
    rows: &mut Rows,
) -> io::Result<()> {
    let company = extract.company;
    let of = [account.id, right.permission as u64];
    let wrong = Wrong { login: |login| format!("GHOST_{login}"), permission: |role| format!("Z_{role}_OLD") };
    let (login, role) = ends_of_right(extract, truth, (account, right, whom), soiled, &wrong);
    let role = soiled.blanks(&dirt::PERMISSION_BLANKS, &of, whom, role);
    let everywhere = company.mixer.chance(Draw::Perimeter, &of, 0.1);
    let perimeter = account.owner.filter(|_| !everywhere).map_or("", |number| hr::site(extract, number).1);
    let granted = soiled.date(&dirt::BAD_GRANT_DATE, &of, whom, company.calendar.slashed(right.granted));
    rows.row(&[&login, &role, perimeter, &granted])?;
    if soiled.has(&dirt::SAME_RIGHT_TWICE, &of, whom) {
        rows.row(&[&login, &role, perimeter, &granted])?;
    } else if soiled.has(&dirt::OTHER_GRANT_DATE, &of, whom) {
        rows.row(&[&login, &role, perimeter, company.calendar.slashed(-3_000)])?;
    }
    Ok(())
}
