//! Files dropped on the window: a script opens, a picture goes to the scene it was dropped on. While files hover, the window
//! says what would happen.

use egui::{Align2, Id, LayerId, Order, StrokeKind, Ui};

use crate::core::problem::Problem;
use crate::studio::prepare::Message as Prepare;
use crate::studio::{Message, Model, Page, import, notice};
use crate::ui::View;
use crate::ui::theme::{self, colours};

/// What a file is, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Script,
    Picture,
    Other,
}

fn kind(name: &str) -> Kind {
    let end = name.rsplit_once('.').map_or(String::new(), |(_, end)| end.to_ascii_lowercase());
    match end.as_str() {
        "md" | "markdown" | "txt" => Kind::Script,
        "png" | "jpg" | "jpeg" | "webp" => Kind::Picture,
        _ => Kind::Other,
    }
}

/// Acts on dropped files and shows the way while they hover. `view.drop_scene` is the scene under the pointer.
pub fn drops_ui(ui: &mut Ui, model: &Model, view: &View, out: &mut Vec<Message>) {
    let (hovering, dropped) = ui.input(|input| {
        let paths = input.raw.dropped_files.iter().map(|file| file.path().to_string_lossy().into_owned());
        (!input.raw.hovered_files.is_empty(), paths.collect::<Vec<_>>())
    });
    if model.page == Page::Library {
        // A script among them opens all the same.
        let (scripts, media): (Vec<String>, Vec<String>) = dropped.into_iter().partition(|path| kind(path) == Kind::Script);
        out.extend(scripts.into_iter().map(|path| answer(model, view, path)));
        if !media.is_empty() {
            out.push(Message::Import(import::Message::copy(media.into_iter().map(Into::into).collect())));
        }
    } else {
        out.extend(dropped.into_iter().map(|path| answer(model, view, path)));
    }
    if hovering {
        hint_ui(ui, model, view);
    }
}

fn answer(model: &Model, view: &View, path: String) -> Message {
    let say = |problem: Problem| Message::Notice(notice::Message::Problem(problem));
    let name = path.rsplit(['/', '\\']).next().unwrap_or(&path).to_owned();
    match kind(&path) {
        Kind::Script if model.record.busy() => {
            say(Problem::usage("A take is running.", "Stop it before you open another script."))
        }
        Kind::Script => Message::Prepare(Prepare::Import(path)),
        Kind::Picture => {
            // A drag from outside does not always tell where it ends: then the selected scene is meant.
            let on_prepare = model.page == Page::Prepare && !model.prepare.script.scenes.is_empty();
            match view.drop_scene.or(on_prepare.then_some(model.prepare.selected)) {
                Some(scene) if model.prepare.project.is_some() => Message::Prepare(Prepare::GivePicture { scene, path }),
                _ => say(Problem::usage(
                    format!("“{name}” has no scene to go to."),
                    "Drop pictures on a scene of the Prepare page.",
                )),
            }
        }
        Kind::Other => say(Problem::usage(
            format!("“{name}” is neither a script nor a picture."),
            "Videos and sound go to the Library page. Scripts end in .md or .txt, pictures in .png, .jpg or .webp.",
        )),
    }
}

fn hint_ui(ui: &Ui, model: &Model, view: &View) {
    let c = colours();
    let window = ui.ctx().content_rect();
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("drop hint")));
    painter.rect_stroke(window.shrink(4.0), theme::radius(), (2.0, c.accent.0), StrokeKind::Inside);
    let words = match view.drop_scene {
        Some(scene) => format!("A picture for scene {}, or a script to open", scene + 1),
        None if model.page == Page::Library => "Let go to copy it into the library".to_owned(),
        None => "A script to open, or a picture for a scene".to_owned(),
    };
    let galley = painter.layout_no_wrap(words, theme::body(), c.text.0);
    let middle = window.center_bottom() - egui::vec2(0.0, theme::space(12.0));
    let ground = Align2::CENTER_CENTER.anchor_size(middle, galley.size() + egui::Vec2::splat(theme::space(3.0)));
    painter.rect_filled(ground, theme::radius(), c.raised.0);
    painter.galley(ground.center() - galley.size() / 2.0, galley, c.text.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_ending() {
        assert_eq!(kind("/a/b.MD"), Kind::Script);
        assert_eq!(kind("C:\\x\\talk.txt"), Kind::Script);
        assert_eq!(kind("x.jpeg"), Kind::Picture);
        assert_eq!(kind("x.y/mp4"), Kind::Other);
        assert_eq!(kind("md"), Kind::Other);
    }
}
