//! Controllers: OSC and MIDI with their switches, what is plugged in, and what each button does. A button is taught by
//! pressing it.

use egui::{Frame, Margin, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use crate::core::problem::Problem;
use crate::core::settings::{MidiAction, MidiTrigger, Settings};
use crate::studio::command::{COMMANDS, Command};
use crate::studio::control::{self, Midi, OSC_PORT, Osc};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::number::{Bounds, stepper};
use crate::ui::widgets::switch::switch;
use crate::ui::widgets::{menu, text};

/// Ports that need no rights.
const PORTS: Bounds = Bounds { low: 1024.0, high: 65535.0, step: 1.0, decimals: 0 };
const MENU_WIDTH: f32 = 288.0;
/// Commands shown in the menu at once, in points.
const MENU_HEIGHT: f32 = 296.0;

const PACE: &str = "Pace, by fader or knob";

/// What the sheet may forget.
#[derive(Debug)]
pub struct ControlsView {
    /// The port OSC gets when it is switched on.
    port: u16,
}

impl Default for ControlsView {
    fn default() -> Self {
        ControlsView { port: OSC_PORT }
    }
}

/// Draws both sides, beside each other where there is room.
pub fn controls_ui(ui: &mut Ui, model: &Model, view: &mut ControlsView, out: &mut Vec<Message>) {
    let mut wanted = model.settings.clone();
    let height = ui.available_height();
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show(ui, |ui| {
        ui.add_space(space(1.0));
        if ui.available_width() >= 640.0 {
            ui.spacing_mut().item_spacing.x = space(3.0);
            ui.columns(2, |uis| {
                uis.iter_mut().for_each(|ui| ui.spacing_mut().item_spacing.x = space(1.0));
                midi_ui(&mut uis[0], model, &mut wanted, out);
                osc_ui(&mut uis[1], model, view, &mut wanted);
            });
        } else {
            midi_ui(ui, model, &mut wanted, out);
            ui.add_space(space(2.0));
            osc_ui(ui, model, view, &mut wanted);
        }
    });
    if wanted != model.settings {
        out.push(Message::Settings(Box::new(wanted)));
    }
}

/// A heading with its switch; true when that was used.
fn head_ui(ui: &mut Ui, name: &str, about: &str, on: bool) -> bool {
    let mut used = false;
    ui.horizontal(|ui| {
        text::title(ui, name);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            used = switch(ui, &format!("Listen to {name}"), on).clicked();
        });
    });
    text::small(ui, about);
    ui.add_space(space(1.0));
    used
}

fn problem_ui(ui: &mut Ui, problem: &Problem) {
    let words = format!("{} {}", problem.what, problem.fix);
    ui.label(RichText::new(words).font(theme::body()).color(colours().accent));
}

/// Things that belong together, on a ground of their own.
fn card_ui(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let frame = Frame::NONE
        .fill(colours().background.0)
        .corner_radius(theme::radius())
        .inner_margin(Margin::symmetric(space(1.5) as i8, space(0.5) as i8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui);
    });
}

fn osc_ui(ui: &mut Ui, model: &Model, view: &mut ControlsView, wanted: &mut Settings) {
    let on = model.settings.osc_port.is_some();
    view.port = model.settings.osc_port.unwrap_or(view.port);
    if head_ui(ui, "OSC", "From show control, lighting desks and tablets, over the network.", on) {
        wanted.osc_port = (!on).then_some(view.port);
    }
    ui.horizontal(|ui| {
        text::body(ui, "UDP port");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add_space((ui.available_width() - 144.0).max(0.0));
                if let Some(port) = stepper(ui, "OSC port", f64::from(view.port), PORTS, "") {
                    view.port = port as u16;
                    wanted.osc_port = on.then_some(view.port);
                }
            });
        });
    });
    match &model.control.osc {
        Osc::Off => {}
        Osc::Failed(problem) => problem_ui(ui, problem),
        Osc::Listening { address, taken, ignored } => {
            text::body(ui, format!("Listening at {address}"));
            text::small(ui, format!("{} carried out, {ignored} ignored", counted(*taken, "order")));
        }
    }
    let from = if model.settings.lan {
        "Every device on the local network may send, because sharing is on."
    } else {
        "Programs on this machine may send; the local network may once sharing is on."
    };
    text::small(ui, from);
    ui.add_space(space(1.0));
    card_ui(ui, |ui| {
        ui.add_space(space(0.5));
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = space(3.0);
        for (address, meaning) in [
            ("/onetake/next-scene", "any command, by its name"),
            ("/onetake/scene 2", "to the second scene"),
            ("/onetake/line 2 5", "to its fifth sentence"),
            ("/onetake/pace 150", "words per minute"),
            ("/onetake/scroll -3", "up by three sizes of the type"),
        ] {
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(address).monospace().color(colours().text));
                text::small(ui, meaning);
            });
        }
        ui.add_space(space(0.5));
    });
}

fn midi_ui(ui: &mut Ui, model: &Model, wanted: &mut Settings, out: &mut Vec<Message>) {
    let on = model.settings.midi;
    if head_ui(ui, "MIDI", "From keyboards, pads, faders and pedals that are plugged in.", on) {
        wanted.midi = !on;
    }
    match &model.control.midi {
        Midi::Off => {}
        Midi::Failed(problem) => problem_ui(ui, problem),
        Midi::Listening(inputs) if inputs.is_empty() => {
            text::body(ui, "No controller is plugged in. One that is appears here by itself.");
        }
        Midi::Listening(inputs) => card_ui(ui, |ui| {
            for input in inputs {
                input_ui(ui, input, wanted);
            }
        }),
    }
    ui.add_space(space(1.0));
    lesson_ui(ui, model, out);
    if !model.settings.midi_bindings.is_empty() {
        ui.add_space(space(0.5));
        card_ui(ui, |ui| bindings_ui(ui, model, wanted));
    }
}

/// An input that is there, and whether it is listened to.
fn input_ui(ui: &mut Ui, input: &control::Input, wanted: &mut Settings) {
    let muted = wanted.midi_muted.contains(&input.name);
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if switch(ui, &format!("Listen to {}", input.name), !muted).clicked() {
                wanted.midi_muted.retain(|name| *name != input.name);
                if !muted {
                    wanted.midi_muted.push(input.name.clone());
                }
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(&input.name).font(theme::body()).color(colours().text)).truncate());
                if !input.open && !muted {
                    text::small(ui, "can't be opened");
                }
            });
        });
    });
}

/// Teaching: first what, then the button is pressed.
fn lesson_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let mut learn = |action: Option<MidiAction>| out.push(Message::Control(control::Message::Learn(action)));
    if let Some(action) = &model.control.learning {
        let words = match action {
            MidiAction::Command(_) => format!("Press a button on your controller for “{}”.", named(action)),
            MidiAction::Pace => "Move a fader or turn a knob on your controller for the pace.".to_owned(),
        };
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(words).font(theme::body()).color(colours().accent));
            if Button::quiet("Cancel").show(ui).clicked() {
                learn(None);
            }
        });
        return;
    }
    if !matches!(&model.control.midi, Midi::Listening(inputs) if !inputs.is_empty()) {
        text::small(ui, "Buttons of a controller can be taught any command, a fader or knob the pace.");
        return;
    }
    let button = Button::quiet("Teach a button").icon(Icon::Plus).trailing(Icon::ChevronDown).show(ui);
    menu::under(&button, MENU_WIDTH, |ui| {
        ScrollArea::vertical().max_height(MENU_HEIGHT).show(ui, |ui| {
            if menu::item(ui, None, PACE, None) {
                learn(Some(MidiAction::Pace));
            }
            for entry in COMMANDS.iter().filter(|entry| entry.command.is_remote()) {
                if menu::item(ui, None, entry.label, None) {
                    learn(Some(MidiAction::Command(entry.name.to_owned())));
                }
            }
        });
    });
}

fn bindings_ui(ui: &mut Ui, model: &Model, wanted: &mut Settings) {
    for binding in &model.settings.midi_bindings {
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let forget = format!("Forget {}", trigger(binding.trigger));
                if Button::icon_only(Icon::X, &forget).show(ui).clicked() {
                    wanted.midi_bindings.retain(|other| other != binding);
                }
                text::small(ui, trigger(binding.trigger));
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let label = RichText::new(named(&binding.action)).font(theme::body()).color(colours().text);
                    ui.add(egui::Label::new(label).truncate());
                });
            });
        });
    }
}

/// What an action is called; a command of another version keeps its name.
fn named(action: &MidiAction) -> &str {
    match action {
        MidiAction::Command(name) => Command::named(name).map_or(name, |command| command.label()),
        MidiAction::Pace => "Pace",
    }
}

/// As controllers print it: channels and programs count from 1, notes and controllers from 0.
fn trigger(trigger: MidiTrigger) -> String {
    let from_1 = |number: u8| u16::from(number) + 1;
    match trigger {
        MidiTrigger::Note { channel, note } => format!("Note {note}, channel {}", from_1(channel)),
        MidiTrigger::Control { channel, controller } => format!("Control {controller}, channel {}", from_1(channel)),
        MidiTrigger::Program { channel, program } => format!("Program {}, channel {}", from_1(program), from_1(channel)),
    }
}

fn counted(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
