//! Lists and copies files.

use std::path::Path;

/// Folders that are not part of the repository. Hidden ones are not listed either.
const IGNORED: [&str; 3] = ["target", "node_modules", "actual"];

/// The files below a folder, sorted, relative to it and with `/`.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    add_files(folder, "", &mut files)?;
    files.sort();
    Ok(files)
}

fn add_files(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let is_folder = entry.file_type().map_err(problem)?.is_dir();
        if !is_folder {
            files.push(path);
        } else if !name.starts_with('.') && !IGNORED.contains(&&*name) {
            add_files(&entry.path(), &format!("{path}/"), files)?;
        }
    }
    Ok(())
}

/// Writes a file and creates its folder.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let result = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, content));
    result.map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Empties a folder.
pub(crate) fn recreate(folder: &Path) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(problem)?;
    }
    std::fs::create_dir_all(folder).map_err(problem)
}
