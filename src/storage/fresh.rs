//! A new file gets its name when it is whole: a crash while it is made leaves nothing under that
//! name. It refuses to replace what has content.

use crate::storage::error::StorageError;
use crate::storage::store::{Store, backend};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

/// Makes a file under another name, fills it, and gives it its name when it is whole and on disk.
/// An empty file is replaced; what has content never is.
pub fn make(
    path: &Path,
    fill: impl FnOnce(&Store) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let empty = match fs::metadata(path) {
        Ok(there) if there.is_file() && there.len() == 0 => true,
        Ok(_) => return Err(StorageError::Exists),
        Err(_) => false,
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let fresh = Fresh(path.with_file_name(name));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&fresh.0)?;
    let mut store = Store::make(backend(file)?)?;
    fill(&store)?;
    store.compact()?;
    drop(store);
    File::open(&fresh.0)?.sync_all()?;
    if empty {
        fs::rename(&fresh.0, path)?;
    } else if let Err(error) = fs::hard_link(&fresh.0, path) {
        // Some file systems have no links. Only there two that make a file at once could meet.
        if error.kind() == std::io::ErrorKind::AlreadyExists || path.exists() {
            return Err(StorageError::Exists);
        }
        fs::rename(&fresh.0, path)?;
    }
    drop(fresh);
    sync_folder(path)
}

/// A file that is removed unless it was given another name.
struct Fresh(PathBuf);

impl Drop for Fresh {
    fn drop(&mut self) {
        // It may have its name already.
        let _ = fs::remove_file(&self.0);
    }
}

/// A name is on disk when its folder is.
fn sync_folder(path: &Path) -> Result<(), StorageError> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
