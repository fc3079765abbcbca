//! The secrets and tokens of this process, and the mask that hides them in output.

use std::ffi::OsString;
use std::sync::{OnceLock, PoisonError, RwLock};

use ajo_auth::{AccessToken, Credentials, Secret};
use ajo_engine::find_credential_content;

/// Replaces a secret. Libraries print secrets the same way.
const MASK: &str = "[redacted]";

/// Minimum length of a secret in characters. Shorter ones would hide parts of harmless words.
const MIN_LENGTH: usize = 8;

/// Minimum length in bytes of the start of a secret that is masked before `…`, where a message was cut.
const MIN_CUT_LENGTH: usize = 4;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The secrets, and the parts of Base64 text that contain them.
#[derive(Default)]
struct SecretMask {
    needles: Vec<Secret>,
}

fn known() -> &'static RwLock<SecretMask> {
    static KNOWN: OnceLock<RwLock<SecretMask>> = OnceLock::new();
    KNOWN.get_or_init(RwLock::default)
}

/// Remembers a secret or token. From now on no output shows it.
pub(crate) fn register(secret: &Secret) {
    known().write().unwrap_or_else(PoisonError::into_inner).add(secret);
}

/// Remembers all secrets in the environment, even if no command uses them.
pub(crate) fn register_environment() {
    secrets_in_environment().iter().for_each(register);
}

/// All secrets in variables of this program, of Adobe's own, and of the stores of shared state.
pub(crate) fn secrets_in_environment() -> Vec<Secret> {
    let variables = std::env::vars_os();
    let secrets =
        |(name, value): (OsString, OsString)| secrets_in_variable(&name.to_string_lossy(), &value.to_string_lossy());
    let mut secrets: Vec<Secret> = variables.flat_map(secrets).collect();
    let variables = std::env::vars_os();
    secrets
        .extend(variables.flat_map(|(name, value)| bucket_secrets(&name.to_string_lossy(), &value.to_string_lossy())));
    // CI variables often hold the content of the file instead of its path.
    let value = std::env::var("AJO_CREDENTIALS").unwrap_or_default();
    let content = find_credential_content(&value).unwrap_or(value);
    if let Ok(credentials) = Credentials::parse(&content, None) {
        secrets.extend_from_slice(credentials.secrets());
    }
    secrets
}

/// The secrets in an environment variable of this program or of Adobe's own: one secret, a JSON list of secrets, or a token.
fn secrets_in_variable(name: &str, value: &str) -> Vec<Secret> {
    // Variables of Adobe's command write `_` in a name as `__`.
    let name = name.to_ascii_lowercase().replace("__", "_");
    let is_ours = ["ajo_", "ims_", "aio_"].iter().any(|prefix| name.starts_with(prefix));
    if !is_ours || !(name.contains("secret") || name.contains("access_token")) {
        return Vec::new();
    }
    if let Some(token) = AccessToken::from_setting(&Secret::new(value)).filter(|_| name.contains("token")) {
        return vec![token.value().clone()];
    }
    let list: Vec<String> = serde_json::from_str(value).unwrap_or_else(|_| vec![value.trim().to_owned()]);
    list.into_iter().map(Secret::new).collect()
}

/// The secrets in an environment variable of a store: a key, a token, a SAS token, or the JSON of a service account.
fn bucket_secrets(name: &str, value: &str) -> Vec<Secret> {
    let name = name.to_ascii_lowercase();
    let is_of_store = ["aws_", "azure_", "google_"].iter().any(|prefix| name.starts_with(prefix));
    // `_id` and `_file` are names of secrets, not secrets.
    let is_secret = ["secret", "token", "key"].iter().any(|part| name.contains(part))
        && !["_id", "_file", "_url", "_enabled"].iter().any(|end| name.ends_with(end));
    if !is_of_store || !is_secret {
        return Vec::new();
    }
    let account: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(value).ok();
    let private_key = account.and_then(|account| Some(account.get("private_key")?.as_str()?.to_owned()));
    let signature = value.split(['?', '&']).find_map(|part| part.strip_prefix("sig="));
    let signature = signature.map(|text| text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="));
    [Some(value.trim().to_owned()), private_key, signature].into_iter().flatten().map(Secret::new).collect()
}

/// Replaces all known secrets in a text.
pub(crate) fn mask(text: &str) -> String {
    known().read().unwrap_or_else(PoisonError::into_inner).apply(text)
}

impl SecretMask {
    fn add(&mut self, secret: &Secret) {
        let text = secret.expose().trim();
        if text.chars().count() < MIN_LENGTH || self.needles.iter().any(|known| known.expose() == text) {
            return;
        }
        self.needles.push(Secret::new(text));
        for offset in 0..3 {
            let encoded = base64_part(text.as_bytes(), offset);
            let url_safe = encoded.replace('+', "-").replace('/', "_");
            if url_safe != encoded {
                self.needles.push(Secret::new(url_safe));
            }
            self.needles.push(Secret::new(encoded));
        }
    }

    fn apply(&self, text: &str) -> String {
        let mut by_first_byte = vec![Vec::new(); 256];
        for needle in self.needles.iter().map(|needle| needle.expose().as_bytes()) {
            by_first_byte[usize::from(needle[0])].push(needle);
        }
        let bytes = text.as_bytes();
        let mut masked = String::with_capacity(text.len());
        let (mut copied, mut position) = (0, 0);
        while position < bytes.len() {
            let encoded = decode_byte(&bytes[position..]).map(|(byte, _)| byte);
            let first_bytes = [Some(bytes[position]), encoded.filter(|byte| *byte != bytes[position])];
            let needles = first_bytes.into_iter().flatten().flat_map(|byte| &by_first_byte[usize::from(byte)]);
            let longest = needles.filter_map(|needle| match_end(bytes, position, needle, 0)).max();
            // A match inside a character is not possible: secrets and encodings start with a whole one.
            match longest.filter(|end| text.is_char_boundary(position) && text.is_char_boundary(*end)) {
                Some(end) => {
                    masked.push_str(&text[copied..position]);
                    masked.push_str(MASK);
                    (copied, position) = (end, end);
                }
                None => position += 1,
            }
        }
        masked.push_str(&text[copied..]);
        masked
    }
}

/// The end of a secret whose bytes from `first` on start at `position`. Each byte may be encoded for a URL, JSON, XML, or
/// Markdown. The secret may be cut, because messages are cut before they are masked.
fn match_end(text: &[u8], mut position: usize, secret: &[u8], first: usize) -> Option<usize> {
    for index in first..secret.len() {
        let byte = secret[index];
        let encoded = decode_byte(&text[position.min(text.len())..]).filter(|(decoded, _)| *decoded == byte);
        let verbatim = text.get(position) == Some(&byte);
        position += match (verbatim, encoded) {
            (false, None) => return cut_end(text, position).filter(|_| index >= MIN_CUT_LENGTH),
            (true, None) => 1,
            (false, Some((_, length))) => length,
            // `%` and `\` can be part of the secret or of its encoding.
            (true, Some((_, length))) => {
                let end = |length| match_end(text, position + length, secret, index + 1);
                return end(length).or_else(|| end(1));
            }
        };
    }
    Some(position)
}

/// The position of `…` in a text that is cut here, perhaps within an encoded byte.
fn cut_end(text: &[u8], position: usize) -> Option<usize> {
    let rest = text.get(position..)?;
    let max_length = if rest.starts_with(b"%") || rest.starts_with(b"\\") || rest.starts_with(b"&") { 9 } else { 0 };
    (0..=max_length).find(|length| rest[*length.min(&rest.len())..].starts_with("…".as_bytes())).map(|it| position + it)
}

/// The encoded byte at the start of a text, and the length of its encoding.
fn decode_byte(text: &[u8]) -> Option<(u8, usize)> {
    let number = |digits: &[u8], radix| {
        let digits = std::str::from_utf8(digits).ok().filter(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        u8::try_from(u32::from_str_radix(digits, radix).ok()?).ok()
    };
    // The text from `start` to the byte `end`, and the length up to and including it.
    let until = |start: usize, end: u8| {
        let length = text.get(start..)?.iter().take(8).position(|it| *it == end)?;
        Some((&text[start..start + length], start + length + 1))
    };
    match (text.first()?, text.get(1)) {
        (b'%', _) => Some((number(text.get(1..3)?, 16)?, 3)),
        (b'+', _) => Some((b' ', 1)),
        (b'\\', Some(b'u')) if text.get(2) == Some(&b'{') => {
            let (digits, length) = until(3, b'}')?;
            Some((number(digits, 16)?, length))
        }
        (b'\\', Some(b'u')) => Some((number(text.get(2..6)?, 16)?, 6)),
        (b'\\', Some(next)) => {
            let decoded = match next {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 8,
                b'f' => 12,
                b'"' | b'\\' | b'/' | b'\'' => *next,
                _ => return None,
            };
            Some((decoded, 2))
        }
        (b'&', Some(b'#')) => {
            let (digits, length) = until(2, b';')?;
            let decoded = match digits.strip_prefix(b"x").or_else(|| digits.strip_prefix(b"X")) {
                Some(digits) => number(digits, 16),
                None => number(digits, 10),
            };
            Some((decoded?, length))
        }
        (b'&', _) => {
            let (name, length) = until(1, b';')?;
            let decoded = match name {
                b"amp" => b'&',
                b"lt" => b'<',
                b"gt" => b'>',
                b"quot" => b'"',
                b"apos" => b'\'',
                _ => return None,
            };
            Some((decoded, length))
        }
        _ => None,
    }
}

/// The characters of Base64 text that depend only on the secret, if `offset` bytes (modulo 3) precede it.
fn base64_part(secret: &[u8], offset: usize) -> String {
    let bytes: Vec<u8> = std::iter::repeat_n(0, offset).chain(secret.iter().copied()).collect();
    let bit = |index: usize| (bytes[index / 8] >> (7 - index % 8)) & 1;
    let characters = (offset * 8).div_ceil(6)..bytes.len() * 8 / 6;
    let value = |character: usize| (0..6).fold(0, |value, index| value << 1 | usize::from(bit(character * 6 + index)));
    characters.map(|character| char::from(BASE64[value(character)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "p8e-/a+\"\\ s3cr~t&1";

    fn masked(text: &str) -> String {
        let mut mask = SecretMask::default();
        mask.add(&Secret::new(SECRET));
        mask.add(&Secret::new("short"));
        mask.apply(text)
    }

    #[test]
    fn secret_is_masked_in_every_form() {
        let every_byte = |format: fn(u8) -> String| SECRET.bytes().map(format).collect::<String>();
        for form in [
            SECRET.to_owned(),
            "p8e-%2Fa%2B%22%5C%20s3cr~t%261".to_owned(),
            "p8e-%2fa%2b%22%5c+s3cr%7et%261".to_owned(),
            every_byte(|byte| format!("%{byte:02X}")),
            every_byte(|byte| format!("\\u{byte:04x}")),
            every_byte(|byte| format!("&#{byte};")),
            every_byte(|byte| format!("&#x{byte:x};")),
            r#"p8e-/a+\"\\ s3cr~t&1"#.to_owned(),
            r#"p8e-\/a+\"\\ s3cr~t\u00261"#.to_owned(),
            "p8e-/a+&quot;\\ s3cr~t&amp;1".to_owned(),
        ] {
            assert_eq!(masked(&format!("é{form}東 {form}")), "é[redacted]東 [redacted]", "{form}");
        }
    }

    #[test]
    fn secret_is_masked_in_base64() {
        // `printf '%s' "$prefix$secret" | base64`
        for text in [
            "cDhlLS9hKyJcIHMzY3J+dCYx",
            "OnA4ZS0vYSsiXCBzM2NyfnQmMQ==",
            "YTpwOGUtL2ErIlwgczNjcn50JjE=",
            "cDhlLS9hKyJcIHMzY3J-dCYx",
            "cDhlLS9hKyJcIHMzY3J%2BdCYx",
        ] {
            let shown = masked(text);
            assert!(shown.contains(MASK) && shown.len() <= MASK.len() + 6, "{text}: {shown}");
        }
    }

    #[test]
    fn secrets_of_stores_are_found() {
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AZURE_STORAGE_ACCOUNT_KEY",
            "AZURE_STORAGE_KEY",
            "AZURE_STORAGE_SAS_TOKEN",
            "AZURE_STORAGE_CLIENT_SECRET",
            "AZURE_CLIENT_SECRET",
            "GOOGLE_SERVICE_ACCOUNT_KEY",
            "GOOGLE_BEARER_TOKEN",
        ] {
            assert_eq!(bucket_secrets(name, " s3cr3t ").len(), 1, "{name}");
        }
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_REGION",
            "AWS_ENDPOINT_URL",
            "AZURE_CLIENT_ID",
            "AZURE_STORAGE_ACCOUNT_NAME",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "MY_SECRET_KEY",
        ] {
            assert!(bucket_secrets(name, "s3cr3t").is_empty(), "{name}");
        }
        let texts = |secrets: Vec<Secret>| secrets.iter().map(|it| it.expose().to_owned()).collect::<Vec<_>>();
        let sas = "?sv=2025-05-05&sig=ab%2Bc%2Fd%3D&se=x";
        assert_eq!(texts(bucket_secrets("AZURE_STORAGE_SAS_TOKEN", sas)), [sas, "ab+c/d="]);
        let account = r#"{"client_email": "a@b", "private_key": "-----BEGIN\nx"}"#;
        assert_eq!(texts(bucket_secrets("GOOGLE_SERVICE_ACCOUNT_KEY", account)), [account, "-----BEGIN\nx"]);
    }

    #[test]
    fn harmless_text_is_not_masked() {
        for text in ["", "short", "p8e-", "p8e-/a+\"\\ s3cr~t&", "%", "\\u", "&#", "%p8e", "東京"] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn cut_secret_is_masked() {
        for start in ["p8e-", "p8e-/a+", "p8e-%2Fa%2", "p8e-/a+&qu", "p8e-/a+\\", "p8e-/a\\u00", "cDhlLS9h", "OnA4ZS0v"]
        {
            let shown = masked(&format!("x {start}… y"));
            assert!(shown.contains("[redacted]… y") && shown.len() <= "x On[redacted]… y".len(), "{start}: {shown}");
        }
        for text in ["x p8e-/a… y", "p8e…", "p8e-/a+", "p8e-/a+ …"] {
            assert_eq!(masked(text) == text, !text.contains("a…"), "{text}");
        }
    }

    #[test]
    fn percent_sign_in_secret_is_masked() {
        let mut mask = SecretMask::default();
        mask.add(&Secret::new("%41bcdefg\\n"));
        assert_eq!(mask.apply("x%41bcdefg\\ny %2541bcdefg%5cn"), "x[redacted]y [redacted]");
    }
}
