//! The memory of queries, with an equal share for each that may spill; what is refused is told in the words of our own
//! settings.

use std::fmt;

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{FairSpillPool, MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};

/// So many bytes for all queries together.
#[derive(Debug)]
pub(super) struct Pool {
    shares: FairSpillPool,
    bytes: usize,
}

impl Pool {
    pub(super) fn new(bytes: usize) -> Self {
        Self { shares: FairSpillPool::new(bytes), bytes }
    }

    fn refused(&self, asked: usize) -> DataFusionError {
        DataFusionError::ResourcesExhausted(format!(
            "it asked for {} of memory, more than its share of the {} that `memory` below `[engine]` in ledgerline.toml \
             allows all queries (half of `limit`, or of what is free, where it is not said): allow more, or run fewer \
             `threads`",
            size(asked),
            size(self.bytes)
        ))
    }
}

impl MemoryPool for Pool {
    fn name(&self) -> &'static str {
        "queries"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.shares.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.shares.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.shares.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.shares.shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        self.shares.try_grow(reservation, additional).map_err(|_| self.refused(reservation.size() + additional))
    }

    fn reserved(&self) -> usize {
        self.shares.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        self.shares.memory_limit()
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", size(self.reserved()), size(self.bytes))
    }
}

/// Bytes as people say them and settings write them.
fn size(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10).replace(".0 MB", " MB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_settings_write_them() {
        assert_eq!([64_000_000, 22_540_000, 1].map(size), ["64 MB", "22.6 MB", "0.1 MB"]);
    }
}
