//! The extract of the central directory: accounts, groups, nesting, members, and what groups open.

use std::io;

use super::{Extract, other_case};
use crate::generate::accounts::{Account, Kind, Repository, accounts};
use crate::generate::company::employee_id;
use crate::generate::dirt::{self, Soiled};
use crate::generate::grants::memberships;
use crate::generate::mix::Draw;
use crate::generate::rows::Rows;
use crate::generate::truth::Truth;
use crate::generate::units;

const ACCOUNTS: [&str; 9] =
    ["SAM", "DISPLAY_NAME", "MAIL", "EMPLOYEE_NUMBER", "ENABLED", "ADMIN", "DEPARTMENT", "CREATED", "LAST_LOGON"];

pub(crate) fn write(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    write_groups(extract, truth)?;
    let mut soiled = extract.soiled("directory_accounts.csv");
    let mut rows = Rows::comma(extract.folder, soiled.file, &ACCOUNTS)?;
    let mut soiled_members = extract.soiled("directory_members.csv");
    let mut members = Rows::comma(extract.folder, soiled_members.file, &["GROUP", "MEMBER"])?;
    let mut keyless = extract.company.sizes.keyless;
    for account in accounts(extract.company, extract.people, Repository::Directory) {
        truth.account(Repository::Directory, &account)?;
        let mut row = row(extract, &mut soiled, &account);
        let (of, whom) = ([account.id], account.owner.filter(|_| account.kind == Kind::Person));
        rows.row(&row.each_ref().map(String::as_str))?;
        if soiled.has(&dirt::SAME_ROW_TWICE, &of, whom) {
            rows.row(&row.each_ref().map(String::as_str))?;
        } else if soiled.has(&dirt::SAME_KEY_TWICE, &of, whom) {
            row[6] = "MOVED".into();
            rows.row(&row.each_ref().map(String::as_str))?;
        } else if keyless > 0 && account.kind == Kind::Service {
            keyless -= 1;
            soiled.note(dirt::NO_KEY);
            row[0] = "   ".into();
            rows.row(&row.each_ref().map(String::as_str))?;
        }
        write_memberships(extract, truth, &account, &mut soiled_members, &mut members)?;
    }
    truth.wrote(soiled, rows.finish()?);
    truth.wrote(soiled_members, members.finish()?);
    Ok(())
}

fn row(extract: Extract<'_>, soiled: &mut Soiled, account: &Account) -> [String; 9] {
    let mixer = extract.company.mixer;
    let calendar = &extract.company.calendar;
    let of = [account.id];
    let whom = account.owner.filter(|_| account.kind == Kind::Person);
    let mut login = account.login.clone();
    if soiled.has(&dirt::LOGIN_CASE, &of, whom) {
        login = other_case(&login);
    }
    let mut mail = account.mail.clone().unwrap_or_default();
    if !mail.is_empty() && soiled.has(&dirt::MAIL_UPPER, &of, whom) {
        mail = mail.to_uppercase();
    }
    let mut number = account.employee_id.clone().unwrap_or_default();
    if !number.is_empty() && soiled.has(&dirt::ID_LOWER, &of, whom) {
        number = number.to_lowercase();
    }
    if number.is_empty() && account.owner.is_some() {
        soiled.note(dirt::NO_NUMBER.name);
    }
    if account.display_name.contains('"') {
        soiled.note(dirt::NICKNAME.name);
    }
    let is_admin = account.kind == Kind::Admin || mixer.chance(Draw::Privileged, &of, 0.01);
    [
        soiled.blanks(&dirt::LOGIN_BLANKS, &of, whom, login),
        account.display_name.clone(),
        soiled.blanks(&dirt::MAIL_BLANKS, &of, whom, mail),
        soiled.blanks(&dirt::ID_BLANKS, &of, whom, number),
        if account.is_enabled { "TRUE" } else { "FALSE" }.to_owned(),
        if is_admin { "TRUE" } else { "FALSE" }.to_owned(),
        account.owner.map(|number| units::name(extract.people.all[number].unit as usize)).unwrap_or_default(),
        soiled.date(&dirt::BAD_DATE, &of, whom, calendar.iso(extract.created(account.id, account.owner))),
        extract.last_used(account.id).map(|day| calendar.iso(day).to_owned()).unwrap_or_default(),
    ]
}

fn write_memberships(
    extract: Extract<'_>,
    truth: &mut Truth<'_>,
    account: &Account,
    soiled: &mut Soiled,
    rows: &mut Rows,
) -> io::Result<()> {
    for (turn, group) in memberships(extract.company, extract.people, account).into_iter().enumerate() {
        let of = [account.id, group as u64];
        let whom = account.owner.filter(|_| turn == 0 && account.kind == Kind::Person);
        let group = &extract.company.groups.all[group];
        let mut member = account.login.clone();
        if soiled.has(&dirt::REFERENCE_CASE, &of, whom) {
            member = other_case(&member);
        } else if soiled.has(&dirt::GHOST_LOGIN, &of, whom) {
            member = format!("ghost.{member}");
        }
        if !member.starts_with("ghost.") {
            truth.holds(account, group.toxic);
        }
        rows.row(&[&group.code, &member])?;
        if soiled.has(&dirt::SAME_RIGHT_TWICE, &of, whom) {
            rows.row(&[&group.code, &member])?;
        }
    }
    Ok(())
}

fn write_groups(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    let company = extract.company;
    let mut soiled = extract.soiled("directory_groups.csv");
    let mut groups = Rows::comma(extract.folder, soiled.file, &["GROUP", "NAME", "DESCRIPTION", "OWNER"])?;
    let soiled_nesting = extract.soiled("directory_nesting.csv");
    let mut nesting = Rows::comma(extract.folder, soiled_nesting.file, &["CHILD", "PARENT"])?;
    let soiled_rights = extract.soiled("directory_group_rights.csv");
    let mut rights = Rows::comma(extract.folder, soiled_rights.file, &["GROUP", "APPLICATION", "PERMISSION"])?;
    for (n, group) in company.groups.all.iter().enumerate() {
        let of = [n as u64];
        let owner = company.mixer.below(Draw::GroupOwner, &of, company.sizes.identities);
        let owner = Some(owner).filter(|_| company.mixer.chance(Draw::Owner, &of, 0.6)).map(employee_id);
        let row = [&group.code, &group.name, &group.description, owner.as_deref().unwrap_or_default()];
        groups.row(&row)?;
        if n % 300 == 3 {
            soiled.note(dirt::SAME_ROW_TWICE.name);
            groups.row(&row)?;
        }
        for &parent in &group.parents {
            nesting.row(&[&group.code, &company.groups.all[parent].code])?;
        }
        for &permission in &group.permissions {
            let code = &company.catalogue.permissions[permission].code;
            rights.row(&[&group.code, company.catalogue.application_of(permission), code])?;
        }
    }
    truth.wrote(soiled, groups.finish()?);
    truth.wrote(soiled_nesting, nesting.finish()?);
    truth.wrote(soiled_rights, rights.finish()?);
    Ok(())
}
