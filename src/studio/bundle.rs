//! A project on its way out as one folder, or in: what runs, how far it is, and what came of it.

use crate::core::bundle::{Arrived, Progress, Takes};
use crate::core::problem::Problem;
use crate::core::project::Project;

use super::{Action, prepare};

#[derive(Clone, Debug, Default)]
pub struct State {
    pub running: Option<Running>,
}

/// One at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Out of the library, or into it.
    pub out: bool,
    /// The project's title, or the folder's name.
    pub name: String,
    pub progress: Progress,
    /// Was told to end, and is about to.
    pub cancelled: bool,
}

impl Running {
    /// What goes on, in words.
    pub fn sentence(&self) -> String {
        let what = if self.out { "Exporting" } else { "Importing" };
        if self.cancelled { format!("Cancelling “{}”…", self.name) } else { format!("{what} “{}”", self.name) }
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Ask where to, or for which.
    PickExport(Takes),
    PickImport,
    /// The open project, with the takes that are wanted, into this folder.
    Export {
        takes: Takes,
        to: String,
    },
    /// The same, once the script that is on the screen is on its way to the disk.
    Pack {
        takes: Takes,
        to: String,
    },
    /// The bundle in this folder.
    Import(String),
    Cancel,
    Progress(Progress),
    /// It lies in this folder.
    Exported(String),
    Imported(Box<Arrived>),
    Cancelled,
    Failed(Problem),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    PickExport { takes: Takes },
    PickImport,
    Export { project: Project, takes: Takes, to: String },
    Import { from: String },
    Cancel,
}

impl State {
    /// `busy`: a take or a rehearsal runs, beside which no project is opened.
    pub fn update(&mut self, message: Message, prepare: &prepare::State, busy: bool) -> Vec<Action> {
        match message {
            Message::PickExport(_) | Message::PickImport | Message::Export { .. } | Message::Import(_)
                if self.running.is_some() =>
            {
                vec![Action::say("A project is still on its way. Wait for it, or cancel it.")]
            }
            Message::PickExport(_) | Message::Export { .. } if prepare.project.is_none() => {
                vec![Action::say("Open the project that you want to export.")]
            }
            Message::PickExport(takes) => vec![do_(Effect::PickExport { takes })],
            Message::PickImport => vec![do_(Effect::PickImport)],
            // Messages are done in order, and so are saving and copying.
            Message::Export { takes, to } => vec![
                Action::Tell(super::Message::Prepare(prepare::Message::SaveNow)),
                Action::Tell(super::Message::Bundle(Message::Pack { takes, to })),
            ],
            Message::Pack { takes, to } => self.pack(prepare, takes, to),
            Message::Import(from) => {
                let name = from.rsplit(['/', '\\']).find(|name| !name.is_empty()).unwrap_or(&from).to_owned();
                self.begin(false, name);
                vec![do_(Effect::Import { from })]
            }
            Message::Cancel => match self.running.as_mut().filter(|running| !running.cancelled) {
                Some(running) => {
                    running.cancelled = true;
                    vec![do_(Effect::Cancel)]
                }
                None => Vec::new(),
            },
            Message::Progress(progress) => {
                self.running.iter_mut().for_each(|running| running.progress = progress);
                Vec::new()
            }
            Message::Exported(folder) => {
                self.running = None;
                vec![Action::say(format!("The project is complete in {folder}."))]
            }
            Message::Imported(arrived) => self.imported(&arrived, busy),
            Message::Cancelled => {
                let out = self.running.take().is_none_or(|running| running.out);
                let said = if out {
                    "The export was cancelled; nothing is left of it."
                } else {
                    "The import was cancelled; nothing has changed."
                };
                vec![Action::say(said)]
            }
            Message::Failed(problem) => {
                self.running = None;
                vec![Action::show(&problem)]
            }
        }
    }

    fn pack(&mut self, prepare: &prepare::State, takes: Takes, to: String) -> Vec<Action> {
        let Some(project) = prepare.project.clone() else { return Vec::new() };
        let title = prepare.script.title().to_owned();
        self.begin(true, title.clone());
        vec![do_(Effect::Export { project: Project { title, ..project }, takes, to })]
    }

    fn begin(&mut self, out: bool, name: String) {
        self.running = Some(Running { out, name, progress: Progress::default(), cancelled: false });
    }

    fn imported(&mut self, arrived: &Arrived, busy: bool) -> Vec<Action> {
        self.running = None;
        let list = do_prepare(prepare::Effect::ListProjects);
        if busy {
            return vec![list, Action::say(format!("“{}” is in the library; open it after the take.", arrived.title))];
        }
        let open = Action::Tell(super::Message::Prepare(prepare::Message::OpenFolder(arrived.folder.clone())));
        vec![list, open, Action::say(format!("“{}” is here, with everything that belongs to it.", arrived.title))]
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Bundle(effect))
}

fn do_prepare(effect: prepare::Effect) -> Action {
    Action::Do(super::Effect::Prepare(effect))
}
