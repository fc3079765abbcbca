//! Describes the size of the site.

use std::path::Path;

use super::files::files_below;

const KIB: u64 = 1024;
const LARGEST: usize = 5;

/// The total size, that of the search index, and the largest pages.
pub(crate) fn describe(site: &Path) -> Result<String, String> {
    let mut sizes = Vec::new();
    for file in files_below(site)? {
        let length = std::fs::metadata(site.join(&file)).map_err(|error| format!("{file}: {error}"))?.len();
        sizes.push((length, file));
    }
    let total: u64 = sizes.iter().map(|(size, _)| size).sum();
    let index: u64 = sizes.iter().filter(|(_, file)| file.starts_with("searchindex")).map(|(size, _)| size).sum();
    let is_page = |file: &str| Path::new(file).extension().is_some_and(|extension| extension == "html");
    sizes.retain(|(_, file)| is_page(file));
    sizes.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let largest = sizes.iter().take(LARGEST).map(|(size, file)| format!("{file} {} KiB", size.div_ceil(KIB)));
    Ok(format!(
        "{} KiB in total, {} KiB of which are the search index; largest pages: {}",
        total.div_ceil(KIB),
        index.div_ceil(KIB),
        largest.collect::<Vec<_>>().join(", "),
    ))
}
