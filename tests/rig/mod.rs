//! A studio behind a window without hands: a real model, real updates, the real window code and the real compositor. Effects are
//! collected; only the prompter's layout is really made. Set `ONETAKE_LOOK` to a folder to have states drawn into it and look.

use std::sync::Arc;

use egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use onetake::core::frame::{Frame, Matrix, Pixels, Still, VideoFormat};
use onetake::core::project::Project;
use onetake::core::settings::Settings;
use onetake::core::time::{Moment, Rate, SECOND};
use onetake::gpu::text::{Fonts, layout};
use onetake::studio::{Effect, Message, Model, prepare, prompter, start, update};
use onetake::ui::{Screen, View, draw, preview, setup};

pub const SCRIPT: &str = "---\ntitle: Why we write\npace: 150\n---\n\n## Opening\n\n> seconds: 12\n> picture: pictures/01-opening.jpg\n\nEvery story starts with a quiet room and a question nobody asked. [smile] Here's mine: why do I get up in the dark to write things no one is waiting for?\n\n## The habit\n\n> seconds: 38\n> picture: pictures/02-the-habit.jpg\n\nYou sit down, you open the window, and you let the morning in.\n\nThe first sentence is usually terrible. [small laugh] Write it anyway. It is only there to hold the door for the second.\n\n## Eight minutes before the others wake up\n\n> seconds: 52\n> picture: pictures/03-eight-minutes.jpg\n\nEight minutes. That is what I had when the children were small.\n\n## What stays\n\n> seconds: 28\n\nWhat stays is not the page. It is the hour.\n\n## Your turn\n\n> seconds: 12\n\nSo sit down. Open the window.\n";

pub struct Rig {
    pub model: Model,
    pub view: View,
    pub screen: Screen,
    pub now: Moment,
    pub effects: Vec<Effect>,
    /// What the window said, newest last.
    pub said: Vec<Message>,
    fonts: Fonts,
    ready: bool,
}

impl Rig {
    /// A studio with the script open, laid out, and its pictures decoded.
    pub fn new() -> Rig {
        let mut rig = Rig::empty();
        let project = Project { id: "why-we-write".into(), title: "Why we write".into(), folder: "/p/why-we-write".into() };
        rig.tell(Message::Prepare(prepare::Message::Opened(Ok((project, SCRIPT.to_owned())))));
        rig.pictures();
        rig
    }

    fn empty() -> Rig {
        let mut model = Model::default();
        start(&mut model, Settings::default(), Moment(0));
        let looking = std::env::var_os("ONETAKE_LOOK").is_some();
        Rig {
            model,
            view: View::default(),
            screen: Screen::default(),
            now: Moment(100 * SECOND),
            effects: Vec::new(),
            said: Vec::new(),
            fonts: if looking { Fonts::system() } else { Fonts::bundled() },
            ready: false,
        }
    }

    pub fn tell(&mut self, message: Message) {
        for effect in update(&mut self.model, message, self.now) {
            if let Effect::Prompter(prompter::Effect::LayOut { sheet, look }) = &effect {
                let text = Arc::new(layout(sheet, look, &self.fonts));
                let laid = Arc::new(text.laid());
                self.screen.prompter.publish_shared(text);
                self.tell(Message::Prompter(prompter::Message::LaidOut(laid)));
            }
            self.effects.push(effect);
        }
    }

    pub fn wait(&mut self, secs: f64) {
        self.now = self.now.plus_secs(secs);
        self.tell(Message::Tick);
    }

    /// Puts the scenes' pictures on the shelf: the demo's where they are, else gradients.
    fn pictures(&mut self) {
        for name in ["01-opening", "02-the-habit", "03-eight-minutes"] {
            let path = format!("pictures/{name}.jpg");
            self.screen.feeds.pictures.put(path.clone(), still(&path));
            self.tell(Message::Prepare(prepare::Message::PictureLoaded { picture: path, result: Ok(()) }));
        }
    }

    pub fn frame(ui: &mut egui::Ui, rig: &mut Rig) {
        if !std::mem::replace(&mut rig.ready, true) {
            setup(ui.ctx());
            return;
        }
        rig.tell(Message::Tick);
        // The harness leaves a margin that a window has not.
        let whole = egui::UiBuilder::new().max_rect(ui.ctx().content_rect());
        let ui = &mut ui.new_child(whole);
        for message in draw(ui, &rig.model, &mut rig.view, &rig.screen, rig.now) {
            rig.said.push(message.clone());
            rig.tell(message);
        }
    }

    pub fn has(&self, wanted: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(wanted)
    }
}

pub fn window(rig: Rig, size: Vec2, scale: f32) -> Harness<'static, Rig> {
    let render = create_render_state(default_wgpu_setup(), egui_wgpu::RendererOptions::PREDICTABLE);
    preview::install(&render);
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(scale)
        .renderer(WgpuTestRenderer::from_render_state(render))
        .build_ui_state(Rig::frame, rig);
    harness.run_steps(3);
    harness
}

/// Draws the state into the folder named by `ONETAKE_LOOK`; without it, nothing.
pub fn look(harness: &mut Harness<'_, Rig>, name: &str) {
    let Some(folder) = std::env::var_os("ONETAKE_LOOK") else { return };
    // Text eases onto whole pixels within a few pictures.
    for _ in 0..10 {
        harness.step();
        let _ = harness.render();
    }
    let mut image = harness.render().expect("the state can be drawn");
    let ground = onetake::ui::theme::colours().background.0.to_array();
    for pixel in image.pixels_mut() {
        let rest = 255 - u32::from(pixel.0[3]);
        for (value, ground) in pixel.0.iter_mut().zip(ground).take(3) {
            *value = (u32::from(*value) + u32::from(ground) * rest / 255).min(255) as u8;
        }
        pixel.0[3] = 255;
    }
    image.save(std::path::Path::new(&folder).join(format!("{name}.png"))).expect("the folder can be written");
}

pub fn video(width: u32, height: u32) -> VideoFormat {
    VideoFormat { width, height, rate: Rate::whole(30), pixels: Pixels::Nv12, matrix: Matrix::Bt709, full_range: false }
}

/// A warm room with somebody in it, as far as luma goes.
pub fn camera_frame(width: u32, height: u32, stamp: Moment) -> Frame {
    let (w, h) = (width as usize, height as usize);
    let mut data = Vec::with_capacity(w * h * 3 / 2);
    for y in 0..h {
        for x in 0..w {
            let (u, v) = (x as f32 / w as f32 - 0.5, y as f32 / h as f32);
            let head = ((u / 0.11).powi(2) + ((v - 0.46) / 0.24).powi(2)) < 1.0;
            let body = ((u / 0.30).powi(2) + ((v - 1.05) / 0.38).powi(2)) < 1.0;
            let luma = if head {
                168.0 - 160.0 * u
            } else if body {
                74.0
            } else {
                205.0 - 110.0 * v + 60.0 * u
            };
            data.push(luma.clamp(16.0, 235.0) as u8);
        }
    }
    for y in 0..h / 2 {
        for x in 0..w / 2 {
            data.push((118 + x * 8 / w) as u8);
            data.push((136 + y * 12 / h) as u8);
        }
    }
    Frame { format: video(width, height), data: data.into(), stamp, number: 0 }
}

fn still(path: &str) -> Still {
    let demo = std::env::var("ONETAKE_DEMO").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo").to_owned());
    if let Ok(picture) = image::open(std::path::Path::new(&demo).join(path)) {
        let picture = picture.thumbnail(1280, 720).to_rgba8();
        return Still { width: picture.width(), height: picture.height(), rgba: picture.into_raw().into() };
    }
    let (width, height) = (320, 180);
    let rgba: Vec<u8> = (0..width * height).flat_map(|i| [(i % width) as u8, (i / width) as u8, 90, 255]).collect();
    Still { width, height, rgba: rgba.into() }
}
