//! The two ways on, and how the upload of the open take is doing: how far, how fast, how long still, what to do when it stops.

use egui::{Align, Color32, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::problem::Problem;
use crate::core::take::{Take, TakeState};
use crate::core::time::Moment;
use crate::core::upload::{Arrived, Goal, Progress, TRIES};
use crate::studio::command::Command;
use crate::studio::upload::{self, Phase};
use crate::studio::{Message, Model, Sheet};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, progress, text};

use super::{captions, heal};

const ICON: f32 = 16.0;
/// Digits of a SHA-256 that are shown; the rest is in the tooltip.
const SHORT_HASH: usize = 12;

/// Draws the row at the bottom.
pub fn actions_ui(ui: &mut Ui, model: &Model, now: Moment, out: &mut Vec<Message>) {
    let row = ui.max_rect();
    ui.painter().hline(row.x_range(), row.top() + 0.5, (1.0, colours().line));
    let inner = Rect::from_min_max(pos2(row.left(), row.top() + 1.0), row.max);
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center)), |ui| {
        if Button::quiet("Record again").icon(Icon::Video).command(Command::Record).show(ui).clicked() {
            out.push(Message::Command(Command::Record));
        }
        let Some(take) = model.review.open_take() else { return };
        captions::captions_ui(ui, model, out);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| upload_ui(ui, model, take, now, out));
    });
}

/// From the right edge: the button, then what it is about.
fn upload_ui(ui: &mut Ui, model: &Model, take: &Take, now: Moment, out: &mut Vec<Message>) {
    if let Some(phase) = model.heal.takes.get(&take.id) {
        return heal::heal_ui(ui, take, phase, out);
    }
    let phase = model.upload.uploads.get(&take.id).map(|upload| &upload.phase);
    match phase {
        None | Some(Phase::Cancelled) => start_ui(ui, model, take, matches!(phase, Some(Phase::Cancelled)), out),
        Some(Phase::Hashing(progress)) => moving_ui(ui, take, progress, "Preparing", out),
        Some(Phase::Sending(progress)) => moving_ui(ui, take, progress, "Uploading", out),
        Some(Phase::Comparing(progress)) => moving_ui(ui, take, progress, "Comparing", out),
        Some(Phase::Waiting { attempt, secs, since, reason, .. }) => {
            cancel_ui(ui, take, out);
            let left = secs - now.secs_from(*since);
            let when =
                if left > 0.0 { format!("Trying again in {}", figures::wait(left)) } else { "Trying again…".to_owned() };
            let tries = format!("The connection broke. {when} (try {attempt} of {TRIES})");
            words_ui(ui, Some((Icon::Clock, colours().accent.0)), &tries, colours().text.0, reason);
            ui.request_repaint_after(std::time::Duration::from_millis(250));
        }
        Some(Phase::Failed(problem)) => failed_ui(ui, take, problem, out),
        Some(Phase::Uploaded(arrived)) => arrived_ui(ui, arrived, out),
    }
}

/// Green is only what somebody else has too.
fn arrived_ui(ui: &mut Ui, arrived: &Arrived, out: &mut Vec<Message>) {
    let sha256 = &arrived.sha256;
    if let Goal::Here { folder } = &arrived.goal {
        if Button::quiet("Set up a server…").icon(Icon::Cloud).show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Settings));
        }
        let said = "Copied into this computer’s own server. Nobody else has it yet.";
        let more = format!("In {folder}\nSHA-256 {sha256}");
        return words_ui(ui, Some((Icon::HardDrive, colours().muted.0)), said, colours().text.0, &more);
    }
    let short = sha256.get(..SHORT_HASH).unwrap_or(sha256);
    let said = format!("Uploaded to {}  ·  SHA-256 {short}…", arrived.goal.words());
    words_ui(ui, Some((Icon::CircleCheck, colours().safe.0)), &said, colours().safe.0, sha256);
}

fn start_ui(ui: &mut Ui, model: &Model, take: &Take, again: bool, out: &mut Vec<Message>) {
    let (label, whole) = (if again { "Go on uploading" } else { "Upload" }, take.state != TakeState::Recording);
    let button = Button::primary(label).icon(Icon::Upload).command(Command::Upload).enabled(whole).show(ui);
    if button.clicked() {
        out.push(Message::Command(Command::Upload));
    }
    let goal = model.upload.goal.as_ref().map_or_else(String::new, |goal| format!("  ·  to {}", goal.words()));
    let about = format!("Take {}  ·  {}{goal}", take.number, figures::bytes(take.bytes));
    let more = match &model.upload.goal {
        Some(Goal::Here { folder }) => format!("No studio server is signed in to: the take is copied into {folder}."),
        _ => String::new(),
    };
    words_ui(ui, None, &about, colours().muted.0, &more);
}

fn moving_ui(ui: &mut Ui, take: &Take, progress: &Progress, what: &str, out: &mut Vec<Message>) {
    cancel_ui(ui, take, out);
    progress_ui(ui, progress, &progress_text(progress, what));
}

/// A line of words over a bar.
pub(super) fn progress_ui(ui: &mut Ui, progress: &Progress, about: &str) {
    let width = ui.available_width().min(space(52.0));
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::theme().space.control), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, about);
        info.value = Some(f64::from(progress.fraction()));
        info
    });
    let galley = text::truncated(ui, about, theme::small(), colours().text.0, width);
    ui.painter().galley(rect.left_top() + vec2(0.0, space(0.5)), galley, colours().text.0);
    let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - space(1.0)), pos2(rect.right(), rect.bottom() - space(0.5)));
    progress::paint(ui, bar, Some(progress.fraction()));
}

/// `Uploading 12 MB of 37 MB  ·  3.1 MB/s  ·  8 s left`.
pub(super) fn progress_text(progress: &Progress, what: &str) -> String {
    let mut text = format!("{what} {} of {}", figures::bytes(progress.sent_bytes), figures::bytes(progress.total_bytes));
    if let Some(left) = progress.secs_left() {
        let rate = figures::bytes(progress.bytes_per_sec as u64);
        text.push_str(&format!("  ·  {rate}/s  ·  {} left", figures::wait(left)));
    }
    text
}

fn failed_ui(ui: &mut Ui, take: &Take, problem: &Problem, out: &mut Vec<Message>) {
    if Button::primary("Retry").icon(Icon::RefreshCw).show(ui).clicked() {
        out.push(Message::Upload(upload::Message::Start(Box::new(take.clone()))));
    }
    words_ui(ui, Some((Icon::TriangleAlert, colours().accent.0)), &problem.what, colours().text.0, &problem.fix);
}

fn cancel_ui(ui: &mut Ui, take: &Take, out: &mut Vec<Message>) {
    if Button::quiet("Cancel").name("Cancel the upload").show(ui).clicked() {
        out.push(Message::Upload(upload::Message::Cancel(take.id.clone())));
    }
}

/// One line that ends where the button begins; the whole of it, and `more`, in the tooltip.
pub(super) fn words_ui(ui: &mut Ui, lead: Option<(Icon, Color32)>, words: &str, colour: Color32, more: &str) {
    let before = if lead.is_some() { ICON + space(0.75) } else { 0.0 };
    let room = ui.available_width() - before - space(1.0);
    if room < space(4.0) {
        return;
    }
    let galley = text::truncated(ui, words, theme::body(), colour, room);
    let elided = galley.elided;
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + before, theme::theme().space.control), Sense::hover());
    if let Some((mark, colour)) = lead {
        icon(ui.painter(), pos2(rect.left() + ICON / 2.0, rect.center().y), mark, ICON, colour);
    }
    ui.painter().galley(pos2(rect.left() + before, rect.center().y - galley.size().y / 2.0), galley, colour);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    match (elided, more) {
        (true, "") => _ = response.on_hover_text(words),
        (true, more) => _ = response.on_hover_text(format!("{words}\n{more}")),
        (false, "") => {}
        (false, more) => _ = response.on_hover_text(more),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_said_once_it_is_known() {
        let progress = Progress { sent_bytes: 12_000_000, total_bytes: 37_000_000, bytes_per_sec: 0.0 };
        assert_eq!(progress_text(&progress, "Uploading"), "Uploading 12 MB of 37 MB");
        let known = Progress { bytes_per_sec: 3_125_000.0, ..progress };
        assert_eq!(progress_text(&known, "Uploading"), "Uploading 12 MB of 37 MB  ·  3.1 MB/s  ·  8 s left");
    }
}
