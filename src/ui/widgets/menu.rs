//! Menus that fall from a button, and drop-down lists. Both close on a choice, a click outside, or Escape.

use egui::{Align, Color32, Context, Layout, Popup, PopupCloseBehavior, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::studio::command::Command;
use crate::ui::keys;
use crate::ui::theme::{self, colours};

use super::button::Button;
use super::{focus_ring, icon, text};

const ICON_SIZE: f32 = 16.0;
/// A list is at least this wide, because names of devices are long.
const MENU_WIDTH: f32 = 264.0;

/// A menu, a list or a form is open, which has the keyboard to itself. What egui says of itself holds only once it has been drawn in this
/// frame; whoever reads keys before that needs to know it too.
pub fn any_open(ctx: &Context) -> bool {
    Popup::is_any_open(ctx) || ctx.any_popup_open()
}

/// A menu under a button; `content` is called while it is open.
pub fn under<R>(button: &Response, width: f32, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    Popup::menu(button)
        .gap(theme::space(0.5))
        .width(width)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .layout(Layout::top_down_justified(Align::Min))
        .show(content)
        .map(|shown| shown.inner)
}

/// A small form under a button; it stays open while things in it are clicked, until a click outside or Escape.
pub fn panel<R>(button: &Response, width: f32, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    Popup::menu(button)
        .gap(theme::space(0.5))
        .width(width)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .layout(Layout::top_down_justified(Align::Min))
        .show(content)
        .map(|shown| shown.inner)
}

/// A menu where the pointer was clicked with its second button.
pub fn context(response: &Response, width: f32, content: impl FnOnce(&mut Ui)) {
    Popup::context_menu(response)
        .width(width)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .layout(Layout::top_down_justified(Align::Min))
        .show(content);
}

/// A row of a menu, which it closes. True when it was chosen.
pub fn item(ui: &mut Ui, lead: Option<Icon>, label: &str, command: Option<Command>) -> bool {
    let key = command.map_or_else(String::new, |command| keys::text(ui.ctx(), command));
    let chosen = row(ui, lead, label, &key, true);
    close_if(ui, chosen)
}

/// A row that may be out of reach for now.
pub fn item_if(ui: &mut Ui, enabled: bool, lead: Option<Icon>, label: &str) -> bool {
    let chosen = row(ui, lead, label, "", enabled);
    close_if(ui, chosen)
}

/// A row with a word at its right end, such as a price; it may be out of reach for now.
pub fn item_with(ui: &mut Ui, enabled: bool, lead: Option<Icon>, label: &str, right: &str) -> bool {
    let chosen = row(ui, lead, label, right, enabled);
    close_if(ui, chosen)
}

/// A row of a panel with a word at its right. True when it was chosen; the panel stays open.
pub fn choose(ui: &mut Ui, enabled: bool, lead: Option<Icon>, label: &str, right: &str) -> bool {
    row(ui, lead, label, right, enabled)
}

/// A row of a panel, which stays open. True when it was chosen.
pub fn option(ui: &mut Ui, current: bool, label: &str) -> bool {
    row(ui, Some(if current { Icon::Check } else { Icon::Dot }), label, "", true)
}

/// A click of the pointer closes a menu by itself; a key does not.
fn close_if(ui: &Ui, chosen: bool) -> bool {
    if chosen {
        ui.close();
    }
    chosen
}

fn row(ui: &mut Ui, lead: Option<Icon>, label: &str, right: &str, enabled: bool) -> bool {
    let c = colours();
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let pad = theme::space(1.0);
    let lead_width = ICON_SIZE + theme::space(1.0);
    let right = ui.painter().layout_no_wrap(right.to_owned(), theme::small(), c.muted.0);
    let room = ui.available_width() - 2.0 * pad - lead_width - right.size().x - pad;
    let colour = if enabled { c.text.0 } else { c.muted.0.gamma_multiply(0.6) };
    let galley = text::truncated(ui, label, theme::body(), colour, room);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::theme().space.control), sense);
    if enabled && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, theme::radius(), c.pressed);
    }
    if let Some(lead) = lead {
        icon(ui.painter(), pos2(rect.left() + pad + ICON_SIZE / 2.0, rect.center().y), lead, ICON_SIZE, colour);
    }
    let y = rect.center().y;
    ui.painter().galley(pos2(rect.left() + pad + lead_width, y - galley.size().y / 2.0), galley, colour);
    ui.painter().galley(pos2(rect.right() - pad - right.size().x, y - right.size().y / 2.0), right, c.muted.0);
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(2.0));
    }
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, enabled, label));
    enabled && response.clicked()
}

/// A thin line between groups of rows.
pub fn divider(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, (1.0, colours().outline));
}

/// A drop-down list of `width` points. `name` is read by screen readers together with what is chosen. Answers with the index
/// of a new choice.
pub fn choice(ui: &mut Ui, name: &str, width: f32, current: Option<usize>, options: &[String]) -> Option<usize> {
    let shown = current.and_then(|i| options.get(i)).map_or("—", String::as_str);
    let name = format!("{name}: {shown}");
    let button =
        Button::quiet(shown).name(&name).trailing(Icon::ChevronDown).spread().min_width(width).max_width(width).show(ui);
    let mut chosen = None;
    under(&button, width.max(MENU_WIDTH), |ui| {
        for (i, option) in options.iter().enumerate() {
            let mark = (current == Some(i)).then_some(Icon::Check);
            if item(ui, mark, option, None) && current != Some(i) {
                chosen = Some(i);
            }
        }
    });
    chosen
}

/// The colour of a picture's chip and of text over it.
pub fn over_picture() -> (Color32, Color32) {
    (colours().scrim.0, colours().text.0)
}
