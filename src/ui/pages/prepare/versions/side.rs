//! Beside the stage: how it stands with what is made, what the chosen version is and what can be done with it, the words it is made from
//! and the ways to make another, and how the clip meets its neighbours.

use egui::{Align, Label, Layout, RichText, ScrollArea, Sense, TextEdit, Ui, vec2};
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::core::seam::{Seam, Verdict};
use crate::core::variation::{ANGLES, MOODS, Phrase, Variation, current};
use crate::studio::prepare::Message as Prepare;
use crate::studio::scenes::shown::{Message as Shown, Sheet};
use crate::studio::scenes::{Message as Scenes, Version};
use crate::studio::words::Message as Words;
use crate::studio::words::prompts::{Message as Prompts, Part};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{icon, menu, progress, text};
use crate::ui::{Screen, cost, figures};

use super::super::super::library::inspector::{fact_ui, heading_ui};
use super::super::super::queue::words as queue_words;
use super::super::making;
use super::VersionsView;

/// Rows of a prompt before its field scrolls.
const ROWS: usize = 4;

pub fn side_ui(ui: &mut Ui, model: &Model, sheet: &Sheet, view: &mut VersionsView, screen: &Screen, out: &mut Vec<Message>) {
    ScrollArea::vertical().id_salt("side").auto_shrink(false).show(ui, |ui| {
        ui.set_width(ui.available_width() - space(0.5));
        ui.spacing_mut().item_spacing.y = space(1.0);
        state_ui(ui, model, sheet, screen, out);
        if let Some(version) = model.scenes.chosen() {
            chosen_ui(ui, model, sheet, version, out);
        }
        make_ui(ui, model, sheet, view, out);
        if sheet.role == Role::Clip {
            seams_ui(ui, model, sheet.scene, out);
        }
    });
}

/// What is being made, or why it was not.
fn state_ui(ui: &mut Ui, model: &Model, sheet: &Sheet, screen: &Screen, out: &mut Vec<Message>) {
    let Sheet { scene, role, .. } = *sheet;
    let part = model.scenes.part(scene, role);
    let wall = screen.wall.as_deref();
    if part.comes() {
        let words = making::stage(model, &part, wall).unwrap_or_default();
        let what = if part.versions > 0 { format!("Another {}", role.words()) } else { making::sentence_case(role.words()) };
        text::body(ui, format!("{what}: {}", words.to_lowercase()));
        ui.horizontal(|ui| {
            let width = ui.available_width() - space(10.0);
            let name = format!("How far the {} is", role.words());
            progress::bar(ui, width, part.going().and_then(|row| making::fraction(row, wall)), &name);
            if Button::quiet("Stop").show(ui).clicked() {
                out.push(Message::Scenes(Scenes::Cancel { scene, role }));
            }
        });
    } else if let Some(row) = part.failed() {
        let (words, fix, class) = match &row.failure {
            Some(failure) => (failure.words.clone(), failure.class.fix(), failure.class.label()),
            None => (row.job.problem.clone().unwrap_or_default(), "", "Failed"),
        };
        ui.horizontal(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
            icon(ui.painter(), mark.center(), Icon::TriangleAlert, 16.0, colours().accent.0);
            text::body(ui, format!("The last try: {}", class.to_lowercase()));
        });
        ui.add(Label::new(RichText::new(words).font(theme::body()).color(colours().text)).wrap());
        if !fix.is_empty() {
            ui.add(Label::new(RichText::new(fix).font(theme::small()).color(colours().muted)).wrap());
        }
        if Button::quiet("Retry").icon(Icon::RotateCw).show(ui).clicked() {
            out.push(Message::Scenes(Scenes::Retry { scene, role }));
        }
    }
}

/// The chosen version, and what can be done with it.
fn chosen_ui(ui: &mut Ui, model: &Model, sheet: &Sheet, version: &Version, out: &mut Vec<Message>) {
    let engines = &model.engines;
    let used = model.scenes.part(sheet.scene, sheet.role).shown == Some(&version.asset.id);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        if used {
            let (mark, _) = ui.allocate_exact_size(vec2(18.0, theme::theme().space.control), Sense::hover());
            icon(ui.painter(), mark.center(), Icon::Check, 16.0, colours().text.0);
            text::body(ui, "In the scene");
        } else if Button::new(Kind::Primary, "Use this").icon(Icon::Check).show(ui).clicked() {
            out.push(Message::Scenes(Scenes::Use(version.asset.id.clone())));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = space(0.5);
            if Button::icon_only(Icon::Trash2, "Delete this version").enabled(!used).show(ui).clicked() {
                out.push(super::say(Shown::Bin));
            }
            if Button::icon_only(Icon::Download, "Save a copy…").show(ui).clicked() {
                out.push(super::say(Shown::Save));
            }
            if Button::icon_only(Icon::LibraryBig, "Show it in the library").show(ui).clicked() {
                out.push(Message::Go(crate::studio::Page::Library));
                out.push(Message::Library(crate::studio::library::Message::Show(version.asset.id.clone())));
            }
        });
    });
    ui.spacing_mut().item_spacing.y = space(0.25);
    let count = model.scenes.part(sheet.scene, sheet.role).versions;
    let number = model.scenes.versions(sheet.scene, sheet.role).position(|of| of.asset.id == version.asset.id);
    if let Some(number) = number {
        fact_ui(ui, "Version", &format!("{} of {count}", number + 1));
    }
    let engine = queue_words::short(engines.label(&version.engine)).to_owned();
    fact_ui(ui, "Made by", &format!("{engine}, {}", queue_words::short(engines.model_title(&version.engine, &version.model))));
    fact_ui(ui, "On", &figures::day(&version.asset.created_at, None));
    if version.asset.facts.width > 0 {
        fact_ui(ui, "Size", &format!("{} × {}", version.asset.facts.width, version.asset.facts.height));
    }
    if let Some(seed) = version.seed {
        fact_ui(ui, "Seed", &seed.to_string());
    }
    if let Some(cost) = version.cost.as_ref().filter(|cost| cost.micros > 0) {
        fact_ui(ui, "Cost", &cost.words());
    }
    fit_ui(ui, model, sheet, version);
    ui.spacing_mut().item_spacing.y = space(1.0);
    if sheet.role == Role::Clip && used {
        outdated_ui(ui, model, sheet.scene, out);
    }
    ui.add(Label::new(RichText::new(&version.prompt).font(theme::small()).color(colours().muted)).wrap());
    if let Some(drawn) = version.drawn() {
        ui.add(Label::new(RichText::new(drawn).font(theme::small()).color(colours().text)).wrap());
    }
}

/// “Made from an older picture”, with the way to mend it; nothing where that is not so.
fn outdated_ui(ui: &mut Ui, model: &Model, scene: usize, out: &mut Vec<Message>) {
    let Some(role) = model.scenes.outdated(&model.prepare.script, scene) else { return };
    again_ui(ui, Icon::History, &format!("Made from an older {}", role.words()), scene, out);
}

/// What is wrong with a clip, and the button that has it made again.
pub fn again_ui(ui: &mut Ui, sign: Icon, words: &str, scene: usize, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(18.0, theme::theme().space.control), Sense::hover());
        icon(ui.painter(), mark.center(), sign, 16.0, colours().muted.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Make the clip of scene {} again", scene + 1);
            if Button::quiet("Make again").name(&name).tooltip(&name).show(ui).clicked() {
                let role = Role::Clip;
                out.push(Message::Scenes(Scenes::Vary { scene, role, variation: Variation::Seed, of: None }));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(words).font(theme::body()).color(colours().text)).truncate());
            });
        });
    });
}

/// A clip's or a voice's seconds against the scene's.
fn fit_ui(ui: &mut Ui, model: &Model, sheet: &Sheet, version: &Version) {
    let seen = model.scenes_seen();
    let Some(length) = model.scenes.length(sheet.scene, &seen) else { return };
    let Some((has, wants, fit)) = model.scenes.fit(version, sheet.scene, &seen) else { return };
    fact_ui(ui, "Length", &format!("{has:.1} s"));
    fact_ui(ui, "The scene", &format!("{wants:.1} s, {}", length.by.words()));
    if sheet.role == Role::Clip && !fit.words().is_empty() {
        fact_ui(ui, "In the film", &fit.words());
    }
}

/// The words it is made from, and the ways to make another.
fn make_ui(ui: &mut Ui, model: &Model, sheet: &Sheet, view: &mut VersionsView, out: &mut Vec<Message>) {
    let Sheet { scene, role, ref chosen, .. } = *sheet;
    let Some(content) = model.prepare.script.scenes.get(scene) else { return };
    heading_ui(ui, if role == Role::Voice { "Words" } else { "Prompt" });
    match role.prompt_directive() {
        Some(key) => {
            prompt_ui(ui, content.directive(key).unwrap_or_default(), content.prompt(role), (scene, role, key), view, out)
        }
        None => {
            let words = content.wanted(role).unwrap_or_else(|| "The scene has no words.".into());
            ui.add(Label::new(RichText::new(words).font(theme::small()).color(colours().muted)).wrap());
        }
    }
    let comes = model.scenes.part(scene, role).comes();
    let hindrance = model.scenes.hindrance(scene, role, &model.scenes_seen()).filter(|_| !comes);
    let can = !comes && hindrance.is_none();
    let price = if can { cost::of(model, &[(scene, role)], out).words } else { String::new() };
    let vary = |variation| Message::Scenes(Scenes::Vary { scene, role, variation, of: chosen.clone() });
    let first = model.scenes.part(scene, role).versions == 0;
    let label = if first { "Generate" } else { "Make another" };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space(0.5), space(0.5));
        let words = if price.is_empty() { label.to_owned() } else { format!("{label}  ·  {price}") };
        let mut button = Button::quiet(&words).icon(Icon::Sparkles).name(label).enabled(can);
        if let Some(hindrance) = &hindrance {
            button = button.tooltip(hindrance);
        }
        if button.show(ui).clicked() {
            out.push(if first { Message::Scenes(Scenes::Make { scene, role }) } else { vary(Variation::Seed) });
        }
        let Some(part) = Part::of(role) else { return };
        let prompt = model.scenes.chosen().map_or_else(String::new, |version| version.prompt.clone());
        if let Some(mood) = phrases_ui(ui, "Mood", &MOODS, &prompt, can, &price) {
            out.push(vary(Variation::Mood(mood)));
        }
        if let Some(angle) = phrases_ui(ui, "Angle", &ANGLES, &prompt, can, &price) {
            out.push(vary(Variation::Angle(angle)));
        }
        let name = format!("Improve the prompt of the {}", role.words());
        if Button::icon_only(Icon::WandSparkles, &name).show(ui).clicked() {
            out.push(Message::Words(Words::Prompts(Prompts::Open { scene, part })));
        }
    });
}

/// A list of moods or angles; a choice is an order, so it says what it costs.
fn phrases_ui(ui: &mut Ui, label: &str, all: &[Phrase], prompt: &str, can: bool, price: &str) -> Option<usize> {
    let name = format!("Other {}", label.to_lowercase());
    let button = Button::quiet(label).name(&name).trailing(Icon::ChevronDown).enabled(can).show(ui);
    let now = current(prompt, all);
    let mut chosen = None;
    menu::under(&button, 232.0, |ui| {
        for (at, phrase) in all.iter().enumerate() {
            let mark = (now == Some(at)).then_some(Icon::Check);
            if menu::item_with(ui, true, mark, phrase.label, price) {
                chosen = Some(at);
            }
        }
    });
    chosen
}

/// The prompt's line in the script, to be written over. Where the script says nothing, what it would be made from stands there in grey.
fn prompt_ui(
    ui: &mut Ui,
    now: &str,
    fallback: Option<String>,
    (scene, role, key): (usize, Role, &str),
    view: &mut VersionsView,
    out: &mut Vec<Message>,
) {
    let draft = view.draft.take_if(|(of, what, _)| (*of, *what) == (scene, role));
    let mut words = draft.map_or_else(|| now.to_owned(), |(_, _, words)| words);
    let hint = fallback.filter(|_| now.is_empty()).unwrap_or_else(|| "Say what it shows".into());
    let height = ROWS as f32 * 20.0 + space(1.5);
    ScrollArea::vertical().id_salt(("prompt", role)).max_height(height).show(ui, |ui| {
        let field = TextEdit::multiline(&mut words)
            .id_salt(("prompt", scene, key))
            .hint_text(RichText::new(hint).font(theme::body()).color(colours().muted))
            .font(theme::body())
            .desired_rows(2)
            .return_key(None)
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name(format!("Prompt of the {}", role.words()));
        if response.changed() {
            let value = Some(words.clone()).filter(|words| !words.trim().is_empty());
            out.push(Message::Prepare(Prepare::SetDirective { scene, key: key.to_owned(), value }));
        }
        if response.has_focus() {
            view.draft = Some((scene, role, words));
        }
    });
}

/// How the clip meets the one before and the one after it.
fn seams_ui(ui: &mut Ui, model: &Model, scene: usize, out: &mut Vec<Message>) {
    let script = &model.prepare.script;
    let before = scene.checked_sub(1).and_then(|before| Some((before, model.scenes.film.seam(script, before)?)));
    let after = model.scenes.film.seam(script, scene).map(|seam| (scene, seam));
    if before.is_none() && after.is_none() {
        return;
    }
    heading_ui(ui, "Where clips meet");
    for (first, seam) in [before, after].into_iter().flatten() {
        seam_ui(ui, first, seam, out);
    }
}

/// “03 → 04 jumps”, with the way to mend it: the second one is made again.
pub fn seam_ui(ui: &mut Ui, first: usize, seam: Seam, out: &mut Vec<Message>) {
    let c = colours();
    ui.horizontal(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(18.0, theme::theme().space.control), Sense::hover());
        let (sign, colour) = match seam.verdict {
            Verdict::Smooth => (Icon::Check, c.muted),
            Verdict::Shifts => (Icon::TriangleAlert, c.muted),
            Verdict::Jumps => (Icon::TriangleAlert, c.accent),
        };
        icon(ui.painter(), mark.center(), sign, 16.0, colour.0);
        text::body(ui, format!("{:02} → {:02} {}", first + 1, first + 2, seam.verdict.words()));
        if seam.verdict != Verdict::Smooth {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = format!("Make the clip of scene {} again", first + 2);
                if Button::quiet("Make again").name(&name).tooltip(&name).show(ui).clicked() {
                    let (scene, role) = (first + 1, Role::Clip);
                    out.push(Message::Scenes(Scenes::Vary { scene, role, variation: Variation::Seed, of: None }));
                }
            });
        }
    });
}
