//! All commands with their keys, page by page. A key is changed by clicking it and pressing another one; where that one
//! belongs to something else, the person is asked first.

use egui::{Align2, Color32, Context, Event, EventFilter, Id, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui};
use egui::{WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::settings::Settings;
use crate::studio::command::{COMMANDS, Command, Entry, Key, Shortcut};
use crate::studio::keys::{Keys, changeable};
use crate::studio::{Message, Model, Page};
use crate::ui::keys;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, text};

const ROW: f32 = 30.0;
const CAP: f32 = 24.0;
/// A key's cap is at least this wide.
const CAP_WIDTH: f32 = 28.0;
const ICON: f32 = 14.0;
/// Room below the list for what is said there.
const FOOT: f32 = 48.0;

const ASKING: &str = "Press a key…";

/// What the sheet shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Keys,
    Controllers,
}

/// What the sheet may forget.
#[derive(Debug, Default)]
pub struct KeysView {
    pub tab: Tab,
    pub query: String,
    edit: Option<Edit>,
    shown: bool,
}

/// A key that is being changed.
#[derive(Debug)]
struct Edit {
    command: Command,
    /// Which of its keys; one more than it has is a further one.
    slot: usize,
    taken: Option<Taken>,
}

/// The key that was pressed and belongs to others, until the person decides.
#[derive(Debug)]
struct Taken {
    shortcut: Shortcut,
    others: Vec<Command>,
    /// Not drawn yet.
    fresh: bool,
}

impl KeysView {
    /// True while the next key is to become a command's.
    pub fn asks(&self) -> bool {
        self.edit.as_ref().is_some_and(|edit| edit.taken.is_none())
    }

    /// Forgets what was begun.
    pub fn put_away(&mut self) {
        self.edit = None;
        self.shown = false;
        self.query.clear();
    }

    /// True once after it was opened.
    pub fn opened(&mut self) -> bool {
        !std::mem::replace(&mut self.shown, true)
    }
}

/// Takes the next key while one is asked for, before any widget acts on it. Escape calls it off, Backspace and Delete take
/// the key away.
pub fn hear(ctx: &Context, model: &Model, view: &mut KeysView, out: &mut Vec<Message>) {
    let mut pressed = None;
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { return true };
            let Some(shortcut) = keys::shortcut(*key, *modifiers) else { return true };
            if !repeat && pressed.is_none() {
                pressed = Some(shortcut);
            }
            false
        });
    });
    let (Some(shortcut), Some(edit)) = (pressed, view.edit.as_mut()) else { return };
    let plain = !shortcut.command && !shortcut.shift;
    match shortcut.key {
        Key::Escape => view.edit = None,
        Key::Backspace | Key::Delete if plain => {
            change(model, out, |keys| keys.clear(edit.command, edit.slot));
            view.edit = None;
        }
        _ => match model.keys.conflicts(edit.command, shortcut) {
            others if others.is_empty() => {
                change(model, out, |keys| keys.give(edit.command, Some(edit.slot), shortcut));
                view.edit = None;
            }
            others => edit.taken = Some(Taken { shortcut, others, fresh: true }),
        },
    }
}

fn change(model: &Model, out: &mut Vec<Message>, how: impl FnOnce(&mut Keys)) {
    let mut keys = (*model.keys).clone();
    how(&mut keys);
    let written = keys.written();
    if written != model.settings.keys {
        out.push(Message::Settings(Box::new(Settings { keys: written, ..model.settings.clone() })));
    }
}

/// Draws the list and the line below it.
pub fn key_list_ui(ui: &mut Ui, model: &Model, view: &mut KeysView, out: &mut Vec<Message>) {
    let height = ui.available_height() - FOOT;
    // Without a least height the list keeps to a window's first guess of its size.
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show(ui, |ui| {
        groups_ui(ui, model, view, out);
    });
    ui.add_space(space(1.0));
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let reset = Button::quiet("Reset all").tooltip("Give every command its usual keys back");
            if reset.enabled(model.keys.any_changed()).show(ui).clicked() {
                change(model, out, Keys::reset_all);
                view.edit = None;
            }
            let words = if view.asks() {
                "Press the key, or a button of your presenter or pedal. Esc leaves it as it is, Backspace takes it away."
            } else {
                "Click a key to change it. Presenters and pedals send keys, so they are set here too."
            };
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let words = egui::RichText::new(words).font(theme::small()).color(colours().muted);
                ui.add(egui::Label::new(words).truncate());
            });
        });
    });
}

fn groups_ui(ui: &mut Ui, model: &Model, view: &mut KeysView, out: &mut Vec<Message>) {
    let (everywhere, prepare) = (("Everywhere", None), ("Prepare", Some(Page::Prepare)));
    let (record, review) = (("Record", Some(Page::Record)), ("Review", Some(Page::Review)));
    let library = ("Library", Some(Page::Library));
    // Record has the most keys: a column of its own.
    let columns = match ui.available_width() {
        width if width >= 960.0 => vec![vec![everywhere, prepare, library], vec![record], vec![review]],
        width if width >= 640.0 => vec![vec![everywhere, prepare, review], vec![record, library]],
        _ => vec![vec![everywhere, record, prepare, review, library]],
    };
    let mut any = false;
    ui.spacing_mut().item_spacing.x = space(2.0);
    ui.columns(columns.len(), |uis| {
        for (ui, groups) in uis.iter_mut().zip(columns) {
            ui.spacing_mut().item_spacing = vec2(space(0.5), 0.0);
            for (name, page) in groups {
                let here = |entry: &&Entry| entry.pages.first().copied() == page && found(entry, model, &view.query);
                let entries: Vec<&Entry> = COMMANDS.iter().filter(here).collect();
                if !entries.is_empty() {
                    any = true;
                    group_ui(ui, name, &entries, model, view, out);
                }
            }
        }
    });
    if !any {
        text::body(ui, format!("No command and no key is called “{}”.", view.query.trim()));
    }
}

/// True when a command, what people also call it, or one of its keys is what is searched for.
fn found(entry: &Entry, model: &Model, query: &str) -> bool {
    let query = query.trim().to_lowercase();
    let is_key = |key: &Shortcut| key.to_string().to_lowercase() == query || Shortcut::read(&query) == Some(*key);
    let words = format!("{} {} {}", entry.label.to_lowercase(), entry.name, entry.command.also());
    query.split_whitespace().all(|word| words.contains(word)) || model.keys.of_command(entry.command).iter().any(is_key)
}

fn group_ui(ui: &mut Ui, name: &str, entries: &[&Entry], model: &Model, view: &mut KeysView, out: &mut Vec<Message>) {
    ui.add_space(space(1.0));
    text::small(ui, name);
    ui.add_space(space(0.5));
    for entry in entries {
        row_ui(ui, entry, model, view, out);
        let Some(edit) = view.edit.as_mut().filter(|edit| edit.command == entry.command) else { continue };
        let Some(taken) = edit.taken.as_mut() else { continue };
        match taken_ui(ui, taken) {
            Some(true) => {
                change(model, out, |keys| keys.give(entry.command, Some(edit.slot), taken.shortcut));
                view.edit = None;
            }
            Some(false) => view.edit = None,
            None => {}
        }
    }
    ui.add_space(space(1.0));
}

/// A command and its keys.
fn row_ui(ui: &mut Ui, entry: &Entry, model: &Model, view: &mut KeysView, out: &mut Vec<Message>) {
    let command = entry.command;
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let hovered = ui.rect_contains_pointer(row);
    let base = ui.scope_id().with(("key", entry.name));
    let free = changeable(command);
    let held = model.keys.of_command(command);
    let asked = view.edit.as_ref().filter(|edit| edit.command == command).map(|edit| (edit.slot, edit.taken.is_none()));
    let mut words: Vec<String> = held.iter().map(Shortcut::to_string).collect();
    match asked {
        Some((slot, true)) if slot < words.len() => words[slot] = ASKING.to_owned(),
        Some((_, true)) => words.push(ASKING.to_owned()),
        _ => {}
    }
    let caps: Vec<f32> = words.iter().map(|word| cap_width(ui, word)).collect();
    // At the right end one more key, before the first cap back to the usual ones.
    let square = |left: f32| Rect::from_min_size(pos2(left, row.center().y - CAP / 2.0), vec2(CAP, CAP));
    let more = square(row.right() - CAP);
    let mut x = more.left() - caps.iter().map(|width| width + space(0.5)).sum::<f32>();
    let reset = square(x - CAP - space(0.5));
    let differs = model.keys.differs(command);
    name_ui(ui, row, if differs { reset.left() } else { x - space(1.0) }, base, entry.label, hovered);
    for (slot, (word, width)) in words.iter().zip(caps).enumerate() {
        let rect = Rect::from_min_size(pos2(x, row.center().y - CAP / 2.0), vec2(width, CAP));
        x += width + space(0.5);
        let asking = asked == Some((slot, true));
        let response = cap_ui(ui, rect, base.with(slot), word, asking, free);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, free, format!("{}: {word}", entry.label)));
        asked_ui(ui, &response, asking, (command, slot), view);
    }
    if free {
        let name = format!("Add a key for {}", entry.label);
        let response = mark_ui(ui, more, base.with("more"), Icon::Plus, &name, hovered || held.is_empty());
        asked_ui(ui, &response, false, (command, held.len()), view);
    }
    if differs {
        let name = format!("Reset {}", entry.label);
        if mark_ui(ui, reset, base.with("reset"), Icon::RotateCcw, &name, true).clicked() {
            change(model, out, |keys| keys.reset(command));
            view.edit = None;
        }
    }
}

/// Begins and ends the asking for a key.
fn asked_ui(ui: &Ui, response: &Response, asking: bool, (command, slot): (Command, usize), view: &mut KeysView) {
    if response.clicked() {
        view.edit = if asking { None } else { Some(Edit { command, slot, taken: None }) };
        response.request_focus();
    } else if asking {
        let every = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|memory| {
            memory.request_focus(response.id);
            memory.set_focus_lock_filter(response.id, every);
        });
        if response.clicked_elsewhere() {
            view.edit = None;
        }
    }
}

fn name_ui(ui: &Ui, row: Rect, right: f32, id: Id, label: &str, hovered: bool) {
    let colour = if hovered { colours().text.0 } else { colours().text.0.lerp_to_gamma(colours().muted.0, 0.35) };
    let galley = text::truncated(ui, label, theme::body(), colour, right - row.left());
    let rect = Rect::from_min_max(row.min, pos2(right.max(row.left() + 1.0), row.bottom()));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, label));
    ui.painter().galley(pos2(row.left(), row.center().y - galley.size().y / 2.0), galley.clone(), colour);
    if galley.elided {
        response.on_hover_text(label);
    }
}

fn cap_width(ui: &Ui, word: &str) -> f32 {
    let text = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), Color32::PLACEHOLDER).size().x;
    (text + space(2.0)).ceil().max(CAP_WIDTH)
}

/// A key as it looks on a keyboard.
fn cap_ui(ui: &Ui, rect: Rect, id: Id, word: &str, asking: bool, free: bool) -> Response {
    let c = colours();
    let response = ui.interact(rect, id, if free { Sense::click() } else { Sense::hover() });
    let hovered = free && (response.hovered() || response.has_focus());
    let (fill, edge, ink) = match (asking, hovered) {
        (true, _) => (c.selection.0, c.accent.0, c.text.0),
        (false, true) => (c.pressed.0, c.outline.0, c.text.0),
        (false, false) if free => (c.raised.0, c.outline.0, c.text.0),
        (false, false) => (c.surface.0, c.line.0, c.muted.0),
    };
    ui.painter().rect(rect, 4.0, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, word, theme::small(), ink);
    if response.has_focus() && !asking {
        focus_ring(ui.painter(), rect);
    }
    response
}

/// A small icon at the end of a row; seen only when it may be wanted.
fn mark_ui(ui: &Ui, rect: Rect, id: Id, mark: Icon, name: &str, visible: bool) -> Response {
    let c = colours();
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let bright = response.hovered() || response.has_focus();
    if bright {
        ui.painter().rect_filled(rect, 4.0, c.hovered);
    }
    if visible || bright {
        icon(ui.painter(), rect.center(), mark, ICON, if bright { c.text.0 } else { c.muted.0 });
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
    }
    response.on_hover_text(name)
}

/// Says whose key it is; answers with whether it is to be taken over.
fn taken_ui(ui: &mut Ui, taken: &mut Taken) -> Option<bool> {
    let names: Vec<&str> = taken.others.iter().map(|command| command.label()).collect();
    let words = format!("{} is also: {}", taken.shortcut, names.join(", "));
    let mut answer = None;
    let frame = egui::Frame::NONE.fill(colours().raised.0).corner_radius(theme::radius()).inner_margin(space(1.0));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(space(1.0), space(0.5));
        ui.label(egui::RichText::new(words).font(theme::body()).color(colours().accent));
        ui.horizontal(|ui| {
            let take = Button::primary("Take it over").show(ui);
            // Once, so that the keyboard can move on from it.
            if std::mem::take(&mut taken.fresh) {
                take.request_focus();
                take.scroll_to_me(None);
            }
            let leave = Button::quiet("Leave it").show(ui);
            if take.clicked() || leave.clicked() {
                answer = Some(take.clicked());
            }
        });
    });
    answer
}
