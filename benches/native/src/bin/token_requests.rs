//! Counts token requests:
//!
//! ```text
//! token_requests count CALLERS    CALLERS callers of one client start together without a token
//! token_requests serve            serves a token endpoint; prints its address, then the number of new requests for each input line
//! ```

use std::io::BufRead as _;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ajo_bench::{CannedServer, print_figure, token_provider};

/// Long enough for all callers to start before the response, as with the real endpoint.
const TOKEN_DELAY: Duration = Duration::from_millis(200);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["count", callers] => count(callers.parse().expect("a number of callers")),
        ["serve"] => serve(),
        _ => panic!("token_requests count CALLERS | token_requests serve"),
    }
}

#[expect(clippy::print_stdout, reason = "the counts are this program's data")]
fn serve() {
    let endpoint = CannedServer::start(1, TOKEN_DELAY);
    println!("{}", endpoint.address);
    for _ in std::io::stdin().lock().lines() {
        println!("{}", endpoint.token_requests.swap(0, Ordering::Relaxed));
    }
}

/// The callers request only a token, so they need no connections of their own.
fn count(callers: usize) {
    let endpoint = CannedServer::start(1, TOKEN_DELAY);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let tokens = token_provider(endpoint.address);
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                let tokens = tokens.clone();
                tokio::spawn(async move { tokens.token().await.map(|_| ()) })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("a token");
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    print_figure(
        &format!("token requests of {callers} callers, ajo-core"),
        endpoint.token_requests.load(Ordering::Relaxed) as f64,
        "requests",
        None,
    );
}
