//! Builds the path and query of a request from the path template of an operation.

/// Fits two uids, so that most paths need one allocation.
const INITIAL_CAPACITY: usize = 96;

const HEX: [u8; 16] = *b"0123456789ABCDEF";

/// A path and query under construction. Errors are reported when the request is sent.
#[derive(Debug)]
pub(crate) struct RequestPath {
    encoded: String,
    /// The template after the last parameter filled in.
    template_rest: &'static str,
    has_query: bool,
    error: Option<&'static str>,
}

impl RequestPath {
    /// Starts with a template whose parameters are in braces.
    pub(crate) fn new(template: &'static str) -> Self {
        let mut path = Self {
            encoded: String::with_capacity(INITIAL_CAPACITY),
            template_rest: template,
            has_query: false,
            error: None,
        };
        path.push_literal();
        path
    }

    /// Fills in the next parameter.
    pub(crate) fn push_parameter(&mut self, value: &str) {
        // URL parsers remove dot segments, even percent-encoded ones.
        if matches!(value, "" | "." | "..") {
            self.error = Some("a path parameter is empty, `.`, or `..`");
        }
        percent_encode(&mut self.encoded, value);
        self.template_rest = self.template_rest.split_once('}').map_or("", |(_, rest)| rest);
        self.push_literal();
    }

    /// Adds a query parameter.
    pub(crate) fn push_query(&mut self, name: &str, value: &str) {
        self.encoded.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        percent_encode(&mut self.encoded, name);
        self.encoded.push('=');
        percent_encode(&mut self.encoded, value);
    }

    /// Returns the encoded path and query.
    pub(crate) fn finish(self) -> Result<String, &'static str> {
        if self.template_rest.is_empty() {
            self.error.map_or(Ok(self.encoded), Err)
        } else {
            Err("a path parameter is missing")
        }
    }

    /// Appends the template up to the next parameter.
    fn push_literal(&mut self) {
        let end = self.template_rest.find('{').unwrap_or(self.template_rest.len());
        let (literal, rest) = self.template_rest.split_at(end);
        self.encoded.push_str(literal);
        self.template_rest = rest;
    }
}

/// Appends `value`, percent-encoding all but the unreserved characters (RFC 3986, section 2.3).
fn percent_encode(encoded: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 0xF)]));
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
    fn missing_and_dot_segments_fail() {
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
