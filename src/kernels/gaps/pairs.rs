//! People and permissions as one number each, walked in their order.

use crate::engine::EngineError;
use crate::kernels::sorted::{Shape, SortedRows};
use crate::model::StoredTable;

/// Who in the upper half, which permission in the lower.
pub(in crate::kernels) type Pair = u64;

/// Behind the last pair. No uid is so large.
pub(in crate::kernels) const END: Pair = Pair::MAX;

pub(super) fn pair(person: u32, permission: u32) -> Pair {
    Pair::from(person) << 32 | Pair::from(permission)
}

/// The pairs of a table in their order; a pair may come several times.
pub(in crate::kernels) struct Pairs {
    rows: SortedRows,
    /// Behind these the rows go on.
    at_hand: Vec<Pair>,
    at: usize,
}

impl Pairs {
    pub(in crate::kernels) fn open(stored: &StoredTable) -> Result<Self, EngineError> {
        let numbers = ["identity_uid", "permission_uid"].map(str::to_owned).to_vec();
        let rows = SortedRows::open(stored, &Shape { numbers, ..Shape::default() })?;
        let mut pairs = Self { rows, at_hand: Vec::new(), at: 0 };
        pairs.load()?;
        Ok(pairs)
    }

    /// The pair it stands at.
    pub(in crate::kernels) fn pair(&self) -> Pair {
        self.at_hand.get(self.at).copied().unwrap_or(END)
    }

    /// Goes past every row of a pair, if it stands at one.
    pub(in crate::kernels) fn pass(&mut self, passed: Pair) -> Result<(), EngineError> {
        while self.pair() == passed {
            self.at += 1;
            if self.at == self.at_hand.len() {
                self.load()?;
            }
        }
        Ok(())
    }

    /// Takes the next rows; those that lack an end are left out.
    fn load(&mut self) -> Result<(), EngineError> {
        self.at_hand.clear();
        self.at = 0;
        while self.at_hand.is_empty() {
            let Some(row) = self.rows.row() else { break };
            // Where two parts meet at a pair, row by row.
            let next = self.rows.alone().max(1);
            match (row.numbers(0, next), row.numbers(1, next)) {
                (Some(people), Some(permissions)) => {
                    self.at_hand.reserve(next);
                    for (person, permission) in people.iter().zip(permissions) {
                        self.at_hand.push(pair(narrow(*person)?, narrow(*permission)?));
                    }
                }
                _ => {
                    for row in row.and_next(next) {
                        if let (Some(person), Some(permission)) = (row.number(0), row.number(1)) {
                            self.at_hand.push(pair(narrow(person)?, narrow(permission)?));
                        }
                    }
                }
            }
            self.rows.advance_by(next)?;
        }
        Ok(())
    }
}

fn narrow(uid: i64) -> Result<u32, EngineError> {
    u32::try_from(uid).map_err(|_| EngineError::new(format!("the uid {uid} has more than 32 bits")))
}
