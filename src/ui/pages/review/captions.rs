//! Captions over the picture of the open take, while they are switched on, and the button to all that can be done with them
//! (`shell::captions`).

use egui::text::LayoutJob;
use egui::{Align, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::studio::command::Command;
use crate::studio::review::captions::Source;
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;

/// Size of the letters as a part of the picture's height, and its bounds.
const LETTERS: f32 = 0.045;
const LETTER_SIZES: std::ops::RangeInclusive<f32> = 13.0..=34.0;
/// Room under them, as a part of the picture's height.
const FOOT: f32 = 0.06;
/// Of the picture's width.
const WIDEST: f32 = 0.9;

/// What is said at this place of the take, at the foot of its picture; `part` of the width is theirs.
pub fn over_ui(ui: &mut Ui, model: &Model, picture: Rect, nanos: u64, part: f32) {
    let Some(caption) = model.review.caption_at(nanos) else { return };
    let size = (picture.height() * LETTERS).clamp(*LETTER_SIZES.start(), *LETTER_SIZES.end());
    let mut job = LayoutJob::simple(
        caption.text.clone(),
        FontId::proportional(size.round()),
        colours().text.0,
        picture.width() * WIDEST * part,
    );
    job.halign = Align::Center;
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let bottom = picture.bottom() - picture.height() * FOOT;
    let ground = Rect::from_center_size(
        pos2(picture.center().x, bottom - galley.size().y / 2.0),
        galley.size() + vec2(size * 1.2, size * 0.5),
    );
    ui.painter().rect_filled(ground, theme::radius(), colours().scrim.0);
    ui.painter().galley(pos2(picture.center().x, bottom - galley.size().y), galley, colours().text.0);
    let response = ui.interact(ground, ui.scope_id().with("caption"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Caption: {}", caption.text)));
}

/// The button that opens their sheet.
pub fn captions_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let tip = match model.review.captions.source {
        Source::Script => "Captions: from the script",
        Source::Heard => "Captions: as an engine heard it",
    };
    if Button::quiet("Captions…").icon(Icon::Captions).command(Command::CaptionsSheet).tooltip(tip).show(ui).clicked() {
        out.push(Message::Command(Command::CaptionsSheet));
    }
}
