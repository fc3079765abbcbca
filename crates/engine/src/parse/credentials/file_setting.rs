//! `AJO_CREDENTIALS` should be a path, but CI systems often set it to the content of the file.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;

use crate::parse::base64::decode_base64;
use crate::parse::credentials::formats::dotenv::is_credential_dotenv;
use crate::text;
use crate::untrusted_text::excerpt;

/// The shortest Base64 text that can contain a credential.
const MIN_BASE64_LENGTH: usize = 80;

/// The credential in a setting that should be a path, plain or as Base64. `None` if the setting can be a path.
pub fn find_credential_content(setting: &str) -> Option<String> {
    let text = setting.trim_start_matches('\u{feff}').trim();
    if is_content(text) {
        return Some(text.to_owned());
    }
    if text.len() < MIN_BASE64_LENGTH {
        return None;
    }
    let decoded = String::from_utf8(decode_base64(text)?).ok()?;
    let decoded = decoded.trim_start_matches('\u{feff}').trim();
    is_content(decoded).then(|| decoded.to_owned())
}

fn is_content(text: &str) -> bool {
    text.starts_with(['{', '<', '"', '\''])
        || text.starts_with("[{")
        || text::contains(text, "-----BEGIN")
        || (text.contains('\n') && text.contains([':', '=']))
        || is_credential_dotenv(text)
}

/// A path for messages, bounded and escaped. A text that does not look like a path is not shown, because it can be a
/// secret.
pub fn display_path(path: &str) -> String {
    let is_path_character = |c: char| c.is_alphanumeric() || "/\\._-~ :+@,()".contains(c);
    let is_plausible = path.contains(['/', '\\', '.'])
        && path.chars().all(is_path_character)
        && !path.starts_with("eyJ")
        && path.split(['/', '\\']).all(|part| part.chars().count() <= 100);
    if is_plausible { excerpt(path, 300) } else { format!("a value of {} characters", path.chars().count()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_recognized() {
        let json = r#"{"ORG_ID": "A1@AdobeOrg", "CLIENT_ID": "c1", "CLIENT_SECRETS": ["SEC"], "SCOPES": ["openid"]}"#;
        let base64 = "eyJPUkdfSUQiOiAiQTFAQWRvYmVPcmciLCAiQ0xJRU5UX0lEIjogImMxIiwgIkNMSUVOVF9TRUNSRVRTIjogWyJTRUMiXSwg\n\
                      IlNDT1BFUyI6IFsib3BlbmlkIl19";
        let lines = "# CI\nexport AJO_CLIENT_ID=c1\nAJO_CLIENT_SECRET=SEC";
        for text in
            [json, lines, "CLIENT_SECRET=SEC", "AIO_ims_contexts_a_client__id=c1", "-----BEGIN PRIVATE KEY-----"]
        {
            assert_eq!(find_credential_content(&format!("\u{feff}{text}\n")).as_deref(), Some(text));
        }
        assert_eq!(find_credential_content(base64).as_deref(), Some(json));
        for path in ["c.json", "/run/secrets/ajo", "a=b.json", "~/c.json", "-", &"a/".repeat(60)] {
            assert_eq!(find_credential_content(path), None, "{path}");
        }
    }

    #[test]
    fn display_path_hides_other_text() {
        for path in ["c.json", "/run/secrets/ajo", "C:\\Users\\Zoë\\c.json", "/dev/fd/63", "./my file (1)"] {
            assert_eq!(display_path(path), path);
        }
        for text in ["p8e-SEC", "{SEC.x}", "A=SEC/x", "eyJ.SEC.x", "SEC.\u{1b}[31m", &format!("{}.", "S".repeat(101))] {
            assert!(display_path(text).starts_with("a value of "), "{text}");
        }
        assert_eq!(display_path(&"ab/".repeat(200)).chars().count(), 301);
    }
}
