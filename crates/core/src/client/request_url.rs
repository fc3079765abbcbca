//! Builds the URL of a request.

use ajo_auth::BaseUrl;

/// Fits two uids after the base URL, so that most URLs need one allocation.
const PATH_CAPACITY: usize = 96;

const HEX: [u8; 16] = *b"0123456789ABCDEF";

/// A URL under construction. Errors are reported when the request is sent.
#[derive(Debug)]
pub(crate) struct RequestUrl {
    url: String,
    /// The template after the last parameter filled in.
    template_rest: &'static str,
    has_query: bool,
    error: Option<&'static str>,
}

impl RequestUrl {
    /// Starts with a template below the base URL. Its parameters are in braces.
    pub(crate) fn from_template(base_url: &BaseUrl, template: &'static str) -> Self {
        let mut url = String::with_capacity(base_url.as_str().len() + PATH_CAPACITY);
        url.push_str(base_url.as_str());
        let mut url = Self { url, template_rest: template, has_query: false, error: None };
        url.push_literal();
        url
    }

    /// Starts with a checked URL.
    pub(crate) fn from_url(url: String) -> Self {
        let has_query = url.contains('?');
        Self { url, template_rest: "", has_query, error: None }
    }

    /// Fills in the next parameter.
    pub(crate) fn push_parameter(&mut self, value: &str) {
        // URL parsers remove dot segments, even percent-encoded ones.
        if matches!(value, "" | "." | "..") {
            self.error = Some("a path parameter is empty, `.`, or `..`");
        }
        percent_encode(&mut self.url, value);
        self.template_rest = self.template_rest.split_once('}').map_or("", |(_, rest)| rest);
        self.push_literal();
    }

    /// Adds a query parameter.
    pub(crate) fn push_query(&mut self, name: &str, value: &str) {
        self.url.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        percent_encode(&mut self.url, name);
        self.url.push('=');
        percent_encode(&mut self.url, value);
    }

    /// Returns the URL.
    pub(crate) fn finish(self) -> Result<String, &'static str> {
        if self.template_rest.is_empty() {
            self.error.map_or(Ok(self.url), Err)
        } else {
            Err("a path parameter is missing")
        }
    }

    /// Appends the template up to the next parameter.
    fn push_literal(&mut self) {
        let end = self.template_rest.find('{').unwrap_or(self.template_rest.len());
        let (literal, rest) = self.template_rest.split_at(end);
        self.url.push_str(literal);
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

    fn start(template: &'static str) -> RequestUrl {
        RequestUrl::from_template(&BaseUrl::parse("https://a.example/b").expect("a base URL"), template)
    }

    fn url(template: &'static str, parameters: &[&str]) -> Result<String, &'static str> {
        let mut url = start(template);
        for parameter in parameters {
            url.push_parameter(parameter);
        }
        url.finish()
    }

    #[test]
    fn parameters_are_encoded_into_the_template() {
        assert_eq!(url("/list", &[]).as_deref(), Ok("https://a.example/b/list"));
        assert_eq!(url("/a/{uid}/deploy", &["u-1"]).as_deref(), Ok("https://a.example/b/a/u-1/deploy"));
        assert_eq!(url("/{a}/{b}", &["x/y?z", "ü%"]).as_deref(), Ok("https://a.example/b/x%2Fy%3Fz/%C3%BC%25"));
    }

    #[test]
    fn missing_and_dot_segments_fail() {
        url("/a/{uid}", &[]).expect_err("no parameter");
        for segment in ["", ".", ".."] {
            url("/a/{uid}", &[segment]).expect_err(segment);
        }
    }

    #[test]
    fn query_parameters_follow_the_path() {
        let mut url = start("/a");
        url.push_query("forceDelete", "true");
        url.push_query("q", "a&b=c");
        assert_eq!(url.finish().as_deref(), Ok("https://a.example/b/a?forceDelete=true&q=a%26b%3Dc"));
        let mut url = RequestUrl::from_url("https://a.example/a?b=1".to_owned());
        url.push_query("c", "/");
        assert_eq!(url.finish().as_deref(), Ok("https://a.example/a?b=1&c=%2F"));
    }
}
