//! The top bar: which project, which page, is it saved, settings. The three pages of the main road are always one click away.

use egui::{Frame, Margin, Panel, Rect, Sense, Ui, pos2, vec2};
use lucide_icons::Icon;

use crate::core::bundle::Takes;
use crate::core::project::DEMO;
use crate::studio::command::Command;
use crate::studio::prepare;
use crate::studio::record::Phase;
use crate::studio::sync::Link;
use crate::studio::{Message, Model, Page, Sheet, bundle};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::segmented::{self, Segment, segmented};
use crate::ui::widgets::{menu, text};

/// Below this width the name of the program and the word beside the saved mark give way.
const NARROW: f32 = 760.0;

/// What the right end of the bar must have for the buttons of library and queue, for the word beside the saved mark as well, and for
/// their own words. With less, what is beside the road is folded into one menu.
const ICONS_ROOM: f32 = 272.0;
const SAVED_ROOM: f32 = 360.0;
const WORDS_ROOM: f32 = 488.0;

/// Projects listed in the menu.
const MOST_PROJECTS: usize = 8;

/// Draws the bar and takes its height from `ui`.
pub fn top_bar_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let frame = Frame::NONE.inner_margin(Margin::symmetric(theme::space(2.0) as i8, theme::space(1.0) as i8));
    Panel::top("top bar").exact_size(theme::theme().space.bar).frame(frame).show_separator_line(false).show(ui, |ui| {
        let narrow = ui.ctx().content_rect().width() < NARROW;
        let bar = ui.max_rect();
        let under = bar.bottom() + theme::space(1.0) - 0.5;
        ui.painter().hline(ui.ctx().content_rect().x_range(), under, (1.0, colours().line.0));
        let segments = segments(model);
        let width = segmented::width(ui, &segments);
        // In the middle of the window, or after the title where there is no room for that.
        let middle = if narrow { bar.right() - width - theme::space(20.0) } else { bar.center().x - width / 2.0 };
        let part = |from: f32, to: f32| Rect::from_min_max(pos2(from, bar.top()), pos2(to, bar.bottom()));
        ui.scope_builder(row(part(bar.left(), middle - theme::space(1.0))), |ui| project_ui(ui, model, narrow, out));
        ui.scope_builder(row(part(middle, middle + width)), |ui| {
            // None of them while the page is beside the road.
            let at = Page::ROAD.iter().position(|page| *page == model.page).unwrap_or(usize::MAX);
            if let Some(page) = segmented(ui, &segments, at).and_then(|i| Page::ROAD.get(i)) {
                out.push(Message::Go(*page));
            }
        });
        let room = part(middle + width + theme::space(1.0), bar.right());
        let folded = room.width() < ICONS_ROOM;
        let end = if folded { room.left() } else { beside_ui(ui, model, room, out) };
        let narrow = narrow || room.width() < SAVED_ROOM;
        let right =
            egui::UiBuilder::new().max_rect(part(end, bar.right())).layout(egui::Layout::right_to_left(egui::Align::Center));
        ui.scope_builder(right, |ui| {
            let gear = Button::icon_only(Icon::Settings, "Devices and settings")
                .command(Command::Settings)
                .selected(model.sheet == Some(Sheet::Settings))
                .show(ui);
            if gear.clicked() {
                out.push(Message::Sheet(Sheet::Settings));
            }
            if folded {
                more_ui(ui, model, out);
            } else {
                super::share::button_ui(ui, model, out);
                super::displays::button_ui(ui, model, out);
            }
            super::messages::button_ui(ui, model, out);
            super::sync::saved_ui(ui, model, narrow, out);
        });
    });
}

/// What is beside the road, in a menu. A dot says what the buttons would.
fn more_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let here =
        matches!(model.page, Page::Library | Page::Queue) || matches!(model.sheet, Some(Sheet::Displays | Sheet::Phones));
    let button = Button::icon_only(Icon::Ellipsis, "Library, queue and more").selected(here).show(ui);
    if model.queue.list.open() > 0 || model.share.is_on() {
        ui.painter().circle_filled(button.rect.right_top() + vec2(-7.0, 7.0), 3.5, colours().accent.0);
    }
    menu::under(&button, 232.0, |ui| {
        let queue = match model.queue.list.open() {
            0 => Page::Queue.name().to_owned(),
            open => format!("{}, {} to come", Page::Queue.name(), super::super::pages::library::words::count(open)),
        };
        let items = [
            (Icon::Images, Page::Library.name(), Command::GoLibrary),
            (Icon::ListChecks, &queue, Command::GoQueue),
            (Icon::MonitorUp, Command::Displays.label(), Command::Displays),
            (Icon::Smartphone, Command::Share.label(), Command::Share),
        ];
        for (sign, label, command) in items {
            if menu::item(ui, Some(sign), label, Some(command)) {
                out.push(Message::Command(command));
            }
        }
    });
}

/// The pages beside the road, with their names where there is room for them. Answers with where they end.
fn beside_ui(ui: &mut Ui, model: &Model, room: Rect, out: &mut Vec<Message>) -> f32 {
    let words = room.width() >= WORDS_ROOM;
    let shown = ui.scope_builder(row(room), |ui| {
        ui.spacing_mut().item_spacing.x = theme::space(0.5);
        let name = Page::Library.name();
        let button = if words { Button::plain(name).icon(Icon::Images) } else { Button::icon_only(Icon::Images, name) };
        let library = button.command(Command::GoLibrary).selected(model.page == Page::Library).show(ui);
        if library.clicked() {
            out.push(Message::Go(Page::Library));
        }
        queue_ui(ui, model, words, out)
    });
    shown.inner
}

/// The queue, with how much is still to come; a dot says the same where there is no room for words, and that something is asked.
fn queue_ui(ui: &mut Ui, model: &Model, words: bool, out: &mut Vec<Message>) -> f32 {
    let open = model.queue.list.open();
    let count = super::super::pages::library::words::count(open);
    let held = model.queue.list.held();
    let name = match (open, held) {
        (0, _) => Page::Queue.name().to_owned(),
        (_, 0) => format!("Queue, {count} to come"),
        _ => format!("Queue, {count} to come, {held} waiting for your answer"),
    };
    let label = if open > 0 { format!("Queue  {count}") } else { Page::Queue.name().to_owned() };
    let button = if words {
        Button::plain(&label).icon(Icon::ListChecks).name(&name)
    } else {
        Button::icon_only(Icon::ListChecks, &name)
    };
    let button = button.command(Command::GoQueue).tooltip(&name).selected(model.page == Page::Queue).show(ui);
    if (open > 0 && !words) || held > 0 {
        ui.painter().circle_filled(button.rect.right_top() + vec2(-7.0, 7.0), 3.5, colours().accent.0);
    }
    if button.clicked() {
        out.push(Message::Go(Page::Queue));
    }
    button.rect.right()
}

fn row(rect: Rect) -> egui::UiBuilder {
    egui::UiBuilder::new().max_rect(rect).layout(egui::Layout::left_to_right(egui::Align::Center))
}

fn segments(model: &Model) -> [Segment<'static>; 3] {
    let c = colours();
    let lamp = match &model.record.phase {
        Phase::Rolling(rolling) if rolling.paused_since().is_some() => c.accent.0,
        Phase::Rolling(_) | Phase::Starting | Phase::Stopping => c.recording.0,
        _ => c.outline.0,
    };
    let tip = |command: Command| command.entry().keys.first().map_or("", |_| command.label());
    [
        Segment { label: Page::Prepare.name(), dot: None, tooltip: tip(Command::GoPrepare) },
        Segment { label: Page::Record.name(), dot: Some(lamp), tooltip: tip(Command::GoRecord) },
        Segment { label: Page::Review.name(), dot: None, tooltip: tip(Command::GoReview) },
    ]
}

fn project_ui(ui: &mut Ui, model: &Model, narrow: bool, out: &mut Vec<Message>) {
    if !narrow {
        text::body(ui, "Onetake");
        text::small(ui, "·");
    }
    if narrow {
        // The label, not the button's unseen edge, stands on the margin.
        ui.add_space(-theme::space(1.0));
    }
    let title = match &model.prepare {
        prepare if prepare.project.is_some() => prepare.script.title(),
        prepare if prepare.opening => "…",
        _ => "No script",
    };
    let name = format!("Project: {title}");
    let width = ui.available_width();
    let button = Button::plain(title).name(&name).trailing(Icon::ChevronDown).max_width(width).show(ui);
    menu::under(&button, 264.0, |ui| project_menu_ui(ui, model, out));
}

fn project_menu_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    if menu::item(ui, Some(Icon::FilePlus), Command::NewScript.label(), Some(Command::NewScript)) {
        out.push(Message::Command(Command::NewScript));
    }
    if menu::item(ui, Some(Icon::PenLine), Command::Theme.label(), Some(Command::Theme)) {
        out.push(Message::Command(Command::Theme));
    }
    if menu::item(ui, Some(Icon::FileText), "Open a script…", Some(Command::OpenScript)) {
        out.push(Message::Command(Command::OpenScript));
    }
    let open = model.prepare.project.as_ref().map(|project| project.id.as_str());
    if open != Some(DEMO) && menu::item(ui, Some(Icon::Sparkles), "Open the demo", None) {
        out.push(Message::Prepare(prepare::Message::OpenDemo));
    }
    if model.prepare.project.is_some() {
        menu::divider(ui);
        state_ui(ui, model);
        for (sign, command) in [(Icon::History, Command::History), (Icon::Star, Command::Publish)] {
            if menu::item(ui, Some(sign), command.label(), Some(command)) {
                out.push(Message::Command(command));
            }
        }
    }
    let mut others =
        model.prepare.projects.iter().filter(|p| Some(p.id.as_str()) != open && p.id != DEMO).take(MOST_PROJECTS).peekable();
    if others.peek().is_some() {
        menu::divider(ui);
    }
    for project in others {
        if menu::item(ui, Some(Icon::FolderOpen), &project.title, None) {
            out.push(Message::Prepare(prepare::Message::OpenFolder(project.folder.clone())));
        }
    }
    if model.sync.link != Link::Off {
        menu::divider(ui);
        if menu::item(ui, Some(Icon::Cloud), "On the server…", None) {
            out.push(Message::Sheet(Sheet::Server));
        }
    }
    bundle_ui(ui, model, out);
    menu::divider(ui);
    if menu::item(ui, Some(Icon::Images), Command::GoLibrary.label(), Some(Command::GoLibrary)) {
        out.push(Message::Go(Page::Library));
    }
    if menu::item(ui, Some(Icon::ListChecks), Command::GoQueue.label(), Some(Command::GoQueue)) {
        out.push(Message::Go(Page::Queue));
    }
    if menu::item(ui, Some(Icon::Keyboard), Command::Help.label(), Some(Command::Help)) {
        out.push(Message::Command(Command::Help));
    }
}

/// The project as one folder, out and in.
fn bundle_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    menu::divider(ui);
    let idle = model.bundle.running.is_none();
    let open = model.prepare.project.is_some();
    let mut item = |enabled: bool, icon: Icon, label: &str, message: bundle::Message| {
        if menu::item_if(ui, enabled, Some(icon), label) {
            out.push(Message::Bundle(message));
        }
    };
    item(idle && open, Icon::FolderOutput, "Export the project…", bundle::Message::PickExport(Takes::All));
    item(idle && open, Icon::FolderOutput, "Export without takes…", bundle::Message::PickExport(Takes::None));
    item(idle, Icon::FolderInput, "Import a project…", bundle::Message::PickImport);
}

/// Draft or published.
fn state_ui(ui: &mut Ui, model: &Model) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::space(3.5)), Sense::hover());
    let words = super::history::standing(model);
    let colour = colours().muted.0;
    let galley = text::truncated(ui, &words, theme::small(), colour, rect.width() - theme::space(2.0));
    ui.painter().galley(pos2(rect.left() + theme::space(1.0), rect.center().y - galley.size().y / 2.0), galley, colour);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
}
