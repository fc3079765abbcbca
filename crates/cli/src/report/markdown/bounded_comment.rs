//! A comment with a bounded length.

/// GitHub accepts 65,536 characters, and workflows add their own text. Counts bytes, which is an upper bound.
const MAX_BYTES: usize = 60_000;

/// Space reserved for the list of omissions and the digest, which are both bounded.
const RESERVED_BYTES: usize = 6_000;

use crate::safe_text::{SafeText, safe};

pub(super) struct BoundedComment {
    body: SafeText,
    omitted: Vec<SafeText>,
}

impl BoundedComment {
    pub(super) fn new(heading: SafeText) -> Self {
        Self { body: heading, omitted: Vec::new() }
    }

    /// Adds blocks while they fit, and counts the rest as omitted. `head` precedes the first block.
    pub(super) fn add_list(&mut self, name: &'static str, head: &'static str, blocks: impl Iterator<Item = SafeText>) {
        let (mut all, mut shown) = (0, 0);
        for block in blocks.filter(|block| !block.is_empty()) {
            all += 1;
            let head = if shown == 0 { safe!("\n{}", SafeText::from(head)) } else { SafeText::default() };
            if shown + 1 == all && self.body.len() + head.len() + block.len() + RESERVED_BYTES <= MAX_BYTES {
                self.body.push(&head);
                self.body.push(&block);
                shown += 1;
            }
        }
        if shown < all {
            self.omitted.push(safe!("{} of {} {}", all - shown, all, name));
        }
    }

    pub(super) fn finish(mut self, digest: Option<SafeText>) -> SafeText {
        if !self.omitted.is_empty() {
            let omitted = SafeText::join(self.omitted, ", ");
            self.body.push(&safe!("\n**Omitted to limit the length of this comment: {}.**\n", omitted));
        }
        if let Some(digest) = digest {
            self.body.push(&safe!("\n{}", digest));
        }
        self.body
    }
}
