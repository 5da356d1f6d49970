//! Prepare: storyboard at the left, the script in the middle, the pictures and the selected scene's particulars at the right,
//! the way to the recording at the foot. A window too narrow for three columns shows one of them at a time.

pub mod board;
pub mod editor;
mod field;
pub mod film;
pub mod follow;
pub mod footer;
pub mod grid;
pub mod highlight;
pub mod inspector;
pub mod making;
pub mod prompt_bar;
pub mod proposal;
pub mod scene_menu;
pub mod stretch;
pub mod tile;
pub mod versions;

use egui::{Rect, RichText, Ui, UiBuilder, pos2};
use lucide_icons::Icon;

use crate::studio::command::Command;
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::empty::{empty_state, empty_state_or};
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::{Screen, View};

/// What the page may forget.
#[derive(Default)]
pub struct PrepareView {
    pub editor: editor::Editor,
    pub board: board::Board,
    pub inspector: inspector::Inspector,
    pub versions: versions::VersionsView,
    pub prompt: prompt_bar::PromptBar,
    /// Place of the grid of pictures.
    pub grid: follow::Follow,
    pub proposal: proposal::ProposalView,
    /// The project that was drawn last.
    project: Option<String>,
    /// The pane a narrow window shows.
    pub pane: Pane,
}

/// One of the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    Scenes,
    #[default]
    Script,
    Pictures,
    /// What a writer proposes, while there is something; in a wide window it takes the place of the pictures.
    Proposal,
}

const PANES: [Pane; 4] = [Pane::Scenes, Pane::Script, Pane::Pictures, Pane::Proposal];

/// What takes longer is said, in seconds.
const SOON: f64 = 0.4;

/// Below this width the columns become panes.
const THREE_COLUMNS: f32 = 880.0;
const BOARD_WIDTH: f32 = 256.0;
/// The pictures' share of the width, and its bounds.
const PICTURES_SHARE: f32 = 0.44;
const PICTURES_WIDTH: std::ops::RangeInclusive<f32> = 336.0..=1040.0;

/// A script is on its way. Mostly it is here before anybody could read a word.
fn opening_ui(ui: &mut Ui) {
    let area = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(area);
    let now = ui.input(|input| input.time);
    let since = ui.data_mut(|data| *data.get_temp_mut_or_insert_with(egui::Id::unique("opening a script"), || now));
    if now - since > SOON {
        let words = RichText::new("Opening…").font(theme::body()).color(colours().muted);
        ui.put(area, egui::Label::new(words));
    } else {
        ui.ctx().request_repaint_after_secs(SOON as f32);
    }
}

pub fn prepare_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    if model.prepare.project.is_none() {
        if model.prepare.opening {
            return opening_ui(ui);
        }
        let button = Button::primary("Open a script…").icon(Icon::FileText).command(Command::OpenScript);
        let theme = Button::quiet(Command::Theme.label()).icon(Icon::PenLine).command(Command::Theme);
        let sentence = "Bring a Markdown or text file. Each of its headings becomes a scene. Or say what it is to be about.";
        let [open, theme] = empty_state_or(ui, Icon::FileText, "No script is open", sentence, button, theme);
        if open.clicked() {
            out.push(Message::Command(Command::OpenScript));
        }
        if theme.clicked() {
            out.push(Message::Command(Command::Theme));
        }
        return;
    }
    let project = model.prepare.project.as_ref().map(|project| project.id.clone());
    if view.prepare.project != project {
        view.prepare.project = project;
        view.thumbs.retain(|_| false);
    }
    view.lane = Some(footer::footer_ui(ui, model, screen, out));
    // In a window that shows one pane at a time it belongs to the pictures.
    let wide = ui.available_width() >= THREE_COLUMNS;
    if model.scenes.sheet.is_none() && (wide || view.prepare.pane == Pane::Pictures) {
        prompt_bar::prompt_bar_ui(ui, model, &mut view.prepare.prompt, out);
        view.foot += prompt_bar::HEIGHT;
    }
    let area = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(area);
    if model.scenes.sheet.is_some() {
        return versions::versions_ui(ui, area, model, view, screen, out);
    }
    if area.width() >= THREE_COLUMNS {
        columns_ui(ui, area, model, view, screen, out);
    } else {
        panes_ui(ui, area, model, view, screen, out);
    }
}

fn columns_ui(ui: &mut Ui, area: Rect, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    let pictures = (area.width() * PICTURES_SHARE).clamp(*PICTURES_WIDTH.start(), *PICTURES_WIDTH.end()).round();
    let pictures = pictures.min((area.width() - BOARD_WIDTH - 288.0).max(*PICTURES_WIDTH.start()));
    let third = if model.words.shown(&model.prepare).is_some() { Pane::Proposal } else { Pane::Pictures };
    let (left, right) = (area.left() + BOARD_WIDTH, area.right() - pictures);
    let column = |from: f32, to: f32| Rect::from_min_max(pos2(from, area.top()), pos2(to, area.bottom()));
    for x in [left, right] {
        ui.painter().vline(x, area.y_range(), (1.0, colours().line.0));
    }
    for (pane, rect) in
        [(Pane::Scenes, column(area.left(), left)), (Pane::Script, column(left, right)), (third, column(right, area.right()))]
    {
        pane_ui(ui, pane, rect, model, view, screen, out);
    }
}

fn panes_ui(ui: &mut Ui, area: Rect, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    if view.prepare.inspector.rename.is_some() {
        // The heading's field stands under the pictures.
        view.prepare.pane = Pane::Pictures;
    }
    let proposed = model.words.shown(&model.prepare).map(|proposal| proposal.id);
    if view.prepare.proposal.is_new(proposed) {
        view.prepare.pane = Pane::Proposal;
    }
    if proposed.is_none() && view.prepare.pane == Pane::Proposal {
        view.prepare.pane = Pane::Script;
    }
    let area = Rect::from_min_max(area.min + egui::vec2(0.0, theme::space(1.0)), area.max);
    let tabs = Rect::from_min_max(area.min, pos2(area.right(), area.top() + theme::theme().space.control));
    ui.scope_builder(UiBuilder::new().max_rect(tabs.shrink2(egui::vec2(theme::space(2.0), 0.0))), |ui| {
        let names = ["Scenes", "Script", "Pictures", "Proposal"];
        let count = if proposed.is_some() { PANES.len() } else { PANES.len() - 1 };
        let segments: Vec<Segment<'_>> = names.iter().take(count).map(|name| Segment::plain(name)).collect();
        let at = PANES.iter().position(|pane| *pane == view.prepare.pane).unwrap_or(0);
        if let Some(pane) = segmented(ui, &segments, at).and_then(|i| PANES.get(i)) {
            view.prepare.pane = *pane;
        }
    });
    let rest = Rect::from_min_max(pos2(area.left(), tabs.bottom()), area.max);
    pane_ui(ui, view.prepare.pane, rest, model, view, screen, out);
}

fn pane_ui(ui: &mut Ui, pane: Pane, rect: Rect, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(pane as u8), |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        match pane {
            Pane::Scenes => board::board_ui(ui, model, view, screen, out),
            Pane::Script => editor::editor_ui(ui, model, &mut view.prepare.editor, out),
            Pane::Pictures => grid::pictures_ui(ui, model, view, screen, out),
            Pane::Proposal => proposal::proposal_ui(ui, model, &mut view.prepare.proposal, out),
        }
    });
}
