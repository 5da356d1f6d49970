//! Recovery of a take whose program died: how much of its file is whole, told from its skeleton in a moment whatever its
//! length, and the index that was never written.
//!
//! Mending never risks what is there. It holds on to every whole block, appends the index behind the last one, brings that to
//! the disk, and only then fills in what the header left open, so that a second crash at any point leaves a file that
//! opens and can be mended again. A file that is damaged in any other way than at its end is left as it is.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use super::error::Error;
use super::matroska::{Bytes, CLUSTER, CUES, Element, Head, INFO, Key, Lead, TRACKS, VOID, Walk};
use crate::core::take::Checkpoint;

/// The most that is cut off behind the last whole block: what a power cut leaves of a second or two. More than that is not
/// a torn end.
const MOST_CUT: u64 = 32 << 20;

/// Header of an element with an eight-byte size, as the muxer writes segments and clusters.
const LONG_HEADER: u64 = 12;

/// What an interrupted take's file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Length of the picture, or of the sound where there is none, in nanoseconds.
    pub nanos: u64,
    /// Pictures, or blocks of sound where there are none.
    pub frames: u64,
    /// Where the last whole block ends.
    pub whole_bytes: u64,
    /// Bytes behind it: half a block, or what a power cut left.
    pub torn_bytes: u64,
    /// Nothing is left to mend.
    pub indexed: bool,
    /// End of the last picture or sound, in nanoseconds.
    end: u64,
    head: Head,
    /// Clusters whose size must be written, with where they end.
    sizes: Vec<(Element, u64)>,
    keys: Vec<Key>,
}

/// Measures a take's file without decoding it. `from` is the newest place the journal names as safe: blocks are counted from
/// there; before it only one block of each cluster is looked at. A checkpoint that does not fit the file is passed over.
pub fn survey(path: &Path, from: Option<Checkpoint>) -> Result<Survey, Error> {
    let failed = |error| Error::file(path, error);
    let bytes = Bytes(File::open(path).map_err(failed)?);
    let length = bytes.0.metadata().map_err(failed)?.len();
    if length == 0 {
        return Err(Error::Empty(path.to_owned()));
    }
    let head = bytes.head().map_err(failed)?.ok_or_else(|| Error::NotMedia(path.to_owned()))?;
    let (mut keys, reached) = hop(&bytes, &head, from, length).map_err(failed)?;
    let from = from.filter(|from| reached == from.bytes);
    let mut walk = Walk::new(&head, from);
    if from.is_none() {
        keys.clear();
    }
    walk.advance(&bytes, &head, length).map_err(failed)?;
    let whole = walk.whole();
    keys.append(&mut walk.keys);
    // A file that was closed in order goes on behind its clusters to its very end.
    let indexed = head.segment.end == Some(length) && (whole == length || is_cues(&bytes, whole).map_err(failed)?);
    let ends = walk.clusters.iter().skip(1).map(|cluster| cluster.at).chain([whole]);
    let sizes = walk.clusters.iter().copied().zip(ends).filter(|(cluster, end)| cluster.end != Some(*end)).collect();
    Ok(Survey {
        nanos: walk.pictures_end,
        frames: walk.frames,
        whole_bytes: whole,
        torn_bytes: if indexed { 0 } else { length - whole },
        indexed,
        end: walk.end,
        head,
        sizes,
        keys,
    })
}

/// Writes the index, the length and the sizes an interrupted file lacks; the caller must be the only one who writes it. Gives
/// the file's new size. On an error the file holds what it held, and opens.
pub fn mend(path: &Path, survey: &Survey) -> Result<u64, Error> {
    let failed = |error| Error::file(path, error);
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if survey.indexed || survey.frames == 0 {
        return Ok(length);
    }
    let damaged = |detail: &str| Error::Broken { path: path.to_owned(), detail: detail.into() };
    let torn = survey.whole_bytes..survey.whole_bytes + survey.torn_bytes;
    if survey.torn_bytes > MOST_CUT || goes_on(&file, torn).map_err(failed)? {
        return Err(damaged("it is damaged in its middle and was left as it is"));
    }
    let plan = plan(survey).ok_or_else(|| damaged("its header was written by another program"))?;
    let size = survey.whole_bytes + plan.cues.len() as u64;
    let appended = write(&mut file, survey.whole_bytes, &plan.cues)
        .and_then(|()| file.set_len(size))
        .and_then(|()| plan.sizes.iter().try_for_each(|(at, bytes)| write(&mut file, *at, bytes)))
        .and_then(|()| file.sync_all());
    if let Err(error) = appended {
        // A full disk: without an index, but with every block.
        let _ = file.set_len(survey.whole_bytes);
        return Err(failed(error));
    }
    plan.header.iter().try_for_each(|(at, bytes)| write(&mut file, *at, bytes)).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    Ok(size)
}

/// Everything that is written: the index behind the last block, then sizes of clusters, then the header.
struct Patches {
    cues: Vec<u8>,
    sizes: Vec<(u64, Vec<u8>)>,
    header: Vec<(u64, Vec<u8>)>,
}

/// `None` when the header has no room for what it lacks.
fn plan(survey: &Survey) -> Option<Patches> {
    let head = &survey.head;
    let long = |element: &Element| element.body - element.at == LONG_HEADER;
    if !long(&head.segment) || !survey.sizes.iter().all(|(cluster, _)| long(cluster)) {
        return None;
    }
    let base = head.segment.body;
    let cues = cues(&survey.keys, base);
    let end = survey.whole_bytes + cues.len() as u64;
    let size_of = |element: &Element, end: u64| (element.body - 8, long_size(end - element.body));
    let sizes = survey.sizes.iter().map(|(cluster, end)| size_of(cluster, *end)).collect();
    let mut header = Vec::new();
    if let Some(at) = head.duration_at {
        header.push((at, (survey.end as f64 / head.tick as f64).to_be_bytes().to_vec()));
    }
    for lead in &head.leads {
        let place = match lead.id {
            INFO => Some(head.info),
            TRACKS => Some(head.tracks_at),
            CUES if !cues.is_empty() => Some(survey.whole_bytes),
            _ => None,
        };
        match place {
            Some(place) => header.push((lead.position_at, (place - base).to_be_bytes().to_vec())),
            None => header.push((lead.at, void(lead)?)),
        }
    }
    header.push(size_of(&head.segment, end));
    Some(Patches { cues, sizes, header })
}

/// Goes from cluster to cluster by their sizes, up to the checkpoint: one key picture of each, and the place it came to.
fn hop(bytes: &Bytes, head: &Head, to: Option<Checkpoint>, length: u64) -> io::Result<(Vec<Key>, u64)> {
    let (mut keys, mut at) = (Vec::new(), head.first);
    let Some(to) = to.filter(|to| to.bytes < length) else { return Ok((keys, at)) };
    while at < to.bytes {
        let Some(cluster) = bytes.element(at)?.filter(|element| element.id == CLUSTER) else { break };
        let Some(end) = cluster.end else { break };
        keys.extend(bytes.first_key(head, &cluster)?);
        at = end;
    }
    Ok((keys, at))
}

/// Whether a cluster begins somewhere in these bytes: then more than an end was lost, and a player may find its way on.
fn goes_on(file: &File, bytes: Range<u64>) -> io::Result<bool> {
    let mut torn = vec![0; (bytes.end - bytes.start) as usize];
    let reader = Bytes(file.try_clone()?);
    let read = reader.read(bytes.start, &mut torn)?;
    // Its id, then a size of eight bytes.
    let head = [CLUSTER.to_be_bytes().as_slice(), &[1]].concat();
    Ok(torn[..read].windows(head.len()).skip(1).any(|window| window == head))
}

fn is_cues(bytes: &Bytes, at: u64) -> io::Result<bool> {
    Ok(bytes.element(at)?.is_some_and(|element| element.id == CUES))
}

fn write(file: &mut File, at: u64, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

/// The index: for each key picture its time and its cluster (RFC 9559, section 5.1.5). Empty without key pictures.
fn cues(keys: &[Key], base: u64) -> Vec<u8> {
    const CUE_POINT: u8 = 0xbb;
    const CUE_TIME: u8 = 0xb3;
    const CUE_POSITIONS: u8 = 0xb7;
    const CUE_TRACK: u8 = 0xf7;
    const CUE_CLUSTER: u8 = 0xf1;
    if keys.is_empty() {
        return Vec::new();
    }
    let points = keys.iter().flat_map(|key| {
        let places = [short(CUE_TRACK, &trimmed(key.track)), short(CUE_CLUSTER, &trimmed(key.cluster - base))].concat();
        short(CUE_POINT, &[short(CUE_TIME, &trimmed(key.time)), short(CUE_POSITIONS, &places)].concat())
    });
    let points: Vec<u8> = points.collect();
    [&CUES.to_be_bytes()[..], &long_size(points.len() as u64), &points].concat()
}

/// An element with a one-byte id and size; its content has less than 127 bytes.
fn short(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id, 0x80 | content.len() as u8], content].concat()
}

/// An unsigned number without leading zeros.
fn trimmed(value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    bytes[(value.leading_zeros() as usize / 8).min(7)..].to_vec()
}

/// A size in eight bytes.
fn long_size(size: u64) -> Vec<u8> {
    (size | 1 << 56).to_be_bytes().to_vec()
}

/// Empty space in place of an entry that leads nowhere.
fn void(lead: &Lead) -> Option<Vec<u8>> {
    let content = u8::try_from(lead.end.checked_sub(lead.at + 2)?).ok().filter(|content| *content < 127)?;
    let mut bytes = vec![0; usize::from(content) + 2];
    bytes[0] = VOID as u8;
    bytes[1] = 0x80 | content;
    Some(bytes)
}

#[cfg(test)]
#[path = "repair/tests.rs"]
mod tests;
