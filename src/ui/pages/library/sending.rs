//! An asset on its way to the storage: the button that sends it, and how far it is. Takes are sent from Review.

use egui::{Label, RichText, Ui};
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::core::storage::Parcel;
use crate::core::take::TakeId;
use crate::core::upload::Progress;
use crate::studio::upload::{Message as Upload, Phase};
use crate::studio::{Message, Model};
use crate::ui::figures;
use crate::ui::theme::{self, Colour, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{progress, text};

use super::words;

/// The button beside the others; nothing for a take, and for what can't be sent.
pub fn button_ui(ui: &mut Ui, model: &Model, asset: &Asset, out: &mut Vec<Message>) {
    if asset.take.is_some() || words::trouble(asset).is_some() {
        return;
    }
    let active = phase(model, asset).is_some_and(Phase::active);
    let button = Button::icon_only(Icon::CloudUpload, "Upload to the storage").enabled(!active).show(ui);
    if button.clicked() {
        out.push(Message::Upload(Upload::Send(Box::new(Parcel::of_asset(asset)))));
    }
}

/// How far it is, or how it ended.
pub fn state_ui(ui: &mut Ui, model: &Model, asset: &Asset, out: &mut Vec<Message>) {
    if asset.take.is_some() {
        return;
    }
    match phase(model, asset) {
        None | Some(Phase::Cancelled) => {}
        Some(Phase::Hashing(progress)) => moving_ui(ui, asset, progress, "Preparing", out),
        Some(Phase::Sending(progress)) => moving_ui(ui, asset, progress, "Uploading", out),
        Some(Phase::Comparing(progress)) => moving_ui(ui, asset, progress, "Comparing", out),
        Some(Phase::Waiting { progress, reason, .. }) => {
            moving_ui(ui, asset, progress, "The connection broke; trying again at", out);
            text::small(ui, reason);
        }
        Some(Phase::Uploaded(arrived)) => {
            let place = arrived.goal.words();
            words_ui(ui, &format!("Uploaded to {place}. What lies there is the same to the byte."), colours().safe);
        }
        Some(Phase::Failed(problem)) => {
            words_ui(ui, &format!("{} {}", problem.what, problem.fix), colours().accent);
        }
    }
}

fn words_ui(ui: &mut Ui, said: &str, colour: Colour) {
    ui.add(Label::new(RichText::new(said).font(theme::small()).color(colour)).wrap());
}

fn phase<'a>(model: &'a Model, asset: &Asset) -> Option<&'a Phase> {
    model.upload.uploads.get(&TakeId(asset.id.0.clone())).map(|upload| &upload.phase)
}

fn moving_ui(ui: &mut Ui, asset: &Asset, progress: &Progress, what: &str, out: &mut Vec<Message>) {
    let mut said = format!("{what} {} of {}", figures::bytes(progress.sent_bytes), figures::bytes(progress.total_bytes));
    if let Some(left) = progress.secs_left() {
        said.push_str(&format!("  ·  {} left", figures::wait(left)));
    }
    text::small(ui, &said);
    ui.horizontal(|ui| {
        let width = ui.available_width() - space(10.0);
        progress::bar(ui, width.max(space(4.0)), Some(progress.fraction()), &said);
        if Button::plain("Cancel").name("Cancel the upload").show(ui).clicked() {
            out.push(Message::Upload(Upload::Cancel(TakeId(asset.id.0.clone()))));
        }
    });
}
