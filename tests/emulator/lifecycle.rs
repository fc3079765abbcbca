//! The life cycle of configurations in the emulator, through the generated client.

use ajo_core::{Client, ConfigState, DeleteOptions, HttpMethod, ResultStatus, ServiceCode, ValidationStatus};
use ajo_emulator::Emulator;
use ajo_tests::{capping_definition, capping_json, emulator_client, throttling_definition};
use serde_json::json;

#[tokio::test]
async fn default_emulator_needs_its_url_only() {
    let emulator = Emulator::start().await.expect("an emulator");
    for url in [emulator.ims_url(), format!("{}/", emulator.ims_url())] {
        let client = Client::for_emulator(&url).expect("a client");
        let uid = client.capping().create(&capping_definition()).await.expect("created").uid;
        let config = client.capping().get(&uid).await.expect("read");
        assert_eq!(config.sandbox_name, Some(emulator.sandbox()));
        assert_eq!(config.org_id.as_deref(), Some(emulator.credentials().org_id().as_str()));
    }
    Client::for_emulator("https://platform.adobe.io/x").expect_err("a path");
}

#[tokio::test]
async fn capping_from_create_to_delete() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let api = client.capping();

    let created = api.create(&capping_definition()).await.expect("created");
    let uid = created.uid;
    assert_eq!(created.res_status, Some(ResultStatus::Created));
    assert_eq!(created.uri, Some(format!("/voyager/apis/endpointConfigs/{uid}")));
    let element = created.created_element.expect("an element");
    assert_eq!((element.state, element.has_been_deployed), (Some(ConfigState::Created), Some(false)));
    assert_eq!(element.org_id.as_deref(), Some(emulator.credentials().org_id().as_str()));
    assert_eq!(
        (element.sandbox_name.as_deref(), element.authoring_format_version.as_deref()),
        (Some("prod"), Some("1.0"))
    );
    assert_eq!(element.methods, [HttpMethod::Get]);
    assert!(element.deployed_config.is_none());
    let metadata = element.metadata.expect("metadata");
    assert_eq!(metadata.created_at, metadata.last_modified_at);
    assert!(metadata.created_by.is_some() && metadata.last_deployed_at.is_none());
    assert_eq!(created.can_deploy.and_then(|result| result.validation_status), Some(ValidationStatus::Ok));

    api.deploy(&uid).await.expect("deployed");
    let config = api.get(&uid).await.expect("read");
    assert_eq!((config.state, config.has_been_deployed), (Some(ConfigState::Deployed), Some(true)));
    assert!(config.metadata.expect("metadata").last_deployed_at.is_some());
    let deployed = config.deployed_config.expect("a deployed definition");
    assert_eq!((deployed.uid, deployed.url), (Some(uid.clone()), config.url));

    let mut changed = capping_definition();
    changed.url = "https://api.example.org/data/3.0/*".to_owned();
    let updated = api.update(&uid, &changed).await.expect("updated");
    assert_eq!((updated.uid, updated.res_status), (uid.clone(), Some(ResultStatus::Updated)));
    let config = api.get(&uid).await.expect("read");
    assert_eq!((config.state, config.has_been_deployed), (Some(ConfigState::Updated), Some(true)));
    assert_eq!(config.url, "https://api.example.org/data/3.0/*");
    assert_eq!(config.deployed_config.expect("still deployed").url, "https://api.example.org/data/2.5/weather");

    api.deploy(&uid).await.expect("deployed again");
    let config = api.get(&uid).await.expect("read");
    assert_eq!(config.deployed_config.expect("deployed").url, "https://api.example.org/data/3.0/*");

    api.undeploy(&uid).await.expect("undeployed");
    let config = api.get(&uid).await.expect("read");
    assert_eq!((config.state, config.has_been_deployed), (Some(ConfigState::Updated), Some(false)));
    assert!(config.deployed_config.is_none());
    api.undeploy(&uid).await.expect("undeploying twice is a success");

    api.delete(&uid, DeleteOptions::default()).await.expect("deleted");
    assert!(api.list().await.expect("listed").is_empty());
}

#[tokio::test]
async fn undeploy_restores_created() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "dev");
    let uid = client.capping().create(&capping_definition()).await.expect("created").uid;
    client.capping().deploy(&uid).await.expect("deployed");
    client.capping().undeploy(&uid).await.expect("undeployed");
    assert_eq!(client.capping().get(&uid).await.expect("read").state, Some(ConfigState::Created));
}

#[tokio::test]
async fn capping_list_is_in_order_of_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let mut uids = Vec::new();
    for _ in 0..3 {
        uids.push(client.capping().create(&capping_definition()).await.expect("created").uid);
    }
    let listed: Vec<_> = client.capping().list().await.expect("listed").into_iter().map(|config| config.uid).collect();
    assert_eq!(listed, uids);
    assert!(emulator_client(&emulator, "dev").capping().list().await.expect("listed").is_empty());
}

#[tokio::test]
async fn missing_connections_show_minus_one() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let mut definition = capping_definition();
    definition.services.data_source.as_mut().expect("a limit").max_http_connections = None;
    let created = client.capping().create(&definition).await.expect("created");
    let warnings = created.can_deploy.expect("a result").warnings;
    assert_eq!(warnings[0].warning_code, Some(ServiceCode::from("ERR_ENDPOINTCONFIG_106")));
    assert_eq!(
        warnings[0].scope.as_ref().and_then(|scope| scope.endpoint_config_service.as_deref()),
        Some("dataSource")
    );
    client.capping().deploy(&created.uid).await.expect("warnings do not block the deployment");
    let config = client.capping().get(&created.uid).await.expect("read");
    let count = |services: Option<ajo_core::CappingServicesResponse>| services?.data_source?.max_http_connections;
    assert_eq!(count(config.services), None);
    assert_eq!(count(config.deployed_config.expect("deployed").services), Some(-1));
}

#[tokio::test]
async fn can_deploy_reports_malformed_url() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    // The published sample of canDeploy.
    let mut sample = capping_json();
    sample["url"] = json!("https://api.example*.org:8*0/data/2.5/weather");
    sample["services"]["dataSource"].as_object_mut().expect("an object").remove("maxHttpConnections");
    let definition = serde_json::from_value(sample).expect("a definition");
    let uid = client.capping().create(&definition).await.expect("stored despite the error").uid;
    let result = client.capping().can_deploy(&uid).await.expect("a result");
    assert_eq!(result.validation_status, Some(ValidationStatus::Error));
    assert_eq!(result.reason.as_deref(), Some("1 error is currently blocking the publication"));
    let codes: Vec<_> = result.errors.iter().filter_map(|error| error.error_code.clone()).collect();
    assert_eq!(codes, [ServiceCode::from("ERR_ENDPOINTCONFIG_101")]);
    assert_eq!(result.warnings[0].warning_code, Some(ServiceCode::from("ERR_ENDPOINTCONFIG_106")));
}

#[tokio::test]
async fn throttling_from_create_to_delete() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let api = client.throttling();

    let created = api.create(&throttling_definition()).await.expect("created");
    let uid = created.uid;
    let element = created.created_element.expect("an element");
    assert_eq!((element.name.as_deref(), element.max_throughput), (Some("partner-api"), Some(400)));
    assert_eq!(element.id, Some(format!("{uid}_{}", element.sandbox_id.as_deref().expect("a sandbox id"))));
    assert_eq!((element.state, element.version), (Some(ConfigState::Created), None));

    api.deploy(&uid).await.expect("deployed");
    let config = api.get(&uid).await.expect("read");
    assert_eq!((config.state, config.version.as_deref()), (Some(ConfigState::Deployed), Some("1.0")));

    let mut changed = throttling_definition();
    changed.max_throughput = 600;
    api.update(&uid, &changed).await.expect("updated");
    let config = api.get(&uid).await.expect("read");
    assert_eq!((config.max_throughput, config.has_been_deployed), (Some(600), Some(true)));
    assert_eq!(config.state, Some(ConfigState::Updated));

    api.undeploy(&uid).await.expect("undeployed");
    assert_eq!(api.get(&uid).await.expect("read").has_been_deployed, Some(false));
    api.delete(&uid, DeleteOptions::default()).await.expect("deleted");
    assert!(api.list().await.expect("listed").is_empty());
    api.create(&throttling_definition()).await.expect("another one can be created");
}

#[tokio::test]
async fn forced_delete_removes_deployed_config() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let capped = client.capping().create(&capping_definition()).await.expect("created").uid;
    client.capping().deploy(&capped).await.expect("deployed");
    client.capping().delete(&capped, DeleteOptions { force: true }).await.expect("deleted");
    let throttled = client.throttling().create(&throttling_definition()).await.expect("created").uid;
    client.throttling().deploy(&throttled).await.expect("deployed");
    client.throttling().delete(&throttled, DeleteOptions { force: true }).await.expect("deleted");
    assert!(client.capping().list().await.expect("listed").is_empty());
    assert!(client.throttling().list().await.expect("listed").is_empty());
}

#[tokio::test]
async fn dropped_emulator_stops_listening() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    client.capping().list().await.expect("listed");
    drop(emulator);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    client.capping().list().await.expect_err("the emulator is stopped");
}
