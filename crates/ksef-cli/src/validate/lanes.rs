//! Work on all cores, its results in the order of the work.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` on every item, as many at once as there are cores, and gives the results to `take` in the order of
/// the items.
pub(crate) fn in_order<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
    mut take: impl FnMut(T),
) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let lanes = cores.min(items.len());
    if lanes <= 1 {
        items.iter().for_each(|item| take(work(item)));
        return;
    }
    let next = AtomicUsize::new(0);
    // What waits for an earlier one is bounded by how far the lanes get meanwhile, not by this channel.
    let (sender, results) = mpsc::sync_channel(lanes * 2);
    thread::scope(|scope| {
        for _ in 0..lanes {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if sender.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        for (index, result) in results {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&due) {
                take(result);
                due += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..200).collect();
        let mut taken = Vec::new();
        let work = |item: &u64| {
            // The first ones take longest.
            thread::sleep(Duration::from_micros(200 - item));
            *item
        };
        in_order(&items, work, |item| taken.push(item));
        assert_eq!(taken, items);
        in_order(&[] as &[u64], |item| *item, |_| panic!("nothing to take"));
    }
}
