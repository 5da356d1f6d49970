//! The library: what is looked for, what was found, what is chosen of it, and what is done with that. The list is places in
//! order; rows are read for the part of it that is on the screen (`rows`), so a hundred thousand assets cost what a hundred do.

pub mod known;
pub mod selection;
pub mod viewer;

use std::ops::Range;
use std::sync::Arc;

use crate::core::asset::{Asset, AssetId, Kind};
use crate::core::library::{Entry, Found, Query, Seq, TagCount};
use crate::core::problem::Problem;
use crate::core::project::Project;

use super::Action;
use super::command::Command;
use super::rows::Rows;
use known::Known;
use selection::{How, Selection};
use viewer::Viewer;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub query: Query,
    pub search: Search,
    /// All places that were found, in order.
    pub found: Found,
    pub rows: Rows<Seq, Asset>,
    pub selection: Selection,
    /// How much is chosen, when it is more than one.
    pub weight: Option<Weight>,
    /// All tags there are, the most used first.
    pub tags: Vec<TagCount>,
    /// What the one that is chosen came from, and what came from it.
    pub lineage: Option<(AssetId, Lineage)>,
    /// The one that is looked at, large.
    pub viewer: Option<Viewer>,
    /// Assets that other pages show.
    pub known: Known,
    /// Went to the bin together, and can be put back.
    binned: Vec<Seq>,
    /// The asset to be shown as soon as the list has it.
    wanted: Option<Seq>,
    /// The field that a key has called for, until it has the caret.
    pub caret: Option<Caret>,
    /// Answers to earlier questions are let go by.
    weighing: u64,
}

/// A field that a key leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caret {
    Search,
    Name,
}

/// Where a search stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Search {
    /// Nobody has looked yet.
    #[default]
    Never,
    /// Under way; `again` when what is asked for has changed meanwhile.
    Running {
        again: bool,
        first: bool,
    },
    Done,
    Failed(Problem),
}

/// How much several assets are together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    pub bytes: u64,
    pub nanos: u64,
}

/// What an asset came from and what came from it, the nearest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    pub from: Vec<Relation>,
    pub to: Vec<Relation>,
}

/// One thing an asset is related to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Steps away, from 1.
    pub depth: u32,
    /// What it is, in a word: “Take”, “Script”, “Export”.
    pub what: String,
    pub name: String,
    /// What more can be said of it in a line.
    pub detail: String,
    pub goes: Goes,
}

/// Where a click on it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goes {
    Asset(AssetId),
    Project(Project),
    /// Its words, whole.
    Prompt(String),
    /// Its row in the queue.
    Job(String),
    Nowhere,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// The page is open.
    Enter,
    Leave,
    /// Look for this.
    Ask(Query),
    Found(Result<Found, Problem>),
    /// What the library holds has changed.
    Changed,
    /// These places are on the screen.
    Seen(Range<usize>),
    Read {
        asked: Vec<Seq>,
        result: Result<Vec<Entry>, Problem>,
    },
    Tags(Vec<TagCount>),
    Choose {
        place: usize,
        how: How,
    },
    Step {
        by: isize,
        how: How,
    },
    /// Stretches of the list under a band that is drawn, beside what was chosen before it began.
    Band {
        stretches: Vec<Range<usize>>,
        with: Option<Arc<std::collections::HashSet<Seq>>>,
    },
    ChooseAll,
    ChooseNone,
    Weighed {
        question: u64,
        weight: Weight,
    },
    Related {
        asset: AssetId,
        lineage: Lineage,
    },
    Rename {
        seq: Seq,
        name: String,
    },
    Describe {
        seq: Seq,
        description: String,
    },
    /// Gives the chosen ones a tag, or takes it from them.
    Tag(String),
    Untag(String),
    /// Moves the chosen ones to the bin, or back.
    Bin,
    Restore,
    EmptyBin,
    Binned(Vec<Seq>),
    /// Brings back what was binned last.
    PutBack,
    Reveal(Arc<Asset>),
    /// Copies its file where the person wants it.
    Save(Arc<Asset>),
    /// Gives an asset's picture to a scene of the open script.
    Give {
        asset: Arc<Asset>,
        scene: usize,
    },
    Given {
        scene: usize,
        path: String,
        name: String,
    },
    /// Another page shows these assets and has to know what they are.
    Know(Vec<AssetId>),
    Known {
        asked: Vec<AssetId>,
        found: Vec<Asset>,
    },
    /// Goes to an asset, wherever it is in the list, and beyond the filters if it must.
    Show(AssetId),
    Placed(Option<Seq>),
    /// A field is called for; `None` once it has the caret.
    Caret(Option<Caret>),
    Viewer(viewer::Message),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Find(Box<Query>),
    Read(Vec<Seq>),
    Tags,
    Weigh { question: u64, seqs: Vec<Seq> },
    Relate(AssetId),
    Rename { seq: Seq, name: String },
    Describe { seq: Seq, description: String },
    Tag { seqs: Vec<Seq>, tag: String },
    Untag { seqs: Vec<Seq>, tag: String },
    Bin(Vec<Seq>),
    Restore(Vec<Seq>),
    EmptyBin,
    Reveal(Arc<Asset>),
    Give { asset: Arc<Asset>, scene: usize },
    Place(AssetId),
    Know(Vec<AssetId>),
    Viewer(viewer::Effect),
}

impl Effect {
    /// True for what is more than looking something up.
    pub fn changes(&self) -> bool {
        use Effect as E;
        matches!(
            self,
            E::Rename { .. } | E::Describe { .. } | E::Tag { .. } | E::Untag { .. } | E::Bin(_) | E::Restore(_) | E::EmptyBin
        )
    }
}

/// The longest name and tag that are kept.
pub const MAX_NAME: usize = 200;
pub const MAX_TAG: usize = 100;

impl State {
    /// The one that is chosen, as far as it has been read.
    pub fn inspected(&self) -> Option<(Seq, &Arc<Asset>)> {
        let seq = self.selection.single()?;
        Some((seq, self.rows.get(&seq)?))
    }

    /// What is chosen, as far as it has been read.
    pub fn chosen_rows(&self) -> impl Iterator<Item = &Arc<Asset>> {
        self.rows.known().filter(|(seq, _)| self.selection.contains(**seq)).map(|(_, asset)| asset)
    }

    /// True when it was looked for everything and there is nothing.
    pub fn is_empty(&self) -> bool {
        self.search == Search::Done && self.found.is_empty() && !self.filtered() && !self.query.binned
    }

    /// True when something is asked for that leaves something out.
    pub fn filtered(&self) -> bool {
        let all =
            Query { binned: self.query.binned, sort: self.query.sort, ascending: self.query.ascending, ..Query::default() };
        self.query != all
    }

    pub fn update(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::Enter => self.look_again(),
            Message::Changed => {
                self.known.forget();
                self.look_again()
            }
            Message::Know(ids) => {
                let missing = self.known.want(ids);
                if missing.is_empty() { Vec::new() } else { vec![do_(Effect::Know(missing))] }
            }
            Message::Known { asked, found } => {
                self.known.read(asked, found);
                Vec::new()
            }
            Message::Leave => {
                self.caret = None;
                self.close_viewer()
            }
            Message::Ask(query) => {
                if query == self.query {
                    return Vec::new();
                }
                self.query = query;
                self.find()
            }
            Message::Found(result) => self.found(result),
            Message::Seen(places) => {
                let missing = self.rows.see(&self.found, places);
                self.read(missing).into_iter().collect()
            }
            Message::Read { asked, result: Ok(entries) } => {
                self.rows.arrived(&self.found, &asked, entries.into_iter().map(|entry| (entry.seq, entry.asset)));
                let mut actions = self.relate();
                actions.extend(self.view_chosen());
                actions
            }
            Message::Read { asked, result: Err(problem) } => {
                self.rows.arrived(&self.found, &asked, []);
                vec![Action::show(&problem)]
            }
            Message::Tags(tags) => {
                self.tags = tags;
                Vec::new()
            }
            Message::Weighed { question, weight } => {
                if question == self.weighing {
                    self.weight = Some(weight);
                }
                Vec::new()
            }
            Message::Related { asset, lineage } => {
                if self.lineage.as_ref().is_some_and(|(wanted, _)| *wanted == asset) {
                    self.lineage = Some((asset, lineage));
                }
                Vec::new()
            }
            Message::Show(asset) => {
                let here = self.rows.known().find(|(_, known)| known.id == asset).map(|(seq, _)| *seq);
                here.map_or_else(|| vec![do_(Effect::Place(asset))], |seq| self.placed(seq))
            }
            Message::Placed(Some(seq)) => self.placed(seq),
            Message::Placed(None) => vec![Action::say("This is not in the library any more.")],
            Message::Caret(caret) => {
                self.caret = caret;
                Vec::new()
            }
            Message::Viewer(message) => self.viewer(message),
            message => self.choose_or_change(message),
        }
    }

    fn choose_or_change(&mut self, message: Message) -> Vec<Action> {
        let before = self.selection.clone();
        match message {
            Message::Choose { place, how } => self.selection.choose(&self.found, place, how),
            Message::Step { by, how } => self.selection.step(&self.found, by, how),
            Message::Band { stretches, with } => self.selection.band(&self.found, &stretches, with.as_deref()),
            Message::ChooseAll => self.selection.all(&self.found),
            Message::ChooseNone => self.selection.none(),
            message => return self.change(message),
        }
        if before.chosen() == self.selection.chosen() { Vec::new() } else { self.chosen() }
    }

    fn change(&mut self, message: Message) -> Vec<Action> {
        let chosen = self.selection.in_order(&self.found);
        let effect = match message {
            Message::Rename { seq, name } => {
                let name: String = name.trim().chars().take(MAX_NAME).collect();
                if name.is_empty() {
                    return Vec::new();
                }
                self.rows.change(&[seq], |asset| asset.name.clone_from(&name));
                Effect::Rename { seq, name }
            }
            Message::Describe { seq, description } => {
                self.rows.change(&[seq], |asset| asset.description.clone_from(&description));
                Effect::Describe { seq, description }
            }
            Message::Tag(tag) => {
                let tag: String = tag.trim().chars().take(MAX_TAG).collect();
                if tag.is_empty() || chosen.is_empty() {
                    return Vec::new();
                }
                self.rows.change(&chosen, |asset| {
                    if !asset.tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
                        asset.tags.push(tag.clone());
                        asset.tags.sort_by_key(|tag| tag.to_lowercase());
                    }
                });
                Effect::Tag { seqs: chosen, tag }
            }
            Message::Untag(tag) => {
                self.rows.change(&chosen, |asset| asset.tags.retain(|known| *known != tag));
                Effect::Untag { seqs: chosen, tag }
            }
            Message::Bin if !chosen.is_empty() && !self.query.binned => Effect::Bin(chosen),
            Message::Restore if !chosen.is_empty() && self.query.binned => Effect::Restore(chosen),
            Message::EmptyBin if self.query.binned => Effect::EmptyBin,
            Message::Binned(seqs) => return self.gone_to_the_bin(seqs),
            Message::PutBack if !self.binned.is_empty() => {
                let withdrawn = super::notice::Message::Withdraw(Command::PutBack);
                let back = do_(Effect::Restore(std::mem::take(&mut self.binned)));
                return vec![back, Action::Tell(super::Message::Notice(withdrawn))];
            }
            Message::Reveal(asset) => Effect::Reveal(asset),
            Message::Save(asset) => return vec![Action::Do(super::Effect::Scenes(super::scenes::Effect::Save(asset)))],
            Message::Give { asset, scene } if is_picture(asset.kind) => Effect::Give { asset, scene },
            Message::Give { .. } => return vec![Action::say("Only pictures can be given to a scene.")],
            Message::Given { scene, path, name } => return given(scene, path, &name),
            _ => return Vec::new(),
        };
        vec![do_(effect)]
    }

    fn look_again(&mut self) -> Vec<Action> {
        let mut actions = self.find();
        actions.push(do_(Effect::Tags));
        let missing = self.rows.reread(&self.found);
        actions.extend(self.read(missing));
        actions
    }

    /// One search at a time: what is typed meanwhile is looked for when it has ended.
    fn find(&mut self) -> Vec<Action> {
        match &mut self.search {
            Search::Running { again, .. } => {
                *again = true;
                Vec::new()
            }
            search => {
                *search = Search::Running { again: false, first: *search == Search::Never };
                vec![do_(Effect::Find(Box::new(self.query.clone())))]
            }
        }
    }

    fn found(&mut self, result: Result<Found, Problem>) -> Vec<Action> {
        let again = matches!(self.search, Search::Running { again: true, .. });
        match result {
            Ok(found) => {
                self.search = Search::Done;
                self.found = found;
            }
            Err(problem) => {
                self.search = Search::Failed(problem);
                self.found = Found::default();
            }
        }
        if again {
            return self.find();
        }
        let before = self.selection.clone();
        self.selection.refound(&self.found);
        let wanted = self.wanted.take().and_then(|seq| self.found.iter().position(|known| *known == seq));
        if let Some(place) = wanted {
            self.selection.choose(&self.found, place, How::Only);
        }
        let missing = self.rows.see_again(&self.found);
        let mut actions: Vec<Action> = self.read(missing).into_iter().collect();
        if before.chosen() != self.selection.chosen() {
            actions.extend(self.chosen());
        }
        actions
    }

    /// Another choice: what it weighs or where it comes from is asked for.
    fn chosen(&mut self) -> Vec<Action> {
        (self.weight, self.weighing) = (None, self.weighing + 1);
        let missing = self.rows.pin(&self.found, self.selection.single());
        let mut actions: Vec<Action> = self.read(missing).into_iter().collect();
        if self.selection.len() > 1 {
            let seqs = self.selection.in_order(&self.found);
            actions.push(do_(Effect::Weigh { question: self.weighing, seqs }));
        }
        actions.extend(self.relate());
        actions.extend(self.view_chosen());
        actions
    }

    /// The viewer, while it is open, shows the one that is chosen.
    fn view_chosen(&mut self) -> Vec<Action> {
        let Some(viewer) = &self.viewer else { return Vec::new() };
        match self.inspected() {
            Some((seq, _)) if seq != viewer.seq => self.viewer(viewer::Message::Open),
            None if self.selection.is_empty() => self.close_viewer(),
            _ => Vec::new(),
        }
    }

    fn relate(&mut self) -> Vec<Action> {
        let inspected = self.inspected().map(|(_, asset)| asset.id.clone());
        match inspected {
            Some(id) if self.lineage.as_ref().is_some_and(|(known, _)| *known == id) => Vec::new(),
            Some(id) => {
                // An empty one until the answer comes, so that it is asked for once.
                self.lineage = Some((id.clone(), Lineage::default()));
                vec![do_(Effect::Relate(id))]
            }
            None => {
                self.lineage = None;
                Vec::new()
            }
        }
    }

    fn gone_to_the_bin(&mut self, seqs: Vec<Seq>) -> Vec<Action> {
        let mut actions = self.look_again();
        if !seqs.is_empty() {
            let what = if seqs.len() == 1 { "It is".to_owned() } else { format!("{} items are", seqs.len()) };
            self.binned = seqs;
            actions.push(Action::offer(format!("{what} in the bin and will be there for 30 days."), Command::PutBack));
        }
        actions
    }

    /// Shows an asset; filters that hide it are taken off.
    fn placed(&mut self, seq: Seq) -> Vec<Action> {
        if let Some(place) = self.found.iter().position(|known| *known == seq) {
            return self.update(Message::Choose { place, how: How::Only });
        }
        self.wanted = Some(seq);
        self.query = Query { sort: self.query.sort, ascending: self.query.ascending, ..Query::default() };
        self.find()
    }

    fn viewer(&mut self, message: viewer::Message) -> Vec<Action> {
        let inspected = self.inspected().map(|(seq, asset)| (seq, Arc::clone(asset)));
        viewer::update(&mut self.viewer, message, inspected)
    }

    fn close_viewer(&mut self) -> Vec<Action> {
        self.viewer(viewer::Message::Close)
    }

    fn read(&self, missing: Vec<Seq>) -> Option<Action> {
        (!missing.is_empty()).then(|| do_(Effect::Read(missing)))
    }
}

/// True for what a scene can show.
pub fn is_picture(kind: Kind) -> bool {
    matches!(kind, Kind::Image | Kind::Overlay)
}

fn given(scene: usize, path: String, name: &str) -> Vec<Action> {
    let give = super::prepare::Message::GivePicture { scene, path };
    let said = format!("“{name}” is the picture of scene {}.", scene + 1);
    vec![Action::Tell(super::Message::Prepare(give)), Action::offer(said, Command::GoPrepare)]
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Library(effect))
}

#[cfg(test)]
mod tests;
