//! Random limits files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fastrand::Rng;

/// The number of endpoints that a file may limit.
const ENDPOINTS: usize = 8;

/// The content of a limits file, or of a sandbox of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxLimits {
    pub sandbox: String,
    /// By host name.
    pub capping: BTreeMap<String, Limit>,
    /// The organization's throttling, if the file has it.
    pub throttling: Option<Limit>,
}

/// The values of one configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub calls: u32,
    pub deployed: bool,
}

impl SandboxLimits {
    /// No configurations.
    pub fn empty(sandbox: &str) -> Self {
        Self { sandbox: sandbox.to_owned(), capping: BTreeMap::new(), throttling: None }
    }

    /// A file with one to eight capping configurations; one in three has throttling.
    pub fn random(sandbox: &str, random: &mut Rng) -> Self {
        let mut limits = Self::empty(sandbox);
        for _ in 0..random.usize(1..=ENDPOINTS) {
            limits.capping.insert(random_endpoint(random), random_limit(random, 1..1000));
        }
        if random.u32(0..3) == 0 {
            limits.throttling = Some(random_limit(random, 200..5000));
        }
        limits
    }

    /// The same file with one to four changes.
    #[must_use]
    pub fn edited(&self, random: &mut Rng) -> Self {
        let mut edited = self.clone();
        for _ in 0..random.u32(1..=4) {
            let endpoint = random_endpoint(random);
            match random.u32(0..4) {
                0 if edited.capping.len() > 1 => drop(edited.capping.remove(&endpoint)),
                1 => edited.throttling = Some(random_limit(random, 200..5000)),
                _ => drop(edited.capping.insert(endpoint, random_limit(random, 1..1000))),
            }
        }
        edited
    }

    /// The text of the limits file.
    pub fn to_yaml(&self) -> String {
        let mut text = format!("version: 1\nsandbox: {}\ncapping:\n", self.sandbox);
        for (host, Limit { calls, deployed }) in &self.capping {
            let _ = write!(
                text,
                "  - url: https://{host}.example.org/*
    methods: [GET]
    services:
      action: {{ maxHttpConnections: 50, rating: {{ maxCallsCount: {calls}, periodInMs: 1000 }} }}
    deployed: {deployed}
"
            );
        }
        if let Some(Limit { calls, deployed }) = self.throttling {
            let _ = write!(
                text,
                "throttling:
  name: partner
  urlPattern: https://partner.example.com/*
  methods: [POST]
  maxThroughput: {calls}
  deployed: {deployed}
"
            );
        }
        text
    }
}

fn random_endpoint(random: &mut Rng) -> String {
    format!("c{}", random.usize(0..ENDPOINTS))
}

fn random_limit(random: &mut Rng, calls: std::ops::Range<u32>) -> Limit {
    Limit { calls: random.u32(calls), deployed: random.u32(0..4) > 0 }
}
