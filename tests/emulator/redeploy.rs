//! `Capping::redeploy` against services that accept, refuse, or ignore a deploy of a deployed configuration.

use ajo_core::{CappingDefinition, Client, LiveLimit, RedeployError, RedeployFailure, Uid};
use ajo_emulator::Emulator;
use ajo_tests::{capping_definition, emulator_client};

/// A deployed configuration whose saved definition was changed.
struct Fixture {
    emulator: Emulator,
    client: Client,
    uid: Uid,
}

const CHANGED: &str = "https://changed.example.org/*";

impl Fixture {
    async fn start(variant: &str) -> Self {
        let emulator = Emulator::start().await.expect("an emulator");
        emulator.state().quirks_mut().set("redeploy", variant).expect("a variant");
        let client = emulator_client(&emulator, "prod");
        let uid = client.capping().create(&capping_definition()).await.expect("created").uid;
        client.capping().deploy(&uid).await.expect("deployed");
        let changed = CappingDefinition { url: CHANGED.to_owned(), ..capping_definition() };
        client.capping().update(&uid, &changed).await.expect("updated");
        emulator.state().default_organization_mut().clear_calls();
        Self { emulator, client, uid }
    }

    fn add_fault(&self, fault: &str) {
        self.emulator.state().add_fault(fault.parse().expect("a fault")).expect("room");
    }

    /// Redeploys, which must fail, and compares the reported limit with the live one.
    async fn redeploy_error(&self) -> RedeployError {
        let error = self.client.capping().redeploy(&self.uid).await.expect_err("not redeployed");
        self.emulator.state().clear_faults();
        let deployed = self.client.capping().get(&self.uid).await.expect("read").deployed_config;
        let live = match deployed {
            None => LiveLimit::None,
            Some(deployed) if deployed.url == CHANGED => LiveLimit::New,
            Some(_) => LiveLimit::Old,
        };
        assert!([live, LiveLimit::Unknown].contains(&error.live()), "{error}; really {live:?}");
        error
    }

    fn calls(&self) -> Vec<String> {
        let state = self.emulator.state();
        let calls = state.calls();
        let names = calls.iter().filter_map(|call| call.operation.clone());
        names.map(|name| name.trim_start_matches("capping.").to_owned()).collect()
    }
}

#[tokio::test]
async fn every_variant_ends_with_new_limit() {
    let gapless = &["get", "can_deploy", "deploy", "get"][..];
    let fallback = &["get", "can_deploy", "deploy", "get", "undeploy", "deploy", "get"][..];
    for (variant, calls) in [("direct", gapless), ("refused", fallback), ("ignored", fallback)] {
        let fixture = Fixture::start(variant).await;
        let config = fixture.client.capping().redeploy(&fixture.uid).await.expect("redeployed");
        assert_eq!(config.deployed_config.expect("deployed").url, CHANGED, "{variant}");
        assert_eq!(fixture.calls(), calls, "{variant}");
    }
}

#[tokio::test]
async fn live_definition_is_not_redeployed() {
    let fixture = Fixture::start("direct").await;
    fixture.client.capping().redeploy(&fixture.uid).await.expect("redeployed");
    fixture.emulator.state().default_organization_mut().clear_calls();
    fixture.client.capping().redeploy(&fixture.uid).await.expect("nothing to do");
    assert_eq!(fixture.calls(), ["get"]);
}

#[tokio::test]
async fn undeployable_definition_stays_saved() {
    for variant in ["direct", "refused", "ignored"] {
        let fixture = Fixture::start(variant).await;
        let mut changed = capping_definition();
        changed.services.data_source.as_mut().expect("a limit").rating.max_calls_count = 0;
        fixture.client.capping().update(&fixture.uid, &changed).await.expect("saved");
        let error = fixture.redeploy_error().await;
        assert_eq!(error.live(), LiveLimit::Old);
        assert!(matches!(error.failure(), RedeployFailure::CannotDeploy(_)), "{error:?}");
        assert!(error.to_string().contains("the old limit is still live: it cannot be deployed"), "{error}");
    }
}

#[tokio::test]
async fn failed_calls_report_the_live_limit() {
    let cases = [
        ("direct", "capping.get=gateway:403025", LiveLimit::Unknown),
        ("direct", "capping.can_deploy=gateway:403025", LiveLimit::Old),
        ("direct", "capping.deploy=gateway:403025", LiveLimit::Old),
        ("direct", "capping.deploy=service:4000", LiveLimit::Old),
        ("direct", "capping.deploy=drop_before", LiveLimit::Old),
        ("direct", "capping.get@every:2=gateway:403025", LiveLimit::Unknown),
        ("refused", "capping.undeploy=gateway:403025", LiveLimit::Old),
        ("refused", "capping.deploy@every:2=service:1458", LiveLimit::None),
        ("ignored", "capping.deploy@every:2=service:1458", LiveLimit::None),
        // Neither the deploy nor the undeploy is accepted.
        ("refused", "capping.undeploy=service:1459", LiveLimit::Old),
    ];
    for (variant, fault, live) in cases {
        let fixture = Fixture::start(variant).await;
        fixture.add_fault(fault);
        let error = fixture.redeploy_error().await;
        assert_eq!(error.live(), live, "{variant}, {fault}: {error}");
        assert!(error.hint().is_some() && error.to_string().contains(live.describe()), "{error}");
    }
}
