//! The extract of HR: units and people.

use std::io;

use super::Extract;
use crate::generate::accounts::mail;
use crate::generate::calendar::day_of_load;
use crate::generate::company::employee_id;
use crate::generate::dirt::{self, Soiled};
use crate::generate::mix::Draw;
use crate::generate::people::Leaving;
use crate::generate::rows::Rows;
use crate::generate::truth::Truth;
use crate::generate::{jobs, units};

const PEOPLE: [&str; 14] = [
    "EMPLOYEE_ID",
    "FIRST_NAME",
    "LAST_NAME",
    "MAIL",
    "ORG",
    "JOB_CODE",
    "JOB_TITLE",
    "MANAGER_ID",
    "HIRE_DATE",
    "END_DATE",
    "STATUS",
    "CONTRACT",
    "SITE",
    "PHONE",
];

pub(crate) fn write(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    write_units(extract, truth)?;
    write_people(extract, truth)
}

fn write_units(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    let mut soiled = extract.soiled("hr_organisations.csv");
    let mut rows = Rows::comma(extract.folder, soiled.file, &["ORG", "NAME", "PARENT", "HEAD", "TYPE"])?;
    for unit in 0..extract.company.sizes.units {
        let code = if unit == 9 || extract.company.mixer.chance(Draw::Dirt, &[unit as u64], 0.02) {
            soiled.note("code with trailing blanks");
            units::code(unit) + " "
        } else {
            units::code(unit)
        };
        let parent = units::parent(unit).map(units::code).unwrap_or_default();
        let row = [&code, &units::name(unit), &parent, &employee_id(head(extract, unit)), units::kind(unit)];
        rows.row(&row)?;
        if unit % 200 == 12 {
            soiled.note(dirt::SAME_ROW_TWICE.name);
            rows.row(&row)?;
        }
    }
    truth.wrote(soiled, rows.finish()?);
    Ok(())
}

/// Who leads a unit. HR is late with half of the heads who left.
fn head(extract: Extract<'_>, unit: usize) -> usize {
    let deputy = extract.company.mixer.below(Draw::Head, &[unit as u64], extract.company.sizes.identities);
    let has_left = extract.people.all[unit].left.is_some();
    if has_left && extract.company.mixer.chance(Draw::Head, &[unit as u64, 1], 0.5) { deputy } else { unit }
}

fn write_people(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    let mut soiled = extract.soiled("hr_identities.csv");
    let mut rows = Rows::comma(extract.folder, soiled.file, &PEOPLE)?;
    let mut keyless = extract.company.sizes.keyless;
    for number in (0..extract.people.all.len()).filter(|number| extract.people.all[*number].is_listed()) {
        let mut row = row(extract, &mut soiled, number);
        let (of, whom) = ([number as u64], Some(number));
        rows.row(&row.each_ref().map(String::as_str))?;
        if soiled.has(&dirt::SAME_ROW_TWICE, &of, whom) {
            rows.row(&row.each_ref().map(String::as_str))?;
        } else if soiled.has(&dirt::SAME_KEY_TWICE, &of, whom) {
            row[13] = "see telephone list".into();
            rows.row(&row.each_ref().map(String::as_str))?;
        } else if keyless > 0 && number % 100 == 20 {
            keyless -= 1;
            soiled.note(dirt::NO_KEY);
            row[0] = String::new();
            rows.row(&row.each_ref().map(String::as_str))?;
        }
    }
    truth.wrote(soiled, rows.finish()?);
    Ok(())
}

fn row(extract: Extract<'_>, soiled: &mut Soiled, number: usize) -> [String; 14] {
    let person = &extract.people.all[number];
    let mixer = extract.company.mixer;
    let (of, whom) = ([number as u64], Some(number));
    let mut id = employee_id(number);
    if soiled.has(&dirt::ID_LOWER, &of, whom) {
        id = id.to_lowercase();
    }
    let mut given = person.hired_as.given().to_owned();
    if soiled.has(&dirt::GIVEN_UPPER, &of, whom) {
        given = given.to_uppercase();
    }
    let mut address = mail(person);
    if soiled.has(&dirt::MAIL_MISSING, &of, whom) {
        address = String::new();
    } else if soiled.has(&dirt::MAIL_UPPER, &of, whom) {
        address = address.to_uppercase();
    }
    let mut job = jobs::code(usize::from(person.job));
    if soiled.has(&dirt::JOB_LOWER, &of, whom) {
        job = job.to_lowercase();
    }
    let hired = match person.joined {
        1 => -400 - mixer.days(Draw::Hired, &of, 9_000),
        later => day_of_load(later) - mixer.days(Draw::Hired, &of, 5),
    };
    let (_, _, switchboard) = site(extract, number);
    let extension = 1_000 + mixer.below(Draw::Phone, &[number as u64, u64::from(person.phones)], 9_000);
    [
        soiled.blanks(&dirt::ID_BLANKS, &of, whom, id),
        given,
        soiled.blanks(&dirt::FAMILY_BLANKS, &of, whom, person.family.to_string()),
        soiled.blanks(&dirt::MAIL_BLANKS, &of, whom, address),
        units::code(person.unit as usize),
        job,
        jobs::title(usize::from(person.job)),
        manager(extract, soiled, number),
        soiled.date(&dirt::BAD_DATE, &of, whom, extract.company.calendar.iso(hired)),
        ended(extract, number).map(|day| extract.company.calendar.iso(day).to_owned()).unwrap_or_default(),
        status(extract, number).to_owned(),
        contract(extract, number).to_owned(),
        site(extract, number).0.to_owned(),
        format!("{switchboard} ext. {extension}"),
    ]
}

/// The site of a person, its company code and its switchboard.
pub(super) fn site(extract: Extract<'_>, number: usize) -> (&'static str, &'static str, &'static str) {
    units::SITES[extract.company.mixer.low(Draw::Site, &[number as u64], units::SITES.len())]
}

/// The manager HR states: mostly the head of the unit, for a head the one above, often none, sometimes nonsense.
fn manager(extract: Extract<'_>, soiled: &mut Soiled, number: usize) -> String {
    let of = [number as u64];
    if soiled.has(&dirt::MANAGER_BOGUS, &of, Some(number)) {
        return employee_id(extract.company.sizes.identities * 5 + number);
    }
    let unit = extract.people.all[number].unit as usize;
    let manager = match head(extract, unit) {
        own if own == number => units::parent(unit).map(|above| head(extract, above)),
        head => Some(head),
    };
    let is_stated = extract.company.mixer.chance(Draw::Manager, &of, 0.75);
    manager.filter(|_| is_stated).map(employee_id).unwrap_or_default()
}

/// The last day of the contract.
fn ended(extract: Extract<'_>, number: usize) -> Option<i32> {
    let mixer = extract.company.mixer;
    let of = [number as u64];
    match extract.people.all[number].left {
        Some((Leaving::Departed, 0)) => Some(-5 - mixer.days(Draw::Ended, &of, 300)),
        Some((_, load)) => Some(day_of_load(load) - 1 - mixer.days(Draw::Ended, &of, 5)),
        None if mixer.chance(Draw::Ended, &of, 0.01) => Some(400 + mixer.days(Draw::Ended, &of, 300)),
        None => None,
    }
}

fn contract(extract: Extract<'_>, number: usize) -> &'static str {
    if number < extract.company.sizes.units {
        return "PERMANENT";
    }
    let kinds = ["PERMANENT", "PERMANENT", "PERMANENT", "PERMANENT", "FIXED", "EXTERNAL", "INTERN"];
    extract.company.mixer.pick(Draw::Contract, &[number as u64], &kinds)
}

fn status(extract: Extract<'_>, number: usize) -> &'static str {
    let mixer = extract.company.mixer;
    let of = [number as u64];
    match extract.people.all[number].left {
        Some(_) if mixer.chance(Draw::Status, &of, 0.7) => "TERMINATED",
        None if mixer.chance(Draw::Status, &of, 0.03) => "ON LEAVE",
        _ => "ACTIVE",
    }
}
