//! Groups of the directory: one of all staff, one per job, and access groups that open one permission or a few.

use crate::generate::catalogue::Catalogue;
use crate::generate::jobs::{self, Jobs, OF_ALL_STAFF};
use crate::generate::mix::{Draw, Mixer};
use crate::generate::size::Sizes;
use crate::generate::toxic::Toxic;

/// The group of all staff.
const ALL_STAFF: usize = 0;

/// Nesting of named access groups: members of the first are members of the second. The first two lines are the
/// planted cycle.
const NESTED: [[(&str, &str); 2]; 5] = [
    [("FILES", "ENGINEERING"), ("FILES", "CALIBRATION")],
    [("FILES", "CALIBRATION"), ("FILES", "ENGINEERING")],
    [("VPN", "ADMIN"), ("VPN", "STAFF")],
    [("INTRANET", "EDIT"), ("INTRANET", "READ")],
    [("FILES", "PAYROLL"), ("FILES", "CONTRACTS")],
];

/// Access groups that are not given at random.
const GUARDED: [&str; 3] = ["G-VPN-ADMIN", "G-FILES-PAYROLL", "G-FILES-CONTRACTS"];

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Permissions the group itself holds.
    pub(crate) permissions: Vec<usize>,
    /// Groups whose members its members are.
    pub(crate) parents: Vec<usize>,
    /// Bits of the toxic pairs that its members hold through it and all groups above.
    pub(crate) toxic: u64,
}

/// Every group, by number.
#[derive(Debug)]
pub(crate) struct Groups {
    pub(crate) all: Vec<Group>,
    first_access: usize,
    named_access: usize,
}

impl Groups {
    pub(crate) fn new(mixer: Mixer, sizes: &Sizes, catalogue: &Catalogue, jobs: &Jobs, toxic: &Toxic) -> Self {
        let first_access = 1 + jobs.len();
        let granted = &catalogue.granted_by_groups;
        let access = (sizes.groups.saturating_sub(first_access)).max(granted.len());
        let mut groups =
            Self { all: Vec::with_capacity(first_access + access), first_access, named_access: granted.len() };
        groups.all.push(group("G-ALL-STAFF", "All staff", "What everyone has", Vec::new()));
        for job in 0..jobs.len() {
            let permissions = jobs.permissions(job).iter().filter(|p| granted.contains(p)).copied().collect();
            let code = format!("G-JOB-{}", jobs::code(job));
            groups.all.push(group(&code, &jobs::title(job), "What holders of the job have", permissions));
        }
        for n in 0..access {
            groups.all.push(access_group(mixer, catalogue, n));
        }
        groups.nest(mixer, catalogue);
        groups.close(toxic);
        groups
    }

    /// The group of a job.
    pub(crate) fn of_job(job: usize) -> usize {
        1 + job
    }

    /// The first access group that opens a permission; none for permissions that groups do not grant.
    pub(crate) fn opening(&self, catalogue: &Catalogue, permission: usize) -> Option<usize> {
        catalogue.granted_by_groups.binary_search(&permission).ok().map(|n| self.first_access + n)
    }

    /// An access group, those of few permissions the likelier.
    pub(crate) fn draw(&self, mixer: Mixer, whom: &[u64]) -> usize {
        self.first_access + mixer.lowest(Draw::Membership, whom, self.all.len() - self.first_access)
    }

    /// Nests job groups in all staff, all staff in what it has, and access groups at most three deep.
    fn nest(&mut self, mixer: Mixer, catalogue: &Catalogue) {
        let opening = |(application, code)| {
            self.opening(catalogue, Catalogue::named(application, code)).expect("groups grant it")
        };
        let of_all_staff = OF_ALL_STAFF.map(opening);
        let nested = NESTED.map(|pair| pair.map(opening));
        self.all[ALL_STAFF].parents.extend(of_all_staff);
        for job_group in 1..self.first_access {
            self.all[job_group].parents.push(ALL_STAFF);
        }
        for [inner, outer] in nested {
            self.all[inner].parents.push(outer);
        }
        let base = self.first_access + 9;
        let further = self.all.len() - base;
        let mut fan = 3_usize;
        while fan.pow(3) < further {
            fan += 1;
        }
        for n in fan..further {
            let whom = [n as u64];
            if mixer.chance(Draw::Nesting, &whom, 0.38) {
                self.all[base + n].parents.push(base + n / fan);
            }
            if n / fan > 0 && mixer.chance(Draw::GroupRight, &whom, 0.05) {
                self.all[base + n].parents.push(base + n / fan - 1);
            }
        }
    }

    /// Works out what members hold of the toxic pairs. Nesting is a few levels deep, so a few rounds do.
    fn close(&mut self, toxic: &Toxic) {
        for group in &mut self.all {
            group.toxic = toxic.bits(&group.permissions);
        }
        loop {
            let mut is_settled = true;
            for n in 0..self.all.len() {
                let own = self.all[n].toxic;
                let closed = self.all[n].parents.iter().fold(own, |held, &parent| held | self.all[parent].toxic);
                is_settled &= closed == own;
                self.all[n].toxic = closed;
            }
            if is_settled {
                return;
            }
        }
    }

    /// Whether a group opens something so sensitive that it is not given at random.
    pub(crate) fn is_guarded(&self, group: usize) -> bool {
        let access = group - self.first_access;
        access < self.named_access && GUARDED.contains(&self.all[group].code.as_str())
    }
}

fn group(code: &str, name: &str, description: &str, permissions: Vec<usize>) -> Group {
    let (code, name, description) = (code.to_owned(), name.to_owned(), description.to_owned());
    Group { code, name, description, permissions, parents: Vec::new(), toxic: 0 }
}

fn access_group(mixer: Mixer, catalogue: &Catalogue, n: usize) -> Group {
    let granted = &catalogue.granted_by_groups;
    let first = granted[n % granted.len()];
    let mut permissions = vec![first];
    let mut code = format!("G-{}-{}", catalogue.application_of(first), catalogue.permissions[first].code);
    if n >= granted.len() {
        for turn in 0..mixer.below(Draw::GroupRight, &[n as u64], 3) {
            permissions.push(granted[mixer.lowest(Draw::GroupRight, &[n as u64, turn as u64], granted.len())]);
        }
        permissions.sort_unstable();
        permissions.dedup();
        code = format!("{code}-{}", n / granted.len() + 1);
    }
    group(&code, &catalogue.permissions[first].name, "Opens an application", permissions)
}
