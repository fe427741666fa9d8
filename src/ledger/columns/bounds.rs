//! The least and the greatest number of each page of a column, by which a reader leaves pages out.

use parquet::basic::{BoundaryOrder, Type};
use parquet::errors::Result;
use parquet::file::metadata::ColumnIndexBuilder;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;

/// Bounds page by page.
#[derive(Clone, Default)]
pub(in crate::ledger) struct Bounds {
    pages: Vec<(Option<(i64, i64)>, u64)>,
}

impl Bounds {
    /// Adds a page: its numbers and how many nulls it has beside them.
    pub(super) fn push(&mut self, numbers: &[i64], n_nulls: usize) {
        let bounds = numbers.first().map(|first| {
            numbers.iter().fold((*first, *first), |(low, high), number| (low.min(*number), high.max(*number)))
        });
        self.pages.push((bounds, n_nulls as u64));
    }

    /// Those of all pages together.
    pub(super) fn of_chunk(&self) -> Statistics {
        let bounds = || self.pages.iter().filter_map(|(bounds, _)| *bounds);
        let lowest = bounds().map(|(low, _)| low).min();
        let highest = bounds().map(|(_, high)| high).max();
        Statistics::int64(lowest, highest, None, Some(self.pages.iter().map(|(_, n_nulls)| n_nulls).sum()), false)
    }

    /// Those of each page.
    pub(super) fn of_pages(&self) -> Result<ColumnIndexMetaData> {
        let mut index = ColumnIndexBuilder::new(Type::INT64);
        for (bounds, n_nulls) in &self.pages {
            let bytes = |number: i64| number.to_le_bytes().to_vec();
            let (low, high) = bounds.map_or_else(Default::default, |(low, high)| (bytes(low), bytes(high)));
            index.append(bounds.is_none(), low, high, n_nulls.cast_signed());
        }
        let known: Vec<(i64, i64)> = self.pages.iter().filter_map(|(bounds, _)| *bounds).collect();
        let is_ascending = known.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].1);
        index.set_boundary_order(if is_ascending { BoundaryOrder::ASCENDING } else { BoundaryOrder::UNORDERED });
        index.build()
    }
}
