//! The people at one load, and how a week changes them.
//!
//! A person is a number for ever. People are a few dozen bytes each, so that a million fit in memory; all else about
//! them is drawn again whenever it is written.

use std::collections::HashMap;

use crate::generate::company::{Company, HOMONYMS, STEADY};
use crate::generate::holdings::{Holding, Holdings};
use crate::generate::mix::Draw;
use crate::generate::names::{self, FAMILY_NAMES, Family, GIVEN_NAMES, Name};
use crate::generate::{catalogue, units};

/// How someone left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// HR lists them no more.
    Vanished,
    /// HR lists them with a past end date.
    Departed,
}

#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The name when the accounts were made; logins and mail keep it.
    pub(crate) hired_as: Name,
    /// The family name that HR has now.
    pub(crate) family: Family,
    /// 1 for the first of that login stem, 2 for the second, ..
    turn: u32,
    pub(crate) unit: u32,
    pub(crate) job: u16,
    /// The job before the last change.
    pub(crate) former_job: u16,
    /// The load that changed the job last; 0 = none.
    pub(crate) job_since: u16,
    pub(crate) joined: u16,
    /// How and at which load they left; load 0 = before the first.
    pub(crate) left: Option<(Leaving, u16)>,
    /// How often the telephone changed.
    pub(crate) phones: u16,
    pub(crate) holdings: Holdings,
    /// Whether the last week changed unit or job.
    pub(crate) is_moved: bool,
}

impl Person {
    /// Whether HR lists them.
    pub(crate) fn is_listed(&self) -> bool {
        !matches!(self.left, Some((Leaving::Vanished, _)))
    }

    /// The name HR has now.
    pub(crate) fn name(&self) -> Name {
        self.hired_as.with_family(self.family)
    }

    /// `ingrid.sorensen2`: what login and mail are made of.
    pub(crate) fn stem(&self) -> String {
        match self.turn {
            1 => self.hired_as.folded(),
            turn => format!("{}{turn}", self.hired_as.folded()),
        }
    }
}

/// Everyone who was ever with the company, by number, at one load.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) load: u16,
    pub(crate) all: Vec<Person>,
    stems: HashMap<String, u32>,
}

impl People {
    /// The people of the first load.
    pub(crate) fn first(company: &Company) -> Self {
        let mut people = Self { load: 1, all: Vec::new(), stems: HashMap::new() };
        for number in 0..company.sizes.identities {
            let mut person = people.newcomer(company, number);
            if number >= STEADY && company.mixer.chance(Draw::Gone, &[number as u64], 0.02) {
                person.left = Some((Leaving::Departed, 0));
            }
            people.all.push(person);
        }
        people
    }

    /// Lets a week pass.
    pub(crate) fn advance(&mut self, company: &Company) {
        self.load += 1;
        let load = self.load;
        for (number, person) in self.all.iter_mut().enumerate() {
            person.is_moved = false;
            if person.left.is_some() {
                continue;
            }
            let whom = [number as u64, u64::from(load)];
            if number >= STEADY && company.mixer.chance(Draw::Leave, &whom, 0.015) {
                let is_vanished = company.mixer.chance(Draw::LeaveMode, &whom, 0.5);
                leave(company, number, person, if is_vanished { Leaving::Vanished } else { Leaving::Departed }, load);
            } else {
                live(company, number, person, load);
            }
        }
        for leaving in [Leaving::Vanished, Leaving::Departed] {
            if !self.all.iter().any(|person| person.left == Some((leaving, load))) {
                self.with_someone(company, Draw::LeaveMode, |number, person| {
                    leave(company, number, person, leaving, load);
                });
            }
        }
        self.with_someone(company, Draw::Marriage, |number, person| marry(company, number, person, load));
        for number in self.all.len()..self.all.len() + company.sizes.joiners {
            let person = self.newcomer(company, number);
            self.all.push(person);
        }
    }

    /// How many listed people bear each name.
    pub(crate) fn names(&self) -> HashMap<String, u32> {
        let mut names = HashMap::new();
        for person in self.all.iter().filter(|person| person.is_listed()) {
            *names.entry(person.name().folded()).or_insert(0) += 1;
        }
        names
    }

    fn newcomer(&mut self, company: &Company, number: usize) -> Person {
        let mixer = company.mixer;
        let whom = [number as u64];
        let second =
            mixer.chance(Draw::SecondFamily, &whom, 0.06).then(|| mixer.below(Draw::SecondFamily, &whom, 9_973));
        let hired_as = match HOMONYMS.iter().position(|homonym| *homonym == number) {
            Some(which) => names::homonyms()[which],
            None => Name::new(
                mixer.below(Draw::Given, &whom, GIVEN_NAMES),
                Family::new(mixer.low(Draw::Family, &whom, FAMILY_NAMES), second),
            ),
        };
        let turn = self.stems.entry(hired_as.folded()).or_insert(0);
        *turn += 1;
        let unit =
            if number < company.sizes.units { number } else { mixer.below(Draw::Unit, &whom, company.sizes.units) };
        let job = narrow(company.jobs.draw(mixer, Draw::Job, &whom, units::field(unit)));
        let mut person = Person {
            hired_as,
            family: hired_as.family,
            turn: *turn,
            unit: u32::try_from(unit).expect("there are fewer units than people"),
            job,
            former_job: job,
            job_since: 0,
            joined: self.load,
            left: None,
            phones: 0,
            holdings: Holdings::default(),
            is_moved: false,
        };
        for holding in Holding::ALL {
            let share =
                if number < STEADY && holding != Holding::Admin { 1.0 } else { share(company, &person, holding) };
            person.holdings.set(holding, mixer.chance(Draw::Account, &[number as u64, holding as u64], share));
        }
        person
    }

    /// Lets something happen to one active person who is not needed as an example.
    fn with_someone(&mut self, company: &Company, draw: Draw, happen: impl FnOnce(usize, &mut Person)) {
        let load = u64::from(self.load);
        let chosen = (STEADY..self.all.len())
            .filter(|number| self.all[*number].left.is_none())
            .min_by_key(|number| company.mixer.bits(draw, &[*number as u64, load]));
        if let Some(number) = chosen {
            happen(number, &mut self.all[number]);
        }
    }
}

/// The share of people like this one who have such an account.
fn share(company: &Company, person: &Person, holding: Holding) -> f64 {
    let needs = |application| company.jobs.needs(&company.catalogue, usize::from(person.job), application);
    match holding {
        Holding::Directory => 0.98,
        Holding::Erp => [0.15, 0.95][usize::from(needs(catalogue::ERP))],
        Holding::Crm => [0.15, 0.95][usize::from(needs(catalogue::CRM))],
        Holding::Admin => 0.04,
    }
}

fn leave(company: &Company, number: usize, person: &mut Person, leaving: Leaving, load: u16) {
    person.left = Some((leaving, load));
    person.is_moved = false;
    for holding in Holding::ALL {
        if company.mixer.chance(Draw::Deprovisioned, &[number as u64, holding as u64], 0.4) {
            person.holdings.set(holding, false);
        }
    }
}

fn marry(company: &Company, number: usize, person: &mut Person, load: u16) {
    let drawn = company.mixer.below(Draw::NewFamily, &[number as u64, u64::from(load)], FAMILY_NAMES);
    person.family = Family::new(drawn, None);
}

/// A week of someone who stays.
fn live(company: &Company, number: usize, person: &mut Person, load: u16) {
    let mixer = company.mixer;
    let whom = [number as u64, u64::from(load)];
    let (old_unit, old_job) = (person.unit, person.job);
    if number >= company.sizes.units && mixer.chance(Draw::UnitMove, &whom, 0.028) {
        let unit = mixer.below(Draw::Unit, &whom, company.sizes.units);
        if units::field(unit) != units::field(person.unit as usize) {
            person.job = narrow(company.jobs.draw(mixer, Draw::Job, &whom, units::field(unit)));
        }
        person.unit = u32::try_from(unit).expect("there are fewer units than people");
    }
    if mixer.chance(Draw::JobMove, &whom, 0.018) {
        person.job = narrow(company.jobs.draw(mixer, Draw::JobMove, &whom, units::field(person.unit as usize)));
    }
    person.is_moved = person.unit != old_unit || person.job != old_job;
    if person.job != old_job {
        (person.former_job, person.job_since) = (old_job, load);
    }
    person.phones += u16::from(mixer.chance(Draw::Attribute, &whom, 0.01));
    if number >= STEADY && mixer.chance(Draw::Marriage, &whom, 0.002) {
        marry(company, number, person, load);
    }
    for holding in [Holding::Directory, Holding::Erp, Holding::Crm] {
        let whom = [number as u64, u64::from(load), holding as u64];
        if person.holdings.has(holding) {
            let goes = number >= STEADY && mixer.chance(Draw::AccountGoes, &whom, 0.003);
            person.holdings.set(holding, !goes);
        } else {
            let wanted = share(company, person, holding);
            let chance = if wanted > 0.5 { 0.3 } else { 0.003 };
            person.holdings.set(holding, mixer.chance(Draw::AccountComes, &whom, chance));
        }
    }
}

fn narrow(job: usize) -> u16 {
    u16::try_from(job).expect("there are at most 300 jobs")
}
