//! How often a token is asked for:
//!
//! ```text
//! tokens ours CALLERS     by so many callers of one client who come together and find none
//! tokens serve            a token host; says its address, and at each line of its input how often it was asked since the last
//! ```

use std::io::BufRead as _;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ajo_bench::{Canned, say, tokens};

/// How long the token host takes. Chosen here: long enough for all callers to come before it answers, as with the real one, which
/// is far away.
const TAKES: Duration = Duration::from_millis(200);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["ours", callers] => count(callers.parse().expect("a number of callers")),
        ["serve"] => serve(),
        _ => panic!("tokens ours CALLERS | tokens serve"),
    }
}

#[expect(clippy::print_stdout, reason = "what is asked for")]
fn serve() {
    let host = Canned::start(1, TAKES);
    println!("{}", host.address);
    for _ in std::io::stdin().lock().lines() {
        println!("{}", host.tokens.swap(0, Ordering::Relaxed));
    }
}

/// The callers get their token only, so that not every one of them needs a connection for its call.
fn count(callers: usize) {
    let host = Canned::start(1, TAKES);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let tokens = tokens(host.address);
        let all: Vec<_> = (0..callers)
            .map(|_| {
                let tokens = tokens.clone();
                tokio::spawn(async move { tokens.token().await.map(|_| ()) })
            })
            .collect();
        for one in all {
            one.await.expect("no panic").expect("a token");
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    say(&format!("ajo-core, {callers}"), host.tokens.load(Ordering::Relaxed) as f64, "requests", None);
}
