//! Accounts of the three repositories, and who truly owns them.

use std::collections::HashMap;

use crate::generate::company::{Company, DOMAIN, FIRST_EXHIBIT, HOMONYMS, STEADY, employee_id};
use crate::generate::dirt::{MAIL_MISSING, NICKNAME, NO_NUMBER};
use crate::generate::holdings::Holding;
use crate::generate::mix::Draw;
use crate::generate::names::fold;
use crate::generate::people::{People, Person};

/// A system that holds accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repository {
    Directory,
    Erp,
    Crm,
}

impl Repository {
    pub(crate) fn code(self) -> &'static str {
        ["AD", "ERP", "CRM"][self as usize]
    }
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Person,
    Admin,
    Service,
    /// Nobody's, with a name that resembles a person's.
    NearMiss,
}

impl Kind {
    pub(crate) fn code(self) -> &'static str {
        ["person", "admin", "service", "orphan_near_miss"][self as usize]
    }
}

/// An account as it would be without dirt.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Stays the same from load to load.
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) owner: Option<usize>,
    pub(crate) login: String,
    pub(crate) display_name: String,
    pub(crate) mail: Option<String>,
    pub(crate) employee_id: Option<String>,
    pub(crate) is_enabled: bool,
}

/// The accounts of a repository, in no order a reader could rely on.
pub(crate) fn accounts<'a>(
    company: &'a Company,
    people: &'a People,
    repository: Repository,
) -> impl Iterator<Item = Account> + 'a {
    let (many, services) = (people.all.len(), company.sizes.services(people.load));
    let slots = 2 * many + services + company.sizes.near_misses(people.load);
    shuffled(slots).filter_map(move |slot| match slot {
        slot if slot < many => of_person(company, people, repository, slot),
        slot if slot < 2 * many => of_admin(company, people, repository, slot - many),
        slot if slot < 2 * many + services => of_service(company, repository, slot - 2 * many),
        slot => near_miss(company, people, repository, slot - 2 * many - services),
    })
}

/// Every number below `n`, once, out of order.
fn shuffled(n: usize) -> impl Iterator<Item = usize> {
    let stride = [7_368_787, 15_485_863].into_iter().find(|prime| !n.is_multiple_of(*prime)).unwrap_or(1);
    (0..n).map(move |turn| (turn * stride + 11) % n)
}

fn of_person(company: &Company, people: &People, repository: Repository, number: usize) -> Option<Account> {
    let person = &people.all[number];
    let holding = [Holding::Directory, Holding::Erp, Holding::Crm][repository as usize];
    person.holdings.has(holding).then(|| {
        let id = number as u64 * 16 + repository as u64;
        let login = match repository {
            Repository::Directory => person.stem(),
            Repository::Erp => erp_login(person, number),
            Repository::Crm => mail(person),
        };
        owned(company, person, number, Account { login, ..blank(id, Kind::Person) }, repository)
    })
}

fn of_admin(company: &Company, people: &People, repository: Repository, number: usize) -> Option<Account> {
    let person = &people.all[number];
    (repository == Repository::Directory && person.holdings.has(Holding::Admin)).then(|| {
        let account = Account { login: format!("x-{}", person.stem()), ..blank(number as u64 * 16 + 15, Kind::Admin) };
        Account { mail: None, ..owned(company, person, number, account, repository) }
    })
}

fn owned(company: &Company, person: &Person, number: usize, account: Account, repository: Repository) -> Account {
    let mixer = company.mixer;
    let whom = [account.id];
    let (numbered, mailed) = [(0.85, 0.90), (0.92, 0.0), (0.0, 0.97)][repository as usize];
    let is_unnumbered = NO_NUMBER.is_on(mixer, &whom, Some(number)) || HOMONYMS.contains(&number);
    let is_example = (FIRST_EXHIBIT..STEADY).contains(&number);
    let is_numbered = mixer.chance(Draw::Number, &whom, numbered) || (is_example && numbered > 0.0);
    let is_mailed = mixer.chance(Draw::Mail, &whom, mailed) || (is_example && mailed > 0.0);
    let display_name = if NICKNAME.is_on(mixer, &whom, Some(number)) {
        let nickname: String = person.hired_as.given().chars().take(3).collect();
        format!("{} \"{nickname}\" {}", person.hired_as.given(), person.hired_as.family)
    } else {
        person.hired_as.to_string()
    };
    let is_closed = person.left.is_some() && mixer.chance(Draw::Deprovisioned, &[account.id, 1], 0.5);
    Account {
        owner: Some(number),
        display_name,
        mail: (is_mailed && !MAIL_MISSING.is_on(mixer, &whom, Some(number))).then(|| mail(person)),
        employee_id: (is_numbered && !is_unnumbered).then(|| employee_id(number)),
        is_enabled: mixer.chance(Draw::Enabled, &whom, 0.95) && !is_closed,
        ..account
    }
}

fn of_service(company: &Company, repository: Repository, n: usize) -> Option<Account> {
    const PREFIXES: [&str; 5] = ["svc-", "srv_", "app.", "batch_", "sys-"];
    const TASKS: [&str; 10] =
        ["backup", "edi", "printing", "monitor", "archive", "badge", "labels", "mailgate", "planning", "scanner"];
    let of = [0, 0, 1, 0, 0, 1, 0, 2, 0, 1][n % 10];
    (of == repository as usize).then(|| {
        let task = TASKS[n % 10];
        let number = if n < 10 { String::new() } else { (n / 10 + 1).to_string() };
        let has_prefix = n % 7 != 3;
        let login = format!("{}{task}{number}", if has_prefix { PREFIXES[n % 5] } else { "" });
        let login = if repository == Repository::Erp { login.to_uppercase() } else { login };
        let id = (1 << 40) + n as u64;
        let is_enabled = company.mixer.chance(Draw::Enabled, &[id], 0.95);
        let display_name = format!("Service {task}{number}");
        Account { login, display_name, is_enabled, ..blank(id, Kind::Service) }
    })
}

fn near_miss(company: &Company, people: &People, repository: Repository, n: usize) -> Option<Account> {
    let of = [0, 1, 0, 2, 0][n % 5];
    (of == repository as usize).then(|| {
        let mixer = company.mixer;
        let id = (1 << 41) + n as u64;
        let resembled = people.all[mixer.below(Draw::Target, &[id], company.sizes.identities)].hired_as;
        let (given, family) = (resembled.given(), resembled.family.to_string());
        let (login, display_name) = match n % 3 {
            0 => (format!("{}.{}{n}", fold(&family), fold(given)), format!("{family} {given}")),
            1 => (format!("{}.{}x{n}", fold(given), fold(&family)), format!("{given} {family}s")),
            _ => (format!("old-{}-{n}", resembled.folded()), format!("{given} {family} (old)")),
        };
        let login = match repository {
            Repository::Directory => login,
            Repository::Erp => format!("TMP{}{n}", fold(&family).chars().take(5).collect::<String>().to_uppercase()),
            Repository::Crm => format!("{login}@old.example"),
        };
        let mail = mixer.chance(Draw::Mail, &[id], 0.2).then(|| format!("{}{n}@old.example", fold(&family)));
        let is_enabled = mixer.chance(Draw::Enabled, &[id], 0.95);
        Account { login, display_name, mail, is_enabled, ..blank(id, Kind::NearMiss) }
    })
}

fn blank(id: u64, kind: Kind) -> Account {
    let (login, display_name) = (String::new(), String::new());
    Account { id, kind, owner: None, login, display_name, mail: None, employee_id: None, is_enabled: false }
}

fn erp_login(person: &Person, number: usize) -> String {
    let family: String = fold(&person.hired_as.family.to_string()).chars().take(6).collect();
    let initial: String = fold(person.hired_as.given()).chars().take(1).collect();
    format!("{family}{initial}{number:03}").to_uppercase()
}

/// The mail address of a person.
pub(crate) fn mail(person: &Person) -> String {
    format!("{}@{DOMAIN}", person.stem())
}

/// The exact evidence by which an account's owner can be found at a load.
pub(crate) fn rule(
    company: &Company,
    people: &People,
    names: &HashMap<String, u32>,
    account: &Account,
) -> &'static str {
    let Some(number) = account.owner.filter(|number| people.all[*number].is_listed()) else { return "none" };
    let person = &people.all[number];
    let has_hr_mail = !MAIL_MISSING.is_on(company.mixer, &[number as u64], Some(number));
    if account.employee_id.is_some() {
        "employee_number"
    } else if account.mail.is_some() && has_hr_mail {
        "mail"
    } else if account.display_name == person.name().to_string() && names.get(&person.name().folded()) == Some(&1) {
        "name"
    } else {
        "none"
    }
}
