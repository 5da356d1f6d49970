//! A take's journal being written: lines go through a bounded queue to a thread that appends and syncs them in batches, so
//! that neither the camera nor the window ever waits for the disk.
//!
//! When the disk is slow the queue fills and lines are refused and counted; when it is full or fails, the unwritten batch is
//! kept and tried again, and the file is cut back to its last whole line, so a journal never has a torn line in its middle.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Error;
use super::error::sorted;
use super::files::{folder_of, sync_folder};
use crate::core::journal::{Entry, line};

/// Lines that may wait for the disk; also the most that one batch holds.
pub const QUEUE_LINES: usize = 64;

/// How long a failed batch waits before it is tried again when nothing else comes.
const RETRY: Duration = Duration::from_millis(500);

/// Appends to one journal. Dropping it lets the thread write what is queued and end by itself.
#[derive(Debug)]
pub struct JournalWriter {
    sender: SyncSender<Entry>,
    counts: Arc<Counts>,
    thread: JoinHandle<Result<(), Error>>,
}

/// What became of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Lines written and synced.
    pub lines: u64,
    /// Lines refused because the queue was full.
    pub lost: u64,
    /// Size of the file.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct Counts {
    lines: AtomicU64,
    lost: AtomicU64,
    synced_bytes: AtomicU64,
    /// The last batch could not be written.
    failing: AtomicBool,
}

impl JournalWriter {
    /// Opens `path` for appending, creating it; a last line torn by a crash is closed off first. Starts the thread `journal`.
    pub fn open(path: &Path) -> Result<JournalWriter, Error> {
        JournalWriter::start(path, || {})
    }

    /// `open`, with something the thread does before its first line: how a test holds it up.
    fn start(path: &Path, first: impl FnOnce() + Send + 'static) -> Result<JournalWriter, Error> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(sorted("written", path))?;
        let length = close_torn_line(&mut file).map_err(sorted("written", path))?;
        sync_folder(folder_of(path))?;
        let counts = Arc::new(Counts::default());
        counts.synced_bytes.store(length, Ordering::Relaxed);
        let (sender, receiver) = sync_channel(QUEUE_LINES);
        let writer = Writer { file, path: path.to_owned(), length, counts: Arc::clone(&counts) };
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || {
                first();
                writer.run(&receiver)
            })
            .map_err(sorted("written", path))?;
        Ok(JournalWriter { sender, counts, thread })
    }

    /// Queues a line. Never blocks; false when the queue is full: the line is lost, and counted.
    pub fn append(&self, entry: Entry) -> bool {
        if self.sender.try_send(entry).is_ok() {
            return true;
        }
        self.counts.lose(1);
        false
    }

    /// Lines lost so far.
    pub fn lost(&self) -> u64 {
        self.counts.lost.load(Ordering::Relaxed)
    }

    /// Bytes of the journal known to be on the disk.
    pub fn synced_bytes(&self) -> u64 {
        self.counts.synced_bytes.load(Ordering::Relaxed)
    }

    /// True while the disk refuses lines; they are kept and tried again.
    pub fn failing(&self) -> bool {
        self.counts.failing.load(Ordering::Relaxed)
    }

    /// Waits until the last batch is on the disk. The error is the disk's, when the last lines could not be written.
    pub fn close(self) -> Result<Closed, Error> {
        drop(self.sender);
        match self.thread.join() {
            Ok(result) => result?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        Ok(Closed {
            lines: self.counts.lines.load(Ordering::Relaxed),
            lost: self.counts.lost.load(Ordering::Relaxed),
            bytes: self.counts.synced_bytes.load(Ordering::Relaxed),
        })
    }
}

impl Counts {
    fn lose(&self, lines: u64) {
        let before = self.lost.fetch_add(lines, Ordering::Relaxed);
        // Told at 1, 2, 4, 8 …: a disk that cannot take journal lines should not be given a log line for each.
        if (before + 1..=before + lines).any(u64::is_power_of_two) {
            tracing::error!(lost = before + lines, "the disk does not take the take's journal; lines are lost");
        }
    }
}

/// The thread's half.
struct Writer {
    file: File,
    path: PathBuf,
    /// Where the last whole, synced line ends.
    length: u64,
    counts: Arc<Counts>,
}

impl Writer {
    fn run(mut self, receiver: &Receiver<Entry>) -> Result<(), Error> {
        let mut batch: Vec<Entry> = Vec::with_capacity(QUEUE_LINES);
        loop {
            let open = self.fill(&mut batch, receiver);
            let written = self.write(&batch);
            match written {
                Ok(()) => batch.clear(),
                Err(error) if open => self.report(&error),
                Err(error) => {
                    self.counts.lose(batch.len() as u64);
                    return Err(error);
                }
            }
            if !open {
                return Ok(());
            }
        }
    }

    /// Waits for lines (or, with a batch that failed, for the next try) and takes what is there. False when no more can come.
    fn fill(&self, batch: &mut Vec<Entry>, receiver: &Receiver<Entry>) -> bool {
        let first = if batch.is_empty() {
            receiver.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            receiver.recv_timeout(RETRY)
        };
        match first {
            // Received even when the batch is full, because only receiving tells that the other side is gone.
            Ok(_) if batch.len() >= QUEUE_LINES => self.counts.lose(1),
            Ok(entry) => batch.push(entry),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        batch.extend(receiver.try_iter().take(QUEUE_LINES.saturating_sub(batch.len())));
        true
    }

    fn write(&mut self, batch: &[Entry]) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let text: String = batch.iter().map(line).collect();
        if let Err(error) = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data()) {
            // Cut back what got through, so that the next try begins on a line of its own.
            let _ = self.file.set_len(self.length);
            return Err(sorted("written", &self.path)(error));
        }
        self.length += text.len() as u64;
        self.counts.failing.store(false, Ordering::Relaxed);
        self.counts.lines.fetch_add(batch.len() as u64, Ordering::Relaxed);
        self.counts.synced_bytes.store(self.length, Ordering::Relaxed);
        Ok(())
    }

    fn report(&self, error: &Error) {
        if !self.counts.failing.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the take's journal can't be written; trying again");
        }
    }
}

/// Ends a last line that has no line end, so that the next one stands alone. Gives the file's length.
fn close_torn_line(file: &mut File) -> std::io::Result<u64> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(0);
    }
    let mut last = [0u8];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(length);
    }
    file.write_all(b"\n")?;
    file.sync_data()?;
    Ok(length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::journal::{Event, read};

    fn mark(t: u64) -> Entry {
        Entry { t, event: Event::Mark { label: format!("mark {t} – ✓") } }
    }

    #[test]
    fn lines_come_back_in_order_and_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let entries: Vec<Entry> = (0..40).map(mark).collect();
        let writer = JournalWriter::open(&path).unwrap();
        for entry in &entries {
            assert!(writer.append(entry.clone()));
        }
        let closed = writer.close().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(&text), (entries, 0));
        assert_eq!(closed, Closed { lines: 40, lost: 0, bytes: text.len() as u64 });
    }

    #[test]
    fn a_full_queue_refuses_at_once_and_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let (release, held) = std::sync::mpsc::channel::<()>();
        let writer = JournalWriter::start(&path, move || {
            let _ = held.recv();
        })
        .unwrap();
        let accepted = (0..QUEUE_LINES as u64 + 3).filter(|t| writer.append(mark(*t))).count();
        assert_eq!((accepted, writer.lost()), (QUEUE_LINES, 3));
        drop(release);
        let closed = writer.close().unwrap();
        assert_eq!((closed.lines, closed.lost), (QUEUE_LINES as u64, 3));
        let (entries, skipped) = read(&std::fs::read_to_string(&path).unwrap());
        assert_eq!((entries.len(), skipped), (QUEUE_LINES, 0));
    }

    #[test]
    fn going_on_after_a_torn_line_loses_only_that_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        std::fs::write(&path, format!("{}{{\"t\":2,\"eve", line(&mark(1)))).unwrap();
        let writer = JournalWriter::open(&path).unwrap();
        writer.append(mark(3));
        let closed = writer.close().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(&text), (vec![mark(1), mark(3)], 1));
        assert_eq!(closed.bytes, text.len() as u64);
    }

    #[test]
    fn a_full_disk_ends_in_an_error_and_never_hangs() {
        let writer = JournalWriter::open(Path::new("/dev/full")).unwrap();
        for t in 0..4 * QUEUE_LINES as u64 {
            writer.append(mark(t));
        }
        let counts = Arc::clone(&writer.counts);
        assert!(matches!(writer.close(), Err(Error::Full(_))));
        assert_eq!(counts.lines.load(Ordering::Relaxed), 0);
        assert_eq!(counts.lost.load(Ordering::Relaxed), 4 * QUEUE_LINES as u64);
    }
}
