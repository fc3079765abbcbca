//! The limit of a configuration in one line.

use ajo_core::Api;

use crate::{ConfigDefinition, DeployState, LiveState};

impl ConfigDefinition {
    /// The limit, such as `action 500 calls/1000 ms, 50 connections` or `400 calls/s`.
    pub fn limit_summary(&self) -> String {
        let number = |path: &[&str]| self.integer_at(path).map_or_else(|| "?".to_owned(), |number| number.to_string());
        if self.api() == Api::Throttling {
            return format!("{} calls/s", number(&["maxThroughput"]));
        }
        let service = |name: &&str| {
            let rating = |field| number(&["services", name, "rating", field]);
            let connections = self.integer_at(&["services", name, "maxHttpConnections"]);
            let connections = connections.map_or_else(String::new, |count| format!(", {count} connections"));
            format!("{name} {} calls/{} ms{connections}", rating("maxCallsCount"), rating("periodInMs"))
        };
        let services: Vec<String> = self.field_names_at(&["services"]).iter().map(service).collect();
        if services.is_empty() { "no limit".to_owned() } else { services.join("; ") }
    }
}

impl DeployState {
    /// The live definition, if the configuration is deployed and the service returns it.
    pub fn live_definition(&self) -> Option<&ConfigDefinition> {
        match &self.live {
            LiveState::SameAsSaved => Some(&self.saved),
            LiveState::Differs(live) => Some(live),
            LiveState::NotDeployed | LiveState::Unknown => None,
        }
    }

    /// The limit that is live, otherwise the saved one.
    pub fn limit_summary(&self) -> String {
        self.live_definition().unwrap_or(&self.saved).limit_summary()
    }
}
