//! A data folder of its own with the real binary at work in it, and what a take's file really holds.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use onetake::core::synthetic;
use onetake::core::take::{JOURNAL_FILE, Take, TakeState};
use onetake::core::time::{Moment, Rate};
use onetake::db::Db;
use onetake::media::inspect;
use serde_json::Value;

pub use crate::answer::answered;
pub use crate::guard::Guard;
pub use crate::waiting::wait_for;

pub const RATE: Rate = Rate { num: 30, den: 1 };

const SCRIPT: &str = "---\ntitle: Fault\n---\n\n## One\n\nThe first scene is short.\n\n## Two\n\nThe second is a bit longer.\n";
const SYNTHETIC: [&str; 4] = ["--camera", "synthetic", "--microphone", "synthetic"];

/// The program under test: the one that was built with these tests, unless another is named.
pub static PROGRAM: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os("ONETAKE_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_onetake").into(), PathBuf::from));

pub struct Place {
    pub folder: tempfile::TempDir,
    pub data: PathBuf,
}

/// A take that is rolling.
pub struct Rolling {
    pub child: Guard,
    pub folder: PathBuf,
    log: PathBuf,
}

/// What a synthetic take's file holds.
#[derive(Debug)]
pub struct Film {
    /// Number of each picture, and when it is shown, in nanoseconds from the file's start.
    pub pictures: Vec<(u64, u64)>,
    /// Pictures whose number could not be read.
    pub unreadable: u64,
    /// When each click of the sound is heard, in nanoseconds.
    pub clicks: Vec<u64>,
    /// When the lamp flashes.
    pub flashes: Vec<u64>,
}

impl Place {
    pub fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("fault.md"), SCRIPT).unwrap();
        let data = folder.path().join("data");
        Place { folder, data }
    }

    pub fn script(&self) -> String {
        self.folder.path().join("fault.md").to_string_lossy().into_owned()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Command::new(PROGRAM.as_os_str()), arguments)
    }

    /// The same behind another program that is given ours, such as a tracer.
    pub fn command_of(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).arg("--data").arg(&self.data).arg("--json").env_remove("ONETAKE_TOKEN").env_remove("DISPLAY");
        // The synthetic camera's start, from which each frame's moment follows.
        command.env("ONETAKE_LOG", "error,onetake::capture::synthetic=trace").env("NO_COLOR", "1");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn take(&self, seconds: &str) -> Command {
        self.take_with(seconds, &SYNTHETIC)
    }

    pub fn take_with(&self, seconds: &str, devices: &[&str]) -> Command {
        self.command(&self.take_arguments(seconds, devices).iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub fn take_behind(&self, program: Command, seconds: &str) -> Command {
        let arguments = self.take_arguments(seconds, &SYNTHETIC);
        self.command_of(program, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn take_arguments(&self, seconds: &str, devices: &[&str]) -> Vec<String> {
        let first = ["take", &self.script(), "--seconds", seconds].map(str::to_owned);
        first.into_iter().chain(devices.iter().map(|word| (*word).to_owned())).collect()
    }

    pub fn rolling(&self, seconds: &str) -> Rolling {
        self.roll(self.take(seconds))
    }

    /// Starts it, and waits for a new take's first frame.
    pub fn roll(&self, mut command: Command) -> Rolling {
        let before = take_folders(&self.data);
        let log = self.folder.path().join(format!("log-{}", before.len()));
        command.stderr(File::create(&log).unwrap());
        let mut child = Guard(command.spawn().unwrap());
        let ended = |child: &mut Guard| {
            if let Some(status) = child.0.try_wait().unwrap() {
                panic!("it ended with {status}: {}", fs::read_to_string(&log).unwrap());
            }
        };
        let folder = wait_for("a take's folder", || {
            ended(&mut child);
            take_folders(&self.data).into_iter().find(|folder| !before.contains(folder))
        });
        let journal = folder.join(JOURNAL_FILE);
        wait_for("the first frame", || {
            ended(&mut child);
            fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"rolling\"")).then_some(())
        });
        Rolling { child, folder, log }
    }

    pub fn library(&self) -> Db {
        Db::open(&self.data.join("library.db")).unwrap()
    }

    /// Records a second take after a fault and gives what the library then says of the one in `folder`.
    pub fn second_take_and_row_of(&self, folder: &Path) -> Take {
        let answer = answered(&self.take("1").output().unwrap(), 0);
        // A machine that is busy drops frames, so their number is not asked here.
        assert!(answer["frames"].as_u64() > Some(0), "{answer}");
        self.row_of(folder)
    }

    pub fn row_of(&self, folder: &Path) -> Take {
        let id = folder.file_name().unwrap().to_str().unwrap();
        self.library().all_takes().unwrap().into_iter().find(|take| take.id.0 == id).expect("the take has a row")
    }
}

impl Rolling {
    pub fn pid(&self) -> u32 {
        self.child.0.id()
    }

    pub fn media(&self) -> PathBuf {
        self.folder.join(onetake::core::take::MEDIA_FILE)
    }

    /// What it says to people, then and later.
    pub fn said(&self) -> impl Fn() -> String + use<> {
        let log = self.log.clone();
        move || fs::read_to_string(&log).unwrap()
    }

    /// When the synthetic camera's frame 0 was.
    pub fn camera_start(&self) -> Moment {
        let text = fs::read_to_string(&self.log).unwrap();
        let number = text.split("start=").nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        Moment(number.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("no start in the log: {text}")))
    }

    /// Kills it and gives the moment before.
    pub fn kill(mut self) -> Moment {
        let moment = onetake::clock::now();
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
        moment
    }

    /// Waits for its end; the last line it wrote.
    pub fn answer(self, code: i32) -> Value {
        let log = self.log.clone();
        let mut output = self.child.output();
        output.stderr = fs::read(log).unwrap();
        answered(&output, code)
    }
}

impl Guard {
    pub fn output(mut self) -> Output {
        let status = wait_for("the process to end", || self.0.try_wait().unwrap());
        let mut output = Output { status, stdout: Vec::new(), stderr: Vec::new() };
        if let Some(mut out) = self.0.stdout.take() {
            std::io::Read::read_to_end(&mut out, &mut output.stdout).unwrap();
        }
        if let Some(mut err) = self.0.stderr.take() {
            std::io::Read::read_to_end(&mut err, &mut output.stderr).unwrap();
        }
        output
    }

    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Film {
    /// `read`, or nothing where there is no whole picture.
    pub fn find(media: &Path) -> Option<Film> {
        let pictures = onetake::media::repair::survey(media, None).is_ok_and(|survey| survey.frames > 0);
        pictures.then(|| Film::read(media))
    }

    /// Decodes the whole file.
    pub fn read(media: &Path) -> Film {
        let mut film = Film { pictures: Vec::new(), unreadable: 0, clicks: Vec::new(), flashes: Vec::new() };
        let mut sound: Vec<f32> = Vec::new();
        let mut sound_start = None;
        inspect::inspect(
            media,
            |picture| {
                let (width, height) = (picture.width as usize, picture.height as usize);
                match synthetic::read_number(picture.luma, width, height, picture.stride) {
                    Some(number) => film.pictures.push((number, picture.pts)),
                    None => film.unreadable += 1,
                }
                if synthetic::is_flash(picture.luma, width, height, picture.stride) {
                    film.flashes.push(picture.pts);
                }
            },
            |block| {
                let start = *sound_start.get_or_insert(block.pts);
                let place = (block.pts.saturating_sub(start) as f64 / 1e9 * f64::from(inspect::SAMPLE_RATE)).round() as usize;
                sound.resize(place.max(sound.len()), 0.0);
                sound.extend_from_slice(block.samples);
            },
        )
        .unwrap_or_else(|error| panic!("{}: {error}", media.display()));
        let nanos = |sample: usize| sample as u64 * 1_000_000_000 / u64::from(inspect::SAMPLE_RATE);
        let clicks = synthetic::find_clicks(&sound, inspect::SAMPLE_RATE);
        film.clicks = clicks.into_iter().map(|sample| sound_start.unwrap_or(0) + nanos(sample)).collect();
        film
    }

    pub fn last(&self) -> u64 {
        self.pictures.iter().map(|(number, _)| *number).max().unwrap_or(0)
    }

    /// Seconds between the end of the newest picture in the file and `moment`.
    pub fn lost_before(&self, moment: Moment, camera_start: Moment) -> f64 {
        let end = camera_start.0 + RATE.frame_start(self.last() + 1);
        moment.0.saturating_sub(end) as f64 / 1e9
    }

    /// The same, but only as far as the camera came to deliver: a machine that is busy with other things is late.
    pub fn lost_of_delivered(&self, said: &str) -> f64 {
        let newest = said.lines().filter_map(|line| line.split("picture number=").nth(1)?.trim().parse::<u64>().ok()).max();
        RATE.frame_start(newest.unwrap_or(0).saturating_sub(self.last())) as f64 / 1e9
    }

    /// Every picture is where its number says, as seen from the first one. A picture that stands in for a camera that was
    /// silent (the same number again) is only later than the one it repeats.
    pub fn assert_true_times(&self) {
        let (first, zero) = self.pictures[0];
        let mut shown = None;
        for (number, time) in &self.pictures {
            if let Some((_, before)) = shown.replace((number, time)).filter(|(last, _)| *last == number) {
                assert!(time > before, "picture {number} again at {time}, not after {before}");
                continue;
            }
            let ideal = RATE.frame_start(*number) - RATE.frame_start(first) + zero;
            assert!(ideal.abs_diff(*time) < 2_000_000, "picture {number} at {time}, not {ideal}");
        }
    }

    /// The longest stretch without a new picture, in seconds.
    pub fn longest_gap_secs(&self) -> f64 {
        let longest = self.pictures.windows(2).map(|pair| pair[1].0.saturating_sub(pair[0].0)).max();
        RATE.frame_start(longest.unwrap_or(0)) as f64 / 1e9
    }

    /// Each click beside a flash: the furthest apart, in milliseconds.
    pub fn worst_offset_ms(&self) -> f64 {
        let near = |flash: &u64| self.clicks.iter().map(|click| click.abs_diff(*flash)).min();
        // A flash that was skipped or a click in a gap has no partner.
        let offsets = self.flashes.iter().filter_map(near).filter(|offset| *offset < 300_000_000);
        offsets.max().unwrap_or(0) as f64 / 1e6
    }
}

/// The library tells of an interrupted take what its file holds, and the file has its index.
pub fn assert_recovered(row: &Take, film: &Film) {
    assert_eq!(row.state, TakeState::Interrupted, "{row:?}");
    assert_eq!(row.frames, film.pictures.len() as u64 + film.unreadable, "{row:?}");
    let end = film.pictures.iter().map(|(_, time)| time + RATE.frame_nanos()).max().unwrap_or(0);
    assert!(row.nanos.abs_diff(end) <= 1_000_000, "the row says {}, the file {end}", row.nanos);
    assert!(row.scenes.iter().all(|mark| mark.start <= mark.end && mark.end <= row.nanos), "{row:?}");
    let survey = onetake::media::repair::survey(Path::new(&row.media), None).unwrap();
    assert!(survey.indexed, "{survey:?}");
    assert_eq!(fs::metadata(&row.media).unwrap().len(), row.bytes);
}

pub fn text<'a>(answer: &'a Value, key: &str) -> &'a str {
    answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}"))
}

pub fn take_folders(data: &Path) -> Vec<PathBuf> {
    fs::read_dir(data.join("takes")).into_iter().flatten().flatten().map(|item| item.path()).filter(|p| p.is_dir()).collect()
}
