//! One proposed scene: its words and prompts to be read, and what becomes of it.

use egui::{Align, Frame, Label, Layout, Margin, RichText, Role, TextEdit, Ui, WidgetInfo};
use lucide_icons::Icon;

use crate::core::writing::Scene;
use crate::studio::Message;
use crate::studio::words::{Message as Words, Proposal, Verdict};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::super::{footer, highlight};

/// Rows of a prompt that are shown; all of it on a tooltip.
const PROMPT_ROWS: usize = 2;

pub fn scene_ui(ui: &mut Ui, proposal: &Proposal, at: usize, editing: &mut Option<(usize, String)>, out: &mut Vec<Message>) {
    let proposed = &proposal.scenes[at];
    let name = format!("{:02} {}", at + 1, proposed.scene.heading);
    if proposed.verdict != Verdict::Open {
        return decided_ui(ui, at, &name, proposed.verdict, out);
    }
    let frame =
        Frame::NONE.fill(colours().surface.0).corner_radius(theme::radius()).inner_margin(Margin::same(space(1.5) as i8));
    ui.push_id(("proposed", at), |ui| {
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space(0.75);
            if let Some((_, text)) = editing.as_mut().filter(|(of, _)| *of == at) {
                if edit_ui(ui, at, text, out) {
                    *editing = None;
                }
                return;
            }
            heading_ui(ui, &proposed.scene, &name, proposal.brief.pace);
            read_ui(ui, &proposed.scene);
            actions_ui(ui, proposal, at, editing, out);
        });
    });
}

fn heading_ui(ui: &mut Ui, scene: &Scene, name: &str, pace: f64) {
    let c = colours();
    let figures = format!("{} · {} words", footer::seconds(scene.seconds(pace)), scene.words());
    let right = ui.painter().layout_no_wrap(figures.clone(), theme::small(), c.muted.0);
    let room = ui.available_width() - right.size().x - space(2.0);
    let title = text::truncated(ui, name, theme::body(), c.text.0, room);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), title.size().y), egui::Sense::hover());
    ui.painter().galley(egui::pos2(rect.right() - right.size().x, rect.center().y - right.size().y / 2.0), right, c.muted.0);
    ui.painter().galley(rect.min, title, c.text.0);
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("Proposed scene {name}, {figures}")));
}

/// What is spoken, and the prompts.
fn read_ui(ui: &mut Ui, scene: &Scene) {
    if !scene.body.is_empty() {
        let job = highlight::job(&scene.body, ui.available_width());
        ui.add(Label::new(job));
    }
    for (key, label) in [("image", "Picture"), ("keyframe", "End picture"), ("clip", "Clip")] {
        let Some(prompt) = scene.value(key) else { continue };
        let words = format!("{label}: {prompt}");
        let galley = text::rows(ui, &words, theme::small(), colours().muted.0, ui.available_width(), PROMPT_ROWS);
        let elided = galley.elided;
        let response = ui.label(galley);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
        if elided {
            response.on_hover_text(prompt);
        }
    }
}

fn actions_ui(ui: &mut Ui, proposal: &Proposal, at: usize, editing: &mut Option<(usize, String)>, out: &mut Vec<Message>) {
    let whole = proposal.may_accept(at);
    ui.horizontal(|ui| {
        let name = |what: &str| format!("{what} scene {}", at + 1);
        let accept = Button::quiet("Accept").icon(Icon::Check).name(&name("Accept")).enabled(whole).show(ui);
        if accept.clicked() {
            out.push(Message::Words(Words::Accept(at)));
        }
        if Button::icon_only(Icon::Pencil, &name("Edit")).enabled(whole).show(ui).clicked() {
            *editing = Some((at, proposal.scenes[at].scene.markdown()));
        }
        if Button::icon_only(Icon::X, &name("Reject")).enabled(whole).show(ui).clicked() {
            out.push(Message::Words(Words::Reject(at)));
        }
    });
}

/// The scene's whole text in a field; true when it is done.
fn edit_ui(ui: &mut Ui, at: usize, text: &mut String, out: &mut Vec<Message>) -> bool {
    let field = TextEdit::multiline(text)
        .id_salt(("proposed text", at))
        .background_color(colours().background.0)
        .desired_width(ui.available_width())
        .desired_rows(8)
        .margin(Margin::same(space(1.0) as i8));
    let field = field.show(ui).response.response.accessible_name(format!("Text of proposed scene {}", at + 1));
    if field.changed() {
        out.push(Message::Words(Words::Edit { scene: at, text: text.clone() }));
    }
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| Button::quiet("Done").show(ui).clicked()).inner
    })
    .inner
}

/// A scene that was taken or refused is one row.
fn decided_ui(ui: &mut Ui, at: usize, name: &str, verdict: Verdict, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.add_space(space(1.5));
        let (said, back) = match verdict {
            Verdict::Accepted => ("in the script", "Propose it again"),
            _ => ("rejected", "Bring it back"),
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if Button::icon_only(Icon::Undo2, &format!("{back}: scene {}", at + 1)).show(ui).clicked() {
                out.push(Message::Words(Words::BringBack(at)));
            }
            text::small(ui, said);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(name).font(theme::body()).color(colours().muted)).truncate());
            });
        });
    });
}
