//! The progress of a command: a spinner or a bar on standard error, after a second, if that is a terminal.
//!
//! Activities are nested: the innermost one is shown. Output and prompts hide it, so it never mixes with other text.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::safe_text::SafeText;

/// Shorter waits show nothing.
const DELAY: Duration = Duration::from_secs(1);

/// Time between two frames.
const FRAME: Duration = Duration::from_millis(100);

/// A spinner with the name of the activity.
const SPINNER: &str = "{spinner} {msg}";

static DISPLAY: Mutex<Display> =
    Mutex::new(Display { activities: Vec::new(), next_id: 0, pauses: 0, waiting_since: None, bar: None });

/// Something that may take long. It is shown until it is dropped.
pub(crate) struct Activity {
    id: u64,
}

impl Activity {
    /// An activity of unknown length.
    pub(crate) fn start(message: impl Into<SafeText>) -> Self {
        Self::begin(SPINNER, message.into())
    }

    /// An activity whose template contains `{bar}`, and whose length is known with the first [`update`](Self::update).
    pub(crate) fn start_bar(template: &'static str) -> Self {
        Self::begin(template, SafeText::default())
    }

    fn begin(template: &'static str, message: SafeText) -> Self {
        start_ticker();
        let mut display = lock_display();
        let id = display.next_id;
        display.next_id += 1;
        display.waiting_since.get_or_insert_with(Instant::now);
        display.clear();
        display.activities.push(ActivityState { id, template, message, position: 0, length: 0 });
        Self { id }
    }

    pub(crate) fn set_message(&self, message: SafeText) {
        self.change(|activity| activity.message = message);
    }

    /// How much is done, and of how much.
    pub(crate) fn set_position(&self, position: u64, length: u64) {
        self.change(|activity| (activity.position, activity.length) = (position.min(length), length));
    }

    fn change(&self, change: impl FnOnce(&mut ActivityState)) {
        if let Some(activity) = lock_display().activities.iter_mut().find(|activity| activity.id == self.id) {
            change(activity);
        }
    }

    /// The message and the position.
    #[cfg(test)]
    pub(crate) fn shown(&self) -> (String, u64) {
        let display = lock_display();
        let activity = display.activities.iter().find(|activity| activity.id == self.id).expect("an activity");
        (activity.message.as_str().to_owned(), activity.position)
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        let mut display = lock_display();
        display.clear();
        display.activities.retain(|activity| activity.id != self.id);
        if display.activities.is_empty() {
            display.waiting_since = None;
        }
    }
}

/// Hides the progress while this prints something. The panic hook must not wait for a lock that its own thread holds.
pub(crate) fn hide_during<T>(print: impl FnOnce() -> T) -> T {
    if thread::panicking() {
        return print();
    }
    let mut display = lock_display();
    display.clear();
    print()
}

/// Hides the progress until it is dropped: a person types something.
pub(crate) struct Pause(());

impl Pause {
    pub(crate) fn begin() -> Self {
        let mut display = lock_display();
        display.pauses += 1;
        display.clear();
        Self(())
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        let mut display = lock_display();
        display.pauses -= 1;
        display.waiting_since = (!display.activities.is_empty()).then(Instant::now);
    }
}

struct ActivityState {
    id: u64,
    template: &'static str,
    message: SafeText,
    position: u64,
    length: u64,
}

/// What the terminal shows.
struct Display {
    activities: Vec<ActivityState>,
    next_id: u64,
    pauses: usize,
    /// Since when the user sees nothing happen.
    waiting_since: Option<Instant>,
    /// The bar on the terminal, if one is shown.
    bar: Option<ProgressBar>,
}

impl Display {
    fn draw(&mut self) {
        let is_due = self.waiting_since.is_some_and(|since| since.elapsed() >= DELAY);
        let Some(ActivityState { template, message, position, length, .. }) = self.activities.last() else { return };
        if self.pauses > 0 || !is_due {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            // Templates are constant and valid; the fallback is the default style.
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = ProgressBar::hidden().with_style(style).with_message(message.as_str().to_owned());
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar
        });
        // Each of these also draws a frame.
        if (bar.length(), bar.position()) != (Some(*length), *position) {
            bar.update(|state| {
                state.set_len(*length);
                state.set_pos(*position);
            });
        }
        if bar.message() != message.as_str() {
            bar.set_message(message.as_str().to_owned());
        }
        bar.tick();
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn lock_display() -> MutexGuard<'static, Display> {
    DISPLAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the thread that draws, if standard error is a terminal. On a dumb one, indicatif draws nothing.
fn start_ticker() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        if io::stderr().is_terminal() {
            thread::spawn(|| {
                loop {
                    thread::sleep(FRAME);
                    lock_display().draw();
                }
            });
        }
    });
}
