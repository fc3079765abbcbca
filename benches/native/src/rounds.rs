//! Two contestants that take turns, so that other load on the machine affects both.

use std::time::{Duration, Instant};

/// The time of both contestants, by round.
#[derive(Debug, Default)]
pub struct Paired {
    ours: Vec<Spent>,
    theirs: Vec<Spent>,
}

#[derive(Clone, Copy, Debug)]
struct Spent {
    wall: Duration,
    cpu: Duration,
}

impl Paired {
    /// Measures both contestants in each of `rounds` rounds; they alternate in going first. Before a round is measured, each
    /// contestant is set up again, so that one lucky or unlucky connection does not decide a whole run. The first rounds warm up.
    pub fn run<O: FnMut(), T: FnMut()>(rounds: usize, ours: impl Fn() -> O, theirs: impl Fn() -> T) -> Self {
        let mut paired = Self::default();
        let warm_up = rounds.div_ceil(10);
        for round in 0..rounds + warm_up {
            let (mut ours, mut theirs) = (ours(), theirs());
            let (one, other) = if round % 2 == 0 {
                let one = spent(&mut ours);
                (one, spent(&mut theirs))
            } else {
                let other = spent(&mut theirs);
                (spent(&mut ours), other)
            };
            if round >= warm_up {
                paired.ours.push(one);
                paired.theirs.push(other);
            }
        }
        paired
    }

    /// The median over the rounds of the ratio of time.
    pub fn time_ratio(&self) -> f64 {
        median(self.pairs(|spent| spent.wall).map(|(ours, theirs)| ours / theirs))
    }

    /// The median over the rounds of the ratio of CPU time.
    pub fn cpu_ratio(&self) -> f64 {
        median(self.pairs(|spent| spent.cpu).map(|(ours, theirs)| ours / theirs))
    }

    /// Median time in seconds: ours, theirs.
    pub fn times(&self) -> (f64, f64) {
        self.medians(|spent| spent.wall)
    }

    /// Median CPU time in seconds: ours, theirs.
    pub fn cpus(&self) -> (f64, f64) {
        self.medians(|spent| spent.cpu)
    }

    fn medians(&self, of: impl Fn(&Spent) -> Duration) -> (f64, f64) {
        let pairs: Vec<_> = self.pairs(of).collect();
        (median(pairs.iter().map(|(ours, _)| *ours)), median(pairs.iter().map(|(_, theirs)| *theirs)))
    }

    fn pairs(&self, of: impl Fn(&Spent) -> Duration) -> impl Iterator<Item = (f64, f64)> {
        let pairs = self.ours.iter().zip(&self.theirs);
        pairs.map(move |(ours, theirs)| (of(ours).as_secs_f64(), of(theirs).as_secs_f64()))
    }
}

fn spent(work: &mut impl FnMut()) -> Spent {
    let (start, before) = (Instant::now(), cpu());
    work();
    Spent { wall: start.elapsed(), cpu: cpu().saturating_sub(before) }
}

/// The CPU time of this process, in user and kernel mode.
#[cfg(unix)]
pub fn cpu() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Wall-clock time, where no library reads the CPU time without unsafe code of ours.
#[cfg(not(unix))]
pub fn cpu() -> Duration {
    use std::sync::LazyLock;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// The middle value.
///
/// # Panics
///
/// Without a value.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
