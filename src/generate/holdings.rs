//! Which accounts a person has, in one byte.

/// Which accounts a person has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Holdings(u8);

/// One of the accounts a person may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holding {
    Directory = 1,
    Erp = 2,
    Crm = 4,
    Admin = 8,
}

impl Holding {
    pub(crate) const ALL: [Holding; 4] = [Holding::Directory, Holding::Erp, Holding::Crm, Holding::Admin];
}

impl Holdings {
    pub(crate) fn has(self, holding: Holding) -> bool {
        self.0 & holding as u8 != 0
    }

    pub(crate) fn set(&mut self, holding: Holding, is_held: bool) {
        if is_held { self.0 |= holding as u8 } else { self.0 &= !(holding as u8) }
    }
}
