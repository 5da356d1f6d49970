//! What a take's folder tells of its interruption: when it broke off, and whether the person keeps it. Both stand in the
//! journal, so that a library made anew asks about the same takes as the one that was lost.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::Error;
use super::journal::JournalWriter;
use super::takes::read_journal;
use crate::core::journal::{self, Entry, Event};
use crate::core::take::{JOURNAL_FILE, Take};

/// How a take that has no end broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interruption {
    /// Its last sign of life, RFC 3339 UTC.
    pub at: String,
    /// The person was asked, and keeps it.
    pub kept: bool,
}

/// Reads it from the take's journal. Where the journal does not tell the time yet, the last writing to the take's files does,
/// and is put into the journal; so this comes before anything else that writes to them.
pub fn interruption(take: &Take) -> Result<Interruption, Error> {
    let folder = Path::new(&take.folder);
    let (entries, _) = journal::read(&read_journal(folder)?);
    let kept = journal::kept(&entries);
    if let Some(at) = journal::interrupted_at(&entries).filter(|at| at.parse::<Timestamp>().is_ok()) {
        return Ok(Interruption { at: at.to_owned(), kept });
    }
    let at = last_sign(take).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let entry = Entry { t: take.nanos, event: Event::Interrupted { at: at.clone() } };
    if let Err(error) = append(folder, entry) {
        tracing::warn!(%error, take = %take.id, "when the take broke off could not be written down");
    }
    Ok(Interruption { at, kept })
}

/// Writes into the journal that the person keeps the take.
pub fn keep(take: &Take) -> Result<(), Error> {
    let folder = Path::new(&take.folder);
    // A journal that is gone must not come back as one line without an opening.
    let (entries, _) = journal::read(&read_journal(folder)?);
    if journal::kept(&entries) {
        return Ok(());
    }
    append(folder, Entry { t: take.nanos, event: Event::Kept })
}

fn append(folder: &Path, entry: Entry) -> Result<(), Error> {
    let writer = JournalWriter::open(&folder.join(JOURNAL_FILE))?;
    writer.append(entry);
    writer.close().map(drop)
}

/// The newest time of the take's files, as long as it lies between the take's start and now: a clock may have been set, a
/// folder copied. Otherwise as long after the start as the take was.
fn last_sign(take: &Take) -> Timestamp {
    let began = take.started_at.parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH);
    let written = [Path::new(&take.media).to_owned(), Path::new(&take.folder).join(JOURNAL_FILE)].map(|path| {
        let time = fs::metadata(path).and_then(|facts| facts.modified()).ok()?;
        Timestamp::try_from(time).ok()
    });
    let newest = written.into_iter().flatten().max().filter(|time| (began..=Timestamp::now()).contains(time));
    let length = SignedDuration::from_nanos(i64::try_from(take.nanos).unwrap_or(i64::MAX));
    newest.unwrap_or_else(|| began.checked_add(length).unwrap_or(began))
}
