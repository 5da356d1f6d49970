//! What a writer proposes, beside the script: scenes appear as they are written, and each is taken, changed or refused. The script
//! itself only changes by what is taken.

mod scene;

use egui::{Align, Label, Layout, Margin, Rect, RichText, ScrollArea, TextEdit, Ui, UiBuilder, pos2, vec2};
use lucide_icons::Icon;

use crate::studio::words::{Message as Words, Phase, Proposal};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{progress, text};

use super::footer;

/// What the pane may forget.
#[derive(Default)]
pub struct ProposalView {
    /// The scene whose text is being changed, and the text.
    editing: Option<(usize, String)>,
    /// What should be another way.
    remark: String,
    /// The proposal that was shown last.
    of: Option<u64>,
}

impl ProposalView {
    /// True once for each proposal.
    pub fn is_new(&mut self, id: Option<u64>) -> bool {
        let new = id.is_some() && self.of != id;
        if new {
            *self = ProposalView { of: id, ..ProposalView::default() };
        }
        new
    }
}

pub fn proposal_ui(ui: &mut Ui, model: &Model, view: &mut ProposalView, out: &mut Vec<Message>) {
    let Some(proposal) = model.words.shown(&model.prepare) else { return };
    view.is_new(Some(proposal.id));
    let area = ui.max_rect().shrink2(vec2(space(2.0), space(1.0)));
    let foot = foot_height(proposal);
    let above = Rect::from_min_max(area.min, pos2(area.right(), area.bottom() - foot));
    ui.scope_builder(UiBuilder::new().max_rect(above), |ui| {
        head_ui(ui, proposal, out);
        if let (Phase::Asks, Some(why)) = (&proposal.phase, &model.words.question) {
            question_ui(ui, &why.words(), out);
        }
        let rows = ScrollArea::vertical().id_salt(("proposal", proposal.id)).auto_shrink(false);
        // New words stay in sight until somebody scrolls.
        rows.stick_to_bottom(proposal.phase == Phase::Writing).show(ui, |ui| {
            for at in 0..proposal.scenes.len() {
                scene::scene_ui(ui, proposal, at, &mut view.editing, out);
            }
            ui.add_space(space(1.0));
        });
    });
    if foot > 0.0 {
        let line = area.bottom() - foot;
        ui.painter().hline(ui.max_rect().x_range(), line, (1.0, colours().line.0));
        let rect = Rect::from_min_max(pos2(area.left(), line + space(1.0)), area.max);
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| foot_ui(ui, proposal, view, out));
    }
}

/// What it is, how far it is, and the way out.
fn head_ui(ui: &mut Ui, proposal: &Proposal, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        text::title(ui, "Proposal");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if proposal.phase == Phase::Writing {
                if Button::quiet("Stop").icon(Icon::Square).show(ui).clicked() {
                    out.push(Message::Words(Words::Stop));
                }
            } else if Button::icon_only(Icon::X, "Put the proposal away").show(ui).clicked() {
                out.push(Message::Words(Words::Discard));
            }
        });
    });
    let (words, secs) = proposal.figures();
    let count = proposal.scenes.len();
    let scenes = if count == 1 { "1 scene".to_owned() } else { format!("{count} scenes") };
    let mut said = vec![proposal.writer.clone(), scenes, footer::seconds(secs), format!("{words} words")];
    said.extend(proposal.cost.as_ref().filter(|cost| cost.micros > 0).map(|cost| cost.words()));
    text::small(ui, said.join(" · "));
    match &proposal.phase {
        Phase::Writing => {
            progress::bar(ui, ui.available_width(), None, "A script is being written");
        }
        Phase::Done { cut: true } => note(ui, "It broke off at the writer's limit; the last scene may not be whole."),
        Phase::Stopped => note(ui, "Stopped; the last scene may not be whole."),
        Phase::Failed(problem) => note(ui, &problem.to_string()),
        Phase::Done { cut: false } if proposal.by_rules => {
            note(ui, "An outline by rules, not by AI: sentences to begin with, and cues for what only you can say.")
        }
        Phase::Done { .. } | Phase::Asks => {}
    }
    ui.add_space(space(0.5));
}

fn question_ui(ui: &mut Ui, why: &str, out: &mut Vec<Message>) {
    note(ui, why);
    ui.horizontal(|ui| {
        if Button::quiet("Write it this once").show(ui).clicked() {
            out.push(Message::Words(Words::Agree));
        }
        if Button::plain("Not now").show(ui).clicked() {
            out.push(Message::Words(Words::Discard));
        }
    });
}

/// Nothing is asked at the foot while nothing can be answered.
fn foot_height(proposal: &Proposal) -> f32 {
    match proposal.phase {
        Phase::Writing | Phase::Asks => 0.0,
        _ => 2.0 * theme::theme().space.control + space(3.0),
    }
}

/// All of it at once, or another way.
fn foot_ui(ui: &mut Ui, proposal: &Proposal, view: &mut ProposalView, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let again = Button::quiet("Write again").icon(Icon::RotateCw).show(ui).clicked();
            let field = TextEdit::singleline(&mut view.remark)
                .hint_text(RichText::new("What should be another way?").font(theme::body()).color(colours().muted))
                .margin(Margin::symmetric(space(1.0) as i8, 6))
                .desired_width(ui.available_width());
            let field = field.show(ui).response.response.accessible_name("What should be another way");
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if again || (entered && !view.remark.trim().is_empty()) {
                out.push(Message::Words(Words::Again(view.remark.trim().to_owned())));
            }
        });
    });
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let open = proposal.open();
            let label = if open == 1 { "Accept 1 scene".to_owned() } else { format!("Accept all {open}") };
            if Button::primary(&label).icon(Icon::Check).enabled(open > 0).show(ui).clicked() {
                out.push(Message::Words(Words::AcceptAll));
            }
        });
    });
}

fn note(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).font(theme::small()).color(colours().text)).wrap());
}
