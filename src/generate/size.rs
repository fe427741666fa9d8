//! How many of everything a company of a given number of people has.

/// Below this many people the company has the units, jobs and permissions that are named in the sources, and few
/// rights per account, so that its files can be read by eye.
const READABLE: usize = 1_000;

/// Numbers that follow from the number of people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// People at the first load.
    pub(crate) identities: usize,
    /// People who join in a week.
    pub(crate) joiners: usize,
    pub(crate) units: usize,
    pub(crate) jobs: usize,
    pub(crate) permissions: usize,
    /// Applications beyond those that are named.
    pub(crate) further_applications: usize,
    pub(crate) groups: usize,
    services: usize,
    near_misses: usize,
    /// Draws of direct rights beyond those of the job, on the average; a draw may hit what is held already.
    pub(crate) extra_rights: usize,
    /// Groups of an account beyond that of the job, on the average.
    pub(crate) extra_groups: usize,
    pub(crate) toxic_pairs: usize,
    /// Rows without a key in each file that has some.
    pub(crate) keyless: usize,
}

impl Sizes {
    pub(crate) fn new(identities: usize, rights_per_account: Option<usize>) -> Self {
        let small = identities < READABLE;
        let rights = rights_per_account.unwrap_or(if small { 4 } else { 13 });
        Self {
            identities,
            joiners: (identities * 18).div_ceil(1_000),
            units: (identities / 40).max(16),
            jobs: if small { 14 } else { (14 + identities / 200).min(300) },
            permissions: (identities / 20).clamp(24, 60_000),
            further_applications: identities / 300,
            groups: (identities / 10).max(24),
            services: (identities * 6 / 100).max(10),
            near_misses: (identities * 3 / 100).max(5),
            extra_rights: rights.saturating_sub(if small { 2 } else { 1 }),
            extra_groups: if small { 1 } else { 6 },
            toxic_pairs: if small { 6 } else { 20 },
            keyless: 1 + identities / 20_000,
        }
    }

    /// Service accounts at a load; a few more each week.
    pub(crate) fn services(&self, load: u16) -> usize {
        self.services + self.services * 2 * usize::from(load - 1) / 1_000
    }

    /// Orphan accounts whose names resemble a person's; a few more each week.
    pub(crate) fn near_misses(&self, load: u16) -> usize {
        self.near_misses + self.near_misses * 4 * usize::from(load - 1) / 1_000
    }
}
