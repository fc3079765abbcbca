//! The simulation in Python, as a process.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::scenario::TracedScenario;

pub(crate) struct Oracle {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    pub(crate) fn start() -> Self {
        let python = std::env::var_os("AJO_SIMPY_PYTHON").expect("AJO_SIMPY_PYTHON: run `cargo xtask test simulation`");
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/main.py");
        let mut command = Command::new(python);
        let mut process =
            command.args(["-B", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("an output"));
        Self { process, input, output }
    }

    pub(crate) fn simulate(&mut self, traced: &TracedScenario) -> Value {
        let input = self.input.as_mut().expect("an input");
        writeln!(input, "{}", traced.to_json()).expect("Python reads the scenario");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("Python writes a result");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("the oracle failed: {error}\n{}", traced.describe()))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The end of its input ends the process.
        self.input = None;
        let _ = self.process.wait();
    }
}
