//! A project on its way out and in, as the studio sees it.

use super::*;
use crate::core::bundle::{Arrived, Progress, Takes};

fn tell(model: &mut Model, message: bundle::Message, secs: f64) -> Vec<Effect> {
    update(model, Message::Bundle(message), at(secs))
}

fn export() -> bundle::Message {
    bundle::Message::Export { takes: Takes::All, to: "/out".into() }
}

fn arrived() -> bundle::Message {
    let (project, title, folder) = ("why".into(), "Why".into(), "/p/why".into());
    bundle::Message::Imported(Box::new(Arrived {
        project,
        title,
        folder,
        takes: Vec::new(),
        assets: Vec::new(),
        known: 0,
        bytes: 1,
    }))
}

fn said(model: &Model) -> String {
    model.notice.notices.iter().map(|notice| format!("{} {}\n", notice.text, notice.fix)).collect()
}

#[test]
fn what_is_on_the_screen_is_saved_before_it_is_copied() {
    let mut model = studio();
    update(&mut model, Message::Prepare(prepare::Message::SetTitle("Another".into())), at(1.0));
    let effects = tell(&mut model, export(), 1.1);
    let place = |wanted: &dyn Fn(&Effect) -> bool| effects.iter().position(wanted).expect("both are asked for");
    let saved = place(&|effect| matches!(effect, Effect::Prepare(prepare::Effect::Save { .. })));
    let copied =
        place(&|effect| matches!(effect, Effect::Bundle(bundle::Effect::Export { project, .. }) if project.title == "Another"));
    assert!(saved < copied);
}

#[test]
fn one_goes_at_a_time_and_can_be_cancelled() {
    let mut model = studio();
    tell(&mut model, export(), 1.0);
    tell(&mut model, bundle::Message::Progress(Progress { done_bytes: 5, total_bytes: 20 }), 1.1);
    assert_eq!(model.bundle.running.as_ref().unwrap().progress.part(), 0.25);
    assert_eq!(tell(&mut model, bundle::Message::Import("/other".into()), 1.2), []);
    assert!(said(&model).contains("still on its way"));
    assert_eq!(tell(&mut model, bundle::Message::Cancel, 1.3), [Effect::Bundle(bundle::Effect::Cancel)]);
    assert_eq!(tell(&mut model, bundle::Message::Cancel, 1.4), [], "once is enough");
    tell(&mut model, bundle::Message::Cancelled, 1.5);
    assert!(model.bundle.running.is_none() && said(&model).contains("nothing is left"));
}

#[test]
fn what_came_in_is_opened_but_never_over_a_take() {
    let mut model = studio();
    tell(&mut model, bundle::Message::Import("/out/Why".into()), 1.0);
    assert_eq!(model.bundle.running.as_ref().unwrap().name, "Why");
    let effects = tell(&mut model, arrived(), 2.0);
    let opens = |effect: &Effect| matches!(effect, Effect::Prepare(prepare::Effect::Open { folder }) if folder == "/p/why");
    assert!(has(&effects, opens));
    // While a take runs it is only said.
    let mut model = rolling();
    tell(&mut model, bundle::Message::Import("/out/Why".into()), 5.0);
    let effects = tell(&mut model, arrived(), 6.0);
    assert!(!has(&effects, opens) && said(&model).contains("after the take"), "{}", said(&model));
}

#[test]
fn a_failure_is_shown_and_nothing_goes_on() {
    let mut model = studio();
    tell(&mut model, bundle::Message::Import("/out/Why".into()), 1.0);
    tell(&mut model, bundle::Message::Failed(Problem::usage("It has no manifest.", "Export it again.")), 2.0);
    assert!(model.bundle.running.is_none() && said(&model).contains("no manifest"));
    model.prepare.project = None;
    assert_eq!(tell(&mut model, bundle::Message::PickExport(Takes::All), 3.0), []);
    assert!(said(&model).contains("Open the project"));
}

/// A studio in a take.
fn rolling() -> Model {
    let mut model = studio();
    update(&mut model, Message::Go(Page::Record), at(1.0));
    model.record.phase = record::Phase::Starting;
    let rolling = record::Message::Rolling { take: TakeId("t".into()), number: 1, started: at(2.0) };
    update(&mut model, Message::Record(rolling), at(2.0));
    assert!(model.busy().is_some());
    model
}
