//! Files that the script has opened as data, and those of them that the broker has not been told yet.

use crate::session::get_init_args;
use crate::Json;
use std::fs::File;
use std::path::Path;
use std::sync::Mutex;

const MOST: usize = 4096;

static KNOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());
static FRESH: Mutex<Vec<Json>> = Mutex::new(Vec::new());

/// Opens a data file for reading; a change of it reloads the script. Its name counts from the script's folder.
pub fn open_data(name: impl AsRef<Path>) -> std::io::Result<File> {
    let script = Path::new(get_init_args()["dragoman"]["script"].as_str().unwrap_or(""));
    let path = script.parent().unwrap_or_else(|| Path::new("")).join(name);
    let file = File::open(&path)?;
    let full = if path.is_absolute() { path } else { std::env::current_dir()?.join(path) };
    if let Some(full) = full.to_str() {
        let mut known = KNOWN.lock().unwrap();
        if known.len() < MOST && !known.iter().any(|other| other == full) {
            known.push(full.to_string());
            FRESH.lock().unwrap().push(Json::from(full));
        }
    }
    Ok(file)
}

pub fn taken() -> Vec<Json> {
    std::mem::take(&mut FRESH.lock().unwrap())
}
