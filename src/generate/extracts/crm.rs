//! The extract of the CRM: JSON Lines, without the fields that are blank.

use std::io;

use super::{Extract, Wrong, ends_of_right, other_case};
use crate::generate::accounts::{Account, Kind, Repository, accounts};
use crate::generate::dirt::{self, Soiled};
use crate::generate::grants::{Right, rights};
use crate::generate::rows::{Rows, Value};
use crate::generate::truth::Truth;

pub(crate) fn write(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    let mut soiled = extract.soiled("crm_accounts.jsonl");
    let mut rows = Rows::json_lines(extract.folder, soiled.file)?;
    let mut soiled_rights = extract.soiled("crm_rights.jsonl");
    let mut right_rows = Rows::json_lines(extract.folder, soiled_rights.file)?;
    let mut keyless = extract.company.sizes.keyless;
    for account in accounts(extract.company, extract.people, Repository::Crm) {
        truth.account(Repository::Crm, &account)?;
        write_account(extract, &account, &mut soiled, &mut rows)?;
        if keyless > 0 && account.kind == Kind::NearMiss {
            keyless -= 1;
            soiled.note(dirt::NO_KEY);
            rows.record(&[("name", Value::Text("temporary")), ("enabled", Value::Flag(true))])?;
        }
        let held = rights(extract.company, extract.people, Repository::Crm, &account);
        for (turn, right) in held.into_iter().enumerate() {
            let whom = account.owner.filter(|_| turn == 0);
            write_right(extract, truth, (&account, right, whom), &mut soiled_rights, &mut right_rows)?;
        }
    }
    truth.wrote(soiled, rows.finish()?);
    truth.wrote(soiled_rights, right_rows.finish()?);
    Ok(())
}

fn write_account(extract: Extract<'_>, account: &Account, soiled: &mut Soiled, rows: &mut Rows) -> io::Result<()> {
    let (of, whom) = ([account.id], account.owner);
    let mut login = account.login.clone();
    if soiled.has(&dirt::LOGIN_CASE, &of, whom) {
        login = other_case(&login);
    }
    let mut mail = account.mail.clone().unwrap_or_default();
    if mail.is_empty() {
        soiled.note(dirt::MAIL_MISSING.name);
    } else if soiled.has(&dirt::MAIL_UPPER, &of, whom) {
        mail = mail.to_uppercase();
    }
    if account.display_name.contains('"') {
        soiled.note(dirt::NICKNAME.name);
    }
    let created = extract.company.calendar.iso(extract.created(account.id, account.owner));
    let created = soiled.date(&dirt::BAD_DATE, &of, whom, created);
    let mail = soiled.blanks(&dirt::MAIL_BLANKS, &of, whom, mail);
    let record = [
        ("login", Value::Text(&login)),
        ("name", Value::Text(&account.display_name)),
        ("mail", Value::Text(&mail)),
        ("enabled", Value::Flag(account.is_enabled)),
        ("createdOn", Value::Text(&created)),
    ];
    rows.record(&record)?;
    if soiled.has(&dirt::SAME_ROW_TWICE, &of, whom) {
        rows.record(&record)?;
    }
    Ok(())
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
    let wrong = Wrong { login: |login| format!("ghost.{login}"), permission: |code| format!("{code}?") };
    let (login, permission) = ends_of_right(extract, truth, (account, right, whom), soiled, &wrong);
    let granted = soiled.date(&dirt::BAD_GRANT_DATE, &of, whom, company.calendar.iso(right.granted));
    let record = [
        ("login", Value::Text(&login)),
        ("permission", Value::Text(&permission)),
        ("grantedOn", Value::Text(&granted)),
    ];
    rows.record(&record)?;
    if soiled.has(&dirt::SAME_RIGHT_TWICE, &of, whom) {
        rows.record(&record)?;
    }
    Ok(())
}
