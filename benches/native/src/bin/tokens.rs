//! The number of token requests:
//!
//! ```text
//! tokens count CALLERS    of CALLERS callers of one client that start together without a token
//! tokens serve            a token endpoint; prints its address, then for each line of input the number of requests since the last
//! ```

use std::io::BufRead as _;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ajo_bench::{Canned, print_figure, tokens};

/// Long enough for all callers to arrive before the response, as with the real endpoint. The number is ours.
const DELAY: Duration = Duration::from_millis(200);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["count", callers] => count(callers.parse().expect("a number of callers")),
        ["serve"] => serve(),
        _ => panic!("tokens count CALLERS | tokens serve"),
    }
}

#[expect(clippy::print_stdout, reason = "the counts are this program's data")]
fn serve() {
    let endpoint = Canned::start(1, DELAY);
    println!("{}", endpoint.address);
    for _ in std::io::stdin().lock().lines() {
        println!("{}", endpoint.tokens.swap(0, Ordering::Relaxed));
    }
}

/// The callers only get a token, so that they need no connections of their own.
fn count(callers: usize) {
    let endpoint = Canned::start(1, DELAY);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let tokens = tokens(endpoint.address);
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
    print_figure(
        &format!("token requests of {callers} callers, ajo-core"),
        endpoint.tokens.load(Ordering::Relaxed) as f64,
        "requests",
        None,
    );
}
