//! A comment with a bounded length.

/// GitHub accepts 65,536 characters, and workflows add their own text. Counts bytes, which is an upper bound.
const MAX_BYTES: usize = 60_000;

/// Space reserved for the list of omissions and the digest, which are both bounded.
const RESERVED_BYTES: usize = 6_000;

pub(super) struct BoundedComment {
    body: String,
    omitted: Vec<String>,
}

impl BoundedComment {
    pub(super) fn new(heading: String) -> Self {
        Self { body: heading, omitted: Vec::new() }
    }

    /// Adds blocks while they fit, and counts the rest as omitted. `head` precedes the first block.
    pub(super) fn add_list(&mut self, name: &str, head: &str, blocks: impl Iterator<Item = String>) {
        let (mut all, mut shown) = (0, 0);
        for block in blocks.filter(|block| !block.is_empty()) {
            all += 1;
            let head = if shown == 0 { format!("\n{head}") } else { String::new() };
            if shown + 1 == all && self.body.len() + head.len() + block.len() + RESERVED_BYTES <= MAX_BYTES {
                self.body.push_str(&head);
                self.body.push_str(&block);
                shown += 1;
            }
        }
        if shown < all {
            self.omitted.push(format!("{} of {all} {name}", all - shown));
        }
    }

    pub(super) fn finish(mut self, digest: Option<String>) -> String {
        if !self.omitted.is_empty() {
            let omitted = self.omitted.join(", ");
            self.body.extend([format!("\n**Omitted to limit the length of this comment: {omitted}.**\n")]);
        }
        if let Some(digest) = digest {
            self.body.extend([format!("\n{digest}")]);
        }
        self.body
    }
}
