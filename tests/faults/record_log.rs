//! What a program asked of its disk, call by call, as strace wrote it down: every name made, every byte written, every sync.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Calls that change files or bring them to the disk.
pub const CALLS: &str = "openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,write,writev,pwrite64,lseek,\
ftruncate,fsync,fdatasync";

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A name for a file (not a folder) came into being, or was opened where there was one.
    Open {
        path: PathBuf,
        truncated: bool,
    },
    Folder(PathBuf),
    Write {
        path: PathBuf,
        at: u64,
        bytes: Vec<u8>,
    },
    Cut {
        path: PathBuf,
        length: u64,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove(PathBuf),
    /// A sync was asked for; what was written before it is what it brings to the disk.
    Asked {
        path: PathBuf,
    },
    /// And it was done: `asked` is the index of the act that asked.
    Synced {
        path: PathBuf,
        asked: usize,
    },
}

/// When each act was done (seconds of the wall clock), in order.
pub type Log = Vec<(f64, Act)>;

/// Reads the output of `strace -f -ttt -y -xx`, as far as it is about things under `root`.
pub fn parse(text: &str, root: &Path) -> Log {
    let mut reader = Reader::default();
    for line in text.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let Some((time, call)) = rest.trim_start().split_once(' ') else { continue };
        let Ok(time) = time.parse::<f64>() else { continue };
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            reader.ask(time, begun);
            reader.begun.insert(pid.to_owned(), begun.to_owned());
        } else if let Some((_, end)) = call.strip_prefix("<... ").and_then(|call| call.split_once(" resumed>")) {
            let Some(begun) = reader.begun.remove(pid) else { continue };
            reader.done(time, &format!("{begun}{end}"), true);
        } else {
            reader.done(time, call, false);
        }
    }
    reader.log.retain(|(_, act)| concerns(act, root));
    renumber(reader.log)
}

#[derive(Default)]
struct Reader {
    log: Log,
    /// Calls that other threads' calls came in between, by thread.
    begun: HashMap<String, String>,
    /// Where the next plain write goes, by descriptor.
    places: HashMap<String, u64>,
    lengths: HashMap<PathBuf, u64>,
    appending: HashMap<String, bool>,
}

impl Reader {
    fn ask(&mut self, time: f64, call: &str) {
        if let Some((_, path)) = sync_of(call) {
            self.log.push((time, Act::Asked { path }));
        }
    }

    fn done(&mut self, time: f64, call: &str, resumed: bool) {
        let Some((name, arguments)) = call.split_once('(') else { return };
        let Some((arguments, result)) = arguments.rsplit_once(") = ") else { return };
        if result.starts_with('-') || result.starts_with('?') {
            return;
        }
        if let Some((_, path)) = sync_of(call) {
            if !resumed {
                self.log.push((time, Act::Asked { path: path.clone() }));
            }
            // Renumbered later; the newest question for this path is the one.
            self.log.push((time, Act::Synced { path, asked: 0 }));
            return;
        }
        let returned: u64 = result.split(['<', ' ']).next().and_then(|number| number.parse().ok()).unwrap_or(0);
        let strings = strings(arguments);
        let descriptor = descriptor(arguments);
        match name {
            "openat" | "creat" => self.open(time, arguments, result, &strings),
            "mkdir" | "mkdirat" => self.log.push((time, Act::Folder(path(&strings[0])))),
            "rename" | "renameat" | "renameat2" => {
                let (from, to) = (path(&strings[0]), path(&strings[1]));
                if let Some(length) = self.lengths.remove(&from) {
                    self.lengths.insert(to.clone(), length);
                }
                self.log.push((time, Act::Rename { from, to }));
            }
            "unlink" | "unlinkat" | "rmdir" => self.log.push((time, Act::Remove(path(&strings[0])))),
            "lseek" => drop(descriptor.map(|(number, _)| self.places.insert(number, returned))),
            "ftruncate" => {
                let Some((_, path)) = descriptor else { return };
                let length = arguments.rsplit(", ").next().and_then(|length| length.parse().ok()).unwrap_or(0);
                self.lengths.insert(path.clone(), length);
                self.log.push((time, Act::Cut { path, length }));
            }
            "write" | "writev" => {
                let Some((number, path)) = descriptor else { return };
                let bytes: Vec<u8> = strings.concat().into_iter().take(returned as usize).collect();
                let end = self.lengths.get(&path).copied().unwrap_or(0);
                let at = if self.appending.get(&number) == Some(&true) {
                    end
                } else {
                    self.places.get(&number).copied().unwrap_or(0)
                };
                self.places.insert(number, at + bytes.len() as u64);
                self.put(time, path, at, bytes);
            }
            "pwrite64" => {
                let Some((_, path)) = descriptor else { return };
                let at = arguments.rsplit(", ").next().and_then(|at| at.parse().ok()).unwrap_or(0);
                self.put(time, path, at, strings.concat().into_iter().take(returned as usize).collect());
            }
            _ => {}
        }
    }

    fn open(&mut self, time: f64, arguments: &str, result: &str, strings: &[Vec<u8>]) {
        let Some((number, opened)) = descriptor(result) else { return };
        let flags = arguments.rsplit("\", ").next().unwrap_or("");
        let (creates, truncated) = (flags.contains("O_CREAT"), flags.contains("O_TRUNC"));
        self.appending.insert(number.clone(), flags.contains("O_APPEND"));
        self.places.insert(number, 0);
        if creates || truncated {
            if truncated {
                self.lengths.insert(opened.clone(), 0);
            }
            debug_assert!(!strings.is_empty());
            self.log.push((time, Act::Open { path: opened, truncated }));
        }
    }

    fn put(&mut self, time: f64, path: PathBuf, at: u64, bytes: Vec<u8>) {
        let length = self.lengths.entry(path.clone()).or_default();
        *length = (*length).max(at + bytes.len() as u64);
        self.log.push((time, Act::Write { path, at, bytes }));
    }
}

fn sync_of(call: &str) -> Option<(String, PathBuf)> {
    let arguments = call.strip_prefix("fdatasync(").or_else(|| call.strip_prefix("fsync("))?;
    descriptor(arguments)
}

/// Number and path of a call's first descriptor: `12<\x2f…>`.
fn descriptor(text: &str) -> Option<(String, PathBuf)> {
    let (number, rest) = text.split_once('<')?;
    let (named, _) = rest.split_once('>')?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| (number.to_owned(), path(&hex(named))))
}

/// All strings among a call's arguments.
fn strings(arguments: &str) -> Vec<Vec<u8>> {
    arguments.split('"').skip(1).step_by(2).map(hex).collect()
}

fn hex(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|digits| u8::from_str_radix(digits.get(..2)?, 16).ok()).collect()
}

fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

fn concerns(act: &Act, root: &Path) -> bool {
    match act {
        Act::Open { path, .. }
        | Act::Write { path, .. }
        | Act::Cut { path, .. }
        | Act::Asked { path }
        | Act::Synced { path, .. } => path.starts_with(root),
        Act::Folder(path) | Act::Remove(path) => path.starts_with(root),
        Act::Rename { to, .. } => to.starts_with(root),
    }
}

/// Gives each sync the place of the question it answers: the oldest one for its path that has no answer yet.
fn renumber(mut log: Log) -> Log {
    let mut open: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    for (at, (_, act)) in log.iter_mut().enumerate() {
        match act {
            Act::Asked { path } => open.entry(path.clone()).or_default().push(at),
            Act::Synced { path, asked } => {
                let questions = open.entry(path.clone()).or_default();
                *asked = if questions.is_empty() { at } else { questions.remove(0) };
            }
            _ => {}
        }
    }
    log
}

#[test]
fn calls_of_two_threads_are_told_apart() {
    let hex = |text: &str| text.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
    let file = hex("/d/a");
    let log = [
        format!("7 1.5 openat(AT_FDCWD<{}>, \"{file}\", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 9<{file}>", hex("/x")),
        format!("7 1.6 write(9<{file}>, \"{}\", 2) = 2", hex("ab")),
        format!("8 1.7 fdatasync(9<{file}> <unfinished ...>"),
        format!("7 1.8 write(9<{file}>, \"{}\", 2) = 2", hex("cd")),
        "8 1.9 <... fdatasync resumed>) = 0".to_owned(),
        format!("7 2.0 write(4<{}>, \"{}\", 1) = 1", hex("/dev/null"), hex("x")),
    ];
    let acts: Vec<Act> = parse(&log.join("\n"), Path::new("/d")).into_iter().map(|(_, act)| act).collect();
    let path = PathBuf::from("/d/a");
    assert_eq!(
        acts,
        [
            Act::Open { path: path.clone(), truncated: true },
            Act::Write { path: path.clone(), at: 0, bytes: b"ab".to_vec() },
            Act::Asked { path: path.clone() },
            Act::Write { path: path.clone(), at: 2, bytes: b"cd".to_vec() },
            Act::Synced { path, asked: 2 },
        ]
    );
}
