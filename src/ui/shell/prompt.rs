//! A scene's prompt made better: what it says now, what is proposed beside it, and the versions there have been, any of which can be
//! had again.

use egui::{Align, Context, Frame, Id, Label, Layout, Margin, RichText, Stroke, TextEdit, Ui};
use lucide_icons::Icon;

use crate::core::job;
use crate::core::style::Style;
use crate::core::time::when;
use crate::studio::words::prompts::{Message as Prompts, Offer, Phase};
use crate::studio::words::{Message as Words, made_here};
use crate::studio::{Message, Model, Sheet};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{progress, text};
use crate::ui::{Screen, View};

use super::sheet::{Side, head, sheet};
use super::writer::writer_ui;

const WIDTH: f32 = 536.0;
const FIELD: f32 = 304.0;

/// What the sheet may forget.
#[derive(Default)]
pub struct PromptView {
    /// What should change.
    remark: String,
}

pub fn prompt_ui(ctx: &Context, model: &Model, view: &mut View, screen: &Screen, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::Prompt) {
        view.prompt = PromptView::default();
        return;
    }
    if sheet(ctx, Side::Right, "prompt", WIDTH, |ui| sheet_ui(ui, model, &mut view.prompt, screen, out)) {
        out.push(Message::CloseSheet);
    }
}

/// True when its ✕ was taken.
fn sheet_ui(ui: &mut Ui, model: &Model, view: &mut PromptView, screen: &Screen, out: &mut Vec<Message>) -> bool {
    let prompts = &model.words.prompts;
    let (Some(subject), Some((_, scene, now))) = (&prompts.subject, prompts.now(&model.prepare)) else {
        let closed = head(ui, "Prompt", |_| {});
        paragraph(ui, "This scene is not in the script any more.", colours().muted.0);
        return closed;
    };
    let closed = head(ui, subject.part.label(), |_| {});
    text::small(ui, if scene.heading.is_empty() { "Scene without a heading" } else { &scene.heading });
    ui.add_space(space(0.5));
    match (now, scene.prompt(subject.part.role())) {
        ("", Some(rule)) => {
            paragraph(ui, &format!("There is none yet. Until then it is made from this: {rule}"), colours().muted.0)
        }
        ("", None) => paragraph(ui, "There is none yet. One can be made from what is spoken in the scene.", colours().muted.0),
        (now, _) => paragraph(ui, now, colours().text.0),
    }
    let style = Style::of(&model.prepare.script.front);
    if !style.is_empty() && !now.is_empty() {
        let sent = style.carry(now, 0).text;
        paragraph_small(ui, &format!("Asked for with style and characters: {sent}"));
    }
    ui.add_space(space(1.0));
    ask_ui(ui, model, view, now.is_empty(), out);
    phase_ui(ui, model, out);
    versions_ui(ui, model, now, screen.today.as_deref(), out);
    closed
}

/// What should change, by whom, and the button.
fn ask_ui(ui: &mut Ui, model: &Model, view: &mut PromptView, none: bool, out: &mut Vec<Message>) {
    let field = TextEdit::singleline(&mut view.remark)
        .id(Id::unique("what should change in a prompt"))
        .hint_text(RichText::new("What should change? It may stay empty.").font(theme::body()).color(colours().muted))
        .margin(Margin::symmetric(space(1.0) as i8, 6))
        .background_color(colours().background.0)
        .desired_width(ui.available_width());
    let field = field.show(ui).response.response.accessible_name("What should change");
    let lacking = writer_ui(ui, model, FIELD, out);
    let free = lacking.is_none() && !matches!(model.words.prompts.phase, Phase::Asking { .. });
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let label = if none { "Write one" } else { "Improve" };
            // What is proposed is the next step, once there is something.
            let offered = matches!(model.words.prompts.phase, Phase::Offered(_));
            let kind = if offered { Kind::Quiet } else { Kind::Primary };
            if Button::new(kind, label).icon(Icon::WandSparkles).enabled(free).show(ui).clicked() || (entered && free) {
                let remark = view.remark.trim().to_owned();
                out.push(Message::Words(Words::Prompts(Prompts::Improve { remark, agreed: false })));
            }
            let ours = model
                .engines
                .chosen(&model.settings.engines, job::Kind::Text)
                .is_some_and(|(e, _)| made_here(&model.engines.list, &e.name));
            if ours {
                text::small(ui, "by rules: light, view, calm");
            }
        });
    });
}

fn phase_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let mut say = |message: Prompts| out.push(Message::Words(Words::Prompts(message)));
    match &model.words.prompts.phase {
        Phase::Idle => {}
        Phase::Asking { .. } => {
            ui.horizontal(|ui| {
                progress::bar(ui, space(20.0), None, "A better prompt is being written");
                if Button::plain("Stop").icon(Icon::Square).show(ui).clicked() {
                    say(Prompts::Stop);
                }
            });
        }
        Phase::Asks(why) => {
            paragraph(ui, &why.words(), colours().text.0);
            ui.horizontal(|ui| {
                if Button::quiet("Go on this once").show(ui).clicked() {
                    say(Prompts::Improve { remark: String::new(), agreed: true });
                }
                if Button::plain("Not now").show(ui).clicked() {
                    say(Prompts::Drop);
                }
            });
        }
        Phase::Offered(offer) => offer_ui(ui, offer, say),
        Phase::Nothing => {
            paragraph(ui, "Rules find nothing to add. Say what should change, or choose a writer.", colours().muted.0)
        }
        Phase::Failed(problem) => paragraph(ui, &problem.to_string(), colours().text.0),
    }
}

/// What is proposed, and what becomes of it.
fn offer_ui(ui: &mut Ui, offer: &Offer, mut say: impl FnMut(Prompts)) {
    let c = colours();
    let frame = Frame::NONE
        .fill(c.raised.0)
        .stroke(Stroke::new(1.0, c.accent.0))
        .corner_radius(theme::radius())
        .inner_margin(Margin::same(space(1.5) as i8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        paragraph(ui, &offer.text, c.text.0);
        ui.horizontal(|ui| {
            if Button::primary("Use it").icon(Icon::Check).show(ui).clicked() {
                say(Prompts::Use { text: offer.text.clone(), version: Some(offer.version.clone()) });
            }
            if Button::plain("Drop").name("Drop the proposed prompt").show(ui).clicked() {
                say(Prompts::Drop);
            }
            if let Some(cost) = &offer.cost {
                text::small(ui, cost.words());
            }
        });
    });
}

fn versions_ui(ui: &mut Ui, model: &Model, now: &str, today: Option<&str>, out: &mut Vec<Message>) {
    let Some(versions) = model.words.prompts.versions.as_ref().filter(|versions| versions.len() > 1) else { return };
    ui.add_space(space(1.0));
    text::body(ui, "Versions");
    for version in versions {
        ui.separator();
        ui.horizontal_top(|ui| {
            let button = space(10.0);
            let room = ui.available_width() - button - space(1.0);
            ui.vertical(|ui| {
                ui.set_width(room);
                paragraph(ui, &version.text, colours().text.0);
                text::small(ui, when(&version.made_at, today).unwrap_or_default());
            });
            ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
                if version.text == now {
                    text::small(ui, "in the script");
                } else if Button::plain("Use").name(&format!("Use the version “{}”", version.text)).show(ui).clicked() {
                    let chosen = Prompts::Use { text: version.text.clone(), version: Some(version.id.clone()) };
                    out.push(Message::Words(Words::Prompts(chosen)));
                }
            });
        });
    }
}

fn paragraph(ui: &mut Ui, words: &str, colour: egui::Color32) {
    ui.add(Label::new(RichText::new(words).font(theme::body()).color(colour)).wrap());
}

fn paragraph_small(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).font(theme::small()).color(colours().muted)).wrap());
}
