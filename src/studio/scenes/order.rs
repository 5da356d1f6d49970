//! Orders for the parts of a scene. A clip needs its pictures: those that are missing are ordered first, and it waits for them. Where
//! clips run on into each other, a clip begins with the picture that the one before it ends with, and waits for that.

use crate::core::asset::AssetId;
use crate::core::engine::{Engine, Limits, Model};
use crate::core::generate::{InputRole, Place, Role, Wish};
use crate::core::job::Kind;
use crate::core::project::Project;
use crate::core::queue::{Draft, Given};
use crate::core::script::{Scene, Script};
use crate::core::style::Style;
use crate::core::variation::{self, Variation};

use super::board::{Key, key_of};
use super::{Action, Effect, Frame, Seen, State, ask, do_, queue};

/// What a clip is asked to do when nobody said anything.
const STILL_CLIP: &str = "A slow, gentle camera move";

/// Something to be made, as soon as it can be.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub key: Key,
    place: Place,
    /// Other words than the script's.
    prompt: Option<String>,
    /// The version of a prompt those came from.
    parent: Option<String>,
    seed: i64,
}

impl Order {
    pub fn renamed(&mut self, was: &str, is: &str) {
        for heading in [&mut self.key.heading, &mut self.place.heading] {
            if heading == was {
                *heading = is.to_owned();
            }
        }
    }
}

/// What became of an order.
pub(super) enum Built {
    Ready(Box<Draft>),
    /// It needs these parts first, or the last picture of this clip.
    Needs(Vec<(usize, Role)>),
    NeedsEnd(String),
    /// Why it can't be.
    Not(String),
}

impl State {
    /// Orders parts of scenes, and what they need, the earlier scenes first.
    pub(super) fn make(&mut self, parts: &[(usize, Role)], seen: &Seen<'_>) -> Vec<Action> {
        let wanted = parts.iter().filter_map(|(scene, role)| self.order(seen.script(), *scene, *role)).collect();
        self.place(wanted, seen)
    }

    /// Once more in another way. What moved or was said can't be seen from elsewhere by a phrase alone, so a clip and a voice are only
    /// tried again.
    pub(super) fn vary(
        &mut self,
        scene: usize,
        role: Role,
        variation: Variation,
        of: Option<&AssetId>,
        seen: &Seen<'_>,
    ) -> Vec<Action> {
        let Some(mut order) = self.order(seen.script(), scene, role) else { return Vec::new() };
        let version = of.and_then(|asset| self.version(asset));
        // The script's words as they are now, in the mood and from the angle of that version.
        let words = seen.script().scenes.get(scene).and_then(|scene| scene.prompt(role));
        let as_before = version.map_or([None, None], |version| variation::found(&version.prompt));
        order.parent = version.and_then(|version| version.prompt_version.clone());
        order.prompt = words.map(|words| {
            let again = as_before.into_iter().flatten();
            again.chain([variation]).fold(words, |words, variation| variation::varied(&words, variation))
        });
        self.place(vec![order], seen)
    }

    /// What failed is tried once more as it was; what was never sent, or is not known any more, is ordered anew.
    pub(super) fn retry(&mut self, scene: usize, role: Role, seen: &Seen<'_>) -> Vec<Action> {
        match self.part(scene, role).failed() {
            Some(row) => vec![ask(queue::Message::Retry(vec![queue::Again::same(&row.job.id)]))],
            None => self.make(&[(scene, role)], seen),
        }
    }

    pub(super) fn cancel(&mut self, scene: usize, role: Role, seen: &Seen<'_>) -> Vec<Action> {
        let key = key_of(seen.script(), scene, role);
        self.waiting.retain(|order| order.key != key);
        let going = self.part(scene, role).going().map(|row| row.job.id.clone());
        going.into_iter().map(|job| ask(queue::Message::Cancel(vec![job]))).collect()
    }

    /// Something has changed that orders may have waited for.
    pub(super) fn advance(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let mut drafts = Vec::new();
        let mut actions = Vec::new();
        let mut at = 0;
        while at < self.waiting.len() {
            match self.build(&self.waiting[at], seen) {
                Built::Ready(_) if seen.placing => {}
                Built::Ready(draft) => {
                    let order = self.waiting.remove(at);
                    self.placed.insert(order.key);
                    drafts.push(*draft);
                    continue;
                }
                Built::NeedsEnd(film) => actions.extend(self.ask_for_end(film, seen)),
                Built::Needs(parts) if parts.iter().all(|(scene, role)| self.part_comes(*scene, *role, seen.script())) => {}
                Built::Needs(parts) => {
                    let order = self.waiting.remove(at);
                    actions.push(let_go(&order, &parts));
                    continue;
                }
                Built::Not(why) => {
                    self.waiting.remove(at);
                    actions.push(Action::say(why));
                    continue;
                }
            }
            at += 1;
        }
        actions.extend(placed(drafts));
        actions
    }

    fn order(&mut self, script: &Script, scene: usize, role: Role) -> Option<Order> {
        let order = self.trial(script, scene, role)?;
        self.tries += 1;
        let number = self.made.len() as u64 + self.tries;
        let seed = variation::seed(&format!("{} {}", role.directive(), order.place.heading), number);
        Some(Order { seed, ..order })
    }

    /// An order that is only looked at.
    pub(super) fn trial(&self, script: &Script, scene: usize, role: Role) -> Option<Order> {
        let heading = script.scenes.get(scene)?.heading.clone();
        let key = key_of(script, scene, role);
        Some(Order { key, place: Place { scene, heading, role }, prompt: None, parent: None, seed: 0 })
    }

    /// Places what can be placed, and lets the rest wait for what it needs, which is ordered too.
    fn place(&mut self, orders: Vec<Order>, seen: &Seen<'_>) -> Vec<Action> {
        let (mut drafts, mut actions) = (Vec::new(), Vec::new());
        let mut todo: std::collections::VecDeque<Order> = orders.into();
        while let Some(order) = todo.pop_front() {
            if self.part(order.place.scene, order.place.role).comes() || self.waits(&order.key) {
                continue;
            }
            match self.build(&order, seen) {
                Built::Ready(_) if seen.placing => self.waiting.push(order),
                Built::Ready(draft) => {
                    self.placed.insert(order.key);
                    drafts.push(*draft);
                }
                Built::NeedsEnd(film) => {
                    actions.extend(self.ask_for_end(film, seen));
                    self.waiting.push(order);
                }
                Built::Needs(parts) => {
                    self.waiting.push(order);
                    for (scene, role) in parts {
                        todo.extend(self.order(seen.script(), scene, role));
                    }
                }
                Built::Not(why) => actions.push(Action::say(why)),
            }
        }
        actions.extend(placed(drafts));
        // What could not be ordered after all is not waited for.
        actions.extend(self.advance_unless_asked(seen));
        actions
    }

    fn advance_unless_asked(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let stuck = self.waiting.iter().any(|order| {
            matches!(self.build(order, seen), Built::Needs(parts)
                if !parts.iter().all(|(scene, role)| self.part_comes(*scene, *role, seen.script())))
        });
        if stuck { self.advance(seen) } else { Vec::new() }
    }

    fn ask_for_end(&mut self, film: String, seen: &Seen<'_>) -> Option<Action> {
        let project = seen.prepare.project.as_ref()?;
        let asked = self.frames.insert(film.clone(), Frame::Asked).is_some();
        (!asked).then(|| do_(Effect::End { project: project.id.clone(), folder: project.folder.clone(), film }))
    }

    /// It is being made, was just ordered, or is on its way into the project.
    fn part_comes(&self, scene: usize, role: Role, script: &Script) -> bool {
        let key = key_of(script, scene, role);
        self.waits(&key) || self.rows.get(&key).is_some_and(|row| !row.job.state.over())
    }

    /// What is wished for besides the words.
    pub(super) fn wish(&self, scene: usize, role: Role, model: &Model, seen: &Seen<'_>) -> Wish {
        let script = seen.script();
        let secs = if role == Role::Clip { self.length(scene, seen).map_or(0.0, |length| length.secs) } else { 0.0 };
        let heading = script.scenes.get(scene).map_or_else(String::new, |content| content.heading.clone());
        Wish {
            language: script.front.language.clone().filter(|_| role.kind() == Kind::Speech),
            scene: Some(Place { scene, heading, role }),
            ..seen.settings.engines.of(role.kind()).wish(model, secs)
        }
    }

    pub(super) fn build(&self, order: &Order, seen: &Seen<'_>) -> Built {
        let script = seen.script();
        let role = order.place.role;
        let (Some(scene), Some(project)) = (self.find(script, &order.place), &seen.prepare.project) else {
            return Built::Not(format!("Scene “{}” is not in the script any more.", order.place.heading));
        };
        let content = &script.scenes[scene];
        let choices = &seen.settings.engines;
        let Some((engine, model)) = seen.engines.chosen(choices, role.kind()) else {
            return Built::Not(format!("No engine makes {}s. Choose one in Settings, Engines.", role.words()));
        };
        let inputs = match self.inputs(scene, role, &model.limits, project, script) {
            Ok(inputs) => inputs,
            Err(needs) => return needs,
        };
        let still = || still_clip(role, !inputs.is_empty());
        let words = order.prompt.clone().or_else(|| content.prompt(role)).or_else(still);
        let Some(words) = words else { return Built::Not(nothing_to_make(scene, content, role)) };
        let draft = Draft {
            project: Some(project.id.clone()),
            purpose: role.purpose(),
            parent_version: order.parent.clone(),
            sentence: sentence(script, content, role),
            wish: self.wish(scene, role, model, seen),
            seed: model.limits.seed.then_some(order.seed),
            inputs,
            ..Draft::new(&engine.name, &model.name, role.kind(), &carried(script, role, &words, model))
        };
        fault(&draft, engine, scene).map_or_else(|| Built::Ready(Box::new(draft)), Built::Not)
    }

    /// The pictures that go with an order; `Err` when one of them has to be made first.
    pub(super) fn inputs(
        &self,
        scene: usize,
        role: Role,
        limits: &Limits,
        project: &Project,
        script: &Script,
    ) -> Result<Vec<(InputRole, Given)>, Built> {
        if role != Role::Clip {
            return Ok(Vec::new());
        }
        let content = &script.scenes[scene];
        let file = |path: &str| Given::File(std::path::Path::new(&project.folder).join(path));
        let (mut inputs, mut needs) = (Vec::new(), Vec::new());
        if limits.first_frame || limits.needs_first_frame {
            match self.start(scene, script)? {
                Some(Given::File(path)) => inputs.push((InputRole::FirstFrame, Given::File(path))),
                Some(given) => inputs.push((InputRole::FirstFrame, given)),
                None => match content.picture() {
                    Some(picture) => inputs.push((InputRole::FirstFrame, file(picture))),
                    None if content.wanted(Role::Picture).is_some() => needs.push((scene, Role::Picture)),
                    None => {}
                },
            }
        }
        if limits.last_frame {
            match content.part(Role::End) {
                Some(end) => inputs.push((InputRole::LastFrame, file(end))),
                None if content.lacks(Role::End) => needs.push((scene, Role::End)),
                None => {}
            }
        }
        let given = inputs.into_iter().map(|(role, given)| (role, absolute(given, project)));
        if needs.is_empty() { Ok(given.collect()) } else { Err(Built::Needs(needs)) }
    }

    /// Where clips run on: the picture that the clip before ends with. `None` where there is none and none comes.
    fn start(&self, scene: usize, script: &Script) -> Result<Option<Given>, Built> {
        let Some(before) = scene.checked_sub(1).filter(|_| State::continuity(script)) else { return Ok(None) };
        let content = &script.scenes[before];
        if let Some(end) = content.part(Role::End) {
            return Ok(Some(Given::File(end.into())));
        }
        if self.part_comes(before, Role::End, script) {
            return Err(Built::Needs(vec![(before, Role::End)]));
        }
        // It is about to be another one.
        if self.part_comes(before, Role::Clip, script) {
            return Err(Built::Needs(vec![(before, Role::Clip)]));
        }
        match content.part(Role::Clip) {
            Some(film) => match self.frames.get(film) {
                Some(Frame::There(path)) => Ok(Some(Given::File(path.into()))),
                Some(Frame::Failed) => Ok(None),
                Some(Frame::Asked) | None => Err(Built::NeedsEnd(film.to_owned())),
            },
            None => Ok(None),
        }
    }
}

/// What a clip is asked to do where there are pictures to move and no words.
pub(super) fn still_clip(role: Role, pictures: bool) -> Option<String> {
    (role == Role::Clip && pictures).then(|| STILL_CLIP.to_owned())
}

/// The prompt as it is sent: with the project's style and characters, as far as the model has room. A voice says what is written.
fn carried(script: &Script, role: Role, words: &str, model: &Model) -> String {
    if role.kind() == Kind::Speech {
        return words.to_owned();
    }
    Style::of(&script.front).carry(words, model.limits.prompt_chars).text
}

fn absolute(given: Given, project: &Project) -> Given {
    match given {
        // An absolute path stays what it is.
        Given::File(path) => Given::File(std::path::Path::new(&project.folder).join(path)),
        given => given,
    }
}

/// The part of the script that an order is for.
fn sentence(script: &Script, content: &Scene, role: Role) -> Option<(String, std::ops::Range<usize>)> {
    let said = |role: Role| {
        let key = role.prompt_directive()?;
        content.directives.iter().rev().find(|line| line.key == key && !line.value.is_empty())
    };
    let line = said(role).or_else(|| said(Role::Picture));
    let range =
        line.filter(|_| role.kind() != Kind::Speech).map_or_else(|| content.range.clone(), |line| line.value_range.clone());
    (!range.is_empty()).then(|| (script.source().to_owned(), range))
}

fn nothing_to_make(scene: usize, content: &Scene, role: Role) -> String {
    let title = content.title(scene);
    match role {
        Role::Voice => format!("“{title}” has no words to speak."),
        Role::Clip => format!("“{title}” needs a picture or a clip prompt first."),
        _ => format!("“{title}” has no picture prompt. Write one under its pictures."),
    }
}

fn fault(draft: &Draft, engine: &Engine, scene: usize) -> Option<String> {
    let fault = draft.fault(engine)?;
    Some(format!("Scene {}: {fault}", scene + 1))
}

/// What it waited for does not come.
fn let_go(order: &Order, parts: &[(usize, Role)]) -> Action {
    let missing: Vec<String> = parts.iter().map(|(scene, role)| format!("{} of scene {}", role.words(), scene + 1)).collect();
    let what = order.place.role.words();
    Action::say(format!("The {what} of scene {} is not made: there is no {}.", order.place.scene + 1, missing.join(" and no ")))
}

fn placed(drafts: Vec<Draft>) -> Option<Action> {
    (!drafts.is_empty()).then(|| ask(queue::Message::Place(drafts)))
}
