//! The same done to several things at once, by threads of its own.
//!
//! What scores and crowded keys share is made under a lock. A thread of the common pool that waited there for its helpers
//! would take up other work of the pool, which may ask for the same lock: it would wait for itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// What is made of each item, in their order.
pub(super) fn at_once<T: Sync, R: Send>(items: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let places: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..rayon::current_num_threads().min(items.len()) {
            scope.spawn(|| {
                while let Some((item, place)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    items.get(at).zip(places.get(at))
                } {
                    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(make(item));
                }
            });
        }
    });
    let taken = places.into_iter().map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner));
    taken.map(|made| made.expect("every item was taken by a thread")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_comes_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        assert_eq!(at_once(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(at_once(&[] as &[u32], |item| *item), Vec::<u32>::new());
    }
}
