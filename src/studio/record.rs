//! Record: countdown, one continuous take, stop. The journal's entries are decided here, from the prompter's place.

pub mod mute;
pub mod passed;
mod pause;
mod rolling;

use std::sync::Arc;

use crate::core::compose::Layout;
use crate::core::health::Health;
use crate::core::journal::{Entry, Event};
use crate::core::live::Smoothness;
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::take::{Take, TakeId};
use crate::core::take_clock::TakeClock;
use crate::core::time::{Moment, nanos};

use super::{Action, devices, prepare, prompter, rehearse, review, sound};

use passed::Place;
pub use rolling::Rolling;

/// Within this time of an “again” another one means the sentence before: nobody has begun to read yet.
const SOON_SECS: f64 = 2.0;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub phase: Phase,
    /// What the operator chose over the scene's own layout, until the next scene.
    pub layout_override: Option<(usize, Layout)>,
    /// Camera shown mirrored, as people know themselves; the file never is.
    pub mirror_camera: bool,
    /// The take stops by itself at this length, to the frame.
    pub limit_secs: Option<f64>,
    /// Whether a take may be mute.
    pub mute: mute::State,
    /// The take that was closed last.
    pub finished: Option<TakeId>,
    /// The scene whose words are being edited on the Record page, as the prompter's layout numbers it.
    pub editing: Option<usize>,
    /// The last “again”: when, and from which sentence on.
    again: Option<(Moment, Place)>,
    /// The script as the running take's journal opens with it.
    prompted: Arc<str>,
}

/// Where the recording stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Idle,
    /// Devices are still opening; the countdown follows.
    Waiting,
    Countdown {
        ends: Moment,
    },
    /// The countdown is over; the first frame is on its way to the file.
    Starting,
    Rolling(Box<Rolling>),
    /// The file is being closed.
    Stopping,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Countdown, then roll.
    Record,
    /// Stops a take, or calls off a countdown.
    Stop,
    /// Pauses a take that rolls, or goes on with it.
    Pause,
    /// The take was paused or has gone on.
    Turned(TakeClock),
    /// The first frame is in the file.
    Rolling {
        take: TakeId,
        number: u32,
        started: Moment,
    },
    Health(Health),
    /// The file is closed, or could not be; what was recorded is in it all the same.
    Finished(Result<Box<Take>, Problem>),
    /// The take could not begin.
    Refused(Problem),
    /// The recorder stopped by itself: disk full, encoder gone.
    Ended(Problem),
    DeviceLost {
        device: String,
        detail: String,
    },
    /// It is back and recorded again.
    DeviceBack {
        device: String,
    },
    /// What the person answers to the question whether to record without sound.
    Mute(mute::Answer),
    Mark,
    /// What was just read is spoilt: back to the beginning of the sentence, and on.
    Again,
    /// How evenly a display moved the text since its last report.
    Smoothness {
        display: String,
        figures: Smoothness,
    },
    /// Opens the field for the words of the scene at the eye line, or closes it.
    Edit,
    /// The field was left: with new words for its scene, or without.
    EditDone(Option<String>),
    NextLayout,
    MirrorCamera,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Start(Box<Plan>),
    Journal(Vec<Entry>),
    /// Nothing is recorded from this moment on.
    Pause(Moment),
    /// It goes on from this moment.
    Resume(Moment),
    Stop,
}

/// What a take needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub project: String,
    pub title: String,
    pub script: String,
    /// Length at which the take stops by itself, in nanoseconds.
    pub limit: Option<u64>,
}

/// The rest of the studio, as a recording sees it.
pub struct Studio<'a> {
    pub settings: &'a Settings,
    pub prepare: &'a prepare::State,
    pub prompter: &'a prompter::State,
    pub devices: &'a devices::State,
    pub sound: &'a sound::State,
}

impl State {
    /// True from the moment a take is wanted until its file is closed.
    pub fn busy(&self) -> bool {
        self.phase != Phase::Idle
    }

    pub fn rolling(&self) -> Option<&Rolling> {
        match &self.phase {
            Phase::Rolling(rolling) => Some(rolling),
            _ => None,
        }
    }

    /// The layout of a scene: the operator's, or the script's, or the camera with the picture small where there is one.
    pub fn layout(&self, scene: usize, script: &crate::core::script::Script) -> Layout {
        let overridden = self.layout_override.filter(|(of, _)| *of == scene).map(|(_, layout)| layout);
        overridden.or_else(|| script.scenes.get(scene)?.layout()).unwrap_or_default()
    }

    pub fn update(&mut self, message: Message, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        match message {
            Message::Record => self.record(studio, now),
            Message::Stop => self.stop(now),
            Message::Pause => self.pause(studio, now),
            Message::Turned(clock) => self.turned(clock, studio),
            Message::Rolling { take, number, started } => self.rolls(take, number, started),
            Message::Health(health) => {
                if let Phase::Rolling(rolling) = &mut self.phase {
                    let lost = (health.missed + health.dropped).saturating_sub(rolling.health.missed + rolling.health.dropped);
                    let clips = health.clips.saturating_sub(rolling.health.clips);
                    rolling.health = health;
                    let dropped = (lost > 0).then_some(Event::Dropped { frames: lost });
                    let clipped = (clips > 0).then_some(Event::Clipped { times: clips });
                    return [dropped, clipped].into_iter().flatten().map(|event| journal(rolling, now, event)).collect();
                }
                Vec::new()
            }
            Message::Finished(result) => self.finished(result),
            Message::Refused(problem) => {
                self.phase = Phase::Idle;
                vec![Action::show(&problem), tell_prompter(prompter::Message::Pause)]
            }
            Message::Ended(problem) => {
                let mut actions = vec![Action::show(&problem)];
                actions.extend(self.stop(now));
                actions
            }
            Message::DeviceLost { device, detail } => self.device_lost(device, detail, studio, now),
            Message::DeviceBack { device } => self.device_back(device, now),
            Message::Mute(answer) => self.answer(answer, studio, now),
            Message::Mark => self.mark(now),
            Message::Again => self.again(studio, now),
            Message::Smoothness { display, figures } => {
                if let Phase::Rolling(rolling) = &mut self.phase {
                    rolling.smoothness(display, figures);
                }
                Vec::new()
            }
            Message::Edit => {
                let scene = studio.prompter.scene(now).filter(|_| self.editing.is_none());
                self.editing = scene;
                Vec::new()
            }
            Message::EditDone(text) => match (self.editing.take(), text) {
                (Some(scene), Some(text)) => {
                    vec![Action::Tell(super::Message::Prepare(prepare::Message::SetBody { scene, text }))]
                }
                _ => Vec::new(),
            },
            Message::NextLayout => {
                let scene = studio.prompter.scene(now).unwrap_or(studio.prepare.selected);
                let next = self.layout(scene, &studio.prepare.script).next();
                self.layout_override = Some((scene, next));
                Vec::new()
            }
            Message::MirrorCamera => {
                self.mirror_camera = !self.mirror_camera;
                Vec::new()
            }
        }
    }

    /// What time brings: the end of the countdown, scenes and lines passed.
    pub fn tick(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        self.mute.look_again(studio);
        match &mut self.phase {
            Phase::Waiting => self.wait_for_devices(studio, now),
            Phase::Countdown { ends } if now >= *ends => self.start(studio),
            Phase::Rolling(rolling) => {
                // From a device that has gone nothing comes that would reach the limit.
                let over = self.limit_secs.is_some_and(|limit| rolling.taken(now) >= nanos(limit));
                if over && is_failed(&studio.devices.camera) {
                    return self.stop(now);
                }
                rolling.follow(studio.prompter, now).map_or_else(Vec::new, |entries| vec![do_(Effect::Journal(entries))])
            }
            _ => Vec::new(),
        }
    }

    /// A take goes on while one device gives something, and ends when none does. What has not begun is called off.
    fn device_lost(&mut self, device: String, detail: String, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let camera_lost = is_failed(&studio.devices.camera);
        let none_left = !studio.devices.camera.is_open() && !studio.devices.microphone.is_open();
        match &mut self.phase {
            Phase::Rolling(rolling) => {
                rolling.lost = Some(device.clone());
                let mut actions = vec![journal(rolling, now, Event::DeviceLost { device, detail })];
                if none_left {
                    actions.extend(self.stop(now));
                }
                actions
            }
            // Its first frame will not come.
            Phase::Starting if camera_lost || none_left => self.stop(now),
            Phase::Waiting | Phase::Countdown { .. } => {
                self.phase = Phase::Idle;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn device_back(&mut self, device: String, now: Moment) -> Vec<Action> {
        let Phase::Rolling(rolling) = &mut self.phase else { return Vec::new() };
        rolling.lost.take_if(|lost| *lost == device);
        vec![journal(rolling, now, Event::DeviceBack { device })]
    }

    fn record(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        if self.busy() {
            return Vec::new();
        }
        if studio.prepare.project.is_none() {
            let problem = Problem::usage("There is no script open.", "Open a script or the demo first.");
            return vec![Action::show(&problem)];
        }
        if self.mute.question.is_some() {
            return if self.mute.means_yes(now) { self.answer(mute::Answer::Record, studio, now) } else { Vec::new() };
        }
        (self.phase, self.finished) = (Phase::Waiting, None);
        let mut actions = vec![Action::Tell(super::Message::Go(super::Page::Record)), tell_prompter(prompter::Message::Rewind)];
        if is_failed(&studio.devices.camera) || is_failed(&studio.devices.microphone) {
            // It may have been plugged in again; the countdown waits for the answer.
            actions.push(Action::Tell(super::Message::Devices(devices::Message::Open)));
            return actions;
        }
        actions.extend(self.wait_for_devices(studio, now));
        actions
    }

    fn wait_for_devices(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        match (&studio.devices.camera, &studio.devices.microphone) {
            (devices::Port::Failed(problem), _) | (devices::Port::Off, devices::Port::Failed(problem)) => {
                self.phase = Phase::Idle;
                vec![Action::show(problem)]
            }
            (devices::Port::Off, devices::Port::Off) => {
                self.phase = Phase::Idle;
                let fix = "Choose one of them, or the synthetic ones, under Devices.";
                vec![Action::show(&Problem::usage("A take needs a camera or a microphone, and neither is chosen.", fix))]
            }
            _ if studio.devices.ready() => match self.mute.judge(studio, now) {
                mute::Verdict::Record => {
                    self.phase = Phase::Countdown { ends: now.plus_secs(f64::from(studio.settings.countdown_secs)) };
                    if studio.settings.countdown_secs == 0 { self.start(studio) } else { Vec::new() }
                }
                mute::Verdict::Ask => {
                    self.phase = Phase::Idle;
                    Vec::new()
                }
                mute::Verdict::Refuse(problem) => {
                    self.phase = Phase::Idle;
                    vec![Action::show(&problem)]
                }
            },
            _ => Vec::new(),
        }
    }

    fn answer(&mut self, answer: mute::Answer, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        if self.mute.question.is_none() {
            return Vec::new();
        }
        match answer {
            mute::Answer::Record => {
                self.mute.accept(studio);
                self.phase = Phase::Waiting;
                self.wait_for_devices(studio, now)
            }
            mute::Answer::Choose => {
                self.mute.question = None;
                vec![Action::Tell(super::Message::Sheet(super::Sheet::Settings))]
            }
            mute::Answer::Cancel => {
                self.mute.question = None;
                Vec::new()
            }
        }
    }

    fn start(&mut self, studio: &Studio<'_>) -> Vec<Action> {
        let Some(project) = &studio.prepare.project else {
            self.phase = Phase::Idle;
            return Vec::new();
        };
        (self.phase, self.again) = (Phase::Starting, None);
        self.prompted = studio.prepare.script.source().into();
        let script = &studio.prepare.script;
        let plan = Plan {
            project: project.id.clone(),
            title: script.title().to_owned(),
            script: script.source().to_owned(),
            limit: self.limit_secs.map(nanos),
        };
        vec![do_(Effect::Start(Box::new(plan)))]
    }

    fn rolls(&mut self, take: TakeId, number: u32, started: Moment) -> Vec<Action> {
        if self.phase != Phase::Starting {
            return Vec::new();
        }
        let rolling = Rolling::new(take, number, started, Arc::clone(&self.prompted));
        self.phase = Phase::Rolling(Box::new(rolling));
        vec![do_(Effect::Journal(vec![Entry { t: 0, event: Event::Rolling }])), tell_prompter(prompter::Message::Start)]
    }

    fn stop(&mut self, now: Moment) -> Vec<Action> {
        let mut actions = Vec::new();
        match &self.phase {
            Phase::Waiting | Phase::Countdown { .. } => {
                self.phase = Phase::Idle;
                return actions;
            }
            Phase::Idle | Phase::Stopping => return actions,
            Phase::Starting => {}
            Phase::Rolling(rolling) => {
                let entries = rolling.last_words(now);
                if !entries.is_empty() {
                    actions.push(do_(Effect::Journal(entries)));
                }
            }
        }
        self.phase = Phase::Stopping;
        actions.extend([tell_prompter(prompter::Message::Pause), do_(Effect::Stop)]);
        actions
    }

    /// Without a take it only leads the prompter back.
    fn again(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let laid = &studio.prompter.laid;
        let soon = self.again.filter(|(at, _)| now.secs_from(*at) <= SOON_SECS).map(|(_, place)| place);
        let here = match (soon, &mut self.phase) {
            (Some((scene, line)), _) => Some(laid.sentence_before(scene, line).unwrap_or((scene, line))),
            (None, Phase::Rolling(rolling)) => rolling.place(studio.prompter, now),
            (None, _) => studio.prompter.line(now),
        };
        let Some((scene, line)) = here else { return Vec::new() };
        self.again = Some((now, (scene, line)));
        let mut actions = Vec::new();
        if let Phase::Rolling(rolling) = &mut self.phase {
            actions.push(do_(Effect::Journal(rolling.again((scene, line), studio.prompter, now))));
        }
        actions.push(Action::Tell(super::Message::Rehearse(rehearse::Message::Again { scene, line })));
        actions.push(tell_prompter(prompter::Message::RollBack { scene, line }));
        actions
    }

    fn finished(&mut self, result: Result<Box<Take>, Problem>) -> Vec<Action> {
        self.phase = Phase::Idle;
        match result {
            Ok(take) => {
                self.finished = Some(take.id.clone());
                vec![
                    Action::Tell(super::Message::Review(review::Message::TakeFinished(take))),
                    Action::Tell(super::Message::Go(super::Page::Review)),
                ]
            }
            Err(problem) => vec![Action::show(&problem)],
        }
    }

    fn mark(&mut self, now: Moment) -> Vec<Action> {
        let Phase::Rolling(rolling) = &mut self.phase else { return Vec::new() };
        rolling.marks += 1;
        let label = format!("Mark {}", rolling.marks);
        vec![journal(rolling, now, Event::Mark { label: label.clone() }), Action::say(format!("{label} set."))]
    }
}

fn is_failed<F>(port: &devices::Port<F>) -> bool {
    matches!(port, devices::Port::Failed(_))
}

fn journal(rolling: &Rolling, now: Moment, event: Event) -> Action {
    do_(Effect::Journal(vec![Entry { t: rolling.taken(now), event }]))
}

fn tell_prompter(message: prompter::Message) -> Action {
    Action::Tell(super::Message::Prompter(message))
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Record(effect))
}
