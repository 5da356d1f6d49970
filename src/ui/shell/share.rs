//! The sheet for phones and displays: one switch, a picture code large enough for any camera, the code in letters beside it, and
//! who was let in.

use std::time::Duration;

use egui::{Color32, Context, Id, Label, Mesh, Pos2, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
use lucide_icons::Icon;

use crate::core::time::Moment;
use crate::studio::command::Command;
use crate::studio::share::{Device, Message as Share, Phase, Place};
use crate::studio::{Message, Model, Sheet};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::widgets::{card, text};

use super::sheet::{Side, head, sheet};

const WIDTH: f32 = 512.0;
/// Edge of the picture code, with its quiet zone.
const QR: f32 = 224.0;
/// Modules of light ground around the code (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;
/// Below this width the code stands above its letters, not beside them.
const NARROW: f32 = 440.0;
const DEVICE_ROW: f32 = 40.0;
/// How often the seconds are drawn anew.
const SECOND: Duration = Duration::from_millis(500);

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn share_ui(ctx: &Context, model: &Model, now: Moment, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::Phones) {
        return;
    }
    ctx.request_repaint_after(SECOND);
    if sheet(ctx, Side::Right, "phones", WIDTH, |ui| sheet_ui(ui, model, now, out)) {
        out.push(Message::CloseSheet);
    }
}

/// The button in the top bar, with a lamp while phones may come in.
pub fn button_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let button = Button::icon_only(Icon::Smartphone, Command::Share.label()).command(Command::Share);
    let button = button.selected(model.sheet == Some(Sheet::Phones)).show(ui);
    if model.share.is_on() {
        let lamp = button.rect.right_top() + vec2(-space(0.75), space(0.75));
        ui.painter().circle_filled(lamp, 3.0, colours().accent);
    }
    if button.clicked() {
        out.push(Message::Command(Command::Share));
    }
}

/// True when its ✕ was taken.
fn sheet_ui(ui: &mut Ui, model: &Model, now: Moment, out: &mut Vec<Message>) -> bool {
    let share = &model.share;
    let tell = |out: &mut Vec<Message>, message: Share| out.push(Message::Share(message));
    let closed = head(ui, "Phones", |ui| {
        let on = matches!(share.phase, Phase::On(_) | Phase::Starting);
        let segments = [Segment::plain("Off"), Segment::plain("On")];
        if let Some(wanted) = segmented(ui, &segments, usize::from(on)) {
            tell(out, Share::Switch(wanted == 1));
        }
        text::small(ui, "Share on this network");
    });
    ui.add_space(space(1.0));
    match &share.phase {
        Phase::Off => {
            paragraph(
                ui,
                "A phone or tablet shows the prompter, or is the remote: play and pause, pace, scenes, record. It needs no app \
                 and nothing from outside this network, only the same Wi-Fi.",
            );
            if Button::primary("Share on this network").icon(Icon::Smartphone).show(ui).clicked() {
                tell(out, Share::Switch(true));
            }
        }
        Phase::Starting => {
            text::small(ui, "Opening a port…");
        }
        Phase::Failed(problem) => {
            paragraph(ui, &format!("{} {}", problem.what, problem.fix));
            if Button::quiet("Try again").icon(Icon::RefreshCw).show(ui).clicked() {
                tell(out, Share::Switch(true));
            }
        }
        Phase::On(place) if place.urls.is_empty() => {
            paragraph(
                ui,
                "This machine is on no network. Connect it to the Wi-Fi or cable that the phones use; they find it then.",
            );
        }
        Phase::On(place) => {
            pairing_ui(ui, model, place, now, out);
            devices_ui(ui, model, out);
        }
    }
    if let Some(problem) = &share.problem {
        paragraph(ui, &format!("{} {}", problem.what, problem.fix));
    }
    closed
}

/// The picture code with what is typed instead of it.
fn pairing_ui(ui: &mut Ui, model: &Model, place: &Place, now: Moment, out: &mut Vec<Message>) {
    let id = Id::unique("share address");
    let chosen: usize = ui.data(|data| data.get_temp(id)).unwrap_or(0);
    let url = place.urls.get(chosen).or(place.urls.first()).cloned().unwrap_or_default();
    let code = model.share.code.as_ref().filter(|code| code.until > now);
    let wide = ui.available_width() >= NARROW;
    let layout = if wide { egui::Layout::left_to_right(egui::Align::Min) } else { egui::Layout::top_down(egui::Align::Min) };
    ui.with_layout(layout, |ui| {
        // Behind the #: browsers send that part to nobody.
        qr_ui(ui, code.map(|code| format!("{url}/pair#{}", code.text)), &url);
        ui.add_space(space(if wide { 1.5 } else { 0.5 }));
        ui.vertical(|ui| {
            text::small(ui, "Scan this with the phone's camera, or open");
            ui.add(Label::new(RichText::new(&url).font(theme::body()).color(colours().accent)).selectable(true));
            text::small(ui, "and type");
            code_ui(ui, model, now, out);
            if place.urls.len() > 1 {
                ui.add_space(space(0.5));
                text::small(ui, "On another network of this machine:");
                ui.horizontal_wrapped(|ui| {
                    for (i, other) in place.urls.iter().enumerate().filter(|(_, other)| **other != url) {
                        let name = other.trim_start_matches("http://");
                        if Button::plain(name).show(ui).clicked() {
                            ui.data_mut(|data| data.insert_temp(id, i));
                        }
                    }
                });
            }
        });
    });
    ui.add_space(space(0.5));
    text::small(ui, "What is sent can be read by others on this network. Use one you trust.");
}

fn code_ui(ui: &mut Ui, model: &Model, now: Moment, out: &mut Vec<Message>) {
    let Some(code) = model.share.code.as_ref().filter(|code| code.until > now) else {
        ui.label(RichText::new("··· ···").font(theme::timecode()).color(colours().muted));
        text::small(ui, "A new code is being made…");
        return;
    };
    let (first, second) = code.text.split_at_checked(3).unwrap_or((&code.text, ""));
    let font = egui::FontId::monospace(theme::theme().size.timecode);
    let shown = ui.label(RichText::new(format!("{first} {second}")).font(font).color(colours().text));
    let spelt: String = code.text.chars().flat_map(|c| [c, ' ']).collect();
    shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Code: {}", spelt.trim_end())));
    let left = code.until.secs_from(now).ceil().max(0.0);
    text::small(ui, format!("Lets one device in, for {left:.0} s"));
    if Button::quiet("New code").icon(Icon::RefreshCw).show(ui).clicked() {
        out.push(Message::Share(Share::NewCode));
    }
}

fn devices_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let share = &model.share;
    ui.add_space(space(1.5));
    ui.horizontal(|ui| {
        text::body(ui, "Paired devices");
        match (share.devices.len(), share.connected()) {
            (0, _) => {}
            (_, 1) => _ = text::small(ui, "1 is connected"),
            (_, connected) => _ = text::small(ui, format!("{connected} are connected")),
        }
    });
    if share.devices.is_empty() {
        text::small(ui, "None yet. A device stays paired until it is revoked here or was not used for 30 days.");
    }
    for device in &share.devices {
        device_ui(ui, device, out);
    }
}

fn device_ui(ui: &mut Ui, device: &Device, out: &mut Vec<Message>) {
    let c = colours();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), DEVICE_ROW), Sense::hover());
    card::ground(ui.painter(), rect, &response, false);
    let row = rect.shrink2(vec2(space(1.0), space(0.5)));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(row).layout(layout), |ui| {
        let name = format!("Revoke {}", device.name);
        let revoke = Button::plain("Revoke").name(&name).tooltip("Its pages close at once and it needs a new code");
        if revoke.show(ui).clicked() {
            out.push(Message::Share(Share::Revoke(device.id.clone())));
        }
        let seen = if device.connected { "Connected".to_owned() } else { seen(device.unseen_secs) };
        let colour = if device.connected { c.text } else { c.muted };
        ui.label(RichText::new(seen).font(theme::small()).color(colour));
        let left = egui::Layout::left_to_right(egui::Align::Center);
        ui.with_layout(left, |ui| ui.add(Label::new(RichText::new(&device.name).font(theme::body()).color(c.text)).truncate()));
    });
}

fn seen(secs: u64) -> String {
    match secs {
        0..90 => "Seen just now".to_owned(),
        90..5_400 => format!("Seen {} min ago", (secs + 30) / 60),
        5_400..129_600 => format!("Seen {} h ago", (secs + 1_800) / 3_600),
        _ => format!("Seen {} days ago", (secs + 43_200) / 86_400),
    }
}

fn paragraph(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).font(theme::body()).color(colours().muted)).wrap());
    ui.add_space(space(0.5));
}

/// Dark on light, as readers expect, each module a whole number of pixels.
fn qr_ui(ui: &mut Ui, content: Option<String>, url: &str) {
    let c = colours();
    let (rect, response) = ui.allocate_exact_size(vec2(QR, QR), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Picture code for {url}")));
    let code = content.and_then(picture_code);
    let Some(code) = code else {
        ui.painter().rect_filled(rect, theme::radius(), c.raised.0);
        return;
    };
    let modules = code.size + 2 * QUIET;
    let scale = ui.pixels_per_point();
    let module = (QR * scale / modules as f32).floor().max(1.0) / scale;
    let edge = module * modules as f32;
    let snap = |at: f32| (at * scale).round() / scale;
    let corner = pos2(snap(rect.center().x - edge / 2.0), snap(rect.center().y - edge / 2.0));
    ui.painter().rect_filled(rect, theme::radius(), c.text.0);
    ui.painter().add(mesh(&code, corner, module, c.background.0));
}

/// Bears 15 % of damage, which is plenty on a screen.
fn picture_code(content: String) -> Option<fast_qr::QRCode> {
    QRBuilder::new(content).ecl(ECL::M).build().ok()
}

/// Rows of dark modules that stand side by side become one rectangle each, so that no seam shows.
fn mesh(code: &fast_qr::QRCode, corner: Pos2, module: f32, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    let at = |column: usize, row: usize| corner + vec2((column + QUIET) as f32, (row + QUIET) as f32) * module;
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            let dark = (column..code.size).take_while(|column| code[row][*column].value()).count();
            if dark > 0 {
                mesh.add_colored_rect(Rect::from_min_max(at(column, row), at(column + dark, row + 1)), colour);
            }
            column += dark.max(1);
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let said: Vec<String> = [5, 119, 5_399, 7_200, 200_000].into_iter().map(seen).collect();
        assert_eq!(said, ["Seen just now", "Seen 2 min ago", "Seen 90 min ago", "Seen 2 h ago", "Seen 2 days ago"]);
    }

    #[test]
    fn an_address_with_a_code_fits_a_small_picture() {
        let code = picture_code("http://192.168.100.100:65535/pair#ABC234".to_owned()).unwrap();
        assert!(code.size <= 29, "{}", code.size);
        let mesh = mesh(&code, Pos2::ZERO, 4.0, Color32::BLACK);
        assert!(mesh.vertices.iter().all(|vertex| vertex.pos.x >= 16.0 && vertex.pos.y >= 16.0));
    }
}
