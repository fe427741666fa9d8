//! Applications and the permissions they grant, the same at every load.
//!
//! The ERP and the CRM have accounts of their own; every other application is granted through groups of the
//! directory.

use crate::generate::mix::{Draw, Mixer};
use crate::generate::size::Sizes;

pub(crate) const ERP: usize = 0;
pub(crate) const CRM: usize = 1;
const FILES: usize = 2;
const VPN: usize = 3;
const INTRANET: usize = 4;

const NAMED_APPLICATIONS: [(&str, &str, &str); 5] = [
    ("ERP", "Resource planning", "4"),
    ("CRM", "Customer relations", "3"),
    ("FILES", "File shares", "2"),
    ("VPN", "Remote access", "3"),
    ("INTRANET", "Intranet", "1"),
];

/// Application, code, name, sensitivity, privileged.
type Named = (usize, &'static str, &'static str, u8, bool);

const NAMED_PERMISSIONS: [Named; 24] = [
    (ERP, "LEDGER_READ", "Read the ledgers", 1, false),
    (ERP, "GOODS_RECEIPT", "Receive goods", 1, false),
    (ERP, "PURCHASE_ORDER", "Write purchase orders", 2, false),
    (ERP, "STOCK_ADJUST", "Correct the stock", 2, false),
    (ERP, "INVOICE_POST", "Post supplier invoices", 2, false),
    (ERP, "INVOICE_APPROVE", "Approve supplier invoices", 3, false),
    (ERP, "CREDIT_NOTE", "Write credit notes", 3, false),
    (ERP, "VENDOR_MAINTAIN", "Create and change suppliers", 3, false),
    (ERP, "VENDOR_PAY", "Release payments to suppliers", 4, true),
    (ERP, "PAYROLL_RUN", "Run the payroll", 4, true),
    (CRM, "CUSTOMER_READ", "See customers", 1, false),
    (CRM, "CUSTOMER_EDIT", "Change customers", 1, false),
    (CRM, "OFFER_CREATE", "Write offers", 2, false),
    (CRM, "DISCOUNT_APPROVE", "Approve discounts", 3, false),
    (CRM, "EXPORT_ALL", "Export all customers", 4, true),
    (FILES, "PUBLIC", "Share of all staff", 1, false),
    (FILES, "ENGINEERING", "Drawings and designs", 2, false),
    (FILES, "PAYROLL", "Pay slips", 4, false),
    (FILES, "CONTRACTS", "Contracts of employment and sale", 3, false),
    (FILES, "CALIBRATION", "Calibration certificates", 2, false),
    (VPN, "STAFF", "Remote access, staff", 1, false),
    (VPN, "ADMIN", "Remote access, server room", 4, true),
    (INTRANET, "READ", "Read the intranet", 1, false),
    (INTRANET, "EDIT", "Write on the intranet", 1, false),
];

const ACTIONS: [&str; 8] = ["READ", "WRITE", "APPROVE", "ADMIN", "EXPORT", "CREATE", "DELETE", "AUDIT"];

#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) criticality: &'static str,
}

#[derive(Debug)]
pub(crate) struct Permission {
    pub(crate) application: usize,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) sensitivity: u8,
    pub(crate) is_privileged: bool,
}

/// Every application and permission, by number.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) applications: Vec<Application>,
    pub(crate) permissions: Vec<Permission>,
    /// Permissions of the ERP, the most common first.
    pub(crate) erp: Vec<usize>,
    /// Permissions of the CRM, the most common first.
    pub(crate) crm: Vec<usize>,
    /// Permissions that groups of the directory grant.
    pub(crate) granted_by_groups: Vec<usize>,
}

impl Catalogue {
    pub(crate) fn new(mixer: Mixer, sizes: &Sizes) -> Self {
        let mut applications: Vec<Application> = NAMED_APPLICATIONS
            .iter()
            .map(|&(code, name, criticality)| Application { code: code.to_owned(), name: name.to_owned(), criticality })
            .collect();
        applications.extend((0..sizes.further_applications).map(|n| Application {
            code: format!("APP{n:04}"),
            name: format!("Workshop application {n}"),
            criticality: mixer.pick(Draw::Sensitivity, &[0, n as u64], &["1", "2", "3", "4"]),
        }));
        let mut permissions: Vec<Permission> = NAMED_PERMISSIONS
            .iter()
            .map(|&(application, code, name, sensitivity, is_privileged)| Permission {
                application,
                code: code.to_owned(),
                name: name.to_owned(),
                sensitivity,
                is_privileged,
            })
            .collect();
        let directory_applications = applications.len() - FILES;
        permissions.extend((0..sizes.permissions - permissions.len()).map(|n| {
            let application = match n % 5 {
                0 | 1 => ERP,
                2 => CRM,
                other => FILES + (n / 5 * 2 + other - 3) % directory_applications,
            };
            further_permission(mixer, application, n)
        }));
        let of = |wanted: fn(usize) -> bool| {
            (0..permissions.len()).filter(|&p| wanted(permissions[p].application)).collect::<Vec<_>>()
        };
        let (erp, crm, granted_by_groups) = (of(|a| a == ERP), of(|a| a == CRM), of(|a| a >= FILES));
        Self { applications, permissions, erp, crm, granted_by_groups }
    }

    /// The named permission of that application and code.
    pub(crate) fn named(application: &str, code: &str) -> usize {
        NAMED_PERMISSIONS
            .iter()
            .position(|named| NAMED_APPLICATIONS[named.0].0 == application && named.1 == code)
            .expect("it is one of the named permissions")
    }

    /// Code of the application of a permission.
    pub(crate) fn application_of(&self, permission: usize) -> &str {
        &self.applications[self.permissions[permission].application].code
    }

    /// Permissions of the accounts of an application.
    pub(crate) fn granted_by(&self, application: usize) -> &[usize] {
        match application {
            ERP => &self.erp,
            CRM => &self.crm,
            _ => &self.granted_by_groups,
        }
    }
}

/// As often as a catalogue calls its permissions so: few do extreme harm.
const SENSITIVITIES: [u8; 32] =
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4];

fn further_permission(mixer: Mixer, application: usize, n: usize) -> Permission {
    let action = mixer.pick(Draw::Sensitivity, &[1, n as u64], &ACTIONS);
    Permission {
        application,
        code: format!("{action}_{n:05}"),
        name: format!("{action} on object {n}"),
        sensitivity: mixer.pick(Draw::Sensitivity, &[2, n as u64], &SENSITIVITIES),
        is_privileged: mixer.chance(Draw::Privileged, &[n as u64], 0.06),
    }
}
