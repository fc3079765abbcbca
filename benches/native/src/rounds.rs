//! Two sides that take turns, so that what else the machine does strikes both.

use std::time::{Duration, Instant};

/// What both sides took, round by round.
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
    /// Lets both sides do their `calls` in each of so many rounds; who begins, changes. The first rounds warm up.
    pub fn run(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> Self {
        let mut paired = Self::default();
        for round in 0..rounds + rounds.div_ceil(10) {
            let (one, other) = if round % 2 == 0 {
                let one = spent(&mut ours);
                (one, spent(&mut theirs))
            } else {
                let other = spent(&mut theirs);
                (spent(&mut ours), other)
            };
            if round >= rounds.div_ceil(10) {
                paired.ours.push(one);
                paired.theirs.push(other);
            }
        }
        paired
    }

    /// The median of the ratios of time, each of one round.
    pub fn time_ratio(&self) -> f64 {
        median(self.pairs(|spent| spent.wall).map(|(ours, theirs)| ours / theirs))
    }

    /// The median of the ratios of CPU time, each of one round.
    pub fn cpu_ratio(&self) -> f64 {
        median(self.pairs(|spent| spent.cpu).map(|(ours, theirs)| ours / theirs))
    }

    /// The median of the differences of CPU time in seconds, each of one round.
    pub fn cpu_more(&self) -> f64 {
        median(self.pairs(|spent| spent.cpu).map(|(ours, theirs)| ours - theirs))
    }

    /// The median of our side's time in seconds, and of the other's.
    pub fn times(&self) -> (f64, f64) {
        let all: Vec<_> = self.pairs(|spent| spent.wall).collect();
        (median(all.iter().map(|(ours, _)| *ours)), median(all.iter().map(|(_, theirs)| *theirs)))
    }

    /// The median of our side's CPU time in seconds, and of the other's.
    pub fn cpus(&self) -> (f64, f64) {
        let all: Vec<_> = self.pairs(|spent| spent.cpu).collect();
        (median(all.iter().map(|(ours, _)| *ours)), median(all.iter().map(|(_, theirs)| *theirs)))
    }

    fn pairs(&self, of: impl Fn(&Spent) -> Duration) -> impl Iterator<Item = (f64, f64)> {
        let pairs = self.ours.iter().zip(&self.theirs);
        pairs.map(move |(ours, theirs)| (of(ours).as_secs_f64(), of(theirs).as_secs_f64()))
    }
}

fn spent(what: &mut impl FnMut()) -> Spent {
    let (began, before) = (Instant::now(), cpu());
    what();
    Spent { wall: began.elapsed(), cpu: cpu().saturating_sub(before) }
}

/// The CPU time of this program, that in the kernel with it.
#[cfg(unix)]
pub fn cpu() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Time that passes, where no library without unsafe code of ours says what of it was CPU time.
#[cfg(not(unix))]
pub fn cpu() -> Duration {
    use std::sync::LazyLock;
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGAN.elapsed()
}

/// The value in the middle.
///
/// # Panics
///
/// There is none.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
