//! Films made of block heads with holes for pictures: as long as one likes, and next to nothing on the disk.

use std::time::Instant;

use super::super::matroska as m;
use super::*;

const TICK: u64 = 100_000;
const FRAMES_A_CLUSTER: u64 = 30;
const PICTURE_BYTES: u64 = 8_000;
const SOUND_BYTES: u64 = 400;
const HEAD_BYTES: u64 = 4;

fn long(id: u32, content: &[u8]) -> Vec<u8> {
    [&id_bytes(id)[..], &long_size(content.len() as u64), content].concat()
}

fn id_bytes(id: u32) -> Vec<u8> {
    id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect()
}

fn number(id: u32, value: u64) -> Vec<u8> {
    long(id, &trimmed(value))
}

fn head() -> Vec<u8> {
    let lead = |id: u32| {
        let inner = [long(m::SEEK_ID, &id_bytes(id)), long(m::SEEK_POSITION, &u64::MAX.to_be_bytes())].concat();
        long(m::SEEK, &inner)
    };
    let track = |number_: u64, kind: u64, nanos: u64| {
        let facts = [number(m::TRACK_NUMBER, number_), number(m::TRACK_TYPE, kind), number(m::DEFAULT_DURATION, nanos)];
        long(m::TRACK_ENTRY, &facts.concat())
    };
    let tags = 0x1254_c367;
    [
        long(m::EBML, &[]),
        id_bytes(m::SEGMENT),
        vec![1, 255, 255, 255, 255, 255, 255, 255],
        long(m::SEEK_HEAD, &[lead(INFO), lead(TRACKS), lead(CUES), lead(tags)].concat()),
        long(INFO, &[number(m::TICK, TICK), long(m::DURATION, &0f64.to_be_bytes())].concat()),
        long(TRACKS, &[track(1, 1, 33_333_333), track(2, 2, 20_000_000)].concat()),
    ]
    .concat()
}

/// Pictures of a cluster. A long film has its real bytes but few pictures until near its end: each would take a block of the
/// disk, and recovery does not look at them.
fn pictures(cluster: u64, clusters: u64) -> u64 {
    if cluster + 10 < clusters { 1 } else { FRAMES_A_CLUSTER }
}

/// One second a cluster; the last one has no size. Gives where each cluster begins, and the length.
fn film(path: &Path, clusters: u64) -> (Vec<u64>, u64) {
    let mut file = File::create(path).unwrap();
    let head = head();
    file.write_all(&head).unwrap();
    let mut at = head.len() as u64;
    let mut starts = Vec::new();
    for cluster in 0..clusters {
        starts.push(at);
        let mut blocks = vec![(0, number(m::CLUSTER_TIME, cluster * 10_000))];
        let frames = pictures(cluster, clusters);
        let bytes = PICTURE_BYTES * FRAMES_A_CLUSTER / frames;
        for frame in 0..frames {
            blocks.push((bytes, block(1, (frame * 10_000 / 30) as i16, frame == 0, bytes)));
            blocks.push((SOUND_BYTES, block(2, (frame * 10_000 / 30) as i16, true, SOUND_BYTES)));
        }
        let size: u64 = blocks.iter().map(|(hole, head)| hole + head.len() as u64).sum();
        let size = if cluster + 1 == clusters { vec![1, 255, 255, 255, 255, 255, 255, 255] } else { long_size(size) };
        write(&mut file, at, &[id_bytes(CLUSTER), size].concat()).unwrap();
        at += LONG_HEADER;
        for (hole, head) in blocks {
            write(&mut file, at, &head).unwrap();
            at += head.len() as u64 + hole;
        }
        file.set_len(at).unwrap();
    }
    (starts, at)
}

/// A block's head; `content` bytes follow it in the file.
fn block(track: u8, offset: i16, key: bool, content: u64) -> Vec<u8> {
    let [high, low] = offset.to_be_bytes();
    [&[0xa3][..], &long_size(HEAD_BYTES + content), &[0x80 | track, high, low, if key { 0x80 } else { 0 }]].concat()
}

fn checkpoint(starts: &[u64], number: usize) -> Checkpoint {
    let frames = frames_before(number as u64, starts.len() as u64);
    Checkpoint { bytes: starts[number], frames, nanos: number as u64 * 1_000_000_000 }
}

fn frames_before(cluster: u64, clusters: u64) -> u64 {
    (0..cluster).map(|cluster| pictures(cluster, clusters)).sum()
}

#[test]
fn two_hours_are_measured_from_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let (starts, length) = film(&path, 7_200);
    let begin = Instant::now();
    let quick = survey(&path, Some(checkpoint(&starts, 7_195))).unwrap();
    let quick_secs = begin.elapsed().as_secs_f64();
    let whole = survey(&path, None).unwrap();
    println!(
        "2 h, {length} bytes: {quick_secs:.3} s, without a checkpoint {:.3} s",
        begin.elapsed().as_secs_f64() - quick_secs
    );
    assert_eq!((quick.frames, quick.keys.len()), (frames_before(7_200, 7_200), 7_200));
    assert_eq!(quick.nanos.abs_diff(7_200_000_000_000) / TICK, 0, "{}", quick.nanos);
    assert_eq!((whole.frames, whole.nanos, whole.whole_bytes), (quick.frames, quick.nanos, length));
    assert_eq!(whole.keys, quick.keys);
    let size = mend(&path, &quick).unwrap();
    let mended = survey(&path, Some(checkpoint(&starts, 7_195))).unwrap();
    assert!(mended.indexed && mended.frames == quick.frames && mended.nanos == quick.nanos && size > length);
    assert_eq!(mend(&path, &mended).unwrap(), size, "mending twice changes nothing");
}

#[test]
fn a_torn_end_is_cut_and_nothing_whole_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let (starts, length) = film(&path, 3);
    // Frames of the last cluster end at these places: a cut at any byte keeps what is whole before it.
    for cut in (starts[2]..length).step_by(1_777) {
        film(&path, 3);
        OpenOptions::new().write(true).open(&path).unwrap().set_len(cut).unwrap();
        let found = survey(&path, None).unwrap();
        assert!(found.whole_bytes <= cut && found.frames >= 2 * FRAMES_A_CLUSTER, "{cut}");
        let size = mend(&path, &found).unwrap();
        let mended = survey(&path, None).unwrap();
        assert!(mended.indexed && mended.torn_bytes == 0, "{cut}");
        assert_eq!(
            (mended.frames, mended.nanos, File::open(&path).unwrap().metadata().unwrap().len()),
            (found.frames, found.nanos, size)
        );
    }
}

#[test]
fn a_crash_while_mending_leaves_a_file_that_is_mended_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    film(&path, 4);
    let found = survey(&path, None).unwrap();
    let patches = plan(&found).unwrap();
    let all: Vec<_> = [&[(found.whole_bytes, patches.cues)], &patches.sizes[..], &patches.header[..]].concat();
    for done in 0..=all.len() {
        film(&path, 4);
        let mut file = OpenOptions::new().write(true).open(&path).unwrap();
        all[..done].iter().for_each(|(at, bytes)| write(&mut file, *at, bytes).unwrap());
        let again = survey(&path, None).unwrap();
        assert_eq!((again.frames, again.nanos, again.indexed), (found.frames, found.nanos, done == all.len()), "{done}");
        mend(&path, &again).unwrap();
        assert!(survey(&path, None).unwrap().indexed, "{done}");
    }
}

#[test]
fn what_is_damaged_in_its_middle_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let (starts, length) = film(&path, 10);
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    write(&mut file, starts[2], &[0; 64]).unwrap();
    let found = survey(&path, Some(checkpoint(&starts, 8))).unwrap();
    assert_eq!(found.frames, 2 * FRAMES_A_CLUSTER);
    assert!(matches!(mend(&path, &found), Err(Error::Broken { .. })));
    assert_eq!(file.metadata().unwrap().len(), length);
}

#[test]
fn rubbish_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    for rubbish in [&b"RIFF"[..], &[0; 100], &head()[..20], &[0x1a, 0x45, 0xdf, 0xa3, 0xff]] {
        std::fs::write(&path, rubbish).unwrap();
        assert!(matches!(survey(&path, None), Err(Error::NotMedia(_))), "{rubbish:?}");
    }
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(survey(&path, None), Err(Error::Empty(_))));
    std::fs::write(&path, head()).unwrap();
    let found = survey(&path, None).unwrap();
    assert_eq!((found.frames, mend(&path, &found).unwrap()), (0, head().len() as u64));
}
