//! The secrets and tokens of this process, and the mask that hides them in output.

use std::sync::{OnceLock, PoisonError, RwLock};

use ajo_auth::{Credentials, Secret};
use ajo_engine::find_credential_content;

/// Replaces a secret. Libraries print secrets the same way.
const MASK: &str = "[redacted]";

/// Minimum length of a secret in characters. Shorter ones would hide parts of harmless words.
const MIN_LENGTH: usize = 8;

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
    for (name, value) in std::env::vars_os() {
        secrets_in_variable(&name.to_string_lossy(), &value.to_string_lossy()).iter().for_each(register);
    }
    // CI variables often hold the content of the file instead of its path.
    let value = std::env::var("AJO_CREDENTIALS").unwrap_or_default();
    let content = find_credential_content(&value).unwrap_or(value);
    if let Ok(credentials) = Credentials::parse(&content, None) {
        credentials.secrets().iter().for_each(register);
    }
}

/// The secrets in an environment variable of this program or of Adobe's own: one secret, a JSON list of secrets, or a token.
pub(crate) fn secrets_in_variable(name: &str, value: &str) -> Vec<Secret> {
    let name = name.to_ascii_lowercase();
    let is_ours = ["ajo_", "ims_", "aio_"].iter().any(|prefix| name.starts_with(prefix));
    if !is_ours || !(name.contains("secret") || name.contains("access_token")) {
        return Vec::new();
    }
    let value = value.trim();
    let value = value.strip_prefix("Bearer ").unwrap_or(value).trim();
    let list: Vec<String> = serde_json::from_str(value).unwrap_or_else(|_| vec![value.to_owned()]);
    list.into_iter().map(Secret::new).collect()
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
        // A match starts with the first character of a secret, or with an encoded one.
        let mut starts = [false; 256];
        let first_bytes = self.needles.iter().filter_map(|needle| needle.expose().bytes().next());
        first_bytes.chain(*b"%+\\&").for_each(|byte| starts[usize::from(byte)] = true);
        let bytes = text.as_bytes();
        let mut masked = String::with_capacity(text.len());
        let (mut copied, mut position) = (0, 0);
        while position < bytes.len() {
            if !starts[usize::from(bytes[position])] {
                position += 1;
                continue;
            }
            let longest = self.needles.iter().filter_map(|it| match_end(bytes, position, it.expose().as_bytes())).max();
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

/// The end of a secret that starts at `position`. Each byte may be encoded for a URL, JSON, XML, or Markdown.
fn match_end(text: &[u8], mut position: usize, secret: &[u8]) -> Option<usize> {
    for (index, byte) in secret.iter().enumerate() {
        let encoded = encoded_length(&text[position.min(text.len())..], *byte);
        let verbatim = text.get(position) == Some(byte);
        position += match (verbatim, encoded) {
            (false, None) => return None,
            (true, None) => 1,
            (false, Some(length)) => length,
            // `%` and `\` can be part of the secret or of its encoding.
            (true, Some(length)) => {
                let rest = &secret[index + 1..];
                return match_end(text, position + length, rest).or_else(|| match_end(text, position + 1, rest));
            }
        };
    }
    Some(position)
}

/// The length of the encoded form of a byte at the start of a text.
fn encoded_length(text: &[u8], byte: u8) -> Option<usize> {
    let hex = |digits: Option<&[u8]>| {
        let digits = std::str::from_utf8(digits?).ok()?;
        (digits.bytes().all(|digit| digit.is_ascii_hexdigit())
            && u32::from_str_radix(digits, 16) == Ok(u32::from(byte)))
        .then_some(())
    };
    let until = |start: usize, end: u8| {
        let length = text.get(start..)?.iter().take(8).position(|it| *it == end)?;
        Some((&text[start..start + length], start + length + 1))
    };
    match (text.first()?, text.get(1)) {
        (b'%', _) => hex(text.get(1..3)).map(|()| 3),
        (b'+', _) if byte == b' ' => Some(1),
        (b'\\', Some(b'u')) if text.get(2) == Some(&b'{') => {
            until(3, b'}').and_then(|(digits, end)| hex(Some(digits)).map(|()| end))
        }
        (b'\\', Some(b'u')) => hex(text.get(2..6)).map(|()| 6),
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
            (decoded == byte).then_some(2)
        }
        (b'&', Some(b'#')) => {
            let (digits, end) = until(2, b';')?;
            let is_same = match digits.strip_prefix(b"x").or_else(|| digits.strip_prefix(b"X")) {
                Some(digits) => hex(Some(digits)).is_some(),
                None => std::str::from_utf8(digits).ok()?.parse() == Ok(u32::from(byte)),
            };
            is_same.then_some(end)
        }
        (b'&', _) => {
            let (name, end) = until(1, b';')?;
            let decoded = match name {
                b"amp" => b'&',
                b"lt" => b'<',
                b"gt" => b'>',
                b"quot" => b'"',
                b"apos" => b'\'',
                _ => return None,
            };
            (decoded == byte).then_some(end)
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
    fn harmless_text_is_not_masked() {
        for text in ["", "short", "p8e-", "p8e-/a+\"\\ s3cr~t&", "%", "\\u", "&#", "%p8e", "東京"] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn percent_sign_in_secret_is_masked() {
        let mut mask = SecretMask::default();
        mask.add(&Secret::new("%41bcdefg\\n"));
        assert_eq!(mask.apply("x%41bcdefg\\ny %2541bcdefg%5cn"), "x[redacted]y [redacted]");
    }
}
