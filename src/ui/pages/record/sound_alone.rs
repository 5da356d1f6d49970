//! What stands in the picture's place while sound alone is recorded: the level, large enough to be read from where one speaks.

use egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::levels::Levels;
use crate::studio::devices::Port;
use crate::studio::{Model, rehearse};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{icon, meter};

use super::paused;
use super::places::Places;

const WIDTH: f32 = 464.0;
const HEIGHT: f32 = 136.0;
/// Height without the icon.
const LOW: f32 = 88.0;
const ICON: f32 = 32.0;
const LEVEL: f32 = 16.0;

/// True when a take would have no picture, by choice.
pub fn applies(model: &Model) -> bool {
    model.devices.camera == Port::Off && model.devices.microphone.is_open()
}

/// Draws it where nothing else is due there.
pub fn sound_alone_ui(ui: &mut Ui, model: &Model, levels: Levels, places: &Places) {
    let taken = model.countdown().is_some()
        || model.rehearse.phase != rehearse::Phase::Idle
        || model.record.editing.is_some()
        || paused::since(model).is_some();
    if taken || !applies(model) {
        return;
    }
    let c = colours();
    let room =
        Rect::from_min_max(pos2(places.stage.left(), places.prompter.bottom()), pos2(places.stage.right(), places.bar.top()));
    // The words need it more.
    if room.height() < space(9.0) {
        return;
    }
    let tall = room.height() >= HEIGHT + space(1.0);
    let height = if tall { HEIGHT } else { LOW.min(room.height() - space(1.0)) };
    let size = vec2(WIDTH.min(room.width() - space(4.0)), height);
    let card = Rect::from_center_size(room.center(), size);
    ui.painter().rect(card, theme::radius(), c.surface, Stroke::new(1.0, c.outline), StrokeKind::Inside);
    let at = card.center() - vec2(0.0, if tall { 0.0 } else { space(2.0) });
    if tall {
        icon(ui.painter(), at - vec2(0.0, space(4.5)), Icon::Mic, ICON, c.text.0);
    }
    let label = "Sound alone is recorded.";
    let said = ui.painter().text(at, Align2::CENTER_CENTER, label, theme::body(), c.text.0);
    let response = ui.interact(said, ui.scope_id().with("sound alone"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, label));
    let level = Rect::from_center_size(at + vec2(0.0, space(4.0)), vec2(size.x - space(6.0), LEVEL));
    meter::lying(ui, level, &levels);
}
