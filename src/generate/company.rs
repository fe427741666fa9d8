//! All that stays the same from load to load.

use std::io;

use crate::generate::Settings;
use crate::generate::calendar::Calendar;
use crate::generate::catalogue::Catalogue;
use crate::generate::groups::Groups;
use crate::generate::jobs::Jobs;
use crate::generate::mix::Mixer;
use crate::generate::size::Sizes;
use crate::generate::toxic::Toxic;

/// People with lower numbers than this never leave and keep their accounts. The first of them lead units, the
/// others each carry an anomaly that must not be missing from a load.
pub(crate) const STEADY: usize = 40;
/// The first person who carries an anomaly.
pub(crate) const FIRST_EXHIBIT: usize = 16;
/// Two people whose names are alike once accents are off.
pub(crate) const HOMONYMS: [usize; 2] = [22, 23];
/// The domain of every mail address; nobody can own it.
pub(crate) const DOMAIN: &str = "halden-instruments.example";

#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) mixer: Mixer,
    pub(crate) sizes: Sizes,
    pub(crate) calendar: Calendar,
    pub(crate) catalogue: Catalogue,
    pub(crate) toxic: Toxic,
    pub(crate) jobs: Jobs,
    pub(crate) groups: Groups,
}

impl Company {
    /// # Errors
    /// Where the first load is not within what a date can be.
    pub(crate) fn new(settings: &Settings) -> io::Result<Self> {
        let mixer = Mixer::new(settings.seed);
        let sizes = Sizes::new(settings.identities, settings.rights_per_account);
        let calendar = Calendar::new(settings.first_load, usize::from(settings.loads))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let catalogue = Catalogue::new(mixer, &sizes);
        let toxic = Toxic::new(mixer, &sizes, &catalogue);
        let jobs = Jobs::new(mixer, &sizes, &catalogue, &toxic);
        let groups = Groups::new(mixer, &sizes, &catalogue, &jobs, &toxic);
        Ok(Self { mixer, sizes, calendar, catalogue, toxic, jobs, groups })
    }
}

/// The employee id of a person in key form.
pub(crate) fn employee_id(person: usize) -> String {
    format!("E{:05}", 10_001 + person)
}
