//! Scenes driven by messages alone: what is ordered, what waits for what, what is put where.

use super::*;
use crate::core::asset::{Facts, Kind as AssetKind, tests::asset};
use crate::core::generate::{Class, Failure, InputRole, Wish};
use crate::core::job::{Job, Kind, State as JobState};
use crate::core::project::Project;
use crate::core::queue::{Draft, Given, made_up};
use crate::core::scene_parts::{PARTS, tag};
use crate::core::time::Moment;
use crate::studio::{self, Model, notice, start, update};

const SCRIPT: &str = "---\ntitle: Talk\n---\n\n## One\n\n> image: a desk\n> clip: push in\n> seconds: 4\n\nHello there.\n\n## Two\n\n> image: a hill\n> clip: pan\n\nMore words.\n\n## Three\n\n> picture: pictures/mine.jpg\n\nThe end.\n";

struct Desk {
    model: Model,
    effects: Vec<studio::Effect>,
    jobs: usize,
}

impl Desk {
    fn new(script: &str) -> Desk {
        Desk::with(script, Settings::default())
    }

    fn with(script: &str, settings: Settings) -> Desk {
        let mut desk = Desk { model: Model::default(), effects: Vec::new(), jobs: 0 };
        start(&mut desk.model, settings, Moment(0));
        desk.open("talk", script);
        desk.effects.clear();
        desk
    }

    fn open(&mut self, id: &str, script: &str) {
        let project = Project { id: id.into(), title: "Talk".into(), folder: format!("/p/{id}") };
        self.tell(studio::Message::Prepare(prepare::Message::Opened(Ok((project, script.to_owned())))));
        self.scenes(Message::Looked { project: id.into(), result: Ok(Box::default()) });
    }

    fn tell(&mut self, message: studio::Message) {
        self.effects.extend(update(&mut self.model, message, Moment(0).plus_secs(1.0)));
    }

    fn scenes(&mut self, message: Message) {
        self.tell(studio::Message::Scenes(message));
    }

    fn queue(&mut self, message: queue::Message) {
        self.tell(studio::Message::Queue(message));
    }

    /// What was placed since the last time, as the queue takes it: each becomes a row that waits.
    fn placed(&mut self) -> Vec<(String, Draft)> {
        let mut drafts = Vec::new();
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                studio::Effect::Queue(queue::Effect::Place(some)) => drafts.extend(some),
                other => self.effects.push(other),
            }
        }
        let jobs: Vec<(String, Draft)> = drafts
            .into_iter()
            .map(|draft| {
                self.jobs += 1;
                (format!("job-{}", self.jobs), draft)
            })
            .collect();
        if !jobs.is_empty() {
            let rows = jobs.iter().map(|(id, draft)| row(id, draft, JobState::Queued)).collect();
            self.queue(queue::Message::Changed(rows));
            self.queue(queue::Message::Placed(Ok(jobs.len())));
        }
        jobs
    }

    /// A job is done, with this asset.
    fn done(&mut self, id: &str, draft: &Draft, made: &str) {
        let row = Row { made: vec![AssetId(made.into())], ..row(id, draft, JobState::Done) };
        self.queue(queue::Message::Changed(vec![row.clone()]));
        self.queue(queue::Message::Ended(Box::new(row)));
    }

    fn failed(&mut self, id: &str, draft: &Draft) {
        let failure = Failure::new(Class::Content, "We can't draw that.");
        let row = Row { failure: Some(failure), ..row(id, draft, JobState::Failed) };
        self.queue(queue::Message::Changed(vec![row.clone()]));
        self.queue(queue::Message::Ended(Box::new(row)));
    }

    /// The copies that were asked for are made.
    fn copied(&mut self) -> usize {
        let mut copies = 0;
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                studio::Effect::Scenes(Effect::Keep { project, place, asset, .. }) => {
                    copies += 1;
                    let path = format!("{}/x-{}.png", place.role.folder(), tag(&asset));
                    self.scenes(Message::Kept { project, place, asset, result: Ok(path) });
                }
                other => self.effects.push(other),
            }
        }
        copies
    }

    fn script(&self) -> &Script {
        &self.model.prepare.script
    }

    fn said(&self, words: &str) -> bool {
        self.model.notice.notices.iter().any(|notice: &notice::Notice| notice.text.contains(words))
    }

    /// Offline's clips need a picture, and may end with one.
    fn clip_inputs(draft: &Draft) -> Vec<(InputRole, String)> {
        let path = |given: &Given| match given {
            Given::File(path) => path.display().to_string(),
            Given::Asset(asset) => asset.0.clone(),
        };
        draft.inputs.iter().map(|(role, given)| (*role, path(given))).collect()
    }
}

fn row(id: &str, draft: &Draft, state: JobState) -> Row {
    let row = made_up::row(id, state);
    Row {
        job: Job {
            project: draft.project.clone(),
            engine: draft.engine.clone(),
            model: draft.model.clone(),
            kind: draft.kind,
            params: serde_json::to_value(&draft.wish).unwrap(),
            seed: draft.seed,
            problem: (state == JobState::Failed).then(|| "We can't draw that.".into()),
            created_at: format!("2026-11-21T10:00:{:0>2}Z", id.trim_start_matches("job-")),
            ..row.job
        },
        prompt: draft.prompt.clone(),
        ..row
    }
}

/// An id like those of the library.
fn id(number: u32) -> String {
    format!("0193a5b2-7c11-7abc-8def-{number:012x}")
}

fn version(number: u32, scene: usize, heading: &str, role: Role) -> Version {
    let kind = if role == Role::Clip { AssetKind::Video } else { AssetKind::Image };
    let facts =
        Facts { nanos: if role == Role::Clip { 5_000_000_000 } else { 0 }, width: 1280, height: 720, ..Facts::default() };
    Version {
        inputs: Vec::new(),
        asset: Arc::new(Asset { kind, facts, ..asset(&id(number)) }),
        place: Place { scene, heading: heading.into(), role },
        job: format!("job-of-{number}"),
        engine: "offline".into(),
        model: "painter".into(),
        prompt: "a desk".into(),
        prompt_version: Some(format!("v{number}")),
        seed: Some(1),
        cost: None,
    }
}

fn found(made: Vec<Version>) -> Message {
    Message::Looked { project: "talk".into(), result: Ok(Box::new(Found { made, ..Found::default() })) }
}

#[test]
fn missing_pictures_are_ordered_once_and_put_into_the_script() {
    let mut desk = Desk::new(SCRIPT);
    desk.scenes(Message::MakeMissing(Role::Picture));
    let jobs = desk.placed();
    let prompts: Vec<&str> = jobs.iter().map(|(_, draft)| draft.prompt.as_str()).collect();
    assert_eq!(prompts, ["a desk", "a hill"], "the third has a picture of the person's");
    assert!(jobs[0].1.seed.is_some() && jobs[0].1.seed != jobs[1].1.seed);
    assert_eq!(jobs[0].1.sentence.as_ref().map(|(text, bytes)| &text[bytes.clone()]), Some("a desk"));
    desk.scenes(Message::MakeMissing(Role::Picture));
    assert!(desk.placed().is_empty(), "what comes already is not ordered again");
    desk.done(&jobs[0].0, &jobs[0].1, &id(7));
    assert_eq!(desk.copied(), 1);
    assert_eq!(desk.script().scenes[0].picture(), Some("pictures/x-000000000007.png"));
    assert!(desk.model.scenes.part(1, Role::Picture).comes() && !desk.model.scenes.part(0, Role::Picture).comes());
    desk.tell(studio::Message::Prepare(prepare::Message::Undo));
    assert_eq!(desk.script().source(), SCRIPT, "one step");
}

#[test]
fn a_scene_that_moved_or_was_renamed_gets_its_picture_all_the_same() {
    let mut desk = Desk::new(SCRIPT);
    desk.scenes(Message::Make { scene: 0, role: Role::Picture });
    let jobs = desk.placed();
    desk.tell(studio::Message::Prepare(prepare::Message::MoveScene { from: 0, to: 2 }));
    desk.tell(studio::Message::Prepare(prepare::Message::Rename { scene: 2, heading: "First of all".into() }));
    assert!(desk.model.scenes.part(2, Role::Picture).comes(), "its tile knows");
    desk.done(&jobs[0].0, &jobs[0].1, &id(1));
    desk.copied();
    let pictures: Vec<Option<&str>> = desk.script().scenes.iter().map(Scene::picture).collect();
    assert_eq!(pictures, [None, Some("pictures/mine.jpg"), Some("pictures/x-000000000001.png")]);
    desk.scenes(Message::Make { scene: 0, role: Role::Picture });
    let jobs = desk.placed();
    desk.tell(studio::Message::Prepare(prepare::Message::RemoveScene(0)));
    desk.done(&jobs[0].0, &jobs[0].1, &id(2));
    assert_eq!(desk.copied(), 0);
    assert!(desk.said("not in the script any more"));
}

use crate::core::script::Scene;

#[test]
fn a_picture_that_a_person_gave_is_never_replaced() {
    let script = SCRIPT.replace("> picture: pictures/mine.jpg", "> picture: pictures/mine.jpg\n> image: a sea");
    let mut desk = Desk::new(&script);
    desk.scenes(Message::Make { scene: 2, role: Role::Picture });
    let jobs = desk.placed();
    assert_eq!(jobs.len(), 1, "asked for by hand it is made");
    desk.done(&jobs[0].0, &jobs[0].1, &id(3));
    assert_eq!((desk.copied(), desk.script().scenes[2].picture()), (0, Some("pictures/mine.jpg")));
    assert!(desk.said("Yours stays"));
    desk.scenes(found(vec![version(3, 2, "Three", Role::Picture)]));
    assert_eq!(desk.model.scenes.part(2, Role::Picture).versions, 1);
    desk.tell(studio::Message::Command(studio::command::Command::SeeMade));
    assert_eq!(desk.model.scenes.sheet.as_ref().map(|sheet| sheet.scene), Some(2));
    assert_eq!(desk.model.scenes.chosen().map(|version| version.asset.id.0.clone()), Some(id(3)));
    desk.scenes(Message::Use(AssetId(id(3))));
    assert_eq!(desk.copied(), 1);
    assert_eq!(desk.script().scenes[2].picture(), Some("pictures/x-000000000003.png"));
    assert_eq!(desk.model.scenes.part(2, Role::Picture).shown, Some(&AssetId(id(3))));
    // One that was made gives way to a newer one.
    desk.scenes(Message::Make { scene: 2, role: Role::Picture });
    let jobs = desk.placed();
    desk.done(&jobs[0].0, &jobs[0].1, &id(4));
    desk.copied();
    assert_eq!(desk.script().scenes[2].picture(), Some("pictures/x-000000000004.png"));
}

#[test]
fn a_clip_waits_for_its_picture() {
    let mut desk = Desk::new(SCRIPT);
    desk.scenes(Message::Make { scene: 0, role: Role::Clip });
    let jobs = desk.placed();
    assert_eq!(jobs.iter().map(|(_, draft)| draft.kind).collect::<Vec<_>>(), [Kind::Image]);
    assert!(desk.model.scenes.part(0, Role::Clip).waits);
    desk.done(&jobs[0].0, &jobs[0].1, &id(1));
    assert!(desk.placed().is_empty(), "its picture is still on its way into the project");
    desk.copied();
    let clips = desk.placed();
    assert_eq!(clips.len(), 1);
    let draft = &clips[0].1;
    assert_eq!((draft.kind, draft.prompt.as_str(), draft.wish.seconds), (Kind::Video, "push in", Some(4.0)));
    assert_eq!(Desk::clip_inputs(draft), [(InputRole::FirstFrame, "/p/talk/pictures/x-000000000001.png".into())]);
    desk.done(&clips[0].0, draft, &id(2));
    desk.copied();
    assert_eq!(desk.script().scenes[0].part(Role::Clip), Some("clips/x-000000000002.png"));
}

#[test]
fn what_a_failed_picture_was_for_is_let_go_of() {
    let mut desk = Desk::new(SCRIPT);
    desk.scenes(Message::Make { scene: 0, role: Role::Clip });
    let jobs = desk.placed();
    desk.failed(&jobs[0].0, &jobs[0].1);
    assert!(desk.placed().is_empty() && !desk.model.scenes.part(0, Role::Clip).comes());
    assert!(desk.said("The clip of scene 1 is not made"));
    let failed = desk.model.scenes.part(0, Role::Picture);
    assert_eq!(failed.failed().and_then(|row| row.failure.as_ref()).map(|failure| failure.class), Some(Class::Content));
    desk.scenes(Message::Retry { scene: 0, role: Role::Picture });
    let again = |effect: &studio::Effect| matches!(effect, studio::Effect::Queue(queue::Effect::Retry(tries)) if tries[0].job == jobs[0].0);
    assert!(desk.effects.iter().any(again));
}

#[test]
fn clips_that_run_on_begin_where_the_one_before_ended() {
    let script = SCRIPT
        .replace("title: Talk", "title: Talk\ncontinuity: yes")
        .replace("> clip: push in", "> clip: push in\n> keyframe: the door");
    let script = script
        .replace("> image: a desk", "> image: a desk\n> picture: pictures/one.png")
        .replace("> image: a hill", "> image: a hill\n> picture: pictures/two.png");
    let mut desk = Desk::new(&script);
    desk.scenes(Message::MakeMissing(Role::Clip));
    let jobs = desk.placed();
    let wishes: Vec<Wish> = jobs.iter().map(|(_, draft)| draft.wish.clone()).collect();
    assert_eq!(jobs.len(), 1, "the end of the first comes before all clips");
    assert_eq!(wishes[0].scene.as_ref().map(|place| (place.scene, place.role)), Some((0, Role::End)));
    desk.done(&jobs[0].0, &jobs[0].1, &id(1));
    desk.copied();
    let end = "/p/talk/pictures/x-000000000001.png";
    let clips = desk.placed();
    let inputs: Vec<_> = clips.iter().map(|(_, draft)| Desk::clip_inputs(draft)).collect();
    let first = vec![(InputRole::FirstFrame, "/p/talk/pictures/one.png".to_owned()), (InputRole::LastFrame, end.to_owned())];
    assert_eq!(inputs, [first, vec![(InputRole::FirstFrame, end.to_owned())]], "the third waits for the clip of the second");
    desk.done(&clips[1].0, &clips[1].1, &id(2));
    desk.copied();
    let ends = |effect: &studio::Effect| match effect {
        studio::Effect::Scenes(Effect::End { film, .. }) => Some(film.clone()),
        _ => None,
    };
    assert_eq!(desk.effects.iter().filter_map(ends).collect::<Vec<_>>(), ["clips/x-000000000002.png"]);
    assert!(desk.placed().is_empty());
    let (project, film) = ("talk".to_owned(), "clips/x-000000000002.png".to_owned());
    desk.scenes(Message::Ended { project, film, result: Ok("/cache/end.png".into()) });
    let last = desk.placed();
    assert_eq!(Desk::clip_inputs(&last[0].1), [(InputRole::FirstFrame, "/cache/end.png".into())]);
}

#[test]
fn a_clip_of_an_older_picture_is_known() {
    let script = SCRIPT.replace(
        "> image: a desk",
        "> image: a desk\n> picture: pictures/x-000000000002.png\n> film: clips/x-000000000005.mp4",
    );
    let mut desk = Desk::new(&script);
    let clip =
        |with: u32| Version { inputs: vec![(InputRole::FirstFrame, AssetId(id(with)))], ..version(5, 0, "One", Role::Clip) };
    let pictures = || [1, 2].map(|number| version(number, 0, "One", Role::Picture));
    let mut outdated = |clip: Version, made: Vec<Version>| {
        desk.scenes(found(made.into_iter().chain([clip]).collect()));
        desk.model.scenes.outdated(desk.script(), 0)
    };
    assert_eq!(outdated(clip(2), pictures().into()), None);
    assert_eq!(outdated(clip(1), pictures().into()), Some(Role::Picture));
    assert_eq!(outdated(clip(9), pictures().into()), None, "it began as the clip before it ended");
    let ends = Version { inputs: vec![(InputRole::LastFrame, AssetId(id(1)))], ..clip(1) };
    assert_eq!(outdated(ends, pictures().into()), None, "the scene has no end picture");
}

#[test]
fn a_variation_keeps_the_mood_it_was_made_in() {
    let mut desk = Desk::new(SCRIPT);
    let calm = crate::core::variation::MOODS[0].words;
    desk.scenes(found(vec![Version { prompt: format!("a desk; {calm}. Ink"), ..version(1, 0, "One", Role::Picture) }]));
    let of = Some(AssetId(id(1)));
    desk.scenes(Message::Vary { scene: 0, role: Role::Picture, variation: Variation::Angle(1), of });
    let jobs = desk.placed();
    let close = crate::core::variation::ANGLES[1].words;
    assert_eq!(jobs[0].1.prompt, format!("a desk; {calm}; {close}"));
    assert_eq!(jobs[0].1.parent_version.as_deref(), Some("v1"));
}

#[test]
fn pictures_are_made_on_opening_only_when_that_is_wanted_and_never_after_a_failure() {
    let mut settings = Settings::default();
    settings.engines.pictures_on_open = true;
    let mut desk = Desk::with("## A\n\nHello.\n", settings);
    let failed = {
        let mut draft = Draft::new("offline", "painter", Kind::Image, "a hill");
        draft.project = Some("other".into());
        draft.wish.scene = Some(Place { scene: 1, heading: "Two".into(), role: Role::Picture });
        row("job-1", &draft, JobState::Failed)
    };
    let project = Project { id: "other".into(), title: "Other".into(), folder: "/p/other".into() };
    desk.tell(studio::Message::Prepare(prepare::Message::Opened(Ok((project, SCRIPT.to_owned())))));
    assert!(desk.placed().is_empty(), "not before it is known what there is");
    let there = Found { rows: vec![failed], ..Found::default() };
    desk.scenes(Message::Looked { project: "other".into(), result: Ok(Box::new(there)) });
    let jobs = desk.placed();
    assert_eq!(jobs.iter().map(|(_, draft)| draft.prompt.as_str()).collect::<Vec<_>>(), ["a desk"]);
    let mut quiet = Desk::new(SCRIPT);
    assert!(quiet.placed().is_empty());
}

#[test]
fn orders_that_were_refused_are_forgotten() {
    let mut desk = Desk::new(SCRIPT);
    desk.scenes(Message::MakeMissing(Role::Picture));
    assert!(desk.model.scenes.part(0, Role::Picture).comes());
    desk.queue(queue::Message::Placed(Err(Problem::usage("No.", ""))));
    assert!(!desk.model.scenes.part(0, Role::Picture).comes());
    desk.effects.clear();
    desk.scenes(Message::MakeMissing(Role::Picture));
    assert_eq!(desk.placed().len(), 2);
}

#[test]
fn orders_while_others_are_being_placed_come_after_them() {
    let mut desk = Desk::new(SCRIPT);
    desk.scenes(Message::Make { scene: 0, role: Role::Picture });
    desk.scenes(Message::Make { scene: 1, role: Role::Picture });
    let first = desk.placed();
    assert_eq!(first.len(), 1);
    assert_eq!(desk.placed().iter().map(|(_, draft)| draft.prompt.as_str()).collect::<Vec<_>>(), ["a hill"]);
}

#[test]
fn what_was_made_for_another_project_goes_there() {
    let mut desk = Desk::new(SCRIPT);
    desk.scenes(Message::Make { scene: 0, role: Role::Picture });
    let jobs = desk.placed();
    desk.open("other", "## One\n\n> image: x\n\nWords.\n");
    desk.effects.clear();
    desk.done(&jobs[0].0, &jobs[0].1, &id(1));
    let put =
        |effect: &studio::Effect| matches!(effect, studio::Effect::Scenes(Effect::Put { project, .. }) if project == "talk");
    assert!(desk.effects.iter().any(put) && desk.copied() == 0);
    assert_eq!(desk.script().scenes[0].picture(), None);
}

#[test]
fn the_version_that_a_scene_shows_is_not_thrown_away() {
    let script = SCRIPT.replace("> image: a desk", "> image: a desk\n> picture: pictures/x-000000000001.png");
    let mut desk = Desk::new(&script);
    desk.scenes(found([1, 2].map(|number| version(number, 0, "One", Role::Picture)).into()));
    desk.scenes(Message::Sheet(shown::Message::Open { scene: 0, role: Role::Picture }));
    desk.scenes(Message::Sheet(shown::Message::Bin));
    assert!(desk.said("Choose another one"));
    desk.scenes(Message::Sheet(shown::Message::Step(1)));
    desk.scenes(Message::Sheet(shown::Message::Bin));
    assert!(desk.effects.iter().any(|effect| *effect == studio::Effect::Scenes(Effect::Bin(AssetId(id(2))))));
    assert_eq!(desk.model.scenes.chosen().map(|version| version.asset.id.0.clone()), Some(id(1)), "its neighbour is shown");
    assert!(desk.model.library.viewer.is_some());
    desk.scenes(Message::Sheet(shown::Message::Close));
    assert!(desk.model.library.viewer.is_none() && desk.model.scenes.sheet.is_none());
}

#[test]
fn seams_are_looked_at_once_and_told_by_scene() {
    use crate::core::seam::Verdict;
    let script = "## A\n\n> film: clips/a.mp4\n\nOne.\n\n## B\n\n> film: clips/b.mp4\n\nTwo.\n\n## C\n\nThree.\n";
    let mut desk = Desk::new("## A\n\nOne.\n");
    desk.open("more", script);
    let asked = |desk: &Desk| {
        let of = |effect: &studio::Effect| match effect {
            studio::Effect::Scenes(Effect::Film(film::Effect::Seams { pairs, .. })) => Some(pairs.clone()),
            _ => None,
        };
        desk.effects.iter().filter_map(of).flatten().collect::<Vec<_>>()
    };
    let pair = ("clips/a.mp4".to_owned(), "clips/b.mp4".to_owned());
    assert_eq!(asked(&desk), std::slice::from_ref(&pair));
    let seam = Seam { difference: 0.5, verdict: Verdict::Jumps };
    desk.scenes(Message::Film(film::Message::Seams { project: "more".into(), seams: vec![(pair, Some(seam))] }));
    assert_eq!(desk.model.scenes.film.seam(desk.script(), 0), Some(seam));
    assert_eq!(desk.model.scenes.film.seam(desk.script(), 1), None);
    desk.tell(studio::Message::Prepare(prepare::Message::SetBody { scene: 0, text: "Other.".into() }));
    assert_eq!(asked(&desk).len(), 1, "a word changes no seam");
}

use crate::core::seam::Seam;

#[test]
fn all_parts_of_all_scenes_have_a_board() {
    let desk = Desk::new(SCRIPT);
    for scene in 0..4 {
        for role in PARTS {
            let part = desk.model.scenes.part(scene, role);
            assert!(!part.comes() && part.versions == 0 && part.shown.is_none(), "{scene} {role:?}");
        }
    }
}

#[test]
fn a_clip_is_ordered_as_long_as_its_scene() {
    let mut desk = Desk::new("## One\n\n> picture: pictures/mine.jpg\n> seconds: 16\n\nHello.\n");
    desk.scenes(Message::Make { scene: 0, role: Role::Clip });
    let placed = desk.placed();
    assert_eq!(placed[0].1.wish.seconds, Some(16.0), "a camera moves for as long as it is told");
}

#[test]
fn a_film_has_the_scripts_title_and_every_scene_something_to_show() {
    let joins = |desk: &Desk| {
        let of = |effect: &studio::Effect| match effect {
            studio::Effect::Scenes(Effect::Film(film::Effect::Join { title, .. })) => Some(title.clone()),
            _ => None,
        };
        desk.effects.iter().filter_map(of).collect::<Vec<_>>()
    };
    let mut desk =
        Desk::new("---\ntitle: Why bees matter\n---\n\n## One\n\n> picture: pictures/a.jpg\n\nHello.\n\n## Two\n\nMore.\n");
    desk.scenes(Message::Film(film::Message::Join));
    assert!(joins(&desk).is_empty() && desk.said("Scene 2 has neither clip nor picture."));
    desk.open("bees", "---\ntitle: Why bees matter\n---\n\n## One\n\n> picture: pictures/a.jpg\n\nHello.\n");
    desk.scenes(Message::Film(film::Message::Join));
    assert_eq!(joins(&desk), ["Why bees matter"], "the project is called Talk");
    let mut made = asset("film-1");
    made.project = Some("bees".into());
    desk.scenes(Message::Film(film::Message::Joined(Ok(Some(Arc::new(made))))));
    assert!(desk.model.scenes.film.joined.is_some() && desk.model.scenes.film.joining.is_none());
    desk.open("other", "## One\n\nHello.\n");
    assert!(desk.model.scenes.film.joined.is_none(), "another project has no film");
}
