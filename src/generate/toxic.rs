//! Pairs of permissions that nobody should hold together.

use std::collections::HashMap;

use crate::generate::catalogue::Catalogue;
use crate::generate::mix::{Draw, Mixer};
use crate::generate::size::Sizes;

/// Title, and application and code of either side.
type Named = (&'static str, (&'static str, &'static str), (&'static str, &'static str));

const NAMED: [Named; 6] = [
    ("Creates a supplier and pays it", ("ERP", "VENDOR_MAINTAIN"), ("ERP", "VENDOR_PAY")),
    ("Posts an invoice and approves it", ("ERP", "INVOICE_POST"), ("ERP", "INVOICE_APPROVE")),
    ("Orders goods and receives them", ("ERP", "PURCHASE_ORDER"), ("ERP", "GOODS_RECEIPT")),
    ("Approves a discount and writes the credit note", ("CRM", "DISCOUNT_APPROVE"), ("ERP", "CREDIT_NOTE")),
    ("Runs the payroll and reads the contracts", ("ERP", "PAYROLL_RUN"), ("FILES", "CONTRACTS")),
    ("Exports all customers and reaches the server room", ("CRM", "EXPORT_ALL"), ("VPN", "ADMIN")),
];

/// Two permissions, and why not both.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) sides: [usize; 2],
}

/// The pairs, and a bit per permission that is in one, so that what a person holds of them is one number.
#[derive(Debug)]
pub(crate) struct Toxic {
    pub(crate) pairs: Vec<Pair>,
    bits: HashMap<usize, u64>,
}

impl Toxic {
    pub(crate) fn new(mixer: Mixer, sizes: &Sizes, catalogue: &Catalogue) -> Self {
        let mut pairs = Vec::new();
        for n in 0..sizes.toxic_pairs {
            let (title, both) = match NAMED.get(n) {
                Some((title, one, other)) => {
                    ((*title).to_owned(), [one, other].map(|(application, code)| Catalogue::named(application, code)))
                }
                None => (format!("Conflict of duties {n}"), drawn(mixer, catalogue, n)),
            };
            pairs.push(Pair { id: format!("T{:02}", n + 1), title, sides: both });
        }
        let mut bits = HashMap::new();
        for side in pairs.iter().flat_map(|pair| pair.sides) {
            let next = 1 << bits.len();
            bits.entry(side).or_insert(next);
        }
        Self { pairs, bits }
    }

    /// The bit of a permission; none where it is in no pair.
    pub(crate) fn bit(&self, permission: usize) -> u64 {
        self.bits.get(&permission).copied().unwrap_or(0)
    }

    /// The bits of several permissions.
    pub(crate) fn bits<'a>(&self, permissions: impl IntoIterator<Item = &'a usize>) -> u64 {
        permissions.into_iter().fold(0, |held, permission| held | self.bit(*permission))
    }

    /// The pairs of which both sides are held.
    pub(crate) fn violated(&self, held: u64) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(move |pair| self.is_violated(pair, held))
    }

    /// Whether `permission` completes a pair for someone who holds `held`.
    pub(crate) fn completes(&self, permission: usize, held: u64) -> bool {
        let bit = self.bit(permission);
        bit != 0 && self.pairs.iter().any(|pair| pair.sides.contains(&permission) && self.is_violated(pair, held | bit))
    }

    fn is_violated(&self, pair: &Pair, held: u64) -> bool {
        pair.sides.iter().all(|side| held & self.bit(*side) != 0)
    }
}

fn drawn(mixer: Mixer, catalogue: &Catalogue, n: usize) -> [usize; 2] {
    let rare =
        |list: &[usize], side: u64| list[list.len() / 2 + mixer.below(Draw::Pair, &[n as u64, side], list.len() / 2)];
    let one = rare(&catalogue.erp, 0);
    let other = if n.is_multiple_of(2) { rare(&catalogue.crm, 1) } else { rare(&catalogue.erp, 1) };
    if one == other { [one, catalogue.crm[0]] } else { [one, other] }
}
