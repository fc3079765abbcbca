//! Servers that never stop sending.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{CommandOutput, ajo_command};

/// Sends a header, and then the same bytes until the client closes the connection.
fn send_forever(mut connection: TcpStream) {
    let _ = connection.read(&mut [0; 4096]);
    let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[");
    while connection.write_all(&[b' '; 16_384]).is_ok() {}
}

#[test]
fn emulator_commands_stop_reading() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || listener.incoming().flatten().for_each(send_forever));
    let cases: [&[&str]; 4] = [&["env"], &["status"], &["reset"], &["wait", "--timeout", "1"]];
    for case in cases {
        let start = Instant::now();
        let arguments = [&["emulator"], case, &["--emulator-url", &url]].concat();
        let output = CommandOutput::from(ajo_command(&arguments).output().expect("ajo runs"));
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{case:?}: {}", output.stderr);
        assert!(output.stderr.contains("is not from an emulator"), "{case:?}: {}", output.stderr);
        assert!(start.elapsed() < Duration::from_secs(20), "{case:?}: {:?}", start.elapsed());
    }
}
