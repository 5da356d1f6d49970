//! The recogniser's process under its supervisor: killed in the middle, told nonsense, without its model.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use onetake::core::follow::{Answer, Follower, RATE};
use onetake::core::frame::{AudioBlock, AudioFormat};
use onetake::core::problem::Kind;
use onetake::core::time::{Moment, nanos};
use onetake::jobs::follow::{Ear, Recogniser, Told};

use super::rig::{Reading, Say, words};
use super::speech::Voice;

const SCRIPT: &str = "## One\n\nThe harbour was quiet when the first boats came home. Gulls circled above the water and waited for breakfast. An old man mended his net and told the children about storms. Nobody believed him, but everybody listened. When the lamps were lit, he closed the door and went to sleep. The next morning his boat was gone.\n";

/// Anything that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// Sound that may wait unheard before more is given; the ear keeps four seconds.
const AHEAD_SECS: f64 = 1.5;

/// Gives a stretch of sound as a microphone would, as fast as it is recognised, and follows what is heard.
struct Microphone {
    ear: Ear,
    told: Receiver<Told>,
    follower: Follower,
    given: usize,
    /// How often a process was ready, and when what the newest one heard first came.
    ready: u32,
    first_heard: Option<Instant>,
}

impl Microphone {
    fn give(&mut self, sound: &[i16]) {
        let format = AudioFormat { sample_rate: RATE, channels: 1 };
        for block in sound.chunks(RATE as usize / 50) {
            let stamp = Moment(nanos(self.given as f64 / f64::from(RATE)));
            let samples = block.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
            self.ear.hear(&AudioBlock { format, samples, stamp });
            self.given += block.len();
            let begin = Instant::now();
            while self.ear.waiting_secs() > AHEAD_SECS {
                self.listen();
                assert!(begin.elapsed() < LIMIT, "nothing is heard any more");
            }
        }
    }

    fn listen(&mut self) {
        let Ok(told) = self.told.recv_timeout(Duration::from_millis(5)) else { return };
        match told {
            Told::Heard { heard, .. } => {
                self.first_heard.get_or_insert_with(Instant::now);
                self.follower.hear(&heard);
            }
            Told::Ready => (self.ready, self.first_heard) = (self.ready + 1, None),
            Told::Failed(problem) => panic!("{problem}"),
        }
    }
}

#[test]
fn a_recogniser_that_is_killed_is_back_and_following_goes_on() {
    let words = words(SCRIPT);
    let reading = Reading::of(&words, &[Say::Lines(0, words.sentences.len())], Voice::Flite("slt", 1.0));
    let mut follower = Follower::new(Arc::clone(&words), 0);
    follower.new_window();
    let (tell, told) = channel();
    let ear = Ear::default();
    let tell = Mutex::new(tell);
    let tell = Arc::new(move |what: Told| _ = tell.lock().unwrap().send(what));
    let tell = move |what: Told| tell(what);
    let program = PathBuf::from(env!("CARGO_BIN_EXE_onetake"));
    let recogniser = Recogniser::start(program, None, follower.window(), ear.clone(), tell).unwrap();
    let mut microphone = Microphone { ear, told, follower, given: 0, ready: 0, first_heard: None };
    let ready = || recogniser.process();
    let begin = Instant::now();
    let first = loop {
        if let Some(process) = ready() {
            break process;
        }
        assert!(begin.elapsed() < LIMIT, "it was never started");
        std::thread::sleep(Duration::from_millis(5));
    };
    let half = reading.sound.len() / 2;
    microphone.give(&reading.sound[..half]);
    let before = microphone.follower.place();
    assert!(before > words.len() / 5, "it had followed to word {before} of {}", words.len());
    let killed = Command::new("kill").args(["-KILL", &first.to_string()]).status().unwrap();
    assert!(killed.success());
    let killed = Instant::now();
    microphone.give(&reading.sound[half..]);
    let begin = Instant::now();
    while microphone.follower.place() + 3 < words.len() && begin.elapsed() < LIMIT {
        microphone.listen();
    }
    let place = microphone.follower.place();
    assert!(microphone.ready >= 2, "another process took over");
    assert!(recogniser.process().is_some_and(|process| process != first));
    let back = microphone.first_heard.expect("it hears again").duration_since(killed);
    println!("heard again {:.2} s after the kill, at word {place} of {}", back.as_secs_f64(), words.len());
    assert!(place + 3 >= words.len(), "at word {place} of {}", words.len());
    recogniser.stop().join().unwrap();
}

#[test]
fn a_model_that_is_not_there_is_said_once_and_not_tried_again() {
    let (tell, told) = channel();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_onetake"));
    let window = onetake::core::follow::Window { sentences: vec![vec!["hello".into()]] };
    let tell = move |what: Told| _ = tell.send(what);
    let recogniser = Recogniser::start(program, Some("/nowhere".into()), window, Ear::default(), tell).unwrap();
    let Ok(Told::Failed(problem)) = told.recv_timeout(LIMIT) else { panic!("it can't be ready") };
    assert!(problem.kind == Kind::Missing && problem.what.contains("/nowhere"), "{problem:?}");
    recogniser.stop().join().unwrap();
    assert!(told.try_recv().is_err());
}

#[test]
fn nonsense_on_standard_input_ends_it_with_a_sentence() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_onetake"))
        .arg("listen")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // It may have ended before all of it is written.
    let _ = std::io::Write::write_all(&mut input, b"GET / HTTP/1.1\r\n\r\n");
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let last = String::from_utf8(output.stdout).unwrap().lines().last().map(str::to_owned).unwrap();
    assert!(matches!(serde_json::from_str(&last).unwrap(), Answer::Problem(_)), "{last}");
}
