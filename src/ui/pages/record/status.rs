//! The line at the very bottom: which devices, and how the take is doing. Green stands only beside bytes that are synced.

use egui::{Align, Color32, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::health::Health;
use crate::core::loudness::Side;
use crate::core::time::{Moment, Rate, clock};
use crate::studio::devices::Port;
use crate::studio::upload::Phase;
use crate::studio::{Model, screen};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{icon, text};

use super::places::Places;
use super::{bar, scene};

const ICON: f32 = 13.0;
const HEIGHT: f32 = 18.0;
/// With fewer minutes of disk left somebody should act.
const FEW_MINUTES: u64 = 5;

/// A word on the line.
#[derive(Clone, Debug)]
struct Word {
    icon: Option<Icon>,
    text: String,
    tone: Tone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    /// Known to be on the disk.
    Safe,
    /// Wants a look.
    Warn,
}

impl Word {
    fn new(icon: Option<Icon>, text: impl Into<String>, tone: Tone) -> Word {
        Word { icon, text: text.into(), tone }
    }
}

/// Draws the line: devices left (or the scene, where the page is narrow), health right.
pub fn status_ui(ui: &mut Ui, model: &Model, places: &Places, now: Moment) {
    let margin = places.margin();
    let bottom = places.bar.bottom() - space(1.5);
    let line = Rect::from_min_max(pos2(places.bar.left() + margin, bottom - HEIGHT), pos2(places.bar.right() - margin, bottom));
    let right = health_words(model);
    let taken = words_ui(ui, line, &right, Align::Max);
    let left = Rect::from_min_max(line.min, pos2(line.right() - taken - space(2.0), line.bottom()));
    words_ui(ui, left, &device_words(model, now), Align::Min);
}

/// Full screen and nobody near: one thin line with dot, time and scene.
pub fn line_ui(ui: &mut Ui, model: &Model, places: &Places, now: Moment) {
    let rect = places.bar;
    let at = pos2(rect.left() + places.margin(), rect.center().y);
    bar::lamp(ui, at + vec2(5.0, 0.0), model);
    let (elapsed, total) = bar::clock_text(model, now);
    let stands =
        super::paused::since(model).map(|since| format!("PAUSED {}  ·  ", clock(now.since(since)))).unwrap_or_default();
    let shown = format!("{stands}{elapsed} / {total}");
    let response = ui.interact(rect, ui.scope_id().with("line"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Time {elapsed} of {total}")));
    crate::ui::widgets::time::paint(ui.painter(), at + vec2(space(2.5), 0.0), &shown, &theme::body(), colours().text.0);
    if let Some((title, number)) = scene::title(model, now) {
        let galley =
            text::truncated(ui, &format!("{number}  ·  {title}"), theme::small(), colours().text.0, rect.width() / 2.0);
        let at = pos2(rect.right() - places.margin() - galley.size().x, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, colours().text.0);
    }
}

fn device_words(model: &Model, now: Moment) -> Vec<Word> {
    let camera = port_word(&model.devices.camera, "camera", Icon::Video, Icon::VideoOff);
    let microphone = port_word(&model.devices.microphone, "microphone", Icon::Mic, Icon::MicOff);
    // What is wrong with the sound stands for the microphone's name.
    [camera, sound_word(model, now).or(microphone), screen_word(&model.screen)].into_iter().flatten().collect()
}

fn screen_word(screen: &screen::State) -> Option<Word> {
    Some(match &screen.port {
        screen::Port::Closed => return None,
        screen::Port::Opening if screen.asks => Word::new(Some(Icon::Monitor), "Choose a screen…", Tone::Warn),
        screen::Port::Opening => Word::new(Some(Icon::Monitor), "Opening…", Tone::Plain),
        screen::Port::Open(found) => Word::new(Some(Icon::Monitor), found.label.clone(), Tone::Plain),
        screen::Port::Failed(_) => Word::new(Some(Icon::MonitorOff), "No screen: it failed", Tone::Warn),
    })
}

/// That there is no sound, or on one side only.
fn sound_word(model: &Model, now: Moment) -> Option<Word> {
    let warn = |text: String| Some(Word::new(Some(Icon::MicOff), text, Tone::Warn));
    match (model.sound.silent_secs(now), model.sound.only) {
        (Some(secs), _) => warn(format!("No sound for {}", figures::wait(secs))),
        (None, Some(Side::Left)) => warn("Sound on the left only".to_owned()),
        (None, Some(Side::Right)) => warn("Sound on the right only".to_owned()),
        (None, None) => None,
    }
}

fn port_word<F>(port: &Port<F>, what: &str, on: Icon, off: Icon) -> Option<Word> {
    Some(match port {
        Port::Closed => return None,
        Port::Opening => Word::new(Some(on), "Opening…", Tone::Plain),
        Port::Open { device, stalled: true, .. } => {
            Word::new(Some(Icon::TriangleAlert), format!("{} gives nothing", device.label), Tone::Warn)
        }
        Port::Open { device, .. } => Word::new(Some(on), device.label.clone(), Tone::Plain),
        Port::Off => Word::new(Some(off), format!("No {what}"), Tone::Plain),
        Port::Failed(_) => Word::new(Some(off), format!("No {what}: it failed"), Tone::Warn),
    })
}

fn health_words(model: &Model) -> Vec<Word> {
    if model.rehearse.busy() {
        return vec![Word::new(None, "A rehearsal: nothing is recorded", Tone::Plain)];
    }
    let Some(rolling) = model.record.rolling() else {
        let video = model.devices.camera.format();
        let size = video.map(|f| format!("{} × {}  ·  {} fps", f.width, f.height, fps(f.rate)));
        let sound = matches!(model.devices.microphone, Port::Open { .. });
        let left = model.disk.secs_left(video.as_ref(), sound).map(left);
        return size.map(|text| Word::new(None, text, Tone::Plain)).into_iter().chain(left).collect();
    };
    let mut words = Vec::new();
    if let Some(lost) = &rolling.lost {
        words.push(Word::new(Some(Icon::TriangleAlert), format!("{lost} is lost, the take goes on"), Tone::Warn));
    }
    let sent = model.upload.uploads.get(&rolling.take).and_then(|upload| sent_word(&upload.phase));
    words.extend(sent);
    words.extend(figures_of(&model.screen.with(rolling.health)));
    words
}

/// How far the upload is that goes on beside the take. Only what is uploaded whole is green, and this never is.
fn sent_word(phase: &Phase) -> Option<Word> {
    match phase {
        // A bucket gets it when it has ended.
        Phase::Sending(progress) if progress.sent_bytes > 0 => {
            Some(Word::new(Some(Icon::Upload), format!("{} sent", figures::bytes(progress.sent_bytes)), Tone::Plain))
        }
        Phase::Waiting { .. } => Some(Word::new(Some(Icon::Upload), "Waiting for the server", Tone::Plain)),
        _ => None,
    }
}

/// `30`, `29.97`.
fn fps(rate: Rate) -> String {
    let text = format!("{:.2}", rate.fps());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn figures_of(health: &Health) -> Vec<Word> {
    let lost = health.missed + health.dropped;
    let tone = if lost == 0 { Tone::Plain } else { Tone::Warn };
    let mut words = vec![Word::new(None, format!("{lost} dropped"), tone)];
    if health.audio_gaps > 0 {
        let gaps = if health.audio_gaps == 1 {
            "1 gap in the sound".to_owned()
        } else {
            format!("{} gaps in the sound", health.audio_gaps)
        };
        words.push(Word::new(None, gaps, Tone::Warn));
    }
    if health.clips > 0 {
        words.push(Word::new(None, format!("clipped {}×", health.clips), Tone::Warn));
    }
    words.extend(health.disk_secs_left.map(left));
    if health.synced_bytes > 0 {
        words.push(Word::new(Some(Icon::Check), format!("{} safe", figures::bytes(health.synced_bytes)), Tone::Safe));
    }
    words
}

/// How long the disk will last.
fn left(secs: u64) -> Word {
    let minutes = secs / 60;
    let tone = if minutes < FEW_MINUTES { Tone::Warn } else { Tone::Plain };
    Word::new(None, format!("{} left", figures::minutes(minutes)), tone)
}

/// Paints words beside each other and answers with the width they took. The last one that does not fit is cut.
fn words_ui(ui: &mut Ui, line: Rect, words: &[Word], side: Align) -> f32 {
    let gap = space(2.0);
    let layout = if side == Align::Max { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    let shown = ui.scope_builder(UiBuilder::new().max_rect(line).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = gap;
        let ordered: Vec<&Word> = if side == Align::Max { words.iter().rev().collect() } else { words.iter().collect() };
        for word in ordered {
            word_ui(ui, word);
        }
        ui.min_rect().width()
    });
    if words.is_empty() { 0.0 } else { shown.inner }
}

fn word_ui(ui: &mut Ui, word: &Word) {
    let colour: Color32 = match word.tone {
        Tone::Plain => colours().text.0.gamma_multiply(0.85),
        Tone::Safe => colours().safe.0,
        Tone::Warn => colours().accent.0,
    };
    let lead = if word.icon.is_some() { ICON + space(0.75) } else { 0.0 };
    let room = ui.available_width() - lead;
    if room < space(3.0) {
        return;
    }
    let galley = text::truncated(ui, &word.text, theme::small(), colour, room);
    let elided = galley.elided;
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + lead, HEIGHT), Sense::hover());
    if let Some(lead) = word.icon {
        icon(ui.painter(), pos2(rect.left() + ICON / 2.0, rect.center().y), lead, ICON, colour);
    }
    ui.painter().galley(pos2(rect.left() + lead, rect.center().y - galley.size().y / 2.0), galley, colour);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &word.text));
    if elided {
        response.on_hover_text(&word.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_synced_bytes_are_green() {
        let health =
            Health { bytes: 5_000_000, recorded_nanos: 4_000_000_000, disk_secs_left: Some(9999), ..Health::default() };
        assert!(figures_of(&health).iter().all(|word| word.tone != Tone::Safe));
        let synced = Health { synced_bytes: 4_000_000, ..health };
        let green: Vec<Word> = figures_of(&synced).into_iter().filter(|word| word.tone == Tone::Safe).collect();
        assert_eq!(green.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["4 MB safe"]);
    }

    #[test]
    fn losses_ask_for_a_look() {
        let health = Health { missed: 2, dropped: 1, audio_gaps: 1, ..Health::default() };
        let words = figures_of(&health);
        assert_eq!((words[0].text.as_str(), words[0].tone), ("3 dropped", Tone::Warn));
        assert_eq!(words[1].text, "1 gap in the sound");
    }
}
