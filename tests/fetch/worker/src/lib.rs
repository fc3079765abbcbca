//! The Worker in the documentation of `ajo_core::fetch`. `cargo xtask test worker` compiles it, and `tests/docs/doc_tables.rs` compares
//! it with the documentation.

use ajo_core::{Credentials, fetch::Client};
use worker::{Context, Env, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(_: Request, env: Env, _: Context) -> Result<Response> {
    let secret = env.secret("AJO_CLIENT_SECRET")?.to_string();
    let credentials = Credentials::new("client id", secret, "A1B2C3@AdobeOrg", "openid,AdobeID,session")
        .map_err(|error| worker::Error::from(error.to_string()))?;
    let client = Client::builder()
        .credentials(credentials)
        .sandbox("prod")
        .build()
        .map_err(|error| worker::Error::from(error.to_string()))?;
    match client.capping().list().await {
        Ok(configs) => Response::ok(format!("{} capping configurations", configs.len())),
        Err(error) => Response::error(error.to_string(), 502),
    }
}
