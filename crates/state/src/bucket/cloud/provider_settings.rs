//! Opens buckets with the environment variables that the users of a provider know.

use std::str::FromStr;
use std::sync::Arc;

use ajo_auth::BaseUrl;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{ObjectStore, RetryConfig};

use super::failure_kinds::library_error;
use super::http_service::{BucketConnector, RequestLimits};
use ajo_limits::{BucketProvider, BucketUrl};

/// Azurite's account and its key, which are public: <https://learn.microsoft.com/azure/storage/common/storage-connect-azurite>.
const AZURITE_ACCOUNT: &str = "devstoreaccount1";
const AZURITE_KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const AZURITE_URL: &str = "http://127.0.0.1:10000";

/// The names of the Azure CLI, which the crate does not read.
const AZURE_CLI_NAMES: [(&str, AzureConfigKey); 2] =
    [("AZURE_STORAGE_ACCOUNT", AzureConfigKey::AccountName), ("AZURE_STORAGE_KEY", AzureConfigKey::AccessKey)];

/// Opens a bucket. The error says what is wrong, and contains no secret.
pub(super) fn open(
    url: &BucketUrl,
    variables: impl IntoIterator<Item = (String, String)>,
    limits: RequestLimits,
) -> Result<Arc<dyn ObjectStore>, String> {
    let variables = Variables::new(variables)?;
    let connector = BucketConnector::new(limits);
    match url.provider {
        BucketProvider::S3 => open_s3(&url.bucket, &variables, connector),
        BucketProvider::Gcs => open_gcs(&url.bucket, &variables, connector),
        BucketProvider::Azure => open_azure(&url.bucket, &variables, connector),
    }
}

fn open_s3(bucket: &str, variables: &Variables, connector: BucketConnector) -> Result<Arc<dyn ObjectStore>, String> {
    let mut builder = AmazonS3Builder::new();
    for (key, value) in variables.settings("AWS_") {
        // Timeouts, proxies, and certificates are the same as for all other connections.
        if !matches!(key, AmazonS3ConfigKey::Client(_)) {
            builder = builder.with_config(key, value);
        }
    }
    check_endpoint("AWS_ENDPOINT_URL_S3", builder.get_config_value(&AmazonS3ConfigKey::S3Endpoint).as_deref())?;
    check_endpoint("AWS_ENDPOINT_URL", builder.get_config_value(&AmazonS3ConfigKey::Endpoint).as_deref())?;
    let is_set = |key| builder.get_config_value(&key).is_some();
    match (is_set(AmazonS3ConfigKey::AccessKeyId), is_set(AmazonS3ConfigKey::SecretAccessKey)) {
        (true, false) => return Err("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not".to_owned()),
        (false, true) => return Err("AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not".to_owned()),
        _ => {}
    }
    let store = builder
        .with_bucket_name(bucket)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        // Not every compatible store can delete several objects with one request.
        .with_disable_bulk_delete(true)
        .with_retry(no_retries())
        .with_http_connector(connector)
        .build();
    Ok(Arc::new(store.map_err(|error| library_error(&error))?))
}

fn open_gcs(bucket: &str, variables: &Variables, connector: BucketConnector) -> Result<Arc<dyn ObjectStore>, String> {
    let mut builder = GoogleCloudStorageBuilder::new();
    if let Some(path) = variables.get("SERVICE_ACCOUNT") {
        builder = builder.with_service_account_path(path);
    }
    for (key, value) in variables.settings("GOOGLE_") {
        if !matches!(key, GoogleConfigKey::Client(_)) {
            builder = builder.with_config(key, value);
        }
    }
    check_endpoint("GOOGLE_BASE_URL", builder.get_config_value(&GoogleConfigKey::BaseUrl).as_deref())?;
    let store = builder.with_bucket_name(bucket).with_retry(no_retries()).with_http_connector(connector).build();
    Ok(Arc::new(store.map_err(|error| library_error(&error))?))
}

fn open_azure(
    container: &str,
    variables: &Variables,
    connector: BucketConnector,
) -> Result<Arc<dyn ObjectStore>, String> {
    let mut builder = MicrosoftAzureBuilder::new();
    for (name, key) in AZURE_CLI_NAMES {
        if let Some(value) = variables.get(name) {
            builder = builder.with_config(key, value);
        }
    }
    for (key, value) in variables.settings("AZURE_") {
        // The crate would read the URL of the emulator from the environment itself.
        if !matches!(key, AzureConfigKey::Client(_) | AzureConfigKey::UseEmulator) {
            builder = builder.with_config(key, value);
        }
    }
    if let Some(endpoint) = variables.get("IDENTITY_ENDPOINT") {
        builder = builder.with_msi_endpoint(endpoint);
    }
    if variables.get("AZURE_STORAGE_USE_EMULATOR").is_some_and(|it| ["1", "true", "yes"].contains(&it)) {
        let service = variables.get("AZURITE_BLOB_STORAGE_URL").unwrap_or(AZURITE_URL);
        check_endpoint("AZURITE_BLOB_STORAGE_URL", Some(service))?;
        builder = builder
            .with_account(AZURITE_ACCOUNT)
            .with_access_key(AZURITE_KEY)
            .with_endpoint(format!("{}/{AZURITE_ACCOUNT}", service.trim_end_matches('/')));
    }
    check_endpoint("AZURE_STORAGE_ENDPOINT", builder.get_config_value(&AzureConfigKey::Endpoint).as_deref())?;
    if builder.get_config_value(&AzureConfigKey::AccountName).is_none() {
        return Err("the storage account is missing; set AZURE_STORAGE_ACCOUNT_NAME".to_owned());
    }
    let store = builder.with_container_name(container).with_retry(no_retries()).with_http_connector(connector).build();
    Ok(Arc::new(store.map_err(|error| library_error(&error))?))
}

/// The crate would also retry conditional writes, so that a write that succeeded is reported as a conflict.
fn no_retries() -> RetryConfig {
    RetryConfig { max_retries: 0, ..RetryConfig::default() }
}

/// Fails if an endpoint is not https, and not on this machine either.
fn check_endpoint(variable: &str, url: Option<&str>) -> Result<(), String> {
    let Some(url) = url else { return Ok(()) };
    BaseUrl::parse(url).map(drop).map_err(|error| format!("{variable}: {error}"))
}

/// Environment variables without empty ones, which CI systems create for secrets that do not exist.
struct Variables(Vec<(String, String)>);

impl Variables {
    /// Fails if a value cannot be part of a request.
    fn new(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, String> {
        let prefixes = ["AWS_", "AZURE_", "AZURITE_", "GOOGLE_", "IDENTITY_ENDPOINT", "SERVICE_ACCOUNT"];
        let mut kept = Vec::new();
        for (name, value) in variables {
            if !prefixes.iter().any(|prefix| name.starts_with(prefix)) || value.trim().is_empty() {
                continue;
            }
            let value = value.trim();
            // Paths, and Google's keys in JSON.
            let may_have_any_character = name.ends_with("_FILE")
                || name == "SERVICE_ACCOUNT"
                || (name.starts_with("GOOGLE_") && name != "GOOGLE_BEARER_TOKEN");
            if !may_have_any_character && value.chars().any(|it| !it.is_ascii_graphic() && it != ' ') {
                return Err(format!("{name} contains a line break or a character that is not ASCII"));
            }
            kept.push((name, value.to_owned()));
        }
        Ok(Self(kept))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// The settings of the crate among the variables with this prefix.
    fn settings<'a, K: FromStr + 'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (K, &'a str)> + 'a {
        let of_provider = self.0.iter().filter(move |(name, _)| name.starts_with(prefix));
        of_provider.filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value.as_str())))
    }
}
