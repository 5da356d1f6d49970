//! Drives the studio without a window: messages in, effects run, until what is waited for has come.

use std::time::Duration;

use crate::clock;
use crate::core::latest::{Feeds, Latest};
use crate::core::problem::{Kind, Problem};
use crate::core::settings::Settings;
use crate::core::time::Moment;
use crate::jobs::Jobs;
use crate::jobs::house::{House, Ways};
use crate::jobs::inbox::{Inbox, inbox};
use crate::studio::{self, Effect, Message, Model, notice, prepare, rescue};

/// How often time is told to the studio; scene changes are written this exactly.
const TICK: Duration = Duration::from_millis(10);

/// A studio that nobody looks at.
pub struct Headless {
    pub model: Model,
    pub jobs: Jobs,
    inbox: Inbox,
}

impl Headless {
    /// With the given settings, which are not saved.
    pub fn start(house: House, settings: Settings) -> Result<Headless, Problem> {
        let (outbox, inbox) = inbox(|| {});
        let ways = Ways { outbox, feeds: Feeds::default(), text: Latest::default() };
        let mut headless = Headless { model: Model::default(), jobs: Jobs::start(house, ways)?, inbox };
        // What a studio does at its start (list devices, resume uploads) is not this command's business.
        let _ = studio::start(&mut headless.model, settings, clock::now());
        Ok(headless)
    }

    /// Opens a script file, or the project folder it lies in, and waits for its layout.
    pub fn open(&mut self, script: &str) -> Result<(), Problem> {
        self.send(Message::Prepare(prepare::Message::Import(script.to_owned())));
        self.until("the script was laid out", Some(Duration::from_secs(60)), |model| {
            (model.prepare.project.is_some() && !model.prompter.laid.rows.is_empty()).then_some(())
        })
    }

    pub fn send(&mut self, message: Message) {
        self.send_at(message, clock::now());
    }

    /// Turns the studio until `done` gives something. A problem that is shown ends it with that problem.
    pub fn until<T>(
        &mut self,
        what: &str,
        limit: Option<Duration>,
        mut done: impl FnMut(&Model) -> Option<T>,
    ) -> Result<T, Problem> {
        let begin = clock::now();
        loop {
            if let Some(value) = done(&self.model) {
                return Ok(value);
            }
            if let Some(problem) = self.problem() {
                return Err(problem);
            }
            if limit.is_some_and(|limit| clock::now().since(begin) > limit.as_nanos() as u64) {
                let fix = "Run “onetake doctor” to see what is wrong.";
                return Err(Problem::failed(format!("Waited in vain until {what}."), fix));
            }
            self.turn();
        }
    }

    /// The newest problem shown, taken off the list.
    pub fn problem(&mut self) -> Option<Problem> {
        let notices = &mut self.model.notice.notices;
        let at = notices.iter().position(|notice| notice.tone == notice::Tone::Problem)?;
        let notice = notices.remove(at);
        Some(Problem::new(notice.kind.unwrap_or(Kind::Failed), notice.text, notice.fix))
    }

    /// Ends in order.
    pub fn finish(self) {
        self.jobs.finish();
    }

    /// Warnings are for whoever watches the terminal; they end nothing.
    fn pass_warnings_on(&mut self) {
        self.model.notice.notices.retain(|notice| {
            let warning = notice.tone == notice::Tone::Warning;
            if warning {
                super::complain(&Problem::new(Kind::Failed, &notice.text, &notice.fix));
            }
            !warning
        });
    }

    fn turn(&mut self) {
        let first = self.inbox.wait(TICK);
        let now = clock::now();
        self.send_at(Message::Tick, now);
        let rest: Vec<Message> = first.into_iter().chain(self.inbox.drain()).collect();
        for message in rest {
            self.send_at(message, now);
        }
        self.pass_warnings_on();
    }

    fn send_at(&mut self, message: Message, now: Moment) {
        if let Message::Rescue(rescue::Message::Found { waiting, fresh }) = &message {
            waiting.iter().filter(|found| fresh.contains(&found.take.id)).for_each(super::tell_interrupted);
        }
        for effect in studio::update(&mut self.model, message, now) {
            // Settings are the window's, and so is measuring the machine while nothing else goes on.
            if !matches!(effect, Effect::SaveSettings(_) | Effect::Machine(_)) {
                self.jobs.run(effect);
            }
        }
    }
}
