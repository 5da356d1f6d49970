//! What an asset came from and what came from it: rows, of which those that lead somewhere are clicked.

use egui::{Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::studio::library::{Goes, Message as Library, Relation};
use crate::studio::{Message, Model, prepare};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, menu, text};

use super::super::queue::words::short;
use super::inspector::heading_ui;

const ROW: f32 = 28.0;
/// Each step further away stands further in, up to a bound.
const STEP: f32 = 10.0;
const STEPS: u32 = 4;
/// Width of a prompt that is shown whole.
const PROMPT: f32 = 320.0;

/// Draws both ways, where there is anything.
pub fn lineage_ui(ui: &mut Ui, model: &Model, asset: &Asset, out: &mut Vec<Message>) {
    let Some((_, lineage)) = model.library.lineage.as_ref().filter(|(of, _)| *of == asset.id) else { return };
    for (heading, relations) in [("Comes from", &lineage.from), ("Went into", &lineage.to)] {
        if relations.is_empty() {
            continue;
        }
        heading_ui(ui, heading);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (at, relation) in relations.iter().enumerate() {
            relation_ui(ui, (heading, at), &named(model, relation), out);
        }
        ui.spacing_mut().item_spacing.y = space(1.0);
    }
}

/// A job is called by engine and model, as people call them.
fn named(model: &Model, relation: &Relation) -> Relation {
    let words = relation.name.split_once(' ').filter(|_| relation.what == "Job");
    let name = words.map(|(engine, of)| {
        let engines = &model.engines;
        format!("{}, {}", short(engines.label(engine)), short(engines.model_title(engine, of)))
    });
    Relation { name: name.unwrap_or_else(|| relation.name.clone()), ..relation.clone() }
}

fn relation_ui(ui: &mut Ui, salt: (&str, usize), relation: &Relation, out: &mut Vec<Message>) {
    let c = colours();
    let leads = relation.goes != Goes::Nowhere;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let sense = if leads { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.scope_id().with(("relation", salt)), sense);
    let bright = leads && (response.hovered() || response.has_focus());
    if bright {
        ui.painter().rect_filled(rect.expand2(vec2(space(0.75), 0.0)), theme::radius(), c.raised);
    }
    let indent = (relation.depth.saturating_sub(1)).min(STEPS) as f32 * STEP;
    let left = rect.left() + indent;
    let arrow = if leads { 14.0 } else { 0.0 };
    let what = text::truncated(ui, &relation.what, theme::small(), c.muted.0, rect.width() * 0.4);
    let name_left = left + what.size().x + space(1.0);
    let name = text::truncated(ui, &relation.name, theme::small(), c.text.0, rect.right() - arrow - name_left);
    let elided = name.elided;
    let y = |height: f32| rect.center().y - height / 2.0;
    ui.painter().galley(pos2(left, y(what.size().y)), what, c.muted.0);
    ui.painter().galley(pos2(name_left, y(name.size().y)), name, c.text.0);
    if leads {
        let colour = if bright { c.text.0 } else { c.outline.0 };
        icon(ui.painter(), pos2(rect.right() - 7.0, rect.center().y), Icon::ChevronRight, 14.0, colour);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
    }
    let said = format!("{} {}", relation.what, relation.name);
    let role = if leads { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, &said));
    if let Goes::Prompt(words) = &relation.goes {
        prompt_ui(&response, words);
    }
    if response.clicked() {
        match &relation.goes {
            Goes::Asset(asset) => out.push(Message::Library(Library::Show(asset.clone()))),
            Goes::Project(project) => {
                out.push(Message::Prepare(prepare::Message::OpenFolder(project.folder.clone())));
                out.push(Message::Go(crate::studio::Page::Prepare));
            }
            Goes::Job(job) => {
                out.push(Message::Go(crate::studio::Page::Queue));
                out.push(Message::Queue(crate::studio::queue::Message::Find(job.clone())));
            }
            // It falls from the row.
            Goes::Prompt(_) | Goes::Nowhere => {}
        }
    }
    match (relation.detail.is_empty(), elided) {
        (false, _) => _ = response.on_hover_text(format!("{}\n{}", relation.name, relation.detail)),
        (true, true) => _ = response.on_hover_text(&relation.name),
        (true, false) => {}
    }
}

/// The whole prompt under its row, and the way to take it along.
fn prompt_ui(row: &egui::Response, words: &str) {
    menu::panel(row, PROMPT, |ui| {
        egui::Frame::NONE.inner_margin(space(1.0)).show(ui, |ui| {
            let most = ui.ctx().content_rect().height() * 0.4;
            egui::ScrollArea::vertical().max_height(most).show(ui, |ui| {
                ui.add(egui::Label::new(egui::RichText::new(words).font(theme::body()).color(colours().text)).wrap());
            });
            if Button::quiet("Copy").icon(Icon::Copy).show(ui).clicked() {
                ui.ctx().copy_text(words.to_owned());
                ui.close();
            }
        });
    });
}
