//! Record: the picture from edge to edge, the words under the lens, and around them only what the operator needs while a take
//! runs. The picture and every large dark ground are one GPU view; the controls lie over it.

mod bar;
mod big;
mod edit;
mod look;
mod meter;
mod notice;
mod pace;
mod paused;
mod places;
mod question;
mod rehearsal;
mod scene;
mod sound_alone;
mod stage;
mod status;
mod voice;

use std::time::Duration;

use egui::Ui;

use crate::core::time::Moment;
use crate::studio::devices::Port;
use crate::studio::record::Phase;
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::theme::space;

use places::Places;

/// Seconds the controls stay after the last movement of the pointer, in full screen.
const AWAKE_SECS: f64 = 2.5;

/// What this page may forget.
#[derive(Default)]
pub struct RecordView {
    meter: meter::Meter,
    /// Window time until which the controls show in full screen.
    awake_until: f64,
    pub look: look::LookView,
    /// The sentence on a card in the middle of the page.
    pub says: Option<String>,
    edit: edit::Field,
    question: question::Keyboard,
}

/// Draws the page into what is left of `ui`. Answers with the height of the controls at its foot.
pub fn record_ui(
    ui: &mut Ui,
    model: &Model,
    view: &mut RecordView,
    screen: &Screen,
    now: Moment,
    out: &mut Vec<Message>,
) -> f32 {
    let chrome = !model.immersive || view.awake(ui);
    let aspect = stage::program_aspect(model, screen);
    let mut places = Places::of(ui.available_rect_before_wrap(), model.immersive, chrome, stage::layout(model, now), aspect);
    places.meter = places.meter.filter(|_| matches!(model.devices.microphone, Port::Open { .. }));
    // Without a script there is no scene to name.
    places.scene = places.scene.filter(|_| scene::title(model, now).is_some());
    view.meter.follow(model, screen, now);
    stage::stage_ui(ui, model, screen, &places, now, out);
    view.says = notice::notice_ui(ui, model, &places, now, out);
    sound_alone::sound_alone_ui(ui, model, view.meter.loudest(), &places);
    paused::paused_ui(ui, model, &places, now);
    if chrome {
        scene::scene_ui(ui, model, &places, now);
        meter::meter_ui(ui, &mut view.meter, &places);
        bar::bar_ui(ui, model, screen, &mut view.look.open, &places, now, out);
        status::status_ui(ui, model, &places, now);
        look::look_ui(ui, model, &mut view.look, screen, &places, out);
    } else {
        status::line_ui(ui, model, &places, now);
    }
    edit::edit_ui(ui, model, &mut view.edit, &places, now, out);
    rehearsal::rehearsal_ui(ui, model, &places, out);
    question::question_ui(ui, model, &mut view.question, &places, out);
    keep_moving(ui, model, now);
    places.bar.height() + space(1.0)
}

impl RecordView {
    /// True while the pointer moves, a control has the keyboard, or shortly after.
    fn awake(&mut self, ui: &Ui) -> bool {
        let time = ui.input(|input| input.time);
        let moved = ui.input(|input| {
            let moved = |event: &egui::Event| matches!(event, egui::Event::PointerMoved(_) | egui::Event::Touch { .. });
            input.events.iter().any(moved) || input.pointer.any_down() || input.key_pressed(egui::Key::Tab)
        });
        if moved || ui.memory(|memory| memory.focused().is_some()) {
            self.awake_until = time + AWAKE_SECS;
        }
        if time < self.awake_until {
            ui.request_repaint_after(Duration::from_secs_f64(self.awake_until - time));
        }
        time < self.awake_until
    }
}

/// Asks for the next frame only while something on the page changes by itself.
fn keep_moving(ui: &Ui, model: &Model, now: Moment) {
    let counting = model.countdown().is_some() || model.record.phase == Phase::Starting;
    if counting || !model.prompter.course.at_rest(now) {
        ui.request_repaint();
        return;
    }
    if let Port::Open { format, stalled: false, .. } = &model.devices.camera {
        // Twice the camera's rate, so that no frame waits longer than half of its time.
        let fps = format.rate.fps().clamp(1.0, 120.0);
        ui.request_repaint_after(Duration::from_secs_f64(0.5 / fps));
    } else if sound_alone::applies(model) {
        // Level and time; a display of levels looks alive from some ten pictures a second on.
        ui.request_repaint_after(Duration::from_millis(50));
    } else if model.busy().is_some() {
        ui.request_repaint_after(Duration::from_millis(100));
    }
}
