//! Files on their way into the library: what was asked for, how far each import is, and what became of the last one.

use std::path::PathBuf;
use std::sync::Arc;

use crate::core::import::{ImportId, Progress, Report, Wanted};
use crate::core::problem::Kind;

use super::Action;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// In the order they were asked for; the first is worked on, the others wait for it.
    pub running: Vec<Running>,
    /// What became of the last one, until it is put away: shown when files were refused.
    pub last: Option<Arc<Report>>,
    /// Grows whenever something came into the library, so that who shows it looks again.
    pub revision: u64,
    asked: u64,
    /// The last that the importer was told of a take.
    held: bool,
}

/// An import that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    pub id: ImportId,
    pub progress: Progress,
    /// Was told to end, and is about to.
    pub cancelled: bool,
}

#[derive(Clone, Debug)]
pub enum Message {
    Import(Wanted),
    /// Shows a dialog for files, or for a folder.
    Pick {
        folder: bool,
        link: bool,
        project: Option<String>,
    },
    Cancel(ImportId),
    Progress {
        import: ImportId,
        progress: Box<Progress>,
    },
    Done {
        import: ImportId,
        report: Arc<Report>,
    },
    /// The last report was read.
    PutAway,
}

impl Message {
    /// What was dropped or chosen, to be copied in.
    pub fn copy(paths: Vec<PathBuf>) -> Message {
        Message::Import(Wanted { paths, ..Wanted::default() })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Import {
        id: ImportId,
        wanted: Wanted,
    },
    Pick {
        folder: bool,
        link: bool,
        project: Option<String>,
    },
    Cancel(ImportId),
    /// A take begins or has ended: everything here waits meanwhile.
    Hold(bool),
}

impl State {
    pub fn update(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::Import(wanted) if wanted.paths.is_empty() => Vec::new(),
            Message::Import(wanted) => {
                self.asked += 1;
                let id = ImportId(self.asked);
                let progress = Progress { looking: true, held: self.held, ..Progress::default() };
                self.running.push(Running { id, progress, cancelled: false });
                self.last = None;
                vec![do_(Effect::Import { id, wanted })]
            }
            Message::Pick { folder, link, project } => vec![do_(Effect::Pick { folder, link, project })],
            Message::Cancel(id) => match self.running.iter_mut().find(|running| running.id == id && !running.cancelled) {
                Some(running) => {
                    running.cancelled = true;
                    vec![do_(Effect::Cancel(id))]
                }
                None => Vec::new(),
            },
            Message::Progress { import, progress } => {
                if let Some(running) = self.running.iter_mut().find(|running| running.id == import) {
                    self.revision +=
                        u64::from(progress.added > running.progress.added || progress.described > running.progress.described);
                    running.progress = *progress;
                }
                Vec::new()
            }
            Message::Done { import, report } => self.done(import, report),
            Message::PutAway => {
                self.last = None;
                Vec::new()
            }
        }
    }

    /// Tells the importer when a take begins and ends.
    pub fn tick(&mut self, recording: bool) -> Option<Action> {
        if self.held == recording {
            return None;
        }
        self.held = recording;
        Some(do_(Effect::Hold(recording)))
    }

    fn done(&mut self, import: ImportId, report: Arc<Report>) -> Vec<Action> {
        self.running.retain(|running| running.id != import);
        self.revision += 1;
        let actions = match (&report.stopped, &report.refusals[..]) {
            (Some(problem), _) if problem.kind != Kind::Cancelled => vec![Action::show(problem)],
            (Some(_), _) => vec![Action::say(format!("Import cancelled. {}", report.sentence()))],
            // One file that can't be used says itself why.
            (None, [(_, problem)]) if report.added.is_empty() && report.known.is_empty() => vec![Action::show(problem)],
            (None, _) => vec![Action::say(report.sentence())],
        };
        self.last = Some(report);
        actions
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Import(effect))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::asset::AssetId;
    use crate::core::import::{Became, Outcome};
    use crate::core::problem::Problem;
    use crate::studio;

    fn begin(state: &mut State) -> ImportId {
        match &state.update(Message::copy(vec!["a.mp4".into()]))[..] {
            [Action::Do(studio::Effect::Import(Effect::Import { id, .. }))] => *id,
            other => panic!("{other:?}"),
        }
    }

    fn report(outcomes: Vec<Became>) -> Report {
        let mut report = Report::default();
        outcomes.into_iter().for_each(|became| report.note(&Outcome { file: "a.mp4".into(), became }));
        report
    }

    fn told(actions: &[Action]) -> String {
        match actions {
            [Action::Tell(studio::Message::Notice(studio::notice::Message::Say(text)))] => text.clone(),
            [Action::Tell(studio::Message::Notice(studio::notice::Message::Problem(problem)))] => problem.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_import_runs_tells_and_ends() {
        let mut state = State::default();
        assert!(state.update(Message::copy(Vec::new())).is_empty(), "nothing to import");
        let (first, second) = (begin(&mut state), begin(&mut state));
        assert_ne!(first, second);
        let progress = Progress { files: 2, added: 1, ..Progress::default() };
        state.update(Message::Progress { import: first, progress: Box::new(progress.clone()) });
        assert_eq!((state.running[0].progress.clone(), state.revision), (progress, 1));
        let done = report(vec![Became::Added(AssetId("1".into())), Became::Known(AssetId("2".into()))]);
        let actions = state.update(Message::Done { import: first, report: Arc::new(done) });
        assert_eq!(told(&actions), "1 file imported, 1 was there already.");
        assert_eq!((state.running.len(), state.running[0].id, state.revision), (1, second, 2));
        // What comes late of the one that has ended changes nothing.
        state.update(Message::Progress { import: first, progress: Box::default() });
        assert_eq!(state.running.len(), 1);
    }

    #[test]
    fn cancelling_is_told_once_and_is_no_error() {
        let mut state = State::default();
        let id = begin(&mut state);
        assert_eq!(state.update(Message::Cancel(id)).len(), 1);
        assert!(state.update(Message::Cancel(id)).is_empty() && state.running[0].cancelled);
        let stopped = Report { stopped: Some(Problem::cancelled()), ..report(vec![Became::Added(AssetId("1".into()))]) };
        let actions = state.update(Message::Done { import: id, report: Arc::new(stopped) });
        assert_eq!(told(&actions), "Import cancelled. 1 file imported.");
        assert!(state.update(Message::Cancel(id)).is_empty());
    }

    #[test]
    fn one_refused_file_says_why_many_are_listed() {
        let mut state = State::default();
        let why = Problem::usage("a.mp4 is empty.", "Choose another file.");
        let id = begin(&mut state);
        let actions = state.update(Message::Done { import: id, report: Arc::new(report(vec![Became::Refused(why.clone())])) });
        assert_eq!(told(&actions), why.to_string());
        let id = begin(&mut state);
        assert!(state.last.is_none(), "a new import puts the old report away");
        let many = report(vec![Became::Refused(why.clone()), Became::Refused(why.clone())]);
        let actions = state.update(Message::Done { import: id, report: Arc::new(many) });
        assert_eq!(told(&actions), "2 files could not be imported.");
        assert_eq!(state.last.as_ref().unwrap().refusals.len(), 2);
        state.update(Message::PutAway);
        assert!(state.last.is_none());
        let full = Problem::disk("The disk is full.", "Free some space.");
        let id = begin(&mut state);
        let stopped = Report { stopped: Some(full.clone()), ..Report::default() };
        assert_eq!(told(&state.update(Message::Done { import: id, report: Arc::new(stopped) })), full.to_string());
    }

    #[test]
    fn a_take_holds_everything_and_is_told_once() {
        let mut state = State::default();
        assert!(state.tick(false).is_none());
        assert!(matches!(state.tick(true), Some(Action::Do(studio::Effect::Import(Effect::Hold(true))))));
        assert!(state.tick(true).is_none());
        begin(&mut state);
        assert!(state.running[0].progress.held);
        assert!(matches!(state.tick(false), Some(Action::Do(studio::Effect::Import(Effect::Hold(false))))));
    }
}
