//! Buttons: one primary a page, quiet ones, plain ones in bars, the red one that records, and icons with a tooltip. The
//! tooltip names the key, so that the fast way is learnt by using the slow one.

use egui::{Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use lucide_icons::Icon;

use crate::studio::command::Command;
use crate::ui::keys;
use crate::ui::theme::{self, colours};

use super::{focus_ring, icon};

/// How loud it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The next step of the page; one at most.
    Primary,
    /// Anything else that stands on its own.
    Quiet,
    /// Without a ground until hovered: bars, cards.
    Plain,
    /// Starts or stops a recording.
    Record,
}

/// A button to be shown.
#[derive(Clone, Debug)]
#[must_use = "a button is drawn by show()"]
pub struct Button<'a> {
    label: &'a str,
    name: Option<&'a str>,
    icon: Option<Icon>,
    trailing: Option<Icon>,
    kind: Kind,
    tooltip: Option<&'a str>,
    command: Option<Command>,
    enabled: bool,
    selected: bool,
    spread: bool,
    max_width: f32,
    min_width: f32,
}

const ICON_SIZE: f32 = 16.0;

impl<'a> Button<'a> {
    pub fn new(kind: Kind, label: &'a str) -> Button<'a> {
        Button {
            label,
            name: None,
            icon: None,
            trailing: None,
            kind,
            tooltip: None,
            command: None,
            enabled: true,
            selected: false,
            spread: false,
            max_width: f32::INFINITY,
            min_width: 0.0,
        }
    }

    pub fn primary(label: &'a str) -> Button<'a> {
        Button::new(Kind::Primary, label)
    }

    pub fn quiet(label: &'a str) -> Button<'a> {
        Button::new(Kind::Quiet, label)
    }

    pub fn plain(label: &'a str) -> Button<'a> {
        Button::new(Kind::Plain, label)
    }

    pub fn record(label: &'a str) -> Button<'a> {
        Button::new(Kind::Record, label)
    }

    /// An icon alone; `name` is its tooltip and its name for screen readers.
    pub fn icon_only(icon: Icon, name: &'a str) -> Button<'a> {
        Button { name: Some(name), tooltip: Some(name), icon: Some(icon), ..Button::new(Kind::Plain, "") }
    }

    /// Before the label.
    pub fn icon(mut self, icon: Icon) -> Button<'a> {
        self.icon = Some(icon);
        self
    }

    /// After the label, as the arrow of a menu.
    pub fn trailing(mut self, icon: Icon) -> Button<'a> {
        self.trailing = Some(icon);
        self
    }

    /// The name for screen readers, where the label alone says too little.
    pub fn name(mut self, name: &'a str) -> Button<'a> {
        self.name = Some(name);
        self
    }

    pub fn tooltip(mut self, text: &'a str) -> Button<'a> {
        self.tooltip = Some(text);
        self
    }

    /// The command it gives: its key stands in the tooltip.
    pub fn command(mut self, command: Command) -> Button<'a> {
        self.command = Some(command);
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Button<'a> {
        self.enabled = enabled;
        self
    }

    pub fn selected(mut self, selected: bool) -> Button<'a> {
        self.selected = selected;
        self
    }

    /// The label at the left end and the trailing icon at the right, as lists have them.
    pub fn spread(mut self) -> Button<'a> {
        self.spread = true;
        self
    }

    /// A longer label ends in an ellipsis.
    pub fn max_width(mut self, width: f32) -> Button<'a> {
        self.max_width = width;
        self
    }

    pub fn min_width(mut self, width: f32) -> Button<'a> {
        self.min_width = width;
        self
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let pad = if self.label.is_empty() { theme::space(1.0) } else { theme::space(1.5) };
        let gap = theme::space(0.75);
        let side = |icon: Option<Icon>| icon.map_or(0.0, |_| if self.label.is_empty() { ICON_SIZE } else { ICON_SIZE + gap });
        let lead = if self.lamp() { ICON_SIZE + gap } else { side(self.icon) };
        let icons = lead + side(self.trailing);
        let width_for_text = (self.max_width.min(ui.available_width().max(theme::space(4.0))) - icons - 2.0 * pad).max(8.0);
        let galley = super::text::truncated(ui, self.label, theme::body(), Color32::PLACEHOLDER, width_for_text);
        let width = (galley.size().x + icons + 2.0 * pad).max(self.min_width);
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, theme::theme().space.control), sense);
        if ui.is_rect_visible(rect) {
            let (fill, edge, text) = self.paint(&response);
            let painter = ui.painter();
            if fill != Color32::TRANSPARENT || edge != Stroke::NONE {
                painter.rect(rect, theme::radius(), fill, edge, StrokeKind::Inside);
            }
            let middle = rect.center().x - (galley.size().x + icons) / 2.0;
            let mut x = if self.spread { rect.left() + pad } else { middle };
            let first = egui::pos2(x + ICON_SIZE / 2.0, rect.center().y);
            if self.lamp() {
                painter.circle_filled(first, ICON_SIZE * 0.3, text);
            } else if let Some(lead) = self.icon {
                icon(painter, first, lead, ICON_SIZE, text);
            }
            x += lead;
            let elided = galley.elided;
            painter.galley(egui::pos2(x, rect.center().y - galley.size().y / 2.0), galley.clone(), text);
            if let Some(trail) = self.trailing {
                let after = x + galley.size().x + gap;
                let after = if self.spread { rect.right() - theme::space(1.0) - ICON_SIZE } else { after };
                let at = egui::pos2(after + ICON_SIZE / 2.0, rect.center().y);
                icon(painter, at, trail, ICON_SIZE, text);
            }
            if response.has_focus() {
                focus_ring(painter, rect);
            }
            return self.finish(response, elided);
        }
        self.finish(response, false)
    }

    /// A recording button without an icon carries the red lamp's dot.
    fn lamp(&self) -> bool {
        self.kind == Kind::Record && self.icon.is_none() && !self.label.is_empty()
    }

    fn finish(self, response: Response, elided: bool) -> Response {
        let name = self.name.unwrap_or(self.label).to_owned();
        let (enabled, selected) = (self.enabled, self.selected);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, enabled, &name);
            if selected {
                info.selected = Some(true);
            }
            info
        });
        let text = self.tooltip.or_else(|| self.command.map(Command::label)).or(elided.then_some(self.label));
        let Some(text) = text else { return response };
        let hint = self.command.map_or_else(|| text.to_owned(), |command| keys::hint(&response.ctx, text, command));
        response.on_hover_text(hint).on_disabled_hover_text(text.to_owned())
    }

    /// Fill, edge and text colour in its present state.
    fn paint(&self, response: &Response) -> (Color32, Stroke, Color32) {
        let c = colours();
        let down = response.is_pointer_button_down_on();
        let hover = response.hovered() || response.has_focus();
        if !self.enabled {
            let fill = if self.kind == Kind::Plain { Color32::TRANSPARENT } else { c.surface.0 };
            return (fill, Stroke::NONE, c.muted.0.gamma_multiply(0.6));
        }
        let lift = |colour: Color32| if down { colour.gamma_multiply(0.85) } else { colour };
        let brighter = |colour: theme::Colour| if hover { colour.0.lerp_to_gamma(c.text.0, 0.1) } else { colour.0 };
        match self.kind {
            Kind::Primary => (lift(brighter(c.accent)), Stroke::NONE, c.on_accent.0),
            Kind::Record => (lift(brighter(c.recording)), Stroke::NONE, c.on_recording.0),
            Kind::Quiet | Kind::Plain => {
                let rest = match (self.kind, self.selected) {
                    (_, true) => c.hovered.0,
                    (Kind::Quiet, _) => c.raised.0,
                    _ => Color32::TRANSPARENT,
                };
                let fill = if down {
                    c.pressed.0
                } else if hover {
                    c.hovered.0
                } else {
                    rest
                };
                (fill, Stroke::NONE, c.text.0)
            }
        }
    }
}
