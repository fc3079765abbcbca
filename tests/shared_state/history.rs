//! What runners did, according to the requests that the service received.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::recording::{Exchange, Target};

/// The first configuration that was created although it existed.
pub fn find_second_create(exchanges: &[Exchange]) -> Option<String> {
    let mut processed: Vec<&Exchange> =
        exchanges.iter().filter(|found| found.target == Target::Service && found.is_success()).collect();
    processed.sort_by_key(|found| found.processed_at);
    // The URLs by sandbox and uid.
    let mut existing: BTreeMap<String, (String, String)> = BTreeMap::new();
    for exchange in processed {
        match exchange.verb() {
            Some("create") => {
                let request: Value = serde_json::from_slice(&exchange.request).expect("JSON");
                let response: Value = serde_json::from_slice(&exchange.response).expect("JSON");
                let url = request["url"].as_str().or(request["urlPattern"].as_str()).expect("a URL");
                let key = (exchange.sandbox.clone(), url.to_owned());
                if let Some((uid, _)) = existing.iter().find(|(_, other)| **other == key) {
                    return Some(format!("{url} was created again by runner {}; it was {uid}", exchange.runner));
                }
                existing.insert(response["uid"].as_str().expect("a uid").to_owned(), key);
            }
            Some("delete") => drop(existing.remove(exchange.uid().expect("a uid"))),
            _ => {}
        }
    }
    None
}

/// How many requests with this verb changed the service.
pub fn count_verb(exchanges: &[Exchange], verb: &str) -> usize {
    exchanges.iter().filter(|exchange| exchange.is_success() && exchange.verb() == Some(verb)).count()
}

#[cfg(test)]
mod tests {
    use ajo_core::{CappingDefinition, Client, DeleteOptions};

    use super::find_second_create;
    use crate::TestService;
    use crate::recording::RequestLog;

    #[tokio::test]
    async fn second_create_is_found() {
        let log = RequestLog::default();
        let service = TestService::new(&log, 1);
        let endpoint = service.start_endpoint(0).await;
        let credentials = {
            let emulator = service.emulator();
            let client = &emulator.settings().clients[0];
            let (id, secret) = (&client.client_id, client.secrets[0].clone());
            ajo_core::Credentials::new(id, secret, client.org_id.as_str(), &client.scopes.to_string())
        };
        let client = Client::builder()
            .credentials(credentials.expect("credentials"))
            .sandbox("prod")
            .base_url(&format!("{}/journey/orchestration", endpoint.url()))
            .ims_url(&endpoint.url())
            .build()
            .expect("a client");
        let definition: CappingDefinition = serde_json::from_value(serde_json::json!({
            "url": "https://c1.example.org/*",
            "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": 3, "periodInMs": 1000}}},
        }))
        .expect("a definition");

        let first = client.capping().create(&definition).await.expect("created");
        client.capping().delete(&first.uid, DeleteOptions::default()).await.expect("deleted");
        let second = client.capping().create(&definition).await.expect("created");
        client.capping().deploy(&second.uid).await.expect("deployed");
        assert_eq!(find_second_create(&log.exchanges()), None);
        let limit = service.read("prod").expect("consistent").capping["c1"];
        assert_eq!((limit.calls, limit.deployed), (3, true));

        client.capping().create(&definition).await.expect("created");
        assert!(find_second_create(&log.exchanges()).expect("found").contains(&second.uid.to_string()));
        assert!(service.read("prod").unwrap_err().contains("exists twice"));
    }
}
