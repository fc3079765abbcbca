//! Credential files that people have: synonyms of fields, other programs' files, and files in no known format.

use ajo_engine::{Credentials, Secret};

fn summary(text: &str, name: Option<&str>) -> Result<String, String> {
    let found = Credentials::parse(text, name).map_err(|error| error.to_string())?;
    let secrets: Vec<_> = found.secrets().iter().map(Secret::expose).collect();
    Ok(format!("{} {} {} {}", found.client_id(), secrets.join("+"), found.org_id(), found.scopes()))
}

#[test]
fn field_synonyms_are_accepted() {
    for text in [
        r#"{"CLIENT_ID": "c1", "CLIENT_SECRET": "s3cr3t", "ORG_ID": "A1@AdobeOrg", "SCOPES": ["openid", "AdobeID"]}"#,
        r#"{"API_KEY": "c1", "CLIENT_SECRET": "s3cr3t", "ORG_ID": "A1@AdobeOrg", "SCOPES": "openid AdobeID"}"#,
        r#"{"client_id": "c1", "client_secrets": ["s3cr3t"], "ims_org_id": "A1@AdobeOrg", "scopes": ["openid", "AdobeID"]}"#,
        r#"{"clientId": "c1", "clientSecret": "s3cr3t", "orgId": "A1@AdobeOrg", "scope": "openid,AdobeID"}"#,
        r#"{"org_id": "A1@AdobeOrg", "client_id": "c1", "tech_id": "t@techacct.adobe.com", "pathToKey": "", "secret": "s3cr3t",
            "scopes": "openid,AdobeID", "sandbox-name": "prod", "environment": "prod"}"#,
        r#"{"AJO_CLIENT_ID": "c1", "AJO_CLIENT_SECRET": "s3cr3t", "AJO_ORG_ID": "A1@AdobeOrg", "AJO_SCOPES": "openid,AdobeID"}"#,
        r#"{"IMS_OAUTH_S2S_CLIENT_ID": "c1", "IMS_OAUTH_S2S_CLIENT_SECRET": "[\"s3cr3t\"]", "IMS_OAUTH_S2S_ORG_ID": "A1@AdobeOrg",
            "IMS_OAUTH_S2S_SCOPES": "openid\nAdobeID"}"#,
        r#"{"values": [{"key": "client_id", "value": "c1"}, {"key": "client_secret", "value": "s3cr3t"},
            {"key": "org_id", "value": "A1@AdobeOrg"}, {"key": "scopes", "value": "openid,AdobeID"}]}"#,
        "CLIENT_ID=c1\nCLIENT_SECRET=s3cr3t\nORG_ID=A1@AdobeOrg\nSCOPES=openid AdobeID\n",
        "\u{feff}client_id = c1\nclient_secrets = [\"s3cr3t\"]\nims_org_id = A1@AdobeOrg\nscopes = openid,AdobeID\n",
    ] {
        assert_eq!(summary(text, None).as_deref(), Ok("c1 s3cr3t A1@AdobeOrg openid,AdobeID"), "{text}");
    }
}

#[test]
fn aio_config_contexts_are_parsed() {
    let context = |id: &str| {
        format!(
            r#"{{"client_id": "{id}", "client_secrets": ["s3cr3t"], "technical_account_id": "t", "ims_org_id": "A1@AdobeOrg",
                "scopes": ["openid", "AdobeID"]}}"#
        )
    };
    let jwt = r#"{"client_id": "j", "client_secret": "s3cr3t", "private_key": "s3cr3t", "meta_scopes": ["x"]}"#;
    let config =
        |contexts: &str| format!(r#"{{"ims": {{"contexts": {{"$cli": {{"access_token": "s3cr3t"}}, {contexts}}}}}}}"#);
    let one = config(&format!(r#""prod": {}"#, context("c1")));
    assert_eq!(summary(&one, None).as_deref(), Ok("c1 s3cr3t A1@AdobeOrg openid,AdobeID"));
    let two = config(&format!(r#""prod": {}, "lab": {}, "old": {jwt}"#, context("c1"), context("c2")));
    assert_eq!(summary(&two, Some("lab")).as_deref(), Ok("c2 s3cr3t A1@AdobeOrg openid,AdobeID"));
    let error = summary(&two, None).expect_err("several");
    assert!(error.starts_with("there are several credentials") && error.contains("prod"), "{error}");
    let error = summary(&config(&format!(r#""old": {jwt}"#)), None).expect_err("jwt");
    assert!(error.starts_with("this is a JWT") && !error.contains("s3cr3t"), "{error}");
}

#[test]
fn jwt_needs_key_material() {
    let fields = r#""CLIENT_ID": "c1", "CLIENT_SECRET": "s3cr3t", "ORG_ID": "A1@AdobeOrg""#;
    for material in [r#""METASCOPES": ["x"]"#, r#""PRIVATE_KEY": "s3cr3t""#, r#""pathToKey": "private.key""#] {
        let error = summary(&format!("{{{fields}, {material}}}"), None).expect_err("jwt");
        assert!(error.starts_with("this is a JWT"), "{error}");
    }
    let error = summary(&format!("{{{fields}}}"), None).expect_err("no scopes");
    assert!(error.starts_with("the field SCOPES is missing"), "{error}");
}

#[test]
fn unknown_formats_are_named() {
    for (text, problem) in [
        ("", "the file is empty"),
        (" \r\n", "the file is empty"),
        ("\u{feff}", "the file is empty"),
        ("[default]\nclient_id = s3cr3t\n", "the file is INI; known formats: "),
        ("; comment\n[default]\n", "the file is INI; known formats: "),
        ("client_id: s3cr3t\nclient_secret: s3cr3t\n", "the file is YAML; known formats: "),
        ("---\nclient_id: s3cr3t\n", "the file is YAML; known formats: "),
        ("s3cr3t", "the file has an unknown format; known formats: "),
        ("<html>s3cr3t</html>", "the file has an unknown format; known formats: "),
        (
            "[{\"s3cr3t\": 1}]",
            "the file must contain a JSON object or lines such as `AJO_CLIENT_ID=…`; known formats: ",
        ),
        ("{\"s3cr3t\": 1}", "the JSON has none of the fields of a credential; known formats: "),
        ("OTHER=s3cr3t\n", "no line sets a field of a credential; known formats: "),
    ] {
        let error = summary(text, None).expect_err(text);
        assert!(error.starts_with(problem) && !error.contains("s3cr3t"), "{text}: {error}");
    }
    let error = summary("x", None).expect_err("unknown");
    for name in
        ["CLIENT_ID", "CLIENT_SECRETS", "ORG_ID", "SCOPES", "project", "Postman", "aio-lib-ims", "AJO_CLIENT_ID=…"]
    {
        assert!(error.contains(name), "{name}: {error}");
    }
}

#[test]
fn content_in_path_setting_is_read() {
    let json = r#"{"CLIENT_ID": "c1", "CLIENT_SECRETS": ["s3cr3t"], "ORG_ID": "A1@AdobeOrg", "SCOPES": ["openid"]}"#;
    let lines = "AJO_CLIENT_ID=c1\nAJO_CLIENT_SECRET=s3cr3t\nAJO_ORG_ID=A1@AdobeOrg\nAJO_SCOPES=openid\n";
    let from = |value: &str| {
        let variable = ("AJO_CREDENTIALS".to_owned(), value.to_owned());
        Credentials::from_vars([variable], |_| Err::<String, _>("File name too long"))
    };
    for text in [json, lines] {
        assert_eq!(from(text).expect("credentials").client_id().as_str(), "c1");
    }
    for text in [&json[..60], "AJO_CLIENT_SECRET=s3cr3t", "{s3cr3t", "p8e-s3cr3t", "s3cr3t\nSEC"] {
        let error = from(text).expect_err(text);
        assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
    }
}

#[test]
fn value_errors_name_the_variable() {
    let set = |name: &str, value: &str| {
        let all = [("CLIENT_ID", "c"), ("CLIENT_SECRET", "s3cr3t"), ("ORG_ID", "A1@AdobeOrg"), ("SCOPES", "openid")];
        let vars = all.map(|(known, good)| {
            (format!("IMS_OAUTH_S2S_{known}"), if known == name { value.to_owned() } else { good.to_owned() })
        });
        let own = (format!("AJO_{name}"), value.to_owned());
        let ims = Credentials::from_vars(vars.clone(), |_| Err::<String, _>("none"));
        let own = Credentials::from_vars(vars.into_iter().chain([own]), |_| Err::<String, _>("none"));
        [own, ims].map(|result| result.expect_err(value).to_string())
    };
    for (name, value, problem) in [
        ("CLIENT_ID", "a b", "the client id contains"),
        ("CLIENT_SECRET", "\"s3cr3t\"", "the client secret starts or ends with a quote; remove it"),
        ("CLIENT_SECRET", "${s3cr3t}", "the client secret is a placeholder"),
        ("CLIENT_SECRET", "[]", "the client secret is empty"),
        ("ORG_ID", "A1", "the organization id must look like"),
        ("SCOPES", "openid;AdobeID", "the scopes contain `;`"),
    ] {
        for (error, prefix) in set(name, value).iter().zip(["AJO", "IMS_OAUTH_S2S"]) {
            assert!(error.starts_with(&format!("{prefix}_{name}: {problem}")), "{error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }
}
