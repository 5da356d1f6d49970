//! The script's editor: the whole text as the person wrote it. The text here is a copy that egui may edit; the studio's is the
//! truth and replaces it whenever it changed elsewhere.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use egui::text::{CCursor, CCursorRange, CharIndex, LayoutJob};
use egui::text_edit::{TextEditOutput, TextEditState};
use egui::{Align, Frame, Id, Margin, Rect, ScrollArea, TextBuffer, TextEdit, Ui, vec2};
use lucide_icons::Icon;

use crate::core::script::Script;
use crate::studio::prepare::{Message as Prepare, State};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::{highlight, stretch};

/// Longer lines are hard to read.
const MAX_LINE: f32 = 680.0;

const HINT: &str = "## First scene\n\nWrite what you will say.";

/// What the editor may forget.
#[derive(Default)]
pub struct Editor {
    text: String,
    /// What `text` is a copy of.
    of: Option<Copied>,
    /// The part of a long scene that is wanted.
    part: usize,
    job: Option<(u64, f32, LayoutJob)>,
    /// Where the caret was when its scene was last looked up.
    caret: Option<CharIndex>,
    /// The scene that was scrolled to, or that the caret chose.
    shown: Option<usize>,
}

/// The stretch of the script that is in the field.
#[derive(Clone, Debug, PartialEq)]
struct Copied {
    project: String,
    revision: u64,
    selected: usize,
    part: usize,
    /// Its place in the script; `None` is the whole script.
    range: Option<Range<usize>>,
}

impl Editor {
    /// The field's place in egui's memory.
    pub fn id(&self) -> Id {
        Id::unique("script editor")
    }

    /// Takes the studio's text over where it differs.
    fn follow(&mut self, state: &State) {
        let project = state.project.as_ref().map_or("", |project| project.id.as_str());
        let (revision, selected) = (state.revision, state.selected);
        let before = self.of.take();
        if before.as_ref().is_none_or(|of| of.project != project) {
            (self.caret, self.shown) = (None, None);
        }
        if before.as_ref().is_none_or(|of| of.project != project || of.selected != selected) {
            self.part = 0;
        }
        let part = self.part;
        let same_place = |of: &Copied| of.project == project && of.selected == selected && of.part == part;
        if before.as_ref().is_some_and(|of| of.revision == revision && same_place(of)) {
            self.of = before;
            return;
        }
        let source = state.script.source();
        let range = if stretch::is_whole(&state.script) {
            None
        } else {
            // After an edit of its own the field goes on with what it holds, wherever the parts would now be cut.
            let kept = before.filter(same_place).and_then(|of| of.range);
            let kept = kept.filter(|range| source.get(range.clone()) == Some(self.text.as_str()));
            let parts = stretch::parts(&state.script, selected);
            Some(kept.unwrap_or_else(|| parts[part.min(parts.len() - 1)].clone()))
        };
        let text = range.clone().and_then(|range| source.get(range)).unwrap_or(source);
        if self.text != text {
            text.clone_into(&mut self.text);
        }
        self.of = Some(Copied { project: project.to_owned(), revision, selected, part, range });
    }

    /// The whole script with the edited stretch in its place, which grows or shrinks with it.
    fn whole(&mut self, script: &Script) -> String {
        let source = script.source();
        let Some(range) = self.of.as_mut().and_then(|of| of.range.as_mut()) else { return self.text.clone() };
        let (before, after) = (&source[..range.start], &source[range.end..]);
        range.end = range.start + self.text.len();
        [before, &self.text, after].concat()
    }

    /// The laid-out form of `text`; only a change of text or width costs.
    fn job(&mut self, text: &str, width: f32) -> LayoutJob {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        match &self.job {
            Some((of, at, job)) if *of == hash && *at == width => job.clone(),
            _ => {
                let job = highlight::job(text, width);
                self.job = Some((hash, width, job.clone()));
                job
            }
        }
    }
}

pub fn editor_ui(ui: &mut Ui, model: &Model, editor: &mut Editor, out: &mut Vec<Message>) {
    let state = &model.prepare;
    editor.follow(state);
    if editor.of.as_ref().is_some_and(|of| of.range.is_some()) {
        parts_ui(ui, state, editor);
    }
    let project = state.project.as_ref().map_or("", |project| project.id.as_str());
    // Another project starts at its top.
    ScrollArea::vertical().id_salt(("script", project)).auto_shrink(false).show(ui, |ui| {
        let margin = theme::space(3.0);
        let side = ((ui.available_width() - MAX_LINE) / 2.0 - margin).max(0.0).round();
        let room = vec2(ui.available_width() - 2.0 * side, ui.available_height());
        let mut text = std::mem::take(&mut editor.text);
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| {
            let job = editor.job(text.as_str(), width);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let field = TextEdit::multiline(&mut text)
            .id(Id::unique("script editor"))
            .frame(Frame::NONE.inner_margin(Margin { left: margin as i8, right: margin as i8, top: 8, bottom: 48 }))
            .hint_text(egui::RichText::new(HINT).font(theme::body()).color(colours().muted))
            .desired_width(room.x)
            .min_size(room)
            // Tab leads on to the next control: a tab in a script is never spoken, and before a heading it unmakes the scene.
            .lock_focus(false)
            .cursor_at_end(false)
            .layouter(&mut layouter);
        let shown = ui.horizontal_top(|ui| {
            ui.add_space(side);
            field.show(ui)
        });
        let shown = shown.inner;
        editor.text = text;
        let response = shown.response.response.clone().accessible_name("Script");
        if response.changed() {
            out.push(Message::Prepare(Prepare::Edited(editor.whole(&state.script))));
            return;
        }
        link(ui, state, editor, shown, out);
    });
}

/// Says that the field holds only a part, and leads to the others.
fn parts_ui(ui: &mut Ui, state: &State, editor: &mut Editor) {
    let parts = stretch::parts(&state.script, state.selected).len();
    ui.horizontal(|ui| {
        ui.add_space(theme::space(3.0));
        let Some(last) = parts.checked_sub(1).filter(|last| *last > 0) else {
            text::small(ui, "A long script: the selected scene is shown.");
            return;
        };
        text::small(ui, format!("A long scene: part {} of {parts}", editor.part + 1));
        if Button::icon_only(Icon::ChevronLeft, "Previous part").enabled(editor.part > 0).show(ui).clicked() {
            editor.part -= 1;
        }
        if Button::icon_only(Icon::ChevronRight, "Next part").enabled(editor.part < last).show(ui).clicked() {
            editor.part += 1;
        }
    });
}

/// Caret and selected scene follow each other, whichever moved last.
fn link(ui: &Ui, state: &State, editor: &mut Editor, shown: TextEditOutput, out: &mut Vec<Message>) {
    let whole = editor.of.as_ref().is_some_and(|of| of.range.is_none());
    let first_time = editor.shown.is_none();
    if first_time {
        editor.shown = Some(state.selected);
        editor.caret = shown.cursor_range.map(|range| range.primary.index);
        return;
    }
    if editor.shown != Some(state.selected) {
        editor.shown = Some(state.selected);
        go_to(ui, state, whole, editor, &shown);
        return;
    }
    let caret = shown.cursor_range.map(|range| range.primary.index);
    if caret.is_none() || caret == editor.caret || !shown.response.response.has_focus() {
        return;
    }
    editor.caret = caret;
    let (Some(caret), true) = (caret, whole) else { return };
    let byte = editor.text.byte_index_from_char_index(caret).0;
    let scene = state.script.scenes.partition_point(|scene| scene.range.start <= byte).saturating_sub(1);
    if scene != state.selected && scene < state.script.scenes.len() {
        editor.shown = Some(scene);
        out.push(Message::Prepare(Prepare::Select(scene)));
    }
}

/// Brings the selected scene to the top of the pane and the caret to its beginning.
fn go_to(ui: &Ui, state: &State, whole: bool, editor: &mut Editor, shown: &TextEditOutput) {
    let Some(scene) = state.script.scenes.get(state.selected) else { return };
    let start = if whole { scene.range.start } else { 0 };
    let Some(before) = editor.text.get(..start) else { return };
    let cursor = CCursor::new(CharIndex(before.chars().count()));
    let place = shown.galley.pos_from_cursor(cursor).translate(shown.galley_pos.to_vec2());
    let place = Rect::from_min_size(place.min - vec2(0.0, theme::space(1.0)), place.size());
    ui.scroll_to_rect(place, Some(Align::TOP));
    let mut field = TextEditState::load(ui.ctx(), editor.id()).unwrap_or_default();
    field.cursor.set_char_range(Some(CCursorRange::one(cursor)));
    field.store(ui.ctx(), editor.id());
    editor.caret = Some(cursor.index);
}
