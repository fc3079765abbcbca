//! From arguments to a request.

use std::fmt;

use ajo_core::{Client, HttpTransport, Method, Request};

use super::body::{is_json_type, read_body};
use super::field::{parse_field, to_object};
use super::header::parse_header;
use super::pages::{PAGE_PARAMETERS, PageParameter};
use crate::arguments::ApiArgs;
use crate::command_error::CommandError;

/// A request, which can be sent several times.
pub(super) struct ApiRequest<'a> {
    pub(super) method: Method,
    pub(super) target: &'a str,
    query: Vec<(&'a str, &'a str)>,
    headers: Vec<(&'a str, &'a str)>,
    body: Option<(Vec<u8>, String)>,
}

impl<'a> ApiRequest<'a> {
    /// Checks the arguments, and reads the body.
    pub(super) fn from_args(args: &'a ApiArgs) -> Result<Self, CommandError> {
        let (method, target) = (args.method, args.target.as_str());
        let fields = args.field.iter().map(|it| parse_field(it)).collect::<Result<Vec<_>, _>>()?;
        let headers = args.header.iter().map(|it| parse_header(it)).collect::<Result<Vec<_>, _>>()?;
        let content_type = headers.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let content_type = content_type.map_or("application/json", |(_, value)| value).to_owned();
        let (mut query, mut body) = (Vec::new(), None);
        if let Some(file) = &args.input {
            if !method.allows_body() {
                return Err(CommandError::new(format!("a {method} request has no body"))
                    .with_hint("--field adds a value to the query")
                    .into_usage_error());
            }
            body = Some((read_body(file, &content_type)?, content_type));
        } else if matches!(method, Method::Get | Method::Head | Method::Options | Method::Delete) {
            query = fields;
        } else if !fields.is_empty() {
            if !is_json_type(&content_type) {
                return Err(CommandError::new(format!("--field writes JSON, but Content-Type is {content_type}"))
                    .with_hint("pass the body with --input")
                    .into_usage_error());
            }
            body = Some((to_object(&fields)?.to_string().into_bytes(), content_type));
        }
        let request = Self { method, target, query, headers, body };
        if args.paginate {
            request.check_paginate()?;
        }
        Ok(request)
    }

    /// A request for this page, or as given.
    pub(super) fn build<'c, T: HttpTransport>(
        &self,
        client: &'c Client<T>,
        page: Option<&PageParameter>,
    ) -> Request<'c, T> {
        let mut request = client.request(self.method, self.target);
        let page = page.map(|page| (page.name, page.value.as_str()));
        for (name, value) in self.query.iter().copied().chain(page) {
            request = request.query(name, value);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match &self.body {
            Some((body, content_type)) => request.body(body.clone(), content_type),
            None => request,
        }
    }

    /// All pages are those from the first one of a GET.
    fn check_paginate(&self) -> Result<(), CommandError> {
        if self.method != Method::Get {
            return Err(CommandError::new("--paginate needs GET").into_usage_error());
        }
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let in_target = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
        let mut names = self.query.iter().map(|(name, _)| *name).chain(in_target);
        match names.find(|name| PAGE_PARAMETERS.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let problem = format!("--paginate gets all pages, but the query selects one with `{name}`");
                Err(CommandError::new(problem).with_hint(format!("remove `{name}` or --paginate")).into_usage_error())
            }
        }
    }
}

impl fmt::Display for ApiRequest<'_> {
    /// Without the query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target.split(['?', '#']).next().unwrap_or_default())
    }
}
