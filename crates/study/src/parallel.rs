//! Independent questions answered by several threads; the answers stand in the order of the questions, whoever answered them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The answers to questions `0..count`. Threads share nothing but the number of the next question, so the answers are the same for any
/// number of threads.
pub(crate) fn each<T: Send>(threads: usize, count: usize, answer: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<Option<T>>> = Mutex::new((0..count).map(|_| None).collect());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            let one = answer(at);
            answers.lock().expect("no thread panics while it holds the lock")[at] = Some(one);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, count.max(1)) {
            scope.spawn(work);
        }
        work();
    });
    let answers = answers.into_inner().expect("no thread panicked");
    answers
        .into_iter()
        .map(|one| one.expect("every question was answered"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn answers_stand_in_order_for_any_number_of_threads() {
        let expected: Vec<usize> = (0..100).map(|i| i * i).collect();
        for threads in [0, 1, 2, 5, 200] {
            assert_eq!(each(threads, 100, |i| i * i), expected, "{threads}");
        }
        assert!(each(3, 0, |i| i).is_empty());
    }
}
