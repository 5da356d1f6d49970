//! Take folders: made before the first frame, listed, read back without the database, moved to the bin and out of it.
//!
//! A folder explains itself by its journal, so the rows of a lost database are made from the folders again.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::error::sorted;
use super::journal::JournalWriter;
use super::layout::DataFolder;
use super::{Error, files, media, names};
use crate::core::journal::{self, Entry, Event, Opened};
use crate::core::span::{self, Span};
use crate::core::take::{Checkpoint, JOURNAL_FILE, MEDIA_FILE, SCREEN_FILE, ScreenTrack, Take, TakeId, TakeState};
use crate::core::time::Rate;

/// Inside a binned take's folder: when it came, RFC 3339 UTC.
pub(super) const BINNED_FILE: &str = "binned_at";

/// The most of a journal that is read. An hour of reading aloud makes about a megabyte.
const MAX_JOURNAL_BYTES: u64 = 256 * 1024 * 1024;

/// A take's folder, made and synced, before anything is recorded into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeFolder {
    pub folder: PathBuf,
    /// Where the recorder writes; does not exist yet.
    pub media: PathBuf,
    /// Holds the opening line, synced.
    pub journal: PathBuf,
}

/// Makes the folder of a take with its journal's opening line. `Error::Exists` when there is one with this id.
pub fn create(data: &DataFolder, opened: &Opened) -> Result<TakeFolder, Error> {
    let folder = data.takes().join(names::checked(&opened.take.0)?);
    fs::create_dir(&folder).map_err(sorted("made", &folder))?;
    let journal = folder.join(JOURNAL_FILE);
    let opening = journal::line(&Entry { t: 0, event: Event::Opened(Box::new(opened.clone())) });
    files::write_new(&journal, opening.as_bytes())?;
    files::sync_folder(&folder)?;
    files::sync_folder(&data.takes())?;
    Ok(TakeFolder { media: folder.join(MEDIA_FILE), folder, journal })
}

/// All take folders that are not in the bin, oldest first (ids sort by time). Other things in the folder are passed over.
pub fn list(data: &DataFolder) -> Result<Vec<PathBuf>, Error> {
    folders_in(&data.takes())
}

/// Take folders in the bin, by id. Other assets lie there too (`media::bin`).
pub fn list_bin(data: &DataFolder) -> Result<Vec<PathBuf>, Error> {
    let folders = folders_in(&data.bin())?;
    Ok(folders.into_iter().filter(|folder| media::bin::sidecar_id(folder).is_none()).collect())
}

/// The take in a folder, from its journal and the size of its media file alone.
///
/// Without a `Stopped` line it is `Interrupted`: its length is then the journal's last time, a lower bound until the media has
/// been looked at, its frames are 0 (not known), and its drops those the journal tells of.
pub fn read_take_folder(folder: &Path) -> Result<Take, Error> {
    let folder = fs::canonicalize(folder).map_err(sorted("read", folder))?;
    let unreadable = |detail: &str| Error::Journal { path: folder.clone(), detail: detail.into() };
    let (entries, skipped) = journal::read(&read_journal(&folder)?);
    let opened = journal::opened(&entries).ok_or_else(|| unreadable("it has no opening line"))?;
    if opened.version > journal::VERSION {
        return Err(unreadable("it was written by a newer Onetake"));
    }
    if skipped > 0 {
        tracing::warn!(folder = %folder.display(), skipped, "journal lines that can't be read were passed over");
    }
    let media = folder.join(MEDIA_FILE);
    let bytes = match fs::metadata(&media) {
        Ok(facts) => facts.len(),
        // It died before its first frame.
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(sorted("read", &media)(error)),
    };
    let end = End::of(&entries);
    Ok(Take {
        id: opened.take.clone(),
        project: opened.project.clone(),
        number: opened.number,
        title: opened.title.clone(),
        folder: folder.display().to_string(),
        media: media.display().to_string(),
        started_at: opened.started_at.clone(),
        state: end.state,
        nanos: end.nanos,
        frames: end.frames,
        dropped: end.dropped,
        width: opened.video.map_or(0, |video| video.width),
        height: opened.video.map_or(0, |video| video.height),
        rate: opened.video.map_or(Rate { num: 0, den: 1 }, |video| video.rate),
        bytes,
        scenes: journal::scene_marks(&entries, end.nanos),
        spans: span::spans(&entries, end.nanos),
        screen: screen_track(&folder, &entries),
    })
}

/// The screen's file, when there is one with something in it. One that the journal does not name was begun in the moment the
/// program died; its first picture was then due.
fn screen_track(folder: &Path, entries: &[Entry]) -> Option<ScreenTrack> {
    let named = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Screen { file, offset } => Some((file.as_str(), *offset)),
        _ => None,
    });
    let (file, offset) = named.unwrap_or((SCREEN_FILE, 0));
    let file = names::checked(file).inspect_err(|error| tracing::warn!(%error, "the journal's screen is passed over")).ok()?;
    let bytes = fs::metadata(folder.join(file)).ok().filter(|facts| facts.is_file()).map(|facts| facts.len())?;
    let nanos = entries.iter().rev().find_map(|entry| match entry.event {
        Event::ScreenStopped { nanos, .. } => Some(nanos),
        _ => None,
    });
    (bytes > 0).then(|| ScreenTrack { file: file.to_owned(), offset, nanos: nanos.unwrap_or(0), bytes })
}

/// All that the journal of a take tells, in order.
pub fn journal(folder: &Path) -> Result<Vec<Entry>, Error> {
    Ok(journal::read(&read_journal(folder)?).0)
}

/// The scripts that were prompted during a take, the one it began with first.
pub fn scripts(folder: &Path) -> Result<Vec<String>, Error> {
    let (entries, _) = journal::read(&read_journal(folder)?);
    let scripts = entries.into_iter().filter_map(|entry| match entry.event {
        Event::Opened(opened) => Some(opened.script),
        Event::Edited { script } => Some(script),
        _ => None,
    });
    Ok(scripts.collect())
}

/// The last place of the take's file that its journal names as safe.
pub fn checkpoint(folder: &Path) -> Result<Option<Checkpoint>, Error> {
    Ok(journal::checkpoint(&journal::read(&read_journal(folder)?).0))
}

/// The last place of the screen's file that the journal names as safe.
pub fn screen_checkpoint(folder: &Path) -> Result<Option<Checkpoint>, Error> {
    Ok(journal::screen_checkpoint(&journal::read(&read_journal(folder)?).0))
}

/// Writes into the journal of a take that has ended that what was spoilt from `start` to `end` (nanoseconds) is kept after all, or
/// rejected again, and gives the take's spans as they are then.
pub fn judge(take: &Take, start: u64, end: u64, kept: bool) -> Result<Vec<Span>, Error> {
    if take.state == TakeState::Recording {
        return Err(Error::StillRecording(take.id.0.clone()));
    }
    let folder = Path::new(&take.folder);
    // A journal that is gone must not come back as one line without an opening.
    read_journal(folder)?;
    let writer = JournalWriter::open(&folder.join(JOURNAL_FILE))?;
    // The last line's time tells how long an interrupted take is, so this one claims none of its own.
    writer.append(Entry { t: start.min(end), event: Event::Judged { start, end, kept } });
    writer.close()?;
    let (entries, _) = journal::read(&read_journal(folder)?);
    Ok(span::fitted(&span::spans(&entries, take.nanos), take.nanos))
}

/// Makes a take's folder from elsewhere this library's: its journal's opening line says this id and this project. What came after
/// that line stays byte for byte.
pub fn adopt(folder: &Path, take: &TakeId, project: &str) -> Result<(), Error> {
    let text = read_journal(folder)?;
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let (mut entries, _) = journal::read(first);
    let Some(Entry { event: Event::Opened(opened), .. }) = entries.first_mut() else {
        return Err(Error::Journal { path: folder.to_owned(), detail: "it has no opening line".into() });
    };
    (opened.take, opened.project) = (take.clone(), project.to_owned());
    let opening = journal::line(&entries[0]);
    files::write_atomic(&folder.join(JOURNAL_FILE), format!("{opening}{rest}").as_bytes())
}

/// Moves a take's folder to the bin, dated `at` (RFC 3339 UTC). Gives the take with its new places.
pub fn move_to_bin(data: &DataFolder, take: &Take, at: &str) -> Result<Take, Error> {
    if take.state == TakeState::Recording {
        return Err(Error::StillRecording(take.id.0.clone()));
    }
    time(at)?;
    let from = data.takes().join(names::checked(&take.id.0)?);
    files::write_atomic(&from.join(BINNED_FILE), at.as_bytes())?;
    move_folder(take, &from, &data.bin())
}

/// Moves a take's folder out of the bin. Gives the take with its new places.
pub fn restore(data: &DataFolder, take: &Take) -> Result<Take, Error> {
    let moved = move_folder(take, &data.bin().join(names::checked(&take.id.0)?), &data.takes())?;
    let date = Path::new(&moved.folder).join(BINNED_FILE);
    match fs::remove_file(&date) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(sorted("removed", &date)(error)),
        _ => Ok(moved),
    }
}

/// When a folder in the bin came there; `None` when its date is missing or not one.
pub fn binned_at(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join(BINNED_FILE)).ok()?;
    time(text.trim()).ok().map(|_| text.trim().to_owned())
}

/// Deletes, for good, what has been in the bin for more than `days` days at `now` (RFC 3339 UTC), and tells which takes went.
/// A folder without a date is given `now`, so that nothing goes that has not lain there for the whole time; a take that is still `used`
/// stays.
pub fn empty_bin_older_than(
    data: &DataFolder,
    days: u32,
    now: &str,
    used: impl Fn(&TakeId) -> bool,
) -> Result<Vec<TakeId>, Error> {
    let limit = time(now)?.as_second() - i64::from(days) * 86_400;
    let mut gone = Vec::new();
    for folder in list_bin(data)? {
        let date = binned_at(&folder).and_then(|text| time(&text).ok());
        match date {
            None => files::write_atomic(&folder.join(BINNED_FILE), now.as_bytes())?,
            Some(date) if date.as_second() < limit => {
                let id = folder.file_name().and_then(|name| name.to_str()).map(|name| TakeId(name.to_owned()));
                if id.as_ref().is_some_and(&used) {
                    continue;
                }
                // Out of the list first: a crash while deleting then leaves no half take, only something to sweep.
                let leaving = data.bin().join(files::temporary_name());
                fs::rename(&folder, &leaving).map_err(sorted("deleted", &folder))?;
                fs::remove_dir_all(&leaving).map_err(sorted("deleted", &folder))?;
                gone.extend(id);
            }
            Some(_) => {}
        }
    }
    Ok(gone)
}

/// How a take ended, as its journal tells it.
struct End {
    state: TakeState,
    nanos: u64,
    frames: u64,
    dropped: u64,
}

impl End {
    fn of(entries: &[Entry]) -> End {
        let stopped = entries.iter().rev().find_map(|entry| match entry.event {
            Event::Stopped { nanos, frames, dropped, .. } => Some(End { state: TakeState::Finished, nanos, frames, dropped }),
            _ => None,
        });
        stopped.unwrap_or_else(|| {
            let lost = entries.iter().map(|entry| if let Event::Dropped { frames } = entry.event { frames } else { 0 });
            End {
                state: TakeState::Interrupted,
                nanos: entries.iter().map(|entry| entry.t).max().unwrap_or(0),
                frames: 0,
                dropped: lost.fold(0, u64::saturating_add),
            }
        })
    }
}

/// The journal's text; bytes that are not UTF-8 (a torn line's) cost only their own line.
pub(super) fn read_journal(folder: &Path) -> Result<String, Error> {
    let path = folder.join(JOURNAL_FILE);
    let unreadable = |detail: String| Error::Journal { path: folder.to_owned(), detail };
    let file = File::open(&path).map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(MAX_JOURNAL_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > MAX_JOURNAL_BYTES {
        return Err(unreadable(format!("it is larger than {} MB", MAX_JOURNAL_BYTES / 1024 / 1024)));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn move_folder(take: &Take, from: &Path, into: &Path) -> Result<Take, Error> {
    let to = into.join(names::checked(&take.id.0)?);
    files::rename_new(from, &to).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::Exists(to.clone()),
        _ => sorted("moved", from)(error),
    })?;
    files::sync_folder(into)?;
    files::sync_folder(files::folder_of(from))?;
    Ok(Take { folder: to.display().to_string(), media: to.join(MEDIA_FILE).display().to_string(), ..take.clone() })
}

pub(super) fn time(text: &str) -> Result<jiff::Timestamp, Error> {
    text.parse().map_err(|_| Error::Time(text.chars().take(100).collect()))
}

/// Folders that are not hidden, by name.
pub(super) fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut folders = Vec::new();
    for item in fs::read_dir(folder).map_err(sorted("read", folder))? {
        let item = item.map_err(sorted("read", folder))?;
        let hidden = item.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && item.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push(item.path());
        }
    }
    folders.sort();
    Ok(folders)
}
