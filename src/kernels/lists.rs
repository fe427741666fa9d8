//! Lists by number: for each number below a bound its items, all behind one another.

/// The items of every number.
#[derive(Debug)]
pub(super) struct Lists<T> {
    /// Where the items of each number begin; one more than numbers.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Default> Lists<T> {
    /// The lists of (number, item) pairs; items of a number stay in their order.
    pub(super) fn of(pairs: &[(u32, T)]) -> Self {
        let bound = pairs.iter().map(|(number, _)| *number as usize + 1).max().unwrap_or(0);
        let mut starts = vec![0; bound + 1];
        for (number, _) in pairs {
            starts[*number as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut items = vec![T::default(); pairs.len()];
        for (number, item) in pairs {
            let place = &mut next[*number as usize];
            items[*place as usize] = *item;
            *place += 1;
        }
        Self { starts, items }
    }

    /// The items of a number.
    pub(super) fn get(&self, number: u32) -> &[T] {
        let number = number as usize;
        if number + 1 >= self.starts.len() {
            return &[];
        }
        &self.items[self.starts[number] as usize..self.starts[number + 1] as usize]
    }

    /// Numbers from this one on have no items.
    pub(super) fn bound(&self) -> u32 {
        u32::try_from(self.starts.len() - 1).expect("numbers were 32 bits wide")
    }

    /// The numbers that have items, ascending.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let starts = self.starts.windows(2).enumerate();
        let filled = starts.filter(|(_, ends)| ends[0] < ends[1]);
        filled.map(|(number, _)| u32::try_from(number).expect("numbers were 32 bits wide")).collect()
    }
}
