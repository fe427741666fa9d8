//! The files of one load, one module per source.

use std::io;
use std::path::Path;

use crate::generate::accounts::Account;
use crate::generate::calendar::day_of_load;
use crate::generate::company::Company;
use crate::generate::dirt::{self, Soiled};
use crate::generate::grants::Right;
use crate::generate::mix::Draw;
use crate::generate::people::People;
use crate::generate::truth::Truth;

pub(crate) mod catalogue;
pub(crate) mod crm;
pub(crate) mod directory;
pub(crate) mod erp;
pub(crate) mod hr;

/// What every extract is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extract<'a> {
    pub(crate) company: &'a Company,
    pub(crate) people: &'a People,
    pub(crate) folder: &'a Path,
}

/// Writes all files of a load, and tells `truth` what is in them.
pub(crate) fn write(extract: Extract<'_>, truth: &mut Truth<'_>) -> io::Result<()> {
    hr::write(extract, truth)?;
    catalogue::write(extract, truth)?;
    directory::write(extract, truth)?;
    erp::write(extract, truth)?;
    crm::write(extract, truth)
}

impl Extract<'_> {
    fn soiled(&self, file: &'static str) -> Soiled {
        Soiled::new(self.company.mixer, file)
    }

    /// The day an account was made.
    fn created(&self, account: u64, owner: Option<usize>) -> i32 {
        let joined = owner.map_or(1, |number| self.people.all[number].joined);
        match joined {
            1 => -40 - self.company.mixer.days(Draw::Created, &[account], 4_000),
            later => day_of_load(later) - 1,
        }
    }

    /// The day of the last log-on; none for those who never did.
    fn last_used(&self, account: u64) -> Option<i32> {
        let mixer = self.company.mixer;
        let today = day_of_load(self.people.load);
        match mixer.unit(Draw::Logon, &[account]) {
            habit if habit < 0.06 => Some(-95 - mixer.days(Draw::LogonDay, &[account], 900)),
            habit if habit > 0.96 => None,
            _ => {
                let ago = mixer.lowest(Draw::LogonDay, &[account, u64::from(self.people.load)], 60);
                Some(today - i32::try_from(ago).expect("it is below 60"))
            }
        }
    }
}

/// The other case of a login: upper for lower, lower for upper.
fn other_case(login: &str) -> String {
    if login.contains(|c: char| c.is_ascii_lowercase()) { login.to_uppercase() } else { login.to_lowercase() }
}

/// How an extract writes a login and a permission that do not exist.
struct Wrong {
    login: fn(&str) -> String,
    permission: fn(&str) -> String,
}

/// The login and the permission of a right as the extract writes them, dirt and all; `truth` is told of a right that
/// can be read.
fn ends_of_right(
    extract: Extract<'_>,
    truth: &mut Truth<'_>,
    (account, right, whom): (&Account, Right, Option<usize>),
    soiled: &mut Soiled,
    wrong: &Wrong,
) -> (String, String) {
    let company = extract.company;
    let of = [account.id, right.permission as u64];
    let mut login = account.login.clone();
    let mut permission = company.catalogue.permissions[right.permission].code.clone();
    let mut is_sound = true;
    if soiled.has(&dirt::REFERENCE_CASE, &of, whom) {
        login = other_case(&login);
    } else if soiled.has(&dirt::GHOST_LOGIN, &of, whom) {
        login = (wrong.login)(&login);
        is_sound = false;
    }
    if soiled.has(&dirt::UNKNOWN_PERMISSION, &of, whom) {
        permission = (wrong.permission)(&permission);
        is_sound = false;
    }
    if is_sound {
        truth.holds(account, company.toxic.bit(right.permission));
    }
    (login, permission)
}
