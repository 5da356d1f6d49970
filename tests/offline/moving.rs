//! Camera moves through the engine as the queue asks it: a ticket, looks, a file; the film has every frame, begins and ends with its
//! keyframes, and moves evenly between pixels.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use onetake::blobs::layout::DataFolder;
use onetake::core::generate::{Class, Input, InputRole, Made, Order, Standing, Submission, Wish};
use onetake::core::job::Kind;
use onetake::core::seam::{Print, Seam, Verdict};
use onetake::engines::{Engine, Landing};
use onetake::jobs::offline::Offline;
use onetake::media::ends::ends;
use onetake::media::inspect::inspect;
use tokio::runtime::Runtime;

/// A machine with two busy cores draws some frames a second.
const PATIENCE: Duration = Duration::from_secs(240);

/// The engine with a folder to work in.
pub struct Shop {
    engine: Offline,
    runtime: Runtime,
    root: tempfile::TempDir,
}

impl Shop {
    pub fn open() -> Shop {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&root.path().join("data")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Shop { engine: Offline::new(&folder), runtime, root }
    }

    pub fn landing(&self, job: &str) -> Landing {
        let folder = self.root.path().join(job);
        std::fs::create_dir_all(&folder).unwrap();
        Landing::new(&folder)
    }

    /// Orders and waits for the end.
    pub fn make(&self, order: &Order) -> Standing {
        let landing = self.landing(&order.job);
        let submission = self.runtime.block_on(self.engine.submit(order, &landing)).unwrap();
        let Submission::Ticket { ticket, cost } = submission else { panic!("{submission:?}") };
        assert_eq!(cost.map(|cost| cost.micros), Some(0));
        let begun = Instant::now();
        loop {
            match self.runtime.block_on(self.engine.look(&ticket, &landing)).unwrap() {
                Standing::Running { progress } => assert!(progress.is_some_and(|part| (0.0..=1.0).contains(&part))),
                standing => return standing,
            }
            assert!(begun.elapsed() < PATIENCE, "{} does not end", order.job);
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    pub fn made(&self, order: &Order) -> (Made, PathBuf) {
        match self.make(order) {
            Standing::Done(made) => {
                let path = made.files[0].path.clone();
                (made, path)
            }
            standing => panic!("{standing:?}"),
        }
    }
}

pub fn order(job: &str, kind: Kind, model: &str, prompt: &str, wish: Wish) -> Order {
    Order { job: job.into(), kind, model: model.into(), prompt: prompt.into(), seed: Some(5), wish, inputs: Vec::new() }
}

pub fn small(seconds: f64) -> Wish {
    Wish { aspect: Some("16:9".into()), resolution: Some("180p".into()), seconds: Some(seconds), ..Wish::default() }
}

pub fn frame(role: InputRole, path: &Path) -> Input {
    Input { role, path: path.to_owned(), mime: "image/png".into(), url: None, maker: None }
}

#[test]
fn a_picture_says_what_made_it_and_a_clip_begins_and_ends_with_its_keyframes() {
    let shop = Shop::open();
    let (_, one) = shop.made(&order("one", Kind::Image, "painter", "hills at sunset, a great tree", small(0.0)));
    let (_, two) = shop.made(&order("two", Kind::Image, "painter", "a lighthouse at night", small(0.0)));
    let bytes = std::fs::read(&one).unwrap();
    let says = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
    assert!(says(b"not by AI") && says(b"hills at sunset"));
    let mut clip = order("clip", Kind::Video, "camera-move", "slow push in", small(2.0));
    clip.inputs = vec![frame(InputRole::FirstFrame, &one), frame(InputRole::LastFrame, &two)];
    let (made, film) = shop.made(&clip);
    assert_eq!((made.files[0].mime, made.seed), ("video/mp4", Some(5)));
    let mut frames = 0;
    let mut size = (0, 0);
    let totals = inspect(
        &film,
        |picture| {
            frames += 1;
            size = (picture.width, picture.height);
        },
        |_| {},
    )
    .unwrap();
    assert_eq!((frames, size, totals.sound_samples), (60, (320, 180), 0));
    let (first, last) = ends(&film, &AtomicBool::new(false)).unwrap();
    let print = |path: &Path| Print::of(&onetake::blobs::pictures::decode_still(path, 320, 180).unwrap()).unwrap();
    let meets = |still, path| Seam::between(&Print::of(still).unwrap(), &print(path));
    assert_eq!(meets(&first, &one).verdict, Verdict::Smooth, "{:?}", meets(&first, &one));
    assert_eq!(meets(&last, &two).verdict, Verdict::Smooth, "{:?}", meets(&last, &two));
    assert_eq!(meets(&last, &one).verdict, Verdict::Jumps, "{:?}", meets(&last, &one));
}

/// A bright disc on a dark ground, whose middle can be measured to a fraction of a pixel.
fn disc(path: &Path) {
    let (width, height) = (1280.0f32, 720.0f32);
    let picture = image::RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let away = (x as f32 - width * 0.3).hypot(y as f32 - height * 0.35);
        let light = ((130.0 - away) / 6.0).clamp(0.0, 1.0) * 200.0 + 20.0;
        image::Rgb([light as u8; 3])
    });
    picture.save(path).unwrap();
}

#[test]
fn a_slow_move_does_not_tremble() {
    let shop = Shop::open();
    let path = shop.root.path().join("disc.png");
    disc(&path);
    let mut clip = order("slow", Kind::Video, "camera-move", "pan right", small(3.0));
    clip.inputs = vec![frame(InputRole::FirstFrame, &path)];
    let (_, film) = shop.made(&clip);
    let mut middles = Vec::new();
    inspect(
        &film,
        |picture| {
            let (mut sum, mut across) = (0.0f64, 0.0f64);
            for row in picture.luma.chunks(picture.stride).take(picture.height as usize) {
                for (x, value) in row.iter().take(picture.width as usize).enumerate() {
                    let light = f64::from(value.saturating_sub(60));
                    sum += light;
                    across += light * x as f64;
                }
            }
            middles.push(across / sum);
        },
        |_| {},
    )
    .unwrap();
    assert_eq!(middles.len(), 90);
    let steps: Vec<f64> = middles.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let jolt = steps.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
    // A move that snaps to pixels has jolts of a whole one; coding at this bit rate costs some hundredths.
    assert!(jolt < 0.2, "a jolt of {jolt:.3} px: {steps:.2?}");
    assert!((middles[0] - middles[89]).abs() > 4.0, "it moves: {:.1} to {:.1}", middles[0], middles[89]);
}

#[test]
fn what_can_not_be_made_is_said() {
    let shop = Shop::open();
    let failed = |order: &Order| match shop.make(order) {
        Standing::Failed(failure) => failure,
        standing => panic!("{standing:?}"),
    };
    let bare = failed(&order("bare", Kind::Video, "camera-move", "", small(2.0)));
    assert!(bare.class == Class::Invalid && bare.words.contains("picture"), "{bare:?}");
    let mut broken = order("broken", Kind::Video, "camera-move", "", small(2.0));
    let path = shop.root.path().join("broken.png");
    std::fs::write(&path, b"\x89PNG\r\n\x1a\nno picture").unwrap();
    broken.inputs = vec![frame(InputRole::FirstFrame, &path)];
    assert_eq!(failed(&broken).class, Class::Here);
    assert_eq!(std::fs::read_dir(shop.landing("broken").folder).unwrap().count(), 0, "nothing is left");
    assert_eq!(failed(&order("music", Kind::Music, "painter", "", small(2.0))).class, Class::Invalid);
}

#[test]
fn a_clip_can_be_cancelled_and_a_lost_one_is_made_again() {
    let shop = Shop::open();
    let (_, one) = shop.made(&order("first", Kind::Image, "painter", "a forest", small(0.0)));
    let mut clip = order("long", Kind::Video, "camera-move", "", small(120.0));
    clip.inputs = vec![frame(InputRole::FirstFrame, &one)];
    let landing = shop.landing("long");
    let Submission::Ticket { ticket, .. } = shop.runtime.block_on(shop.engine.submit(&clip, &landing)).unwrap() else {
        panic!()
    };
    assert!(shop.runtime.block_on(shop.engine.cancel(&ticket)).unwrap());
    let begun = Instant::now();
    while shop.runtime.block_on(shop.engine.look(&ticket, &landing)).unwrap() != Standing::Cancelled {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(30));
    }
    assert_eq!(std::fs::read_dir(&landing.folder).unwrap().count(), 0, "nothing is left");
    // Another run of the program has only the ticket.
    let mut picture = order("again", Kind::Image, "painter", "a lake at dawn", small(0.0));
    picture.seed = Some(77);
    let landing = shop.landing("again");
    let Submission::Ticket { ticket, .. } = shop.runtime.block_on(shop.engine.submit(&picture, &landing)).unwrap() else {
        panic!()
    };
    let later = Offline::new(&DataFolder::open(&shop.root.path().join("data")).unwrap());
    assert_eq!(shop.runtime.block_on(later.find(&picture, &std::collections::HashSet::new())).unwrap(), None);
    let begun = Instant::now();
    let other = shop.landing("again-later");
    let made = loop {
        match shop.runtime.block_on(later.look(&ticket, &other)).unwrap() {
            Standing::Done(made) => break made,
            Standing::Running { .. } => assert!(begun.elapsed() < PATIENCE),
            standing => panic!("{standing:?}"),
        }
        std::thread::sleep(Duration::from_millis(30));
    };
    assert_eq!(made.seed, Some(77));
    assert!(made.files[0].path.is_file());
}
