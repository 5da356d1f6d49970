//! Every rate with every trouble, a few seconds each.

use onetake::core::time::{Rate, SECOND};

use super::film::{Film, millis, record, worst};
use super::world::{BEGIN, Trouble, World};

const SAMPLE_RATES: [u32; 3] = [16_000, 44_100, 48_000];
const TROUBLES: [Trouble; 7] = [
    Trouble::None,
    Trouble::Jitter,
    Trouble::Drops,
    Trouble::Drift(200),
    Trouble::Drift(-200),
    Trouble::LateCamera,
    Trouble::LateMicrophone,
];

/// How long a take of the matrix is.
const LENGTH: u64 = 3_300_000_000;

/// The file counts in ticks of 0.1 ms, and a reader may cut off one.
const TICKS: i64 = 200_000;

/// A frame whose stamp is its time of arrival is smoothed; what is left of 6 ms of jitter is below this.
const SMOOTHED: i64 = 4_000_000;

/// What a viewer can't notice, and what is promised (P3).
const LIP_SYNC: i64 = 10_000_000;
/// Where stamps are true there is no reason for more than a codec's rounding.
const EXACT: i64 = 500_000;
/// Callbacks that come up to 2 ms late, 1 ms in the mean: that can't be told from distance. The rest is what a crystal is
/// off before it is known.
const DRIFTING: i64 = 2_500_000;

fn check(rate: Rate) {
    let folder = tempfile::tempdir().unwrap();
    for sample_rate in SAMPLE_RATES {
        for trouble in TROUBLES {
            let world = World { rate, sample_rate, trouble };
            let name = format!("{:.2} pictures, {sample_rate} Hz, {trouble:?}", rate.fps());
            let file = folder.path().join("take.mkv");
            let finished = record(&world, BEGIN + LENGTH, &file);
            let film = Film::read(&file);
            std::fs::remove_file(&file).unwrap();

            let (errors, offsets) = (film.picture_errors(&world), film.offsets(&world));
            println!("{name}: pictures {:+.2} ms, clicks {:+.2} ms", millis(worst(&errors)), millis(worst(&offsets)));
            let shaken = trouble == Trouble::Jitter;
            let limit = if shaken { SMOOTHED } else { TICKS };
            assert!(worst(&errors).abs() <= limit, "{name}: a picture is off by {} ms", millis(worst(&errors)));
            assert_eq!(film.missing(&world), Vec::<u64>::new(), "{name}");
            assert_eq!((finished.dropped, finished.frames), (0, film.pictures.len() as u64), "{name}");
            assert_eq!(finished.audio_gaps, u64::from(trouble == Trouble::Drops), "{name}");
            let limit = match trouble {
                Trouble::Jitter => LIP_SYNC,
                Trouble::Drift(_) => DRIFTING,
                _ => EXACT,
            };
            assert!(offsets.len() >= 2, "{name}: {offsets:?}");
            assert!(worst(&offsets).abs() <= limit, "{name}: a click is off by {} ms", millis(worst(&offsets)));
            // Late devices take nothing from the end.
            assert!(film.zero(&world) + film.nanos + SECOND / 4 > BEGIN + LENGTH, "{name}: ends at {}", film.nanos);
        }
    }
}

#[test]
fn pictures_at_24() {
    check(Rate::whole(24));
}

#[test]
fn pictures_at_25() {
    check(Rate::whole(25));
}

#[test]
fn pictures_at_29_97() {
    check(Rate { num: 30_000, den: 1_001 });
}

#[test]
fn pictures_at_30() {
    check(Rate::whole(30));
}

#[test]
fn pictures_at_60() {
    check(Rate::whole(60));
}
