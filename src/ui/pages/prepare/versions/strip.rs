//! All versions of a part in a row, the oldest first: a click shows one large, two clicks show it in the scene.

use std::sync::Arc;

use egui::{Align, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use lucide_icons::Icon;

use crate::core::glance::Glance;
use crate::core::time::secs;
use crate::studio::scenes::shown::{Message as Shown, Sheet};
use crate::studio::scenes::{Message as Scenes, Version};
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{card, icon};

use super::super::super::library::LibraryView;
use super::super::super::library::thumb::{Shown as Look, Ways, chip, thumb_ui};

const WIDTH: f32 = 124.0;
const HEIGHT: f32 = 70.0;

pub fn strip_ui(
    ui: &mut Ui,
    model: &Model,
    sheet: &Sheet,
    versions: &[Arc<Version>],
    view: &mut LibraryView,
    screen: &Screen,
    out: &mut Vec<Message>,
) {
    let shown = model.scenes.part(sheet.scene, sheet.role).shown.cloned();
    ScrollArea::horizontal().id_salt("versions").auto_shrink(false).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
            ui.spacing_mut().item_spacing.x = space(1.0);
            for (number, version) in versions.iter().enumerate() {
                let used = shown.as_ref() == Some(&version.asset.id);
                one_ui(ui, model, sheet, (number, version, used), view, screen, out);
            }
        });
    });
}

fn one_ui(
    ui: &mut Ui,
    model: &Model,
    sheet: &Sheet,
    (number, version, used): (usize, &Version, bool),
    view: &mut LibraryView,
    screen: &Screen,
    out: &mut Vec<Message>,
) {
    let c = colours();
    let id = &version.asset.id;
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, HEIGHT), Sense::click());
    ui.painter().rect_filled(rect, theme::radius(), c.surface);
    let pointer = response.hover_pos().map(|at| ((at.x - rect.left()) / rect.width()).clamp(0.0, 1.0));
    let look = Look { glance: Glance::Thumb, pointer, small: true, corners: theme::radius() };
    thumb_ui(ui, rect, &version.asset, look, &mut Ways { model, screen, textures: &mut view.textures, out });
    let secs = secs(version.asset.facts.nanos);
    if secs > 0.0 {
        // As it stands among its facts.
        chip(ui, rect, &format!("{secs:.1} s"), None, false);
    }
    chip(ui, rect, &format!("{}", number + 1), used.then_some(Icon::Check), true);
    let chosen = sheet.chosen.as_ref() == Some(id);
    card::edge(ui.painter(), rect, &response, chosen);
    if used && !chosen {
        ui.painter().rect_stroke(rect, theme::radius(), Stroke::new(1.0, c.text.0), StrokeKind::Inside);
    }
    if response.has_focus() && chosen {
        icon(ui.painter(), rect.right_top() + vec2(-10.0, 10.0), Icon::Dot, 12.0, c.accent.0);
    }
    if chosen && !response.has_focus() {
        scroll_once(ui, rect, id);
    }
    let name = format!("Version {}{}", number + 1, if used { ", shown in the scene" } else { "" });
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
    if response.double_clicked() && !used {
        out.push(Message::Scenes(Scenes::Use(id.clone())));
    } else if response.clicked() && !chosen {
        out.push(super::say(Shown::Choose(id.clone())));
    }
    response.on_hover_text(&version.prompt);
}

/// What is chosen comes into sight when it is chosen, and may be scrolled away again.
fn scroll_once(ui: &Ui, rect: Rect, id: &crate::core::asset::AssetId) {
    let memory = ui.scope_id().with("scrolled to");
    let known = ui.data_mut(|data| data.get_temp::<String>(memory));
    if known.as_deref() != Some(id.0.as_str()) {
        ui.data_mut(|data| data.insert_temp(memory, id.0.clone()));
        ui.scroll_to_rect(rect, None);
    }
}
