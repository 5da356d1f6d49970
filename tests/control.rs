//! Controllers against a running studio without a window: OSC over a real UDP socket, MIDI over the system's real sequencer.
//! Where there is no sequencer (`scripts/test-devices` brings one) what is tested is that this is said and harms nothing.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use midir::os::unix::VirtualOutput;
use onetake::core::latest::{Feeds, Latest};
use onetake::core::problem::Kind;
use onetake::core::prompter::Pace;
use onetake::core::settings::{MidiAction, MidiBinding, MidiTrigger, Settings};
use onetake::jobs::Jobs;
use onetake::jobs::house::{Claim, House, Ways};
use onetake::jobs::inbox::{Inbox, inbox};
use onetake::studio::control::{Message as Control, Midi, Osc};
use onetake::studio::{Message, Model, prepare, start, update};
use onetake::{clock, core};
use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType};

/// Anything that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// As long as something that must not happen is waited for.
const QUIET: Duration = Duration::from_millis(600);

struct Studio {
    model: Model,
    jobs: Option<Jobs>,
    inbox: Inbox,
    _folder: tempfile::TempDir,
}

impl Studio {
    fn new(settings: Settings) -> Studio {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, inbox) = inbox(|| {});
        let ways = Ways { outbox, feeds: Feeds::default(), text: Latest::default() };
        let house = House::open(Some(folder.path()), Claim::Shared).unwrap();
        let jobs = Some(Jobs::start(house, ways).unwrap());
        let mut studio = Studio { model: Model::default(), jobs, inbox, _folder: folder };
        let effects = start(&mut studio.model, settings, clock::now());
        studio.run(effects);
        studio
    }

    fn run(&mut self, effects: Vec<onetake::studio::Effect>) {
        let jobs = self.jobs.as_mut().unwrap();
        effects.into_iter().for_each(|effect| jobs.run(effect));
    }

    fn tell(&mut self, message: Message) {
        let effects = update(&mut self.model, message, clock::now());
        self.run(effects);
    }

    fn set(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.model.settings.clone();
        change(&mut settings);
        self.tell(Message::Settings(Box::new(settings)));
    }

    fn turn(&mut self, limit: Duration) {
        if let Some(message) = self.inbox.wait(limit) {
            self.tell(message);
        }
    }

    fn until<T>(&mut self, what: &str, mut look: impl FnMut(&Model) -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            if let Some(value) = look(&self.model) {
                return value;
            }
            assert!(begin.elapsed() < LIMIT, "waited in vain for {what}: {:?}", self.model.control);
            self.turn(Duration::from_millis(20));
        }
    }

    /// Lets a while pass.
    fn idle(&mut self) {
        let begin = Instant::now();
        while begin.elapsed() < QUIET {
            self.turn(Duration::from_millis(20));
        }
    }

    fn osc_address(&mut self) -> SocketAddr {
        self.until("the OSC port", |model| match &model.control.osc {
            Osc::Listening { address, .. } => address.parse().ok(),
            _ => None,
        })
    }

    fn counts(&mut self, what: &str, wanted: impl Fn(u64, u64) -> bool) -> (u64, u64) {
        self.until(what, |model| match model.control.osc {
            Osc::Listening { taken, ignored, .. } if wanted(taken, ignored) => Some((taken, ignored)),
            _ => None,
        })
    }

    fn mirrored(&self) -> bool {
        self.model.prompter.look.mirror.horizontal
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        if let Some(jobs) = self.jobs.take() {
            jobs.finish();
        }
    }
}

/// A port that is free now.
fn free_port() -> u16 {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn with_osc() -> Studio {
    Studio::new(Settings { osc_port: Some(free_port()), ..Settings::default() })
}

fn message(address: &str, args: Vec<OscType>) -> OscPacket {
    OscPacket::Message(OscMessage { addr: address.into(), args })
}

/// A program that sends OSC.
struct Sender {
    socket: UdpSocket,
    to: SocketAddr,
}

impl Sender {
    fn to(studio: &mut Studio) -> Sender {
        Sender { socket: UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), to: studio.osc_address() }
    }

    fn send(&self, packet: &OscPacket) {
        self.bytes(&rosc::encoder::encode(packet).unwrap());
    }

    fn bytes(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.to).unwrap();
    }
}

#[test]
fn osc_steers_the_prompter() {
    let mut studio = with_osc();
    studio.tell(Message::Prepare(prepare::Message::OpenDemo));
    studio.until("the script's layout", |model| (!model.prompter.laid.rows.is_empty()).then_some(()));
    let sender = Sender::to(&mut studio);
    assert!(sender.to.ip().is_loopback(), "nothing but this machine, unless sharing is on");

    sender.send(&message("/onetake/scene", vec![OscType::Int(3)]));
    let third = studio.model.prompter.laid.scene_start(2).unwrap();
    studio.until("the third scene", |model| ((model.prompter.course.heading(clock::now()) - third).abs() < 0.01).then_some(()));
    let button = |value: f32| message("/onetake/mirror-prompter", vec![OscType::Float(value)]);
    sender.send(&button(1.0));
    sender.send(&button(0.0));
    studio.until("a mirrored prompter", |model| model.prompter.look.mirror.horizontal.then_some(()));
    studio.idle();
    assert!(studio.mirrored(), "letting the button go does nothing");

    let content = vec![message("/onetake/pace", vec![OscType::Float(133.0)]), message("/onetake/toggle-prompter", vec![])];
    sender.send(&OscPacket::Bundle(OscBundle { timetag: OscTime { seconds: 0, fractional: 1 }, content }));
    studio.until("the pace and the motion of a bundle", |model| {
        (model.prompter.pace == Pace::WordsPerMinute(133.0) && model.prompter.course.running()).then_some(())
    });
}

#[test]
fn rubbish_is_counted_and_a_flood_is_held_back() {
    let mut studio = with_osc();
    let sender = Sender::to(&mut studio);
    let mut rubbish = vec![vec![], vec![0xff; 64], b"/onetake/mirror-prompter".to_vec(), vec![b'/'; 40_000]];
    rubbish.push(rosc::encoder::encode(&message("/onetake/delete-take", vec![])).unwrap());
    rubbish.push(rosc::encoder::encode(&message("/somebody/else", vec![])).unwrap());
    for bytes in &rubbish {
        sender.bytes(bytes);
    }
    let (taken, ignored) = studio.counts("the rubbish to be counted", |_, ignored| ignored >= rubbish.len() as u64);
    assert_eq!((taken, ignored, studio.mirrored()), (0, rubbish.len() as u64, false));

    let press = rosc::encoder::encode(&message("/onetake/mirror-prompter", vec![])).unwrap();
    let begin = Instant::now();
    for i in 0..3_000 {
        sender.bytes(&press);
        // Slow enough that the system's buffer is not what holds it back.
        if i % 100 == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    studio.counts("the flood to be held back", |taken, ignored| ignored > taken);
    studio.idle();
    let (taken, _) = studio.counts("counts", |_, _| true);
    let most = 50.0 * (begin.elapsed().as_secs_f64() + 1.0) + 1.0;
    assert!((taken as f64) <= most, "{taken} orders of 3000 in {:?}", begin.elapsed());

    // A fader that is pushed far faster than anyone writes it down ends where it was left.
    for pace in (60..=200).chain([171]) {
        sender.send(&message("/onetake/pace", vec![OscType::Int(pace)]));
    }
    studio.until("the fader's last value", |model| (model.prompter.pace == Pace::WordsPerMinute(171.0)).then_some(()));
}

#[test]
fn a_port_that_is_taken_is_said_and_another_one_works() {
    let squatter = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let taken = squatter.local_addr().unwrap().port();
    let mut studio = Studio::new(Settings { osc_port: Some(taken), ..Settings::default() });
    let problem = studio.until("a problem", |model| match &model.control.osc {
        Osc::Failed(problem) => Some(problem.clone()),
        _ => None,
    });
    assert!(problem.what.contains(&taken.to_string()) && !problem.fix.is_empty(), "{problem}");

    let port = free_port();
    studio.set(|settings| settings.osc_port = Some(port));
    assert_eq!(studio.osc_address().port(), port);
    // Shared, the whole network may send; the port must have been let go for that.
    studio.set(|settings| settings.lan = true);
    studio.until("the whole network", |model| {
        matches!(&model.control.osc, Osc::Listening { address, .. } if address.starts_with("0.0.0.0:")).then_some(())
    });
    studio.set(|settings| settings.osc_port = None);
    studio.until("silence", |model| (model.control.osc == Osc::Off).then_some(()));
    UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free again");
}

#[test]
fn midi_without_a_sequencer_says_so_and_harms_nothing() {
    if std::path::Path::new("/dev/snd/seq").exists() {
        return println!("skipped: this system has a sequencer");
    }
    let mut studio = Studio::new(Settings { midi: true, ..Settings::default() });
    let problem = studio.until("a problem", |model| match &model.control.midi {
        Midi::Failed(problem) => Some(problem.clone()),
        _ => None,
    });
    assert_eq!(problem.kind, Kind::Missing);
    assert!(problem.what.contains("sequencer") && !problem.fix.is_empty(), "{problem}");
    studio.tell(Message::Control(Control::Learn(Some(MidiAction::Pace))));
    studio.set(|settings| settings.midi = false);
    studio.until("silence", |model| (model.control.midi == Midi::Off).then_some(()));
}

/// Needs the sequencer of a real kernel; the controller is another client of it, as every controller is.
#[test]
fn a_controller_is_found_taught_heard_muted_and_let_go() {
    if !std::path::Path::new("/dev/snd/seq").exists() {
        assert!(std::env::var_os("ONETAKE_TEST_DEVICES").is_none(), "scripts/test-devices brings a sequencer");
        return println!("skipped: needs the sequencer that scripts/test-devices brings");
    }
    let pedal = || midir::MidiOutput::new("Pedal").unwrap().create_virtual("Pedal MIDI 1").unwrap();
    let input = |model: &Model| match &model.control.midi {
        Midi::Listening(inputs) => inputs.iter().find(|input| input.name == "Pedal MIDI 1").map(|input| input.open),
        _ => None,
    };
    let mut studio = Studio::new(Settings { midi: true, ..Settings::default() });
    studio.until("the sequencer", |model| matches!(model.control.midi, Midi::Listening(_)).then_some(()));
    assert_eq!(input(&studio.model), None);
    let mut controller = pedal();
    studio.until("the controller that was plugged in", |model| input(model).filter(|open| *open));

    studio.tell(Message::Control(Control::Learn(Some(MidiAction::Command("mirror-prompter".into())))));
    let trigger = MidiTrigger::Control { channel: 0, controller: 64 };
    studio.until("the lesson", |model| {
        // Pressed until it was heard: the studio begins to wait at a moment of its own.
        controller.send(&[0xb0, 64, 127]).unwrap();
        controller.send(&[0xb0, 64, 0]).unwrap();
        (model.settings.midi_bindings == [MidiBinding { trigger, action: MidiAction::Command("mirror-prompter".into()) }])
            .then_some(())
    });
    studio.idle();
    let before = studio.mirrored();
    for value in [10, 63, 64, 127, 100, 0] {
        controller.send(&[0xb0, 64, value]).unwrap();
    }
    studio.until("the taught command", |model| (model.prompter.look.mirror.horizontal != before).then_some(()));
    studio.idle();
    assert_ne!(studio.mirrored(), before, "one press is one command");

    studio.set(|settings| {
        let trigger = MidiTrigger::Control { channel: 1, controller: 7 };
        settings.midi_bindings.push(MidiBinding { trigger, action: MidiAction::Pace });
    });
    studio.until("the fader", |model| {
        controller.send(&[0xb1, 7, 127]).unwrap();
        (model.prompter.pace == Pace::WordsPerMinute(*core::control::FADER_WPM.end())).then_some(())
    });

    studio.set(|settings| settings.midi_muted = vec!["Pedal MIDI 1".into()]);
    studio.until("the muting", |model| input(model).filter(|open| !open));
    let before = studio.mirrored();
    controller.send(&[0xb0, 64, 127]).unwrap();
    studio.idle();
    assert_eq!(studio.mirrored(), before);

    studio.set(|settings| settings.midi_muted.clear());
    drop(controller);
    studio.until("the controller to be gone", |model| input(model).is_none().then_some(()));
    let mut controller = pedal();
    studio.until("the controller that came back", |model| input(model).filter(|open| *open));
    studio.until("its button", |model| {
        controller.send(&[0xb0, 64, 127]).unwrap();
        controller.send(&[0xb0, 64, 0]).unwrap();
        (model.prompter.look.mirror.horizontal != before).then_some(())
    });
}
