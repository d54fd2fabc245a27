// A clock that stands still until nobody has anything to do, and then jumps to the next
// sleeper's time: hours pass at once, and every run is the same.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::channel::oneshot;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt as _;
use week3_orchestration::{Pause, Runner};

#[derive(Clone, Default)]
pub(super) struct Clock(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    now: Duration,
    number: u64,
    sleepers: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
}

impl Clock {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn now(&self) -> Duration {
        self.state().now
    }

    pub(super) fn sleep(&self, pause: Duration) -> Pause {
        let (wake, woken) = oneshot::channel();
        let mut state = self.state();
        state.number += 1;
        let at = (state.now + pause, state.number);
        state.sleepers.insert(at, wake);
        Box::pin(async move {
            woken.await.expect("the clock outlives its sleepers");
        })
    }

    /// Wakes the next sleeper that still waits.
    fn jump(&self) -> bool {
        let mut state = self.state();
        while let Some(((at, _), wake)) = state.sleepers.pop_first() {
            if wake.is_canceled() {
                continue;
            }
            state.now = at;
            return wake.send(()).is_ok();
        }
        false
    }

    /// Runs to the end, or panics where everybody waits for nothing.
    pub(super) fn run<T: 'static>(&self, work: impl Future<Output = T> + 'static) -> T {
        let mut pool = LocalPool::new();
        let (send, mut result) = oneshot::channel();
        let work = async move { drop(send.send(work.await)) };
        pool.spawner().spawn_local(work).unwrap();
        loop {
            pool.run_until_stalled();
            if let Some(result) = result.try_recv().unwrap() {
                return result;
            }
            assert!(self.jump(), "nobody can go on");
        }
    }

    /// A runner that repeats at once a failed attempt twice, then gives up.
    pub(super) fn runner(&self, concurrency: usize) -> Runner {
        let clock = self.clone();
        Runner {
            concurrency: NonZeroUsize::new(concurrency).unwrap(),
            timeout: None,
            grace: Duration::from_secs(5),
            pause_before: Arc::new(|attempt, _| (attempt <= 3).then_some(Duration::ZERO)),
            sleep: Arc::new(move |pause| clock.sleep(pause)),
        }
    }
}
