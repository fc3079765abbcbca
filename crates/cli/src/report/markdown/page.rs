//! A comment that is never too long.

/// GitHub takes 65,536 characters; what a workflow writes around it needs some. Bytes are counted, which are no fewer.
const MOST: usize = 60_000;

/// Kept free for what was left out and for the digest. Both are bounded.
const END: usize = 6_000;

pub(super) struct Page {
    text: String,
    left_out: Vec<String>,
}

impl Page {
    pub(super) fn new(heading: String) -> Self {
        Self { text: heading, left_out: Vec::new() }
    }

    /// Adds as many of these as there is room for, and counts the others. `head` comes before the first.
    pub(super) fn list(&mut self, name: &str, head: &str, blocks: impl Iterator<Item = String>) {
        let (mut all, mut shown) = (0, 0);
        for block in blocks.filter(|block| !block.is_empty()) {
            all += 1;
            let head = if shown == 0 { format!("\n{head}") } else { String::new() };
            if shown + 1 == all && self.text.len() + head.len() + block.len() + END <= MOST {
                self.text.push_str(&head);
                self.text.push_str(&block);
                shown += 1;
            }
        }
        if shown < all {
            self.left_out.push(format!("{} of {all} {name}", all - shown));
        }
    }

    pub(super) fn finish(mut self, digest: Option<String>) -> String {
        if !self.left_out.is_empty() {
            let left_out = self.left_out.join(", ");
            self.text.extend([format!("\n**Left out, because a comment has an end: {left_out}.**\n")]);
        }
        if let Some(digest) = digest {
            self.text.extend([format!("\n{digest}")]);
        }
        self.text
    }
}
