//! A row of choices of which one holds: the pages, the panes of a narrow window.

use egui::{Align2, Color32, DragAndDrop, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{self, colours};

use super::focus_ring;

/// One choice.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    pub label: &'a str,
    /// A dot before the label, as the lamp of a recording.
    pub dot: Option<Color32>,
    pub tooltip: &'a str,
}

impl<'a> Segment<'a> {
    pub fn plain(label: &'a str) -> Segment<'a> {
        Segment { label, dot: None, tooltip: "" }
    }
}

const DOT: f32 = 8.0;
/// A drag rests so long on a choice that it means it.
const SPRING_SECS: f64 = 0.5;

/// Width the control takes, for those who centre it.
pub fn width(ui: &Ui, segments: &[Segment<'_>]) -> f32 {
    segments.iter().map(|segment| segment_width(ui, segment)).sum()
}

/// Shows the choices; answers with the one that was clicked.
pub fn segmented(ui: &mut Ui, segments: &[Segment<'_>], selected: usize) -> Option<usize> {
    let c = colours();
    let height = theme::theme().space.control;
    let (whole, _) = ui.allocate_exact_size(vec2(width(ui, segments), height), Sense::hover());
    ui.painter().rect_filled(whole, theme::radius(), c.surface);
    let mut clicked = None;
    let mut x = whole.left();
    for (i, segment) in segments.iter().enumerate() {
        let rect = Rect::from_min_size(pos2(x, whole.top()), vec2(segment_width(ui, segment), height));
        x = rect.right();
        let response = ui.interact(rect, ui.scope_id().with((segment.label, i)), Sense::click());
        let chosen = i == selected;
        if chosen || response.hovered() {
            ui.painter().rect_filled(rect, theme::radius(), if chosen { c.hovered } else { c.raised });
        }
        let text = if chosen || response.hovered() { c.text } else { c.muted };
        let shift = if segment.dot.is_some() { theme::space(0.75) } else { 0.0 };
        let at = rect.center() + vec2(shift, 0.0);
        let drawn = ui.painter().text(at, Align2::CENTER_CENTER, segment.label, theme::body(), text.0);
        if let Some(dot) = segment.dot {
            ui.painter().circle_filled(pos2(drawn.left() - theme::space(1.0), rect.center().y), DOT / 2.0, dot);
        }
        if response.has_focus() {
            focus_ring(ui.painter(), rect);
        }
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, segment.label));
        let response = if segment.tooltip.is_empty() { response } else { response.on_hover_text(segment.tooltip) };
        if response.clicked() || (!chosen && waited_on(ui, &response)) {
            clicked = Some(i);
        }
    }
    clicked
}

/// True once something that is dragged has been held over it for a while: then it opens, and the drag goes on there.
fn waited_on(ui: &Ui, response: &egui::Response) -> bool {
    let since = response.id.with("dragged over since");
    if !response.contains_pointer() || !DragAndDrop::has_any_payload(ui.ctx()) {
        ui.data_mut(|data| data.remove::<f64>(since));
        return false;
    }
    let now = ui.input(|input| input.time);
    let began = ui.data_mut(|data| *data.get_temp_mut_or(since, now));
    ui.request_repaint_after(std::time::Duration::from_secs_f64(SPRING_SECS));
    now - began >= SPRING_SECS
}

fn segment_width(ui: &Ui, segment: &Segment<'_>) -> f32 {
    let text =
        ui.fonts_mut(|fonts| fonts.layout_no_wrap(segment.label.to_owned(), theme::body(), Color32::PLACEHOLDER).size().x);
    let dot = if segment.dot.is_some() { theme::space(1.5) } else { 0.0 };
    (text + dot + theme::space(3.0)).round()
}
