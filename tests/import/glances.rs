//! What is shown of an asset: tiles, larger pictures, strips to scrub through, waveforms; from the file, from the cache, or with a
//! reason why there is none.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use onetake::core::asset::AssetId;
use onetake::core::frame::Still;
use onetake::core::glance::{Glance, STRIP_FRAMES, strip_part};
use onetake::core::latest::{Feeds, Latest};
use onetake::core::problem::Problem;
use onetake::jobs::glance::Glances;
use onetake::jobs::glance::maker::{Made, Maker};
use onetake::jobs::house::Ways;
use onetake::jobs::inbox::{Inbox, inbox};
use onetake::media::stills::stills;
use onetake::studio::Message;
use onetake::studio::glance::{self, Effect};

use super::rig::{Place, SOUND, beep, copy, film, launch, picture};

/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

fn make(place: &Place, id: &AssetId, glance: Glance) -> Result<Made, Problem> {
    Maker::new(&place.house.folder).make(place.house.folder.root(), &place.asset(id), glance, &AtomicBool::new(false))
}

fn still(made: Result<Made, Problem>) -> Still {
    match made.unwrap() {
        Made::Still(still) => still,
        Made::Wave(_) => panic!("a waveform"),
    }
}

/// The mean brightness of a part of a picture, `from` and `to` in parts of its width.
fn brightness(still: &Still, (from, to): (f32, f32)) -> f32 {
    let columns = (from * still.width as f32) as usize..(to * still.width as f32) as usize;
    let line = still.width as usize * 4;
    let values =
        still.rgba.chunks(line).flat_map(|row| row[columns.start * 4..columns.end * 4].chunks(4).map(|p| f32::from(p[1])));
    let count = columns.len() * still.height as usize;
    values.sum::<f32>() / count as f32
}

/// A film of four seconds that is dark in its first half and bright in its second.
const DAWN: &str = "videotestsrc num-buffers=60 pattern=solid-color foreground-color=0xff101010 ! video/x-raw,width=640,height=360,framerate=30/1 \
                    ! queue ! concat name=both ! x264enc key-int-max=250 ! mp4mux ! OUT \
                    videotestsrc num-buffers=60 pattern=solid-color foreground-color=0xfff0f0f0 ! video/x-raw,width=640,height=360,framerate=30/1 \
                    ! queue ! both.";

#[test]
fn a_film_has_a_tile_a_preview_a_strip_and_a_waveform() {
    let place = Place::new();
    film(&place.file("film.mp4"));
    let asset = place.one(&place.file("film.mp4")).unwrap();
    for (glance, size) in
        [(Glance::Thumb, (360, 270)), (Glance::Preview, (320, 240)), (Glance::Strip, (180 * STRIP_FRAMES, 135))]
    {
        let still = still(make(&place, &asset.id, glance));
        // The tile is scaled down from 320 × 240 only if it must be.
        let expected = if glance == Glance::Thumb { (320, 240) } else { size };
        assert_eq!((still.width, still.height), expected, "{glance:?}");
    }
    let Ok(Made::Wave(peaks)) = make(&place, &asset.id, Glance::Wave) else { panic!("no waveform") };
    assert!((90..=115).contains(&peaks.0.len()) && peaks.0.iter().any(|&peak| peak > 50), "{}", peaks.0.len());
}

#[test]
fn a_strip_goes_through_the_whole_film() {
    let place = Place::new();
    launch(DAWN, &place.file("dawn.mp4"));
    let asset = place.one(&place.file("dawn.mp4")).unwrap();
    let strip = still(make(&place, &asset.id, Glance::Strip));
    for number in 0..STRIP_FRAMES {
        let light = brightness(&strip, strip_part(number));
        assert!(if number < STRIP_FRAMES / 2 { light < 60.0 } else { light > 180.0 }, "frame {number}: {light}");
    }
    assert!(brightness(&still(make(&place, &asset.id, Glance::Thumb)), (0.0, 1.0)) < 60.0, "a tenth into it it is dark");
}

#[test]
fn sound_shows_its_waveform_and_pictures_themselves() {
    let place = Place::new();
    launch(&format!("{SOUND} ! flacenc ! OUT"), &place.file("sound.flac"));
    picture(&place.file("wide.png"), 2000, 500, false);
    picture(&place.file("holes.png"), 100, 100, true);
    let id = |name: &str| place.one(&place.file(name)).unwrap().id;
    let (sound, wide, holes) = (id("sound.flac"), id("wide.png"), id("holes.png"));
    assert!(matches!(make(&place, &sound, Glance::Wave), Ok(Made::Wave(peaks)) if peaks.0.len() >= 95));
    assert!(make(&place, &sound, Glance::Thumb).is_err() && make(&place, &wide, Glance::Wave).is_err());
    let tile = still(make(&place, &wide, Glance::Thumb));
    assert_eq!((tile.width, tile.height), (480, 120));
    let tile = still(make(&place, &holes, Glance::Thumb));
    assert!(brightness(&tile, (0.0, 0.4)) > 60.0, "a ground can be seen through the holes");
    assert!(tile.rgba.chunks(4).all(|pixel| pixel[3] == 255));
}

#[test]
fn importing_makes_what_tiles_show() {
    let place = Place::new();
    film(&place.file("film.mp4"));
    let (report, follower) = place.import(&copy(&[&place.file("film.mp4")]));
    let last = follower.progress().pop().unwrap();
    assert_eq!((last.described, last.part()), (1, 1.0));
    // The file is not needed for them any more.
    let asset = place.asset(&report.added[0]);
    fs::remove_file(asset.file(place.house.folder.root())).unwrap();
    assert!(make(&place, &asset.id, Glance::Thumb).is_ok() && make(&place, &asset.id, Glance::Wave).is_ok());
    assert!(make(&place, &asset.id, Glance::Preview).is_err());
    // And nobody needs the cache.
    fs::remove_dir_all(place.house.folder.cache()).unwrap();
    let problem = make(&place, &asset.id, Glance::Thumb).unwrap_err();
    assert!(problem.what.contains("No such file"), "{problem}");
}

#[test]
fn broken_and_silent_files_say_why_and_can_be_cancelled() {
    let place = Place::new();
    launch(&format!("{SOUND} ! wavenc ! OUT"), &place.file("sound.wav"));
    film(&place.file("film.mp4"));
    let go_on = AtomicBool::new(false);
    assert!(stills(&place.file("sound.wav"), &[0], (100, 100), &go_on).is_err());
    fs::write(place.file("rubbish"), [7; 5000]).unwrap();
    assert!(stills(&place.file("rubbish"), &[0], (100, 100), &go_on).is_err());
    let cancelled = stills(&place.file("film.mp4"), &[0], (100, 100), &AtomicBool::new(true));
    assert!(matches!(cancelled, Err(onetake::media::Error::Cancelled)));
    // A time behind the end shows what there is.
    assert_eq!(stills(&place.file("film.mp4"), &[0, 3_600_000_000_000], (100, 100), &go_on).unwrap().len(), 2);
}

/// The studio's desk, as a page uses it.
struct Studio {
    _folder: tempfile::TempDir,
    inbox: Mutex<Inbox>,
    feeds: Feeds,
    glances: Option<Glances>,
}

impl Studio {
    fn new(place: Place) -> Studio {
        let (outbox, inbox) = inbox(|| {});
        let feeds = Feeds::default();
        let ways = Ways { outbox, feeds: feeds.clone(), text: Latest::default() };
        let house = Arc::new(place.house);
        let maker = Arc::new(Maker::new(&house.folder));
        Studio {
            _folder: place.folder,
            inbox: Mutex::new(inbox),
            feeds,
            glances: Some(Glances::start(house, ways, maker).unwrap()),
        }
    }

    fn ask(&self, asset: &onetake::core::asset::Asset, glance: Glance) {
        self.glances.as_ref().unwrap().run(Effect::Make { asset: Box::new(asset.clone()), glance });
    }

    fn told(&self, number: usize) -> Vec<glance::Message> {
        let (mut told, begin) = (Vec::new(), Instant::now());
        while told.len() < number {
            assert!(begin.elapsed() < LIMIT, "{told:?}");
            if let Some(Message::Glance(message)) = self.inbox.lock().unwrap().wait(Duration::from_millis(50)) {
                told.push(message);
            }
        }
        told
    }
}

#[test]
fn the_newest_wish_comes_first_and_old_ones_are_left_out() {
    let place = Place::new();
    picture(&place.file("a.png"), 300, 200, false);
    film(&place.file("film.mp4"));
    let (one, film) = (place.one(&place.file("a.png")).unwrap(), place.one(&place.file("film.mp4")).unwrap());
    fs::remove_dir_all(place.house.folder.cache()).unwrap();
    let mut studio = Studio::new(place);
    // Two strips keep both threads busy while two hundred tiles are asked for.
    studio.ask(&film, Glance::Strip);
    studio.ask(&film, Glance::Preview);
    let tiles: Vec<_> =
        (0..200).map(|n| onetake::core::asset::Asset { id: AssetId(format!("tile-{n:03}")), ..one.clone() }).collect();
    tiles.iter().for_each(|tile| studio.ask(tile, Glance::Thumb));
    let told = studio.told(202);
    let made = |message: &&glance::Message| matches!(message, glance::Message::Made { result: Ok(()), .. });
    let (made, left_out) =
        (told.iter().filter(made).count(), told.iter().filter(|m| matches!(m, glance::Message::LeftOut { .. })).count());
    assert_eq!(made + left_out, 202, "{told:?}");
    assert!(studio.feeds.glances.thumbs.get("tile-199").is_some());
    studio.glances.take().unwrap().finish();
}

#[test]
fn a_file_that_is_gone_is_said_and_ending_does_not_wait() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    film(&place.file("film.mp4"));
    let (sound, film) = (place.one(&place.file("a.wav")).unwrap(), place.one(&place.file("film.mp4")).unwrap());
    fs::remove_file(sound.file(place.house.folder.root())).unwrap();
    fs::remove_dir_all(place.house.folder.cache()).unwrap();
    let mut studio = Studio::new(place);
    studio.ask(&sound, Glance::Wave);
    let told = studio.told(1);
    let [glance::Message::Made { result: Err(problem), .. }] = &told[..] else { panic!("{told:?}") };
    assert!(problem.what.ends_with("is gone."), "{problem}");
    for glance in [Glance::Strip, Glance::Wave, Glance::Thumb, Glance::Preview] {
        studio.ask(&film, glance);
    }
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let glances = studio.glances.take().unwrap();
        scope.spawn(|| {
            glances.finish();
            ended.store(true, Ordering::Relaxed);
        });
        let begin = Instant::now();
        while !ended.load(Ordering::Relaxed) {
            assert!(begin.elapsed() < LIMIT, "it waits for what nobody wants");
            std::thread::sleep(Duration::from_millis(10));
        }
    });
}
