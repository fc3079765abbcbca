//! The path and query of a request, from the template of an operation.

/// Room for two parameters such as uids, so that a path is allocated once.
const ROOM: usize = 96;

const HEX: [u8; 16] = *b"0123456789ABCDEF";

/// A path and query that is being built. A problem is reported when the request is sent.
pub(crate) struct RequestPath {
    text: String,
    /// The template after the last parameter that was filled in.
    rest: &'static str,
    has_query: bool,
    problem: Option<&'static str>,
}

impl RequestPath {
    /// Of a template with parameters in braces.
    pub(crate) fn new(template: &'static str) -> Self {
        let mut path = Self { text: String::with_capacity(ROOM), rest: template, has_query: false, problem: None };
        path.push_literal();
        path
    }

    /// Fills in the next parameter.
    pub(crate) fn push_parameter(&mut self, value: &str) {
        // URL parsers remove such a segment, also if it is encoded.
        if matches!(value, "" | "." | "..") {
            self.problem = Some("a parameter of its path is empty, `.`, or `..`");
        }
        encode(&mut self.text, value);
        self.rest = self.rest.split_once('}').map_or("", |(_, rest)| rest);
        self.push_literal();
    }

    /// Adds a parameter of the query.
    pub(crate) fn push_query(&mut self, name: &str, value: &str) {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        encode(&mut self.text, name);
        self.text.push('=');
        encode(&mut self.text, value);
    }

    /// The path and query.
    pub(crate) fn finish(self) -> Result<String, &'static str> {
        if self.rest.is_empty() {
            self.problem.map_or(Ok(self.text), Err)
        } else {
            Err("a parameter of its path is missing")
        }
    }

    /// Moves the part of the template before the next parameter.
    fn push_literal(&mut self) {
        let end = self.rest.find('{').unwrap_or(self.rest.len());
        let (literal, rest) = self.rest.split_at(end);
        self.text.push_str(literal);
        self.rest = rest;
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
fn encode(text: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 0xF)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(template: &'static str, parameters: &[&str]) -> Result<String, &'static str> {
        let mut path = RequestPath::new(template);
        for parameter in parameters {
            path.push_parameter(parameter);
        }
        path.finish()
    }

    #[test]
    fn parameters_are_encoded_into_the_template() {
        assert_eq!(path("/list", &[]).as_deref(), Ok("/list"));
        assert_eq!(path("/a/{uid}/deploy", &["u-1"]).as_deref(), Ok("/a/u-1/deploy"));
        assert_eq!(path("/{a}/{b}", &["x/y?z", "ü%"]).as_deref(), Ok("/x%2Fy%3Fz/%C3%BC%25"));
    }

    #[test]
    fn missing_and_dot_segments_are_refused() {
        path("/a/{uid}", &[]).expect_err("no parameter");
        for segment in ["", ".", ".."] {
            path("/a/{uid}", &[segment]).expect_err(segment);
        }
    }

    #[test]
    fn query_parameters_follow_the_path() {
        let mut path = RequestPath::new("/a");
        path.push_query("forceDelete", "true");
        path.push_query("q", "a&b=c");
        assert_eq!(path.finish().as_deref(), Ok("/a?forceDelete=true&q=a%26b%3Dc"));
    }
}
