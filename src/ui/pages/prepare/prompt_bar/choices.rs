//! What the chosen model lets one choose for the part that is made, in one button that says what holds and opens a small form.

use egui::{Label, RichText, ScrollArea, Ui, vec2};
use lucide_icons::Icon;

use crate::core::engine::{Choice, Model as Of};
use crate::core::generate::{Role, Wish};
use crate::studio::{Message, Model};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, switch, text};

use super::{COMPACT, change};

const FORM: f32 = 336.0;
/// A clip's length that follows its scene.
const AS_SCENE: &str = "As the scene";

/// The button and its form; nothing where there is nothing to choose.
pub fn choices_ui(ui: &mut Ui, model: &Model, of: &Of, role: Role, width: f32, out: &mut Vec<Message>) {
    let limits = &of.limits;
    let lists = [&limits.aspects, &limits.resolutions, &limits.styles, &limits.voices];
    if lists.iter().all(|list| list.is_empty()) && limits.seconds.is_empty() && !limits.sound {
        return;
    }
    let secs = model.scenes_seen().length(model.prepare.selected).map_or(0.0, |length| length.secs);
    let wish = model.settings.engines.of(of.kind).wish(of, secs);
    let words = summary(&wish, of);
    let name = format!("How it is made: {words}");
    let button = if width >= COMPACT {
        Button::quiet(&words).icon(Icon::SlidersHorizontal).max_width(space(26.0))
    } else {
        Button::icon_only(Icon::SlidersHorizontal, &name)
    };
    let button = button.name(&name).tooltip(&name).show(ui);
    menu::panel(&button, FORM, |ui| form_ui(ui, model, of, role, (&wish, secs), out));
}

/// What holds: `16:9 · 720p · 10 s`.
fn summary(wish: &Wish, of: &Of) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(wish.aspect.clone());
    parts.extend(wish.resolution.clone());
    parts.extend(wish.seconds.map(seconds));
    parts.extend(wish.style.clone());
    parts.extend(wish.voice.clone());
    parts.extend((of.limits.sound && wish.sound == Some(false)).then(|| "silent".to_owned()));
    if parts.is_empty() { "As usual".to_owned() } else { parts.join(" · ") }
}

fn form_ui(ui: &mut Ui, model: &Model, of: &Of, role: Role, (wish, secs): (&Wish, f64), out: &mut Vec<Message>) {
    ui.set_width(FORM);
    ui.spacing_mut().item_spacing.y = space(0.5);
    // An engine may have a hundred voices.
    let most = ui.ctx().content_rect().height() * 0.6;
    let area = ScrollArea::vertical().max_height(most);
    egui::Frame::NONE.inner_margin(space(1.0)).show(ui, |ui| {
        area.show(ui, |ui| {
            let limits = &of.limits;
            let form = Form { model, of };
            form.list_ui(ui, "Proportions", &limits.aspects, wish.aspect.as_deref(), out, |choice, it| choice.aspect = it);
            form.list_ui(ui, "Size", &limits.resolutions, wish.resolution.as_deref(), out, |choice, it| choice.resolution = it);
            if role == Role::Clip {
                form.seconds_ui(ui, secs, out);
                form.sound_ui(ui, out);
            }
            form.style_ui(ui, wish, out);
            form.list_ui(ui, "Voice", &limits.voices, wish.voice.as_deref(), out, |choice, it| choice.voice = it);
        })
    });
}

struct Form<'a> {
    model: &'a Model,
    of: &'a Of,
}

impl Form<'_> {
    fn choice(&self) -> &Choice {
        self.model.settings.engines.of(self.of.kind)
    }

    fn change(&self, out: &mut Vec<Message>, how: impl FnOnce(&mut Choice)) {
        change(self.model, out, |choices| how(choices.of_mut(self.of.kind)));
    }

    /// Everything that may be chosen, side by side: a list that falls from a list would close it.
    fn list_ui(
        &self,
        ui: &mut Ui,
        name: &str,
        allowed: &[String],
        current: Option<&str>,
        out: &mut Vec<Message>,
        set: impl FnOnce(&mut Choice, String),
    ) {
        if allowed.is_empty() {
            return;
        }
        text::small(ui, name);
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space(0.5), space(0.5));
            for it in allowed {
                let here = Some(it.as_str()) == current;
                let spoken = format!("{name}: {it}");
                if Button::plain(it).name(&spoken).selected(here).show(ui).clicked() && !here {
                    chosen = Some(it.clone());
                }
            }
        });
        if let Some(chosen) = chosen {
            self.change(out, |choice| set(choice, chosen));
        }
    }

    /// A style may be left to the engine.
    fn style_ui(&self, ui: &mut Ui, wish: &Wish, out: &mut Vec<Message>) {
        const ANY: &str = "Any";
        if self.of.limits.styles.is_empty() {
            return;
        }
        let styles: Vec<String> = std::iter::once(ANY.to_owned()).chain(self.of.limits.styles.iter().cloned()).collect();
        let current = wish.style.as_deref().unwrap_or(ANY);
        self.list_ui(ui, "Style", &styles, Some(current), out, |choice, it| {
            choice.style = if it == ANY { String::new() } else { it };
        });
    }

    /// As long as the scene is, as far as the model can; or always the same.
    fn seconds_ui(&self, ui: &mut Ui, secs: f64, out: &mut Vec<Message>) {
        let allowed = &self.of.limits.seconds;
        if allowed.is_empty() {
            return;
        }
        let fixed = allowed.iter().copied().find(|of| (of - self.choice().seconds).abs() < 0.05);
        let options: Vec<String> = std::iter::once(AS_SCENE.to_owned()).chain(allowed.iter().copied().map(seconds)).collect();
        let current = fixed.map_or_else(|| AS_SCENE.to_owned(), seconds);
        self.list_ui(ui, "Length", &options, Some(&current), out, |choice, it| {
            choice.seconds = allowed.iter().copied().find(|secs| seconds(*secs) == it).unwrap_or(0.0);
        });
        let longest = allowed.iter().copied().fold(0.0, f64::max);
        if fixed.is_none() && secs > longest + 0.05 {
            let words = format!("The scene takes {}; the longest clip has {}.", seconds(secs.round()), seconds(longest));
            ui.add(Label::new(RichText::new(words).font(theme::small()).color(colours().text)).wrap());
        }
    }

    fn sound_ui(&self, ui: &mut Ui, out: &mut Vec<Message>) {
        if !self.of.limits.sound {
            return;
        }
        let silent = self.choice().silent;
        row(ui, "Sound", FORM, |ui, _| {
            if switch::switch(ui, "Sound of the clip", !silent).clicked() {
                self.change(out, |choice| choice.silent = !silent);
            }
        });
    }
}

fn seconds(secs: f64) -> String {
    format!("{} s", (secs * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::engine::{Limits, Price};
    use crate::core::job::Kind;

    #[test]
    fn the_button_says_what_holds() {
        let limits = Limits {
            aspects: vec!["16:9".into()],
            resolutions: vec!["720p".into()],
            seconds: vec![5.0, 7.5],
            sound: true,
            ..Limits::default()
        };
        let of = Of { name: "m".into(), label: String::new(), kind: Kind::Video, limits, price: Price::Free };
        let silent = Choice { silent: true, ..Choice::default() };
        assert_eq!(summary(&Choice::default().wish(&of, 6.0), &of), "16:9 · 720p · 7.5 s");
        assert_eq!(summary(&silent.wish(&of, 1.0), &of), "16:9 · 720p · 5 s · silent");
        assert_eq!(summary(&Wish::default(), &of), "As usual");
    }
}
