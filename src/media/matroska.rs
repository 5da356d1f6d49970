//! The skeleton of a take's Matroska file, read without touching its pictures: where clusters and blocks begin, what time
//! they have, how far the file is whole. The recorder follows its own file with it, and recovery measures and mends with it.
//!
//! The layout is RFC 9559's (elements as in RFC 8794), limited to what `record::pipeline` has written by `matroskamux`. A file
//! whose program died ends in a cluster of unknown size and possibly in half a block; a file that lost power may end in
//! anything, so a reader takes an element only when it is known, complete and in its place.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::core::take::Checkpoint;

pub(super) const EBML: u32 = 0x1a45_dfa3;
pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const SEEK_HEAD: u32 = 0x114d_9b74;
pub(super) const SEEK: u32 = 0x4dbb;
pub(super) const SEEK_ID: u32 = 0x53ab;
pub(super) const SEEK_POSITION: u32 = 0x53ac;
pub(super) const INFO: u32 = 0x1549_a966;
pub(super) const TICK: u32 = 0x002a_d7b1;
pub(super) const DURATION: u32 = 0x4489;
pub(super) const TRACKS: u32 = 0x1654_ae6b;
pub(super) const TRACK_ENTRY: u32 = 0xae;
pub(super) const TRACK_NUMBER: u32 = 0xd7;
pub(super) const TRACK_TYPE: u32 = 0x83;
pub(super) const DEFAULT_DURATION: u32 = 0x0023_e383;
pub(super) const CLUSTER: u32 = 0x1f43_b675;
pub(super) const CLUSTER_TIME: u32 = 0xe7;
pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
pub(super) const BLOCK_GROUP: u32 = 0xa0;
pub(super) const BLOCK: u32 = 0xa1;
pub(super) const BLOCK_DURATION: u32 = 0x9b;
pub(super) const CUES: u32 = 0x1c53_bb6b;
pub(super) const VOID: u32 = 0xec;
/// Of a cluster: position and size of the one before, checksum.
const OTHERS_OF_CLUSTER: [u32; 4] = [0xa7, 0xab, 0xbf, VOID];

/// Matroska's tick when the file names none, in nanoseconds.
const USUAL_TICK: u64 = 1_000_000;
/// The largest header part that is read; ours have some hundred bytes.
const MOST_HEAD: u64 = 1 << 20;
/// The most a header of an element takes: 4 bytes of id, 8 of size.
const HEADER: usize = 12;
/// A block's own head: track, time, flags.
const BLOCK_HEAD: usize = 4;

/// An element's place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub id: u32,
    /// Where its id begins.
    pub at: u64,
    /// Where its content begins.
    pub body: u64,
    /// Where its content ends; `None` when its size was never filled in.
    pub end: Option<u64>,
}

/// A stream of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Track {
    pub number: u64,
    /// Its blocks measure the take: the pictures, or the sound where there are none.
    pub main: bool,
    /// How long a block lasts, in nanoseconds; 0 when the file does not say.
    pub block_nanos: u64,
}

/// An entry of the table of contents at the file's head: what it leads to and where that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lead {
    pub id: u32,
    /// The whole entry.
    pub at: u64,
    pub end: u64,
    /// Eight bytes, relative to the segment's content.
    pub position_at: u64,
}

/// What stands before the first cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub segment: Element,
    pub info: u64,
    pub tracks_at: u64,
    /// Nanoseconds in a tick.
    pub tick: u64,
    /// Where the length stands: eight bytes, a float, in ticks.
    pub duration_at: Option<u64>,
    pub tracks: Vec<Track>,
    pub leads: Vec<Lead>,
    /// Where the first cluster begins or will begin.
    pub first: u64,
}

/// A picture that decodes without those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// In ticks.
    pub time: u64,
    pub track: u64,
    /// Where its cluster begins.
    pub cluster: u64,
}

/// What a block's head tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BlockFacts {
    track: Track,
    /// In ticks, after its cluster's time.
    offset: i64,
    key: bool,
    nanos: u64,
}

/// Bytes of a file by place. It keeps no position anyone else could move.
#[derive(Debug)]
pub(super) struct Bytes(pub File);

/// How far a file has been read, block by block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Walk {
    /// End of the last whole element.
    pub at: u64,
    /// Pictures before `at`; blocks of sound where there are no pictures.
    pub frames: u64,
    /// End of the last picture, and of the last picture or sound, in nanoseconds.
    pub pictures_end: u64,
    pub end: u64,
    /// The clusters passed, as they begin.
    pub clusters: Vec<Element>,
    pub keys: Vec<Key>,
    /// The newest cluster's beginning: everything before it is whole.
    pub checkpoint: Option<Checkpoint>,
    /// Blocks of the newest cluster, and its time in ticks.
    blocks: u64,
    time: Option<u64>,
}

impl Bytes {
    /// Fills `buffer` from `at` on, as far as the file goes.
    pub fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = &self.0;
        file.seek(SeekFrom::Start(at))?;
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match file.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// The element that begins at `at`; `None` when its head is not whole or is none.
    pub fn element(&self, at: u64) -> io::Result<Option<Element>> {
        let mut head = [0u8; HEADER];
        let read = self.read(at, &mut head)?;
        Ok(element(head.get(..read).unwrap_or(&[]), at))
    }

    fn content(&self, element: &Element) -> io::Result<Option<Vec<u8>>> {
        let Some(size) = element.end.map(|end| end - element.body).filter(|size| *size <= MOST_HEAD) else { return Ok(None) };
        let mut content = vec![0u8; size as usize];
        let read = self.read(element.body, &mut content)?;
        Ok((read == content.len()).then_some(content))
    }

    /// What stands before the first cluster; `None` when that is not whole, or not Matroska.
    pub fn head(&self) -> io::Result<Option<Head>> {
        let Some(ebml) = self.element(0)?.filter(|element| element.id == EBML) else { return Ok(None) };
        let Some(end) = ebml.end else { return Ok(None) };
        let Some(segment) = self.element(end)?.filter(|element| element.id == SEGMENT) else { return Ok(None) };
        let mut head = Head {
            segment,
            info: 0,
            tracks_at: 0,
            tick: USUAL_TICK,
            duration_at: None,
            tracks: Vec::new(),
            leads: Vec::new(),
            first: segment.body,
        };
        while let Some(element) = self.element(head.first)? {
            if element.id == CLUSTER {
                break;
            }
            let Some(content) = self.content(&element)? else { break };
            head.take(&element, &content);
            head.first = element.end.unwrap_or(element.body);
        }
        Ok((!head.tracks.is_empty()).then_some(head))
    }

    /// The first key picture of a cluster, looked for among its first blocks: `matroskamux` begins a cluster with one.
    pub fn first_key(&self, head: &Head, cluster: &Element) -> io::Result<Option<Key>> {
        const LOOKED_AT: usize = 8;
        let (mut at, mut time) = (cluster.body, 0);
        for _ in 0..LOOKED_AT {
            let Some(element) = self.element(at)? else { return Ok(None) };
            let Some(end) = element.end else { return Ok(None) };
            if element.id == CLUSTER_TIME {
                time = self.content(&element)?.map_or(0, |content| unsigned(&content));
            } else if let Some(block) = self.block(head, &element)?.filter(|block| block.key && block.track.main) {
                let time = time.saturating_add_signed(block.offset);
                return Ok(Some(Key { time, track: block.track.number, cluster: cluster.at }));
            }
            at = end;
        }
        Ok(None)
    }

    /// A block's facts; `None` when the element holds no block of a known track.
    fn block(&self, head: &Head, element: &Element) -> io::Result<Option<BlockFacts>> {
        let mut own = [0u8; BLOCK_HEAD];
        let (at, end, duration) = match element.id {
            SIMPLE_BLOCK => (element.body, element.end, None),
            BLOCK_GROUP => {
                let Some(content) = self.content(element)? else { return Ok(None) };
                let inner = |id| children(&content, element.body).find(|(child, _)| child.id == id);
                let Some((block, _)) = inner(BLOCK) else { return Ok(None) };
                (block.body, block.end, inner(BLOCK_DURATION).map(|(_, content)| unsigned(content)))
            }
            _ => return Ok(None),
        };
        if end.is_none_or(|end| end < at + BLOCK_HEAD as u64) || self.read(at, &mut own)? < BLOCK_HEAD {
            return Ok(None);
        }
        let number = u64::from(own[0] & 0x7f);
        let Some(track) = head.tracks.iter().find(|track| track.number == number && own[0] & 0x80 != 0) else {
            return Ok(None);
        };
        let offset = i64::from(i16::from_be_bytes([own[1], own[2]]));
        // A block of a group is a key picture when it names no other picture; ours are in simple blocks.
        let key = element.id == SIMPLE_BLOCK && own[3] & 0x80 != 0;
        let nanos = duration.map_or(track.block_nanos, |ticks| ticks.saturating_mul(head.tick));
        Ok(Some(BlockFacts { track: *track, offset, key, nanos }))
    }
}

impl Head {
    fn take(&mut self, element: &Element, content: &[u8]) {
        match element.id {
            SEEK_HEAD => self.leads = children(content, element.body).filter_map(|(seek, inner)| lead(&seek, inner)).collect(),
            INFO => {
                self.info = element.at;
                for (child, content) in children(content, element.body) {
                    match child.id {
                        TICK => self.tick = unsigned(content).max(1),
                        DURATION if content.len() == 8 => self.duration_at = Some(child.body),
                        _ => {}
                    }
                }
            }
            TRACKS => {
                self.tracks_at = element.at;
                let entries = children(content, element.body).filter(|(child, _)| child.id == TRACK_ENTRY);
                self.tracks = entries.map(|(entry, content)| track(content, entry.body)).collect();
                if let (false, Some(sound)) = (self.tracks.iter().any(|track| track.main), self.tracks.first_mut()) {
                    sound.main = true;
                }
            }
            _ => {}
        }
    }
}

impl Walk {
    /// From a place where a cluster begins: the first one, or a checkpoint's.
    pub fn new(head: &Head, from: Option<Checkpoint>) -> Walk {
        let from = from.unwrap_or(Checkpoint { bytes: head.first, ..Checkpoint::default() });
        Walk {
            at: from.bytes,
            frames: from.frames,
            pictures_end: from.nanos,
            end: from.nanos,
            clusters: Vec::new(),
            keys: Vec::new(),
            checkpoint: None,
            blocks: 0,
            time: None,
        }
    }

    /// Goes on over all elements that are whole before `until`. What stops it otherwise is something that is no part of a
    /// cluster, or half of one.
    pub fn advance(&mut self, bytes: &Bytes, head: &Head, until: u64) -> io::Result<()> {
        while let Some(element) = bytes.element(self.at)?.filter(|element| element.body <= until) {
            if element.id == CLUSTER {
                self.checkpoint = Some(Checkpoint { bytes: element.at, frames: self.frames, nanos: self.pictures_end });
                self.clusters.push(element);
                (self.blocks, self.time, self.at) = (0, None, element.body);
                continue;
            }
            let Some(end) = element.end.filter(|end| *end <= until && !self.clusters.is_empty()) else { return Ok(()) };
            match element.id {
                CLUSTER_TIME => self.time = bytes.content(&element)?.map(|content| unsigned(&content)),
                SIMPLE_BLOCK | BLOCK_GROUP => {
                    let Some(block) = bytes.block(head, &element)? else { return Ok(()) };
                    let Some(time) = self.time else { return Ok(()) };
                    self.pass(head, block, time);
                }
                id if OTHERS_OF_CLUSTER.contains(&id) => {}
                _ => return Ok(()),
            }
            self.at = end;
        }
        Ok(())
    }

    /// Lets go of what only mending needs; a take that is being recorded may last for hours.
    pub fn forget(&mut self) {
        let passed = self.clusters.len().saturating_sub(1);
        self.clusters.drain(..passed);
        self.keys.clear();
    }

    /// Where the last cluster with a whole block ends; a cluster that holds none is nothing.
    pub fn whole(&mut self) -> u64 {
        match self.clusters.last() {
            Some(empty) if self.blocks == 0 => {
                let at = empty.at;
                self.clusters.pop();
                at
            }
            _ => self.at,
        }
    }

    fn pass(&mut self, head: &Head, block: BlockFacts, time: u64) {
        self.blocks += 1;
        let ticks = time.saturating_add_signed(block.offset);
        let end = ticks.saturating_mul(head.tick).saturating_add(block.nanos);
        self.end = self.end.max(end);
        if !block.track.main {
            return;
        }
        self.frames += 1;
        self.pictures_end = self.pictures_end.max(end);
        let Some(cluster) = self.clusters.last().map(|cluster| cluster.at) else { return };
        if block.key && self.keys.last().is_none_or(|key| key.cluster != cluster) {
            self.keys.push(Key { time: ticks, track: block.track.number, cluster });
        }
    }
}

/// A variable-length number: its value and length; all ones is `None`, "unknown" (RFC 8794, section 6.2).
fn number(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let own = bytes.get(..length).filter(|_| length <= 8)?;
    let ones = (1u64 << (7 * length)) - 1;
    let value = unsigned(own) & ones;
    Some(((value != ones).then_some(value), length))
}

fn element(head: &[u8], at: u64) -> Option<Element> {
    let id_length = head.first()?.leading_zeros() as usize + 1;
    let id = head.get(..id_length).filter(|_| id_length <= 4)?;
    let (size, size_length) = number(head.get(id_length..)?)?;
    let body = at + (id_length + size_length) as u64;
    let end = match size {
        Some(size) => Some(body.checked_add(size)?),
        None => None,
    };
    Some(Element { id: unsigned(id) as u32, at, body, end })
}

/// The elements in `content`, which begins at `at` in the file. Ends at the first that is not whole.
fn children(content: &[u8], at: u64) -> impl Iterator<Item = (Element, &[u8])> {
    let mut place = 0usize;
    std::iter::from_fn(move || {
        let child = element(content.get(place..)?, at + place as u64)?;
        let body = (child.body - at) as usize;
        let end = usize::try_from(child.end?.checked_sub(at)?).ok()?;
        let inner = content.get(body..end)?;
        place = end;
        Some((child, inner))
    })
}

fn track(content: &[u8], at: u64) -> Track {
    const VIDEO: u64 = 1;
    let value = |id| children(content, at).find(|(child, _)| child.id == id).map_or(0, |(_, content)| unsigned(content));
    Track { number: value(TRACK_NUMBER), main: value(TRACK_TYPE) == VIDEO, block_nanos: value(DEFAULT_DURATION) }
}

fn lead(seek: &Element, content: &[u8]) -> Option<Lead> {
    let inner = |id| children(content, seek.body).find(|(child, _)| child.id == id);
    let (position, _) = inner(SEEK_POSITION).filter(|(_, content)| content.len() == 8)?;
    let (_, id) = inner(SEEK_ID).filter(|_| seek.id == SEEK)?;
    Some(Lead { id: unsigned(id) as u32, at: seek.at, end: seek.end?, position_at: position.body })
}

/// Big-endian, of up to eight bytes.
fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}
