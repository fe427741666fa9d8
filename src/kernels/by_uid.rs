//! What is known of objects, at the places of their uids: these are given one after the other, so that the places are few.

/// Something about each of some uids.
#[derive(Debug)]
pub(super) struct ByUid<T>(Vec<Option<T>>);

impl<T> Default for ByUid<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> ByUid<T> {
    pub(super) fn set(&mut self, uid: u32, known: T) {
        let at = uid as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        self.0[at] = Some(known);
    }

    pub(super) fn get(&self, uid: u32) -> Option<T> {
        self.0.get(uid as usize).copied().flatten()
    }
}

impl<T: Copy + Default> ByUid<T> {
    /// What is known of a uid, to be changed.
    pub(super) fn of(&mut self, uid: u32) -> &mut T {
        if self.get(uid).is_none() {
            self.set(uid, T::default());
        }
        self.0[uid as usize].as_mut().expect("it was set")
    }
}
