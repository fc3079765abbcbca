//! Joins the pages of a list.
//!
//! Adobe documents two kinds of lists. *Documented*: a numbered list of journeys has `results`, `page`, and `pages`, and takes
//! `page`, counted from 0. A list of campaigns has `data`, `_page.page`, and `_page.totalPages`, and takes `page`; that the numbers continue
//! from that of the first page is *inferred*. A list with a cursor (content, suppression) has `items` or `data`, and `_page.next`, which is
//! absent on the last page and the `start` of the next page otherwise. The links in `_links` are not followed: they are relative to
//! different prefixes.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde_json::Value;
use serde_json::value::RawValue;

/// Maximum number of pages. A list of journeys has up to 100 per page.
const MAX_PAGES: u64 = 1000;

/// Maximum size of all pages in bytes.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The parameters that select a page.
pub(super) const PAGE_PARAMETERS: [&str; 2] = ["page", "start"];

/// The pages of a list that were received.
#[derive(Default)]
pub(super) struct PagedList {
    items: Vec<Box<RawValue>>,
    last_page: Option<PageInfo>,
    cursors: HashSet<String>,
    page_count: u64,
    bytes: usize,
}

/// Why there is no complete list.
#[derive(Debug)]
pub(super) enum PagesError {
    /// No form of a list that Adobe documents.
    UnknownList,
    Incomplete(String),
}

impl fmt::Display for PagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownList => "the response is not a list whose pages are documented",
            Self::Incomplete(problem) => problem,
        })
    }
}

impl From<String> for PagesError {
    fn from(problem: String) -> Self {
        Self::Incomplete(problem)
    }
}

/// A parameter that requests the next page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PageParameter {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// The place of a page in the list, as the page states it.
enum PageInfo {
    Numbered { page: u64, total: u64 },
    Cursor { next: Option<String> },
}

impl PagedList {
    /// Adds a page. Returns the parameter of the next one, or `None` at the end of the list.
    pub(super) fn add(&mut self, body: &[u8]) -> Result<Option<PageParameter>, PagesError> {
        let mut fields: BTreeMap<String, Box<RawValue>> =
            serde_json::from_slice(body).map_err(|_| PagesError::UnknownList)?;
        let info = PageInfo::read(&fields).ok_or(PagesError::UnknownList)?;
        let list = ["results", "items", "data"].into_iter().find_map(|name| fields.remove(name));
        let items: Option<Vec<_>> = list.and_then(|list| serde_json::from_str(list.get()).ok());
        self.items.extend(items.ok_or(PagesError::UnknownList)?);
        self.page_count += 1;
        self.bytes += body.len();
        let next = self.next_page(&info)?;
        self.last_page = Some(info);
        if next.is_some() && (self.page_count >= MAX_PAGES || self.bytes >= MAX_BYTES) {
            let (pages, size) = (self.page_count, self.bytes / 1024 / 1024);
            return Err(format!("the list has no end after {pages} pages ({size} MiB); use filters of the API").into());
        }
        Ok(next)
    }

    /// The number of pages received.
    pub(super) const fn page_count(&self) -> u64 {
        self.page_count
    }

    /// The items of all pages as one JSON array, each as received.
    pub(super) fn to_json(&self) -> String {
        let items: Vec<&str> = self.items.iter().map(|item| item.get()).collect();
        format!("[{}]", items.join(","))
    }

    fn next_page(&mut self, info: &PageInfo) -> Result<Option<PageParameter>, String> {
        match (&self.last_page, info) {
            (Some(PageInfo::Numbered { .. }), PageInfo::Cursor { .. })
            | (Some(PageInfo::Cursor { .. }), PageInfo::Numbered { .. }) => {
                Err("the pages have different forms".to_owned())
            }
            (Some(PageInfo::Numbered { page: last, .. }), PageInfo::Numbered { page, .. }) if *page != last + 1 => {
                Err(format!("the service returned page {page} instead of page {}", last + 1))
            }
            // Items moved to pages that were read before, so some would be missing.
            (Some(PageInfo::Numbered { total: previous, .. }), PageInfo::Numbered { total, .. })
                if total < previous =>
            {
                Err(format!("the list changed from {previous} to {total} pages while it was read; try again"))
            }
            (_, PageInfo::Numbered { page, total }) if self.page_count < *total => {
                Ok(Some(PageParameter { name: "page", value: page.saturating_add(1).to_string() }))
            }
            (_, PageInfo::Cursor { next: Some(next) }) => {
                if !self.cursors.insert(next.clone()) {
                    return Err("the service returned the same next page twice".to_owned());
                }
                Ok(Some(PageParameter { name: "start", value: next.clone() }))
            }
            (_, PageInfo::Numbered { .. } | PageInfo::Cursor { next: None }) => Ok(None),
        }
    }
}

impl PageInfo {
    fn read(fields: &BTreeMap<String, Box<RawValue>>) -> Option<Self> {
        let value = |name: &str| fields.get(name).and_then(|it| serde_json::from_str::<Value>(it.get()).ok());
        let Some(details) = value("_page").filter(Value::is_object) else {
            let (page, total) = (value("page")?.as_u64()?, value("pages")?.as_u64()?);
            return Some(Self::Numbered { page, total });
        };
        if let (Some(page), Some(total)) = (details["page"].as_u64(), details["totalPages"].as_u64()) {
            return Some(Self::Numbered { page, total });
        }
        match &details["next"] {
            Value::String(next) if !next.is_empty() => Some(Self::Cursor { next: Some(next.clone()) }),
            // A link without a cursor is no documented form.
            Value::Null | Value::String(_) if value("_links").is_none_or(|links| links["next"].is_null()) => {
                Some(Self::Cursor { next: None })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Adds pages, and returns the parameters of the next ones.
    fn add(pages: &[Value]) -> Result<(PagedList, Vec<Option<String>>), String> {
        let mut list = PagedList::default();
        let mut next = Vec::new();
        for page in pages {
            let parameter = list.add(page.to_string().as_bytes()).map_err(|error| error.to_string())?;
            next.push(parameter.map(|it| format!("{}={}", it.name, it.value)));
        }
        Ok((list, next))
    }

    fn numbered(page: u64, total: u64, items: &[u64]) -> Value {
        json!({"results": items, "page": page, "limit": 2, "pages": total})
    }

    fn cursor(next: Option<&str>, items: &[u64]) -> Value {
        json!({"items": items, "_page": {"count": items.len(), "next": next}, "_links": {"self": {"href": "/x"}}})
    }

    fn error(pages: &[Value]) -> String {
        add(pages).map(|(list, next)| (list.to_json(), next)).expect_err("an error")
    }

    #[test]
    fn numbered_pages_are_joined() {
        let (list, next) =
            add(&[numbered(0, 3, &[1, 2]), numbered(1, 3, &[3, 4]), numbered(2, 3, &[5])]).expect("a list");
        assert_eq!(list.to_json(), "[1,2,3,4,5]");
        assert_eq!(next, [Some("page=1".to_owned()), Some("page=2".to_owned()), None]);
        let campaigns = |page: u64| json!({"data": [page], "_page": {"page": page, "totalPages": 2, "next": "x"}});
        let (list, next) = add(&[campaigns(1), campaigns(2)]).expect("a list");
        assert_eq!((list.to_json().as_str(), next), ("[1,2]", vec![Some("page=2".to_owned()), None]));
    }

    #[test]
    fn empty_pages_are_joined() {
        for pages in [0, 1] {
            let (list, next) = add(&[numbered(0, pages, &[])]).expect("a list");
            assert_eq!((list.to_json().as_str(), next), ("[]", vec![None]));
        }
        let (list, _) = add(&[numbered(0, 3, &[1]), numbered(1, 3, &[]), numbered(2, 3, &[])]).expect("a list");
        assert_eq!(list.to_json(), "[1]");
    }

    #[test]
    fn cursor_is_followed() {
        let (list, next) =
            add(&[cursor(Some("a@b&c"), &[1]), cursor(Some("d"), &[2]), cursor(None, &[])]).expect("a list");
        assert_eq!(list.to_json(), "[1,2]");
        assert_eq!(next, [Some("start=a@b&c".to_owned()), Some("start=d".to_owned()), None]);
        assert_eq!(add(&[cursor(Some(""), &[1])]).expect("a list").1, [None]);
    }

    #[test]
    fn growing_list_is_read_to_its_end() {
        let (list, next) = add(&[numbered(0, 1, &[1])]).expect("a list");
        assert_eq!((list.page_count(), next), (1, vec![None]));
        let (list, next) = add(&[numbered(0, 2, &[1]), numbered(1, 3, &[2]), numbered(2, 3, &[3])]).expect("a list");
        assert_eq!((list.to_json().as_str(), next.last()), ("[1,2,3]", Some(&None)));
    }

    #[test]
    fn incomplete_list_is_an_error() {
        assert!(error(&[numbered(0, 3, &[1]), numbered(1, 2, &[2])]).contains("changed from 3 to 2 pages"));
        assert!(error(&[numbered(0, 3, &[1]), numbered(0, 3, &[1])]).contains("page 0 instead of page 1"));
        assert!(error(&[numbered(0, 3, &[1]), numbered(2, 3, &[1])]).contains("page 2 instead of page 1"));
        assert!(error(&[numbered(0, 3, &[1]), cursor(None, &[1])]).contains("different forms"));
        assert!(error(&[cursor(Some("a"), &[1]), cursor(Some("b"), &[1]), cursor(Some("a"), &[1])]).contains("twice"));
        for other in [
            json!([1]),
            json!({"results": [1]}),
            json!({"results": [1], "page": 0}),
            json!({"results": {}, "page": 0, "pages": 1}),
            json!({"sandboxes": [1], "_page": {"limit": 50, "count": 1}}),
            json!({"items": [1], "_page": {"next": 7}}),
            json!({"items": [1], "_page": {}, "_links": {"next": {"href": "/x?offset=1"}}}),
        ] {
            assert!(error(std::slice::from_ref(&other)).contains("documented"), "{other}");
        }
        assert!(PagedList::default().add(b"<html>").is_err());
    }

    #[test]
    fn endless_list_is_an_error() {
        let numbered_pages: Vec<Value> = (0..2000).map(|page| numbered(page, page + 2, &[page])).collect();
        let cursors: Vec<Value> = (0..2000).map(|page| cursor(Some(&page.to_string()), &[page])).collect();
        for pages in [numbered_pages, cursors] {
            assert!(error(&pages).contains("no end after 1000 pages"));
        }
        let mut large = PagedList { bytes: MAX_BYTES, ..PagedList::default() };
        let problem = large.add(cursor(Some("a"), &[1]).to_string().as_bytes()).expect_err("too large").to_string();
        assert!(problem.contains("no end after 1 pages (64 MiB)"), "{problem}");
    }

    #[test]
    fn items_stay_as_received() {
        let mut list = PagedList::default();
        list.add(br#"{"items": [{"b":1e2, "a":12345678901234567890123}], "_page": {}}"#).expect("a list");
        assert_eq!(list.to_json(), r#"[{"b":1e2, "a":12345678901234567890123}]"#);
    }
}
