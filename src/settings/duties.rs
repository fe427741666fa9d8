//! Duties that nobody may hold together, as pairs: single permissions, or activities that several of them add up to.

use crate::settings::PermissionName;

/// Two duties that nobody may exercise together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// What findings of it are told apart by: `S1: ERP/CREATE + ERP/PAY`.
    pub detail: String,
    /// Id of the rule that it comes from; several pairs may come from one.
    pub rule: Option<String>,
    /// What is wrong with it, in one line.
    pub title: Option<String>,
    /// How bad a finding is, 0 to 5; `None` = as the control says.
    pub risk: Option<u8>,
    /// One side.
    pub left: Duty,
    /// The other; the same where nobody may exercise a duty at all.
    pub right: Duty,
}

impl Pair {
    /// A pair that is called by its sides.
    #[must_use]
    pub fn new(rule: Option<String>, left: Duty, right: Duty) -> Self {
        let before = rule.as_ref().map(|rule| format!("{rule}: ")).unwrap_or_default();
        let detail = format!("{before}{} + {}", left.name, right.name);
        Self { detail, rule, title: None, risk: None, left, right }
    }

    /// A duty that nobody may exercise at all, by whatever several duties it asks for.
    #[must_use]
    pub fn whole(duty: Duty) -> Self {
        Self { detail: duty.name.clone(), rule: None, title: None, risk: None, left: duty.clone(), right: duty }
    }

    /// Both sides.
    #[must_use]
    pub fn sides(&self) -> [&Duty; 2] {
        [&self.left, &self.right]
    }
}

/// What a person can do: whoever fulfils one of its terms can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// A permission, the id of an activity, or an expression over these.
    pub name: String,
    /// At least one.
    pub terms: Vec<Term>,
}

/// Permissions that are held, and others that are not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// All of these; at least one, sorted.
    pub held: Vec<PermissionName>,
    /// None of these; sorted.
    pub not_held: Vec<PermissionName>,
}

impl Duty {
    /// To hold a permission.
    #[must_use]
    pub fn permission(name: PermissionName) -> Self {
        Self { name: name.to_string(), terms: vec![Term { held: vec![name], not_held: Vec::new() }] }
    }

    /// The permissions that it speaks of, perhaps several times.
    pub fn permissions(&self) -> impl Iterator<Item = &PermissionName> {
        self.terms.iter().flat_map(|term| term.held.iter().chain(&term.not_held))
    }

    /// The permissions that bring it about, perhaps several times.
    pub fn held(&self) -> impl Iterator<Item = &PermissionName> {
        self.terms.iter().flat_map(|term| &term.held)
    }
}
