//! Lines over the conversation's descriptors.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::mem::ManuallyDrop;
use std::os::raw::{c_char, c_int};
use std::os::unix::io::FromRawFd;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::Mutex;

extern "C" {
    fn getenv(name: *const c_char) -> *const c_char;
    fn unsetenv(name: *const c_char) -> c_int;
    fn atoi(text: *const c_char) -> c_int;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn close(descriptor: c_int) -> c_int;
}

const F_DUPFD_CLOEXEC: c_int = 1030;
const O_RDONLY: c_int = 0;

static INPUT: AtomicI32 = AtomicI32::new(0);
static OUTPUT: AtomicI32 = AtomicI32::new(1);

/// Runs before main: from here on no print can get into the conversation.
#[used]
#[link_section = ".init_array"]
static MOVE_CONVERSATION: extern "C" fn() = {
    extern "C" fn move_conversation() {
        let name = b"DRAGOMAN_OUTPUT\0".as_ptr() as *const c_char;
        unsafe {
            let plain = getenv(name);
            if plain.is_null() {
                return;
            }
            let plain = atoi(plain);
            INPUT.store(fcntl(0, F_DUPFD_CLOEXEC, 3), Ordering::Relaxed);
            OUTPUT.store(fcntl(1, F_DUPFD_CLOEXEC, 3), Ordering::Relaxed);
            let nothing = open(b"/dev/null\0".as_ptr() as *const c_char, O_RDONLY);
            dup2(nothing, 0);
            dup2(plain, 1);
            close(nothing);
            if plain > 2 {
                close(plain);
            }
            unsetenv(name);
        }
    }
    move_conversation
};

fn file(descriptor: &AtomicI32) -> ManuallyDrop<File> {
    ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor.load(Ordering::Relaxed)) })
}

struct Reader {
    bytes: Vec<u8>,
    begin: usize, // of what has not been handed out yet
}

static READER: Mutex<Reader> = Mutex::new(Reader { bytes: Vec::new(), begin: 0 });
static WRITING: Mutex<()> = Mutex::new(());

/// The next line without its end. When the broker has closed its side, the script ends.
pub fn read() -> String {
    let _ = std::io::stdout().flush();
    let mut reader = READER.lock().unwrap();
    let mut searched = reader.begin;
    loop {
        if let Some(found) = reader.bytes[searched..].iter().position(|&byte| byte == b'\n') {
            let line = String::from_utf8_lossy(&reader.bytes[reader.begin..searched + found]).into_owned();
            reader.begin = searched + found + 1;
            return line;
        }
        let begin = std::mem::take(&mut reader.begin);
        reader.bytes.drain(..begin);
        searched = reader.bytes.len();
        reader.bytes.resize(searched + (1 << 16), 0);
        let count = loop {
            match file(&INPUT).read(&mut reader.bytes[searched..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Ok(count) if count > 0 => break count,
                _ => std::process::exit(0),
            }
        };
        reader.bytes.truncate(searched + count);
    }
}

pub fn write(header: &str, body: &str) {
    let _ = std::io::stdout().flush();
    let line = format!("{} {}\n", header, body);
    let _writing = WRITING.lock().unwrap();
    if file(&OUTPUT).write_all(line.as_bytes()).is_err() {
        std::process::exit(0); // the broker is gone
    }
}
