//! Reading from the prompter: sentences read again, edits while it runs, rehearsals, what displays report.

use super::*;
use crate::core::journal::{Entry, Event};
use crate::core::live::Smoothness;
use crate::core::prompter::Pace;
use crate::core::prompter::sheet::{BlockKind, Sheet};
use command::Command;

const TEXT: &str = "## One\n\n> seconds: 12\n\nAlpha goes first. Beta comes second. Gamma is third.\n\n## Two\n\n> seconds: 8\n\nDelta opens here. Epsilon ends it.\n";

/// A row for each heading and each sentence, as a narrow column would break them.
fn rows(sheet: &Sheet) -> Laid {
    let mut rows: Vec<Row> = Vec::new();
    let mut put = |scene, line, spoken| {
        let top = rows.len() as f64 * 1.4;
        rows.push(Row { top, height: 1.4, scene, line, last_line: line, spoken });
    };
    for block in &sheet.blocks {
        let mut last = None;
        for span in &block.spans {
            if last != Some(span.line) {
                put(block.scene, span.line, block.kind == BlockKind::Paragraph);
            }
            last = Some(span.line);
        }
    }
    let height = rows.len() as f64 * 1.4;
    Laid { rows, height, revision: sheet.revision, ..Laid::default() }
}

/// A studio that answers for layouts and devices by itself, and keeps what the journal was told.
pub(super) struct Desk {
    pub model: Model,
    pub now: f64,
    pub journal: Vec<Entry>,
    pub effects: Vec<Effect>,
}

impl Desk {
    fn new(text: &str) -> Desk {
        let mut desk = Desk { model: Model::default(), now: 10.0, journal: Vec::new(), effects: Vec::new() };
        start(&mut desk.model, Settings { countdown_secs: 0, ..Settings::default() }, at(desk.now));
        desk.tell(Message::Prepare(prepare::Message::Opened(Ok((project(), text.into())))));
        desk
    }

    pub fn tell(&mut self, message: Message) {
        let effects = update(&mut self.model, message, at(self.now));
        for effect in effects {
            match &effect {
                Effect::Prompter(prompter::Effect::LayOut { sheet, .. }) => {
                    let laid = Arc::new(rows(sheet));
                    self.tell(Message::Prompter(prompter::Message::LaidOut(laid)));
                }
                Effect::Devices(devices::Effect::Open { .. }) => {
                    open_devices(&mut self.model, std::slice::from_ref(&effect), at(self.now));
                }
                Effect::Record(record::Effect::Start(_)) => {
                    let rolling = record::Message::Rolling { take: TakeId("t".into()), number: 1, started: at(self.now) };
                    self.tell(Message::Record(rolling));
                }
                Effect::Record(record::Effect::Pause(_) | record::Effect::Resume(_)) => self.turn(&effect),
                Effect::Record(record::Effect::Journal(entries)) => self.journal.extend(entries.iter().cloned()),
                _ => {}
            }
            self.effects.push(effect);
        }
    }

    /// Answers as the recorder does, which pauses at once and goes on with the next picture.
    fn turn(&mut self, effect: &Effect) {
        let mut clock = self.model.record.rolling().expect("a take rolls").clock.clone();
        match effect {
            Effect::Record(record::Effect::Pause(at)) => clock.pause(*at),
            _ => clock.resume(at(self.now + 0.02)),
        }
        self.tell(Message::Record(record::Message::Turned(clock)));
    }

    pub fn command(&mut self, command: Command) {
        self.tell(Message::Command(command));
    }

    /// Lets time pass, a twentieth of a second at a time.
    pub fn wait(&mut self, secs: f64) {
        let until = self.now + secs;
        while self.now < until - 1e-6 {
            self.now = (self.now + 0.05).min(until);
            self.tell(Message::Tick);
        }
    }

    pub fn wait_for(&mut self, scene: usize, line: usize) {
        for _ in 0..2_000 {
            if self.line() == (scene, line) {
                return;
            }
            self.wait(0.05);
        }
        panic!("scene {scene}, line {line} never came; at {:?}", self.line());
    }

    /// What is read at the eye line.
    fn line(&self) -> (usize, usize) {
        self.model.prompter.line(at(self.now)).expect("there is text")
    }

    fn said(&self) -> String {
        let (scene, line) = self.line();
        self.model.prompter.shown.sentences.iter().find(|s| (s.scene, s.line) == (scene, line)).expect("known").text.clone()
    }

    pub fn rolling() -> Desk {
        let mut desk = Desk::new(TEXT);
        desk.command(Command::Record);
        desk.wait(0.2);
        assert!(desk.model.record.rolling().is_some(), "{:?}", desk.model.record.phase);
        desk
    }

    /// Sentences in the order the journal has them, by their numbers.
    pub fn lines(&self) -> Vec<(usize, usize)> {
        let line = |entry: &Entry| match entry.event {
            Event::LinePassed { scene, line } => Some((scene, line)),
            _ => None,
        };
        self.journal.iter().filter_map(line).collect()
    }

    pub fn agains(&self) -> Vec<(u64, u64, usize, usize)> {
        let again = |entry: &Entry| match entry.event {
            Event::Again { from, scene, line } => Some((from, entry.t, scene, line)),
            _ => None,
        };
        self.journal.iter().filter_map(again).collect()
    }

    pub fn passed_at(&self, wanted: (usize, usize)) -> u64 {
        let passed = |entry: &&Entry| matches!(entry.event, Event::LinePassed { scene, line } if (scene, line) == wanted);
        self.journal.iter().find(passed).expect("it was read").t
    }
}

#[test]
fn again_spoils_the_sentence_and_leads_back_to_it() {
    let mut desk = Desk::rolling();
    desk.wait_for(0, 1);
    desk.wait(0.8);
    let before = desk.model.prompter.course.position(at(desk.now));
    desk.command(Command::Again);
    let after = desk.model.prompter.course.position(at(desk.now));
    assert!((after - before).abs() < 1e-9, "nothing jumps");
    let [(from, t, 0, 1)] = desk.agains()[..] else { panic!("{:?}", desk.agains()) };
    assert_eq!(from, desk.passed_at((0, 1)), "spoilt since the sentence began");
    assert!(t > from);
    desk.wait(0.6);
    let start = desk.model.prompter.laid.line_start(0, 1).unwrap();
    let position = desk.model.prompter.course.position(at(desk.now));
    assert!(position < start && start - position < 3.0, "{position} leads in to {start}");
    assert!(desk.model.prompter.course.running(), "it goes on");
    desk.wait_for(0, 2);
    desk.wait(0.1);
    assert_eq!(desk.lines(), [(0, 0), (0, 1), (0, 1), (0, 2)], "the way in is not the sentence before");
    assert_eq!(desk.model.record.rolling().map(|rolling| rolling.agains), Some(1));
}

#[test]
fn a_second_press_soon_after_goes_one_sentence_further() {
    let mut desk = Desk::rolling();
    desk.wait_for(0, 2);
    desk.wait(0.5);
    desk.command(Command::Again);
    desk.wait(0.6);
    desk.command(Command::Again);
    let spoilt: Vec<(usize, usize)> = desk.agains().iter().map(|again| (again.2, again.3)).collect();
    assert_eq!(spoilt, [(0, 2), (0, 1)]);
    assert_eq!(desk.agains()[1].0, desk.passed_at((0, 1)));
    // Later it is the sentence that is being read, and its second try is what is spoilt.
    let (_, second, ..) = desk.agains()[1];
    desk.wait(4.0);
    assert_eq!(desk.line(), (0, 1));
    desk.command(Command::Again);
    let (from, _, scene, line) = desk.agains()[2];
    assert_eq!((from, scene, line), (second, 0, 1));
    let nanos = 60_000_000_000;
    let spans = crate::core::span::spans(&desk.journal, nanos);
    assert_eq!(spans.iter().filter(|span| span.rejected()).count(), 1, "all of it is one spoilt stretch");
}

#[test]
fn again_at_a_scenes_first_sentence_can_go_back_into_the_scene_before() {
    let mut desk = Desk::rolling();
    desk.wait_for(1, 0);
    desk.command(Command::Again);
    desk.wait(0.3);
    desk.command(Command::Again);
    assert_eq!((desk.agains()[1].2, desk.agains()[1].3), (0, 2));
    let scenes: Vec<usize> = desk
        .journal
        .iter()
        .filter_map(|entry| match entry.event {
            Event::SceneEntered { scene, .. } => Some(scene),
            _ => None,
        })
        .collect();
    assert_eq!(scenes, [0, 1, 0]);
}

#[test]
fn again_comes_from_afar_and_without_a_take_only_rolls_back() {
    let mut desk = Desk::new(TEXT);
    desk.tell(Message::Go(Page::Record));
    desk.tell(Message::Prompter(prompter::Message::GoToLine { scene: 1, line: 1 }));
    desk.wait(1.0);
    assert_eq!(desk.line(), (1, 1));
    desk.tell(Message::Go(Page::Prepare));
    desk.tell(Message::Order(Order::Command { name: "again".into() }));
    desk.wait(1.0);
    assert_eq!(desk.line(), (1, 0), "a row before the sentence");
    assert!(desk.journal.is_empty());
    let mut desk = Desk::rolling();
    desk.wait(1.0);
    desk.tell(Message::Order(Order::Command { name: "again".into() }));
    assert_eq!(desk.agains().len(), 1);
    assert_eq!(desk.agains()[0].0, 0, "the first sentence began with the take");
}

/// Position, and speed, before and after an edit.
fn edited(desk: &mut Desk, text: String) -> [(f64, f64); 2] {
    let state = |desk: &Desk| {
        let course = &desk.model.prompter.course;
        (course.position(at(desk.now)), course.velocity(at(desk.now)))
    };
    let before = state(desk);
    desk.tell(Message::Prepare(prepare::Message::Edited(text)));
    [before, state(desk)]
}

#[test]
fn an_edit_during_a_take_moves_nothing_that_is_read() {
    let mut desk = Desk::rolling();
    desk.wait_for(0, 2);
    desk.wait(0.3);
    let longer =
        format!("## Zero\n\nA scene comes before. It has words.\n\n{}", TEXT.replace("Beta", "Fresh words stand here. Beta"));
    let start = |desk: &Desk| {
        let (scene, line) = desk.line();
        desk.model.prompter.laid.line_start(scene, line).unwrap()
    };
    let was = start(&desk);
    let [(before, speed), (after, speed_after)] = edited(&mut desk, longer.clone());
    assert_eq!((desk.said().as_str(), desk.line()), ("Gamma is third.", (1, 3)));
    assert!(((before - was) - (after - start(&desk))).abs() < 1e-9, "as far from the eye line as before");
    assert!(speed > 0.0 && (speed - speed_after).abs() < 1e-9, "and as fast: {speed}, {speed_after}");
    assert!(desk.model.prompter.course.running());
    desk.wait(0.1);
    let told: Vec<&Event> = desk.journal.iter().map(|entry| &entry.event).collect();
    let at = told.iter().position(|event| matches!(event, Event::Edited { script } if *script == longer)).expect("told");
    let after: Vec<&&Event> =
        told[at..].iter().filter(|e| matches!(e, Event::LinePassed { .. } | Event::SceneEntered { .. })).collect();
    assert_eq!(after, [&&Event::LinePassed { scene: 1, line: 3 }], "the same sentence under its new number, the scene goes on");
    // What was read before the edit is still known by it.
    desk.command(Command::Again);
    let (from, _, scene, line) = desk.agains()[0];
    assert_eq!((from, scene, line), (desk.passed_at((0, 2)), 1, 3));
    desk.wait_for(2, 0);
    desk.wait(0.1);
    let two = |entry: &&Entry| matches!(&entry.event, Event::SceneEntered { scene: 2, heading } if heading == "Two");
    assert!(desk.journal.iter().any(|entry| two(&entry)));
}

#[test]
fn a_sentence_that_is_taken_away_gives_its_place_to_the_next() {
    let mut desk = Desk::rolling();
    desk.wait_for(0, 1);
    desk.wait(0.3);
    let [_, (after, _)] = edited(&mut desk, TEXT.replace(" Beta comes second.", ""));
    assert_eq!(desk.said(), "Gamma is third.");
    assert!((after - desk.model.prompter.laid.line_start(0, 1).unwrap()).abs() < 1e-9);
}

#[test]
fn an_edit_during_a_jump_lets_it_arrive() {
    let mut desk = Desk::new(TEXT);
    desk.tell(Message::Go(Page::Record));
    desk.tell(Message::Prompter(prompter::Message::GoToLine { scene: 1, line: 1 }));
    desk.wait(0.2);
    let [(_, speed), (_, speed_after)] = edited(&mut desk, TEXT.replace("Alpha", "Words above. Alpha"));
    assert!(speed > 1.0 && (speed - speed_after).abs() < 1e-9);
    desk.wait(1.0);
    assert_eq!(desk.said(), "Epsilon ends it.");
}

#[test]
fn the_text_never_blanks_while_somebody_reads() {
    let mut desk = Desk::rolling();
    desk.wait(1.0);
    let laid = Arc::clone(&desk.model.prompter.laid);
    for text in ["", "\n\n", "---\ntitle: T\n---\n"] {
        desk.tell(Message::Prepare(prepare::Message::Edited(text.into())));
        desk.wait(0.2);
        assert!(Arc::ptr_eq(&laid, &desk.model.prompter.laid), "{text:?}");
    }
    desk.tell(Message::Prepare(prepare::Message::Edited(TEXT.replace("Gamma", "At last gamma"))));
    desk.wait(0.1);
    assert!(!Arc::ptr_eq(&laid, &desk.model.prompter.laid), "a text replaces it");
    desk.tell(Message::Prepare(prepare::Message::Edited(String::new())));
    desk.command(Command::Stop);
    desk.tell(Message::Record(record::Message::Finished(Err(Problem::cancelled()))));
    desk.wait(0.1);
    assert!(desk.model.prompter.laid.rows.is_empty(), "afterwards the page shows what there is");
}

#[test]
fn the_field_on_the_record_page_edits_the_scene_that_is_read() {
    let mut desk = Desk::rolling();
    desk.wait_for(1, 0);
    desk.command(Command::EditScene);
    assert_eq!(desk.model.record.editing, Some(1));
    desk.tell(Message::Record(record::Message::EditDone(Some("Delta opens here. Zeta is new. Epsilon ends it.".into()))));
    assert_eq!(desk.model.record.editing, None);
    assert!(desk.model.prepare.script.source().contains("> seconds: 8\n\nDelta opens here. Zeta is new."));
    assert_eq!(desk.said(), "Delta opens here.");
    desk.command(Command::EditScene);
    desk.command(Command::EditScene);
    assert_eq!(desk.model.record.editing, None, "the key closes it too");
}

#[test]
fn what_displays_report_is_in_the_journal_before_the_take_stops() {
    let mut desk = Desk::rolling();
    let figures = Smoothness { frames: 600, period_ms: 16.7, p50_ms: 16.7, p99_ms: 17.2, longest_ms: 18.0, missed: 0 };
    let report = |desk: &mut Desk, display: &str, figures: Smoothness| {
        desk.tell(Message::Record(record::Message::Smoothness { display: display.into(), figures }));
    };
    report(&mut desk, "Beamer", figures);
    report(&mut desk, "Beamer", Smoothness { p50_ms: 16.6, p99_ms: 33.0, longest_ms: 17.0, missed: 2, ..figures });
    report(&mut desk, "Phone", figures);
    desk.wait(1.0);
    desk.effects.clear();
    desk.command(Command::Stop);
    let told: Vec<&Effect> = desk.effects.iter().filter(|effect| matches!(effect, Effect::Record(_))).collect();
    let [Effect::Record(record::Effect::Journal(entries)), Effect::Record(record::Effect::Stop)] = told[..] else {
        panic!("{told:?}")
    };
    let beamer = Smoothness { frames: 1200, p50_ms: 16.6, p99_ms: 33.0, longest_ms: 18.0, missed: 2, ..figures };
    let expected = [("Beamer", beamer), ("Phone", figures)];
    let expected = expected.map(|(name, figures)| Event::Smoothness { display: name.into(), figures });
    assert_eq!(entries.iter().map(|entry| entry.event.clone()).collect::<Vec<_>>(), expected);
    report(&mut desk, "Late", figures);
    assert!(desk.journal.iter().all(|entry| !matches!(&entry.event, Event::Smoothness { display, .. } if display == "Late")));
}

fn rehearsing() -> Desk {
    let mut desk = Desk::new(TEXT);
    desk.command(Command::Rehearse);
    desk.wait(0.2);
    assert!(desk.model.rehearse.running().is_some(), "{:?}", desk.model.rehearse.phase);
    assert!(desk.model.prompter.course.running() && desk.model.page == Page::Record);
    desk
}

fn times(desk: &Desk) -> Vec<(usize, f64)> {
    desk.model.rehearse.measured().map_or_else(Vec::new, |m| m.scenes.iter().map(|time| (time.scene, time.secs)).collect())
}

#[test]
fn a_rehearsal_records_nothing_and_measures_to_the_end() {
    let mut desk = rehearsing();
    desk.wait(30.0);
    let measured = times(&desk);
    let [(0, one), (1, two)] = measured[..] else { panic!("{measured:?}") };
    assert!((one - 12.0).abs() < 1.5 && (two - 8.0).abs() < 1.5, "at the prompter's pace the targets come out: {measured:?}");
    assert!(!desk.effects.iter().any(|effect| matches!(effect, Effect::Record(_))), "nothing is recorded");
    assert!(!desk.model.prompter.course.running());
    desk.tell(Message::Rehearse(rehearse::Message::Discard));
    assert_eq!(desk.model.rehearse.phase, rehearse::Phase::Idle);
    assert_eq!(desk.model.prepare.script.source(), TEXT);
}

#[test]
fn an_interruption_does_not_count_and_a_breath_does() {
    let measure = |stop: f64| {
        let mut desk = rehearsing();
        desk.wait(3.0);
        desk.command(Command::TogglePrompter);
        desk.wait(stop);
        desk.command(Command::TogglePrompter);
        desk.wait_for(1, 0);
        desk.wait(0.2);
        desk.command(Command::Stop);
        times(&desk)[0].1
    };
    let (straight, breath, interrupted) = (measure(0.0), measure(1.5), measure(20.0));
    assert!(breath > straight + 0.8, "{straight} {breath}");
    assert!(interrupted < straight + 2.5, "{straight} {interrupted}");
}

#[test]
fn reading_line_by_line_is_measured_too() {
    let mut desk = Desk::new(TEXT);
    desk.command(Command::Rehearse);
    desk.wait(0.1);
    desk.command(Command::TogglePrompter);
    // Alpha, Beta, Gamma, Delta, Epsilon, each for four seconds.
    for _ in 0..4 {
        desk.wait(4.0);
        desk.command(Command::LineDown);
    }
    desk.wait(1.0);
    desk.command(Command::Stop);
    let measured = times(&desk);
    assert!((measured[0].1 - 12.0).abs() < 1.5, "{measured:?}");
}

#[test]
fn a_sentence_read_again_counts_once_and_skipped_scenes_are_not_offered() {
    let mut desk = rehearsing();
    desk.wait_for(0, 1);
    desk.wait(1.0);
    desk.command(Command::Again);
    desk.wait_for(1, 0);
    desk.wait(0.2);
    desk.command(Command::Stop);
    let measured = times(&desk);
    let [(0, secs)] = measured[..] else { panic!("only what was finished is offered: {measured:?}") };
    assert!((secs - 12.0).abs() < 3.0, "{secs}");
    assert_eq!(desk.model.rehearse.measured().map(|m| m.missing), Some(1));
    let mut desk = rehearsing();
    desk.wait(2.0);
    desk.command(Command::NextScene);
    desk.wait(1.0);
    desk.command(Command::Stop);
    assert_eq!(desk.model.rehearse.phase, rehearse::Phase::Idle);
    assert!(desk.model.notice.notices.last().unwrap().text.starts_with("No scene was read"));
}

#[test]
fn the_measured_pace_is_used_in_one_step_that_can_be_undone() {
    let mut desk = rehearsing();
    desk.tell(Message::Prompter(prompter::Message::SetPace(Pace::WordsPerMinute(60.0))));
    desk.wait(60.0);
    let measured = times(&desk);
    assert_eq!(measured.len(), 2);
    // Edited before the answer: each time goes where its scene is now.
    let moved = format!("## Zero\n\nNew.\n\n{TEXT}");
    desk.tell(Message::Prepare(prepare::Message::Edited(moved.clone())));
    desk.wait(0.1);
    desk.tell(Message::Rehearse(rehearse::Message::Use));
    let targets: Vec<Option<f64>> = desk.model.prepare.script.scenes.iter().map(|scene| scene.target_secs()).collect();
    let rounded = |secs: f64| Some((secs * 10.0).round() / 10.0);
    assert_eq!(targets, [None, rounded(measured[0].1), rounded(measured[1].1)]);
    assert_eq!(desk.model.prompter.pace, Pace::SceneTargets);
    desk.tell(Message::Go(Page::Prepare));
    desk.command(Command::Undo);
    assert_eq!(desk.model.prepare.script.source(), moved);
}

#[test]
fn an_edit_during_a_rehearsal_keeps_the_clocks_with_their_scenes() {
    let mut desk = rehearsing();
    desk.wait_for(0, 2);
    desk.tell(Message::Prepare(prepare::Message::Edited(format!("## Zero\n\nNew words.\n\n{TEXT}"))));
    desk.wait(40.0);
    let measured = times(&desk);
    let [(1, one), (2, two)] = measured[..] else { panic!("{measured:?}") };
    assert!((one - 12.0).abs() < 1.5 && (two - 8.0).abs() < 1.5, "{measured:?}");
}

#[test]
fn a_take_and_a_rehearsal_exclude_each_other() {
    let mut desk = rehearsing();
    desk.command(Command::Record);
    assert_eq!(desk.model.record.phase, record::Phase::Idle);
    desk.tell(Message::Go(Page::Prepare));
    assert_eq!(desk.model.page, Page::Record);
    desk.tell(Message::Prepare(prepare::Message::New));
    assert!(!desk.effects.contains(&Effect::Prepare(prepare::Effect::New)));
    let mut desk = Desk::rolling();
    desk.command(Command::Rehearse);
    assert_eq!(desk.model.rehearse.phase, rehearse::Phase::Idle);
    let mut desk = Desk::new("## Empty\n");
    desk.command(Command::Rehearse);
    assert_eq!(desk.model.rehearse.phase, rehearse::Phase::Idle);
    assert_eq!(desk.model.notice.notices[0].text, "There are no words to rehearse.");
}
