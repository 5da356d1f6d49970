//! What a message to one topic means for the others: a take and a rehearsal exclude each other, a new text reaches the prompter in the
//! same step, what comes in is seen in the library. A topic alone knows nothing of its neighbours.

use crate::core::job;
use crate::core::settings::Settings;
use crate::core::time::Moment;

use super::{
    Action, Effect, Message, Model, Page, Sheet, follow, import, library, prepare, prompter, queue, record, rehearse, review,
    scenes, sync, upload, words,
};

/// Time has passed.
pub(super) fn tick(model: &mut Model, now: Moment) -> Vec<Action> {
    model.notice.tick(now);
    model.rescue.tick(now);
    model.queue.tick(now);
    let mut actions = model.prepare.tick(now);
    actions.extend(model.history.tick(&model.prepare, now));
    actions.extend(model.disk.tick(model.page == Page::Record && !model.record.busy(), now));
    let camera = model.devices.camera.format().map(|format| format.pixels);
    actions.extend(model.machine.tick(model.busy().is_some(), camera));
    actions.extend(model.import.tick(model.record.busy()));
    actions.extend(model.share.tick(model.sheet == Some(Sheet::Phones), now));
    actions.extend(model.prompter.put_on_air(model.busy().is_some(), &model.prepare.script));
    actions.extend(model.devices.tick(&model.settings, now));
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
        sound: &model.sound,
    };
    actions.extend(model.record.tick(&studio, now));
    actions.extend(model.rehearse.tick(&studio, now));
    actions.extend(follow(model, None, now));
    actions.extend(sync(model, None, now));
    actions
}

/// A message to what keeps the project in step with a server, or the passing of time. Two versions are shown as soon as nothing
/// else is; when one was chosen, or another project is open, they are put away.
pub(super) fn sync(model: &mut Model, message: Option<sync::Message>, now: Moment) -> Vec<Action> {
    let asked = model.sync.conflict.is_some();
    let link = std::mem::discriminant(&model.sync.link);
    let busy = model.busy().is_some();
    let seen = sync::Seen { settings: &model.settings, prepare: &model.prepare, busy };
    let mut actions = match message {
        Some(message) => model.sync.update(message, &seen, now),
        None => model.sync.tick(&seen, now),
    };
    if link != std::mem::discriminant(&model.sync.link) {
        actions.push(upload::ask_where(&model.settings));
    }
    match (asked, model.sync.conflict.is_some()) {
        (false, true) if !busy && model.sheet.is_none() => model.sheet = Some(Sheet::Versions),
        (true, false) if model.sheet == Some(Sheet::Versions) => model.sheet = None,
        _ => {}
    }
    actions
}

/// A take and a rehearsal exclude each other.
pub(super) fn record(model: &mut Model, message: record::Message, now: Moment) -> Vec<Action> {
    if matches!(message, record::Message::Record) {
        if model.rehearse.busy() {
            return vec![Action::say("The rehearsal is still running. Stop it before you record.")];
        }
        model.rehearse.put_away();
    }
    let busy = model.busy().is_some();
    let warning = if let record::Message::Health(health) = &message { model.disk.health(health) } else { Vec::new() };
    let sent = upload::of_recording(&message, model.settings.upload_while_recording);
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
        sound: &model.sound,
    };
    let mut actions = model.record.update(message, &studio, now);
    actions.extend(warning);
    actions.extend(sent.map(|message| Action::Tell(Message::Upload(message))));
    put_sheet_away(model, busy);
    actions
}

pub(super) fn rehearse(model: &mut Model, message: rehearse::Message, now: Moment) -> Vec<Action> {
    if matches!(message, rehearse::Message::Begin) && model.record.busy() {
        return vec![Action::say("The take is still running. Stop it before you rehearse.")];
    }
    let busy = model.busy().is_some();
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
        sound: &model.sound,
    };
    let actions = model.rehearse.update(message, &studio, now);
    put_sheet_away(model, busy);
    actions
}

/// What becomes of takes in the list concerns those that are offered, and the other way round. There is one player: what it
/// says of an asset is the library's.
pub(super) fn review(model: &mut Model, message: review::Message) -> Vec<Action> {
    if model.library.viewer.as_ref().is_some_and(|viewer| viewer.heard(&message)) {
        return model.library.update(library::Message::Viewer(library::viewer::Message::Player(message)));
    }
    match message {
        review::Message::Captions(message) => {
            let Model { settings, engines, prepare, queue, review, .. } = model;
            let seen = review::captions::Seen { settings, engines, prepare, placing: queue.placing };
            review.caption(message, &seen)
        }
        // Entering the page opens it; who is there already has to be shown it.
        review::Message::Show(take) if model.page == Page::Review => model.review.update(review::Message::OpenTake(take)),
        review::Message::Deleted { take, result: Ok(()) } => {
            model.rescue.gone(&take);
            model.review.update(review::Message::Deleted { take, result: Ok(()) })
        }
        message => {
            let listed = matches!(message, review::Message::Listed(Ok(_)));
            let mut actions = model.review.update(message);
            if listed {
                actions.extend(model.rescue.listed(&model.review.takes));
            }
            actions
        }
    }
}

/// A take that is on its way to the server is not taken from under the upload.
pub(super) fn library(model: &mut Model, message: library::Message) -> Vec<Action> {
    let sent = |take: &crate::core::take::TakeId| model.upload.uploads.get(take).is_some_and(|upload| upload.phase.active());
    if matches!(message, library::Message::Bin)
        && model.library.chosen_rows().any(|asset| asset.take.as_ref().is_some_and(sent))
    {
        return vec![Action::say("A take among these is being uploaded. Cancel its upload before you move it to the bin.")];
    }
    // The film that is offered may be in the bin now.
    let look = matches!(message, library::Message::Changed) && model.scenes.film.joined.is_some();
    // Who is there already sees it.
    if let (library::Message::Given { scene, path, .. }, Page::Prepare) = (&message, model.page) {
        let give = prepare::Message::GivePicture { scene: *scene, path: path.clone() };
        return vec![Action::Tell(Message::Prepare(give))];
    }
    let mut actions = model.library.update(message);
    actions.extend(look.then_some(Action::Tell(Message::Scenes(scenes::Message::Look))));
    actions
}

/// What comes into the library is seen there.
pub(super) fn import(model: &mut Model, message: import::Message) -> Vec<Action> {
    let revision = model.import.revision;
    let mut actions = model.import.update(message);
    if model.import.revision != revision && model.page == Page::Library {
        actions.push(Action::Tell(Message::Library(library::Message::Changed)));
    }
    actions
}

/// What engines make. A file that came from one is in the library as well; what was made for a scene goes there.
pub(super) fn queue(model: &mut Model, message: queue::Message, now: Moment) -> Vec<Action> {
    use queue::Message as Q;
    match &message {
        Q::Ended(row) if row.job.state == job::State::Done => model.engines.learned(&row.job.engine, Ok(()), now),
        Q::Ended(row) => row.failure.iter().for_each(|failure| model.engines.learned(&row.job.engine, Err(failure), now)),
        Q::Totals(totals) => {
            totals.resting.iter().for_each(|rest| model.engines.learned(&rest.engine, Err(&rest.failure), now));
        }
        _ => {}
    }
    let made = matches!(&message, Q::Ended(row) if !row.made.is_empty());
    let told = match &message {
        Q::Changed(rows) => Some(scenes::Message::Changed(rows.clone())),
        Q::Ended(row) => Some(scenes::Message::Over(row.clone())),
        Q::Placed(result) => Some(scenes::Message::Placed(result.is_ok())),
        // What is held was placed before.
        Q::Answer(queue::Answer::No) if model.queue.question.as_ref().is_some_and(|asked| asked.held == 0) => {
            Some(scenes::Message::Placed(false))
        }
        _ => None,
    };
    let captions = review::captions::told(&message).map(|message| Message::Review(review::Message::Captions(message)));
    let seen = queue::Seen { settings: &model.settings, list: &model.engines.list, page: model.page };
    let mut actions = model.queue.update(message, &seen);
    if made && model.page == Page::Library {
        actions.push(Action::Tell(Message::Library(library::Message::Changed)));
    }
    actions.extend(told.map(Message::Scenes).into_iter().chain(captions).map(Action::Tell));
    actions
}

/// A message to the scenes.
pub(super) fn scenes(model: &mut Model, message: scenes::Message) -> Vec<Action> {
    with_scenes(model, |scenes, seen| scenes.update(message, seen))
}

fn with_scenes(model: &mut Model, work: impl FnOnce(&mut scenes::State, &scenes::Seen<'_>) -> Vec<Action>) -> Vec<Action> {
    let Model { settings, prepare, engines, review, rehearse, queue, scenes, .. } = model;
    let seen = scenes::Seen { settings, prepare, engines, takes: &review.takes, rehearse, placing: queue.placing };
    work(scenes, &seen)
}

/// What writers write.
pub(super) fn words(model: &mut Model, message: words::Message) -> Vec<Action> {
    let busy = model.busy().is_some();
    let seen = words::Seen { settings: &model.settings, engines: &model.engines, prepare: &model.prepare, busy };
    model.words.update(message, &seen)
}

/// Nothing lies over a take or a rehearsal that begins.
fn put_sheet_away(model: &mut Model, was_busy: bool) {
    if model.busy().is_some() && !was_busy {
        model.sheet = None;
    }
}

/// A message to the follower, or the passing of time.
pub(super) fn follow(model: &mut Model, message: Option<follow::Message>, now: Moment) -> Vec<Action> {
    let studio = follow::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
    };
    match message {
        Some(message) => model.follow.update(message, &studio, now),
        None => model.follow.tick(&studio, now),
    }
}

/// The script drives everything: a new text reaches the prompter in the same step.
pub(super) fn prepare(model: &mut Model, message: prepare::Message, now: Moment) -> Vec<Action> {
    use prepare::Message as P;
    if let Some(what) = model.busy()
        && matches!(message, P::PickScript | P::Import(_) | P::OpenFolder(_) | P::OpenDemo | P::New)
    {
        return vec![Action::say(format!("The {what} is still running. Stop it before you open another script."))];
    }
    let revision = model.prepare.revision;
    let project = model.prepare.project.as_ref().map(|p| p.id.clone());
    let opening = matches!(message, P::Opened(Ok(_)));
    if matches!(message, P::Opened(Err(_))) {
        model.words.not_opened();
    }
    // The project that is left keeps its last text.
    let mut actions = if opening { model.history.keep_now(&model.prepare) } else { Vec::new() };
    actions.extend(model.prepare.update(message, now));
    if opening && model.prepare.revision == revision {
        model.words.not_opened();
    }
    if model.prepare.revision != revision {
        if opening {
            actions.extend(model.history.opened(&model.prepare));
            model.sheet = model.sheet.filter(|sheet| !matches!(sheet, Sheet::History | Sheet::Style | Sheet::Prompt));
            let project = model.prepare.project.as_ref().map(|project| project.id.clone());
            let seen = words::Seen { settings: &model.settings, engines: &model.engines, prepare: &model.prepare, busy: false };
            actions.extend(model.words.opened(project.as_deref(), &seen));
        } else {
            model.history.changed(now);
        }
        actions.extend(with_scenes(model, scenes::State::script_changed));
        let opened = project != model.prepare.project.as_ref().map(|p| p.id.clone());
        actions.push(Action::Tell(Message::Prompter(prompter::Message::ScriptChanged { opened })));
        if let (true, Some(project)) = (opened, &model.prepare.project) {
            actions.push(Action::Tell(Message::Review(review::Message::ProjectOpened(project.id.clone()))));
            actions.push(Action::Do(Effect::Queue(queue::Effect::Project(Some(project.id.clone())))));
            let settings = Settings { last_project: Some(project.folder.clone()), ..model.settings.clone() };
            if settings != model.settings {
                actions.push(Action::Tell(Message::Settings(Box::new(settings))));
            }
        }
    }
    actions
}

/// Pace and look are the reader's, so they are remembered.
pub(super) fn prompter(model: &mut Model, message: prompter::Message, now: Moment) -> Vec<Action> {
    // What moves the prompter by hand moves the place where the voice is expected.
    let told = match message {
        prompter::Message::Heard { .. } | prompter::Message::SetLook(_) => None,
        prompter::Message::ScriptChanged { .. } => Some(follow::Message::ScriptChanged),
        _ => Some(follow::Message::Moved),
    };
    model.prompter.on_air = model.busy().is_some();
    let mut actions = model.prompter.update(message, &model.prepare.script, now);
    let (pace, look) = (model.prompter.pace, &model.prompter.look);
    if (pace, look) != (model.settings.pace, &model.settings.look) {
        let settings = Settings { pace, look: look.clone(), ..model.settings.clone() };
        actions.push(Action::Tell(Message::Settings(Box::new(settings))));
    }
    actions.extend(told.filter(|_| model.follow.on.is_some()).map(|message| Action::Tell(Message::Follow(message))));
    actions
}
