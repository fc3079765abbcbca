//! Reads the tags of HTML.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, Token, Tokenizer};

/// The attributes that contain one URL. `srcset` may contain more, but ours do not.
pub(crate) const LINK_ATTRIBUTES: [&str; 4] = ["href", "src", "srcset", "poster"];

pub(crate) struct HtmlTag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl HtmlTag {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The start tags of a page, without the content of scripts and styles.
pub(crate) fn tags(text: &str) -> Vec<HtmlTag> {
    let mut emitter = DefaultEmitter::<()>::new_with_span();
    emitter.naively_switch_states(true);
    let tokens = Tokenizer::new_with_emitter(text, emitter).filter_map(Result::ok);
    let string = |bytes: &HtmlString| String::from_utf8_lossy(bytes).into_owned();
    let tag = |token| match token {
        Token::StartTag(tag) => {
            let attributes = tag.attributes.iter().map(|(name, value)| (string(name), string(&value.value)));
            Some(HtmlTag { name: string(&tag.name), attributes: attributes.collect() })
        }
        _ => None,
    };
    tokens.filter_map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_comments_have_no_tags() {
        let text = "<a href=\"b&amp;c\" id=x>t</a><!-- <a href=d> --><script>'<a href=e>'</script><img src=f>";
        let tags = tags(text);
        assert_eq!(tags.iter().map(|tag| &*tag.name).collect::<Vec<_>>(), ["a", "script", "img"]);
        assert_eq!((tags[0].attribute("href"), tags[0].attribute("id")), (Some("b&c"), Some("x")));
    }
}
