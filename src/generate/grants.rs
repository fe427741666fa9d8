//! What accounts hold: direct rights in the ERP and the CRM, groups in the directory.

use crate::generate::accounts::{Account, Kind, Repository};
use crate::generate::calendar::day_of_load;
use crate::generate::catalogue::{CRM, Catalogue, ERP};
use crate::generate::company::{Company, FIRST_EXHIBIT};
use crate::generate::groups::Groups;
use crate::generate::mix::Draw;
use crate::generate::people::{People, Person};

/// People who each hold one of the named toxic pairs.
const EXAMPLES: usize = 6;
/// The example that begins at the second load.
const BEGINS: usize = 1;
/// The example that ends at the third load.
const ENDS: usize = 2;

/// A permission an account holds itself, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Right {
    pub(crate) permission: usize,
    pub(crate) granted: i32,
}

/// The direct rights of an account of the ERP or the CRM, by permission.
///
/// Privileged permissions come with a job or a planted pair only, and what is given beside the job completes no toxic
/// pair: whoever violates one was planted, or moved, or got one side through a group.
pub(crate) fn rights(company: &Company, people: &People, repository: Repository, account: &Account) -> Vec<Right> {
    let application = if repository == Repository::Erp { ERP } else { CRM };
    let of_application = |permission: usize| company.catalogue.permissions[permission].application == application;
    let since_joined = account.owner.map_or(0, |number| people.all[number].joined);
    let mut held: Vec<(usize, u16)> = Vec::new();
    if let Some(number) = account.owner {
        let of_job = of_job(company, &people.all[number], account);
        held.extend(of_job.into_iter().filter(|(permission, _)| of_application(*permission)));
    }
    let planted = planted(company, people.load, account);
    held.extend(planted.into_iter().filter(|(side, _)| of_application(*side)));
    let list = company.catalogue.granted_by(application);
    let mut toxic = company.toxic.bits(held.iter().map(|(permission, _)| permission));
    for slot in 0..company.mixer.around(Draw::Volume, &[account.id], company.sizes.extra_rights) {
        let (turn, since) = churned(company, people.load, account.id, slot, 0.007);
        let permission =
            list[company.mixer.lowest(Draw::Extra, &[account.id, slot as u64, u64::from(turn)], list.len())];
        let is_privileged = company.catalogue.permissions[permission].is_privileged;
        if !is_privileged && !company.toxic.completes(permission, toxic) {
            toxic |= company.toxic.bit(permission);
            held.push((permission, since));
        }
    }
    held.sort_unstable();
    held.dedup_by_key(|(permission, _)| *permission);
    held.into_iter()
        .map(|(permission, since)| {
            let granted = granted(company, people.load, account.id, permission, since.max(since_joined));
            Right { permission, granted }
        })
        .collect()
}

/// The groups an account of the directory is in, by number.
pub(crate) fn memberships(company: &Company, people: &People, account: &Account) -> Vec<usize> {
    let mixer = company.mixer;
    let opening = |permission| company.groups.opening(&company.catalogue, permission);
    let mut groups = Vec::new();
    match (account.kind, account.owner) {
        (Kind::Admin, _) => groups.extend(opening(Catalogue::named("VPN", "ADMIN"))),
        (_, Some(number)) => {
            let person = &people.all[number];
            if mixer.chance(Draw::JobRight, &[account.id], 0.97) {
                groups.push(Groups::of_job(usize::from(person.job)));
            }
            if person.job_since > 0 && mixer.chance(Draw::FormerRight, &[account.id], 0.3) {
                groups.push(Groups::of_job(usize::from(person.former_job)));
            }
            let planted = planted(company, people.load, account);
            groups.extend(planted.into_iter().filter_map(|(side, _)| opening(side)));
        }
        (_, None) => {}
    }
    if account.kind != Kind::Admin {
        for slot in 0..mixer.around(Draw::Membership, &[account.id], company.sizes.extra_groups) {
            let (turn, _) = churned(company, people.load, account.id, slot + 1_000, 0.007);
            let group = company.groups.draw(mixer, &[account.id, slot as u64, u64::from(turn)]);
            groups.extend(Some(group).filter(|group| !company.groups.is_guarded(*group)));
        }
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// What the job brings, most of it, and half of what the former job brought; each with the load since when.
fn of_job(company: &Company, person: &Person, account: &Account) -> Vec<(usize, u16)> {
    let kept = |draw, permission: usize, share| company.mixer.chance(draw, &[account.id, permission as u64], share);
    let now = company.jobs.permissions(usize::from(person.job)).iter();
    let mut held: Vec<(usize, u16)> = now
        .filter(|permission| kept(Draw::JobRight, **permission, 0.95))
        .map(|permission| (*permission, person.job_since))
        .collect();
    if person.job_since > 0 {
        let before = company.jobs.permissions(usize::from(person.former_job)).iter();
        held.extend(
            before.filter(|permission| kept(Draw::FormerRight, **permission, 0.5)).map(|permission| (*permission, 0)),
        );
    }
    held
}

/// What is held of the pair planted on the owner, if there is one, and since when: one example of each named pair, and
/// two in a thousand. One example begins at the second load and another ends at the third, so that findings open and
/// close.
fn planted(company: &Company, load: u16, account: &Account) -> Vec<(usize, u16)> {
    let Some(number) = account.owner.filter(|_| account.kind == Kind::Person) else { return Vec::new() };
    let pairs = &company.toxic.pairs;
    match number.checked_sub(FIRST_EXHIBIT) {
        Some(example) if example < EXAMPLES => {
            let [one, other] = pairs[example].sides;
            match example {
                BEGINS if load < 2 => vec![(one, 0)],
                BEGINS => vec![(one, 0), (other, 2)],
                ENDS if load > 2 => vec![(one, 0)],
                _ => vec![(one, 0), (other, 0)],
            }
        }
        _ if company.mixer.chance(Draw::Toxic, &[number as u64], 0.002) => {
            let pair = &pairs[company.mixer.below(Draw::Pair, &[number as u64], pairs.len())];
            pair.sides.map(|side| (side, 0)).to_vec()
        }
        _ => Vec::new(),
    }
}

/// How often a slot was given anew up to `load`, and at which load last (0 = never).
fn churned(company: &Company, load: u16, account: u64, slot: usize, share: f64) -> (u16, u16) {
    let is_new = |week: &u16| company.mixer.chance(Draw::Churn, &[account, slot as u64, u64::from(*week)], share);
    (2..=load).filter(is_new).fold((0, 0), |(turns, _), week| (turns + 1, week))
}

/// The day of a grant: long ago, or in the week of the load that brought it, or of a renewal.
fn granted(company: &Company, load: u16, account: u64, permission: usize, since: u16) -> i32 {
    let whom = [account, permission as u64];
    let is_renewed = |week: &u16| company.mixer.chance(Draw::Regranted, &[whom[0], whom[1], u64::from(*week)], 0.002);
    match (2..=load).rfind(is_renewed).into_iter().chain([since]).max() {
        Some(week) if week > 1 => day_of_load(week) - 1 - company.mixer.days(Draw::Granted, &whom, 5),
        _ => -1 - company.mixer.days(Draw::Granted, &whom, 2_500),
    }
}
