//! Parses the text fields of a `multipart/form-data` body (RFC 7578).

use std::collections::BTreeMap;

/// Maximum number of fields; a token request has five.
const MAX_FIELDS: usize = 100;

/// The fields by name; the last one of a name counts. Malformed parts are skipped.
pub(super) fn parse_fields(content_type: &str, body: &[u8]) -> BTreeMap<String, String> {
    let (Some(boundary), Ok(body)) = (parameter(content_type, "boundary"), std::str::from_utf8(body)) else {
        return BTreeMap::new();
    };
    // Every delimiter but the first follows a line break; the part before the first is empty.
    let delimiter = format!("--{boundary}");
    let parts = body.split(delimiter.as_str()).skip(1).take(MAX_FIELDS);
    parts.filter_map(parse_part).collect()
}

fn parse_part(part: &str) -> Option<(String, String)> {
    let (head, value) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    Some((parameter(disposition?, "name")?.to_owned(), value.strip_suffix("\r\n")?.to_owned()))
}

/// A parameter of a header value, without its quotes.
fn parameter<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let value = header.split(';').skip(1).find_map(|parameter| {
        let (there, value) = parameter.split_once('=')?;
        there.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content_type: &str, body: &str) -> Vec<(String, String)> {
        parse_fields(content_type, body.as_bytes()).into_iter().collect()
    }

    #[test]
    fn fields_are_parsed() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n\
                    --b\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; name=c\r\n\r\n\r\n--b--\r\n";
        let expected = [("a".to_owned(), "1\r\n2".to_owned()), ("c".to_owned(), String::new())];
        for content_type in ["multipart/form-data; boundary=b", "multipart/form-data; charset=utf-8; Boundary=\"b\""] {
            assert_eq!(parse(content_type, body), expected, "{content_type}");
        }
    }

    #[test]
    fn malformed_bodies_have_no_fields() {
        for (content_type, body) in [
            ("multipart/form-data", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--"),
            ("multipart/form-data; boundary=", "--\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n----"),
            ("multipart/form-data; boundary=b", ""),
            ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1"),
            ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--"),
            ("multipart/form-data; boundary=b", "--b\nContent-Disposition: form-data; name=a\n\n1\n--b--"),
        ] {
            assert_eq!(parse(content_type, body), [], "{body:?}");
        }
        assert_eq!(parse("multipart/form-data; boundary=b", &"--b\r\n".repeat(200_000)), []);
    }
}
