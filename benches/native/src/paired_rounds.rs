//! Measures two implementations in turns, so other load on the machine affects both.

use std::time::{Duration, Instant};

/// The times of a subject and its baseline, by round.
#[derive(Debug, Default)]
pub struct PairedRounds {
    subject: Vec<RoundTime>,
    baseline: Vec<RoundTime>,
}

#[derive(Clone, Copy, Debug)]
struct RoundTime {
    wall: Duration,
    cpu: Duration,
}

impl PairedRounds {
    /// Measures both in each of `rounds` rounds, alternating which goes first. Each round sets both up again, so a single connection does
    /// not decide a whole run. The first rounds warm up and do not count.
    pub fn run<S: FnMut(), B: FnMut()>(rounds: usize, subject: impl Fn() -> S, baseline: impl Fn() -> B) -> Self {
        let mut paired = Self::default();
        let warm_up = rounds.div_ceil(10);
        for round in 0..rounds + warm_up {
            let (mut subject, mut baseline) = (subject(), baseline());
            let (subject_time, baseline_time) = if round % 2 == 0 {
                let subject_time = measure_round(&mut subject);
                (subject_time, measure_round(&mut baseline))
            } else {
                let baseline_time = measure_round(&mut baseline);
                (measure_round(&mut subject), baseline_time)
            };
            if round >= warm_up {
                paired.subject.push(subject_time);
                paired.baseline.push(baseline_time);
            }
        }
        paired
    }

    /// The median ratio of wall-clock time over all rounds.
    pub fn wall_ratio(&self) -> f64 {
        median(self.pairs(|spent| spent.wall).map(|(subject, baseline)| subject / baseline))
    }

    /// The median ratio of CPU time over all rounds.
    pub fn cpu_ratio(&self) -> f64 {
        median(self.pairs(|spent| spent.cpu).map(|(subject, baseline)| subject / baseline))
    }

    /// Median time in seconds: subject, baseline.
    pub fn wall_times(&self) -> (f64, f64) {
        self.medians(|spent| spent.wall)
    }

    /// Median CPU time in seconds: subject, baseline.
    pub fn cpu_times(&self) -> (f64, f64) {
        self.medians(|spent| spent.cpu)
    }

    fn medians(&self, time: impl Fn(&RoundTime) -> Duration) -> (f64, f64) {
        let pairs: Vec<_> = self.pairs(time).collect();
        (median(pairs.iter().map(|(subject, _)| *subject)), median(pairs.iter().map(|(_, baseline)| *baseline)))
    }

    fn pairs(&self, time: impl Fn(&RoundTime) -> Duration) -> impl Iterator<Item = (f64, f64)> {
        let pairs = self.subject.iter().zip(&self.baseline);
        pairs.map(move |(subject, baseline)| (time(subject).as_secs_f64(), time(baseline).as_secs_f64()))
    }
}

fn measure_round(work: &mut impl FnMut()) -> RoundTime {
    let (start, before) = (Instant::now(), cpu_time());
    work();
    RoundTime { wall: start.elapsed(), cpu: cpu_time().saturating_sub(before) }
}

/// The CPU time of this process, in user and kernel mode.
#[cfg(unix)]
pub fn cpu_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Wall-clock time, because reading the CPU time here needs unsafe code.
#[cfg(not(unix))]
pub fn cpu_time() -> Duration {
    use std::sync::LazyLock;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// The median.
///
/// # Panics
///
/// If there is no value.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
