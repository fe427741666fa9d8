//! Jobs, and what every holder of a job is meant to have.

use crate::generate::catalogue::{CRM, Catalogue, ERP};
use crate::generate::mix::{Draw, Mixer};
use crate::generate::size::Sizes;
use crate::generate::toxic::Toxic;
use crate::generate::units::Field;

/// Title, fields, and permissions by application and code.
type Named = (&'static str, &'static [Field], &'static [(&'static str, &'static str)]);

use Field::{Computing, Direction, Engineering, Finance, People, Production, Quality, Sales};

const NAMED: [Named; 14] = [
    ("Design engineer", &[Engineering], &[("FILES", "ENGINEERING")]),
    ("Calibration technician", &[Quality, Engineering], &[("ERP", "GOODS_RECEIPT"), ("FILES", "CALIBRATION")]),
    ("Assembly operator", &[Production], &[("ERP", "GOODS_RECEIPT")]),
    ("Warehouse clerk", &[Production], &[("ERP", "GOODS_RECEIPT"), ("ERP", "STOCK_ADJUST")]),
    (
        "Sales representative",
        &[Sales],
        &[("CRM", "CUSTOMER_READ"), ("CRM", "CUSTOMER_EDIT"), ("CRM", "OFFER_CREATE"), ("FILES", "CONTRACTS")],
    ),
    ("Service engineer", &[Sales], &[("CRM", "CUSTOMER_READ"), ("CRM", "CUSTOMER_EDIT"), ("FILES", "CALIBRATION")]),
    ("Accounts payable clerk", &[Finance], &[("ERP", "LEDGER_READ"), ("ERP", "INVOICE_POST"), ("ERP", "VENDOR_PAY")]),
    (
        "Controller",
        &[Finance, Direction],
        &[("ERP", "LEDGER_READ"), ("ERP", "INVOICE_APPROVE"), ("FILES", "CONTRACTS")],
    ),
    ("Buyer", &[Finance, Production], &[("ERP", "PURCHASE_ORDER"), ("ERP", "VENDOR_MAINTAIN"), ("FILES", "CONTRACTS")]),
    ("Payroll specialist", &[People], &[("ERP", "LEDGER_READ"), ("ERP", "PAYROLL_RUN"), ("FILES", "PAYROLL")]),
    ("People adviser", &[People], &[("FILES", "CONTRACTS"), ("INTRANET", "EDIT")]),
    ("System administrator", &[Computing], &[("INTRANET", "EDIT")]),
    ("Software developer", &[Computing, Engineering], &[("FILES", "ENGINEERING")]),
    ("Quality engineer", &[Quality], &[("ERP", "LEDGER_READ"), ("FILES", "CALIBRATION"), ("FILES", "ENGINEERING")]),
];

/// What everyone is meant to have.
pub(crate) const OF_ALL_STAFF: [(&str, &str); 3] = [("VPN", "STAFF"), ("INTRANET", "READ"), ("FILES", "PUBLIC")];

/// Every job, by number.
#[derive(Debug)]
pub(crate) struct Jobs {
    /// Permissions of each job by themselves, those of all staff not counted.
    permissions: Vec<Vec<usize>>,
}

impl Jobs {
    pub(crate) fn new(mixer: Mixer, sizes: &Sizes, catalogue: &Catalogue, toxic: &Toxic) -> Self {
        Self { permissions: (0..sizes.jobs).map(|job| permissions_of(mixer, catalogue, toxic, job)).collect() }
    }

    pub(crate) fn len(&self) -> usize {
        self.permissions.len()
    }

    /// What holders of the job are meant to have beside what all staff have.
    pub(crate) fn permissions(&self, job: usize) -> &[usize] {
        &self.permissions[job]
    }

    /// Whether holders of the job work in an application.
    pub(crate) fn needs(&self, catalogue: &Catalogue, job: usize, application: usize) -> bool {
        self.permissions[job].iter().any(|&permission| catalogue.permissions[permission].application == application)
    }

    /// A job that exists in a field.
    pub(crate) fn draw(&self, mixer: Mixer, draw: Draw, whom: &[u64], field: Field) -> usize {
        let of_field: Vec<usize> = (0..NAMED.len()).filter(|&job| NAMED[job].1.contains(&field)).collect();
        let first = mixer.pick(draw, whom, &of_field);
        let grades = (self.len() - first).div_ceil(NAMED.len());
        first + NAMED.len() * mixer.low(Draw::JobPermission, whom, grades)
    }
}

/// The code of a job.
pub(crate) fn code(job: usize) -> String {
    format!("J{:03}", job + 1)
}

/// The title of a job.
pub(crate) fn title(job: usize) -> String {
    let title = NAMED[job % NAMED.len()].0;
    match job / NAMED.len() {
        0 => title.to_owned(),
        grade => format!("{title}, grade {grade}"),
    }
}

fn permissions_of(mixer: Mixer, catalogue: &Catalogue, toxic: &Toxic, job: usize) -> Vec<usize> {
    let mut permissions: Vec<usize> =
        NAMED[job % NAMED.len()].2.iter().map(|(application, code)| Catalogue::named(application, code)).collect();
    if job < NAMED.len() {
        return permissions;
    }
    for (application, many) in [(ERP, 3), (CRM, 1), (CRM + 1, 3)] {
        let list = catalogue.granted_by(application);
        for n in 0..many {
            let permission = list[mixer.below(Draw::JobPermission, &[job as u64, application as u64, n], list.len())];
            if !permissions.contains(&permission) && !toxic.completes(permission, toxic.bits(&permissions)) {
                permissions.push(permission);
            }
        }
    }
    permissions
}
