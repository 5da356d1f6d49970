//! Draws a view: camera and picture, scrims over them, the prompter on top. One compositor serves all windows of a device; each
//! view has its own state under a small number, because egui shares callback resources between viewports.
//!
//! In an egui page (`device` and `format` from `eframe::CreationContext::wgpu_render_state`; put the compositor into
//! `renderer.write().callback_resources` once):
//!
//! ```
//! struct Preview { camera: Latest<Frame>, layers: Vec<Layer> }
//!
//! impl egui_wgpu::CallbackTrait for Preview {
//!     fn prepare(&self, device: &wgpu::Device, queue: &wgpu::Queue, _: &egui_wgpu::ScreenDescriptor,
//!                _: &mut wgpu::CommandEncoder, resources: &mut egui_wgpu::CallbackResources) -> Vec<wgpu::CommandBuffer> {
//!         let Some(compositor) = resources.get_mut::<Compositor>() else { return Vec::new() };
//!         let (frame, version) = self.camera.versioned();
//!         compositor.prepare(device, queue, ViewId(1), &ViewInput {
//!             camera: frame.as_deref().map(|frame| (frame, version)),
//!             layers: &self.layers,
//!             ..ViewInput::sized([1280, 720])
//!         });
//!         Vec::new()
//!     }
//!
//!     fn paint(&self, _: egui::PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &egui_wgpu::CallbackResources) {
//!         if let Some(compositor) = resources.get::<Compositor>() {
//!             compositor.paint(ViewId(1), pass);
//!         }
//!     }
//! }
//! // ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, Preview { .. }));
//! ```
//!
//! The size is the callback rectangle's in physical pixels: egui sets the viewport to it, so (0, 0) is its top left.
//! `tests::window` holds this example to its word.

use std::collections::HashMap;

use super::error::Error;
use super::passes::picture::{self, PicturePass, Sources};
use super::passes::prompter::{self, PrompterInput, PrompterPass};
use super::passes::scrim::{self, Scrim, ScrimPass};
use crate::core::compose::Layer;
use crate::core::frame::{Frame, Still};

/// Names a view: a preview, a display. Any number the caller keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ViewId(pub u64);

/// Everything one picture shows.
#[derive(Clone, Copy, Debug)]
pub struct ViewInput<'a> {
    /// Width and height of the view in physical pixels.
    pub size: [u32; 2],
    /// In drawing order; layers whose source is missing are left out.
    pub layers: &'a [Layer],
    /// A frame, and its version from `core::latest::Latest::versioned`: the same version is uploaded once.
    pub camera: Option<(&'a Frame, u64)>,
    /// A still, and a number that names its content.
    pub picture: Option<(&'a Still, u64)>,
    /// Shows the camera mirrored, as people expect to see themselves.
    pub mirror_camera: bool,
    /// Over the pictures, under the text, in drawing order.
    pub scrims: &'a [Scrim],
    pub prompter: Option<PrompterInput<'a>>,
}

impl ViewInput<'_> {
    /// A view of this size that shows nothing.
    pub fn sized(size: [u32; 2]) -> ViewInput<'static> {
        ViewInput { size, layers: &[], camera: None, picture: None, mirror_camera: false, scrims: &[], prompter: None }
    }
}

/// What a frame took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Quads drawn, of all passes.
    pub quads: usize,
    /// Bytes of camera frames and stills that were uploaded.
    pub picture_bytes: usize,
    pub prompter: prompter::Work,
    /// A source whose new bytes make no picture. Its last good picture stays, and everything else is drawn.
    pub refused: Option<Error>,
}

/// Pipelines for one target format, and the views that use them.
#[derive(Debug)]
pub struct Compositor {
    pictures: PicturePass,
    scrims: ScrimPass,
    prompter: PrompterPass,
    views: HashMap<ViewId, View>,
}

#[derive(Debug)]
struct View {
    pictures: picture::View,
    scrims: scrim::View,
    prompter: Option<prompter::View>,
}

impl Compositor {
    /// For targets of this format: `RenderState::target_format` in the window, `Target::FORMAT` offscreen. Compiles shaders,
    /// some milliseconds.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Compositor {
        Compositor {
            pictures: PicturePass::new(device, format),
            scrims: ScrimPass::new(device, format),
            prompter: PrompterPass::new(device, format),
            views: HashMap::new(),
        }
    }

    /// Uploads what changed and places everything. Before the render pass, once a frame for each view that is shown.
    pub fn prepare(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, id: ViewId, input: &ViewInput<'_>) -> Work {
        let view = self.views.entry(id).or_insert_with(|| View {
            pictures: picture::View::default(),
            scrims: scrim::View::default(),
            prompter: None,
        });
        let sources = Sources { camera: input.camera, picture: input.picture, mirror_camera: input.mirror_camera };
        let (picture_bytes, refused) =
            self.pictures.prepare(device, queue, &mut view.pictures, input.size, input.layers, &sources);
        self.scrims.prepare(device, queue, &mut view.scrims, input.size, input.scrims);
        let prompter = match &input.prompter {
            Some(prompter) => {
                let state = view.prompter.get_or_insert_with(|| self.prompter.view(device));
                self.prompter.prepare(device, queue, state, input.size, prompter)
            }
            None => {
                view.prompter = None;
                prompter::Work::default()
            }
        };
        let quads = view.pictures.shown() + input.scrims.len() + prompter.instances;
        Work { quads, picture_bytes, prompter, refused }
    }

    /// Draws what `prepare` placed; nothing for a view that never was.
    pub fn paint(&self, id: ViewId, pass: &mut wgpu::RenderPass<'_>) {
        let Some(view) = self.views.get(&id) else { return };
        self.pictures.paint(&view.pictures, pass);
        self.scrims.paint(&view.scrims, pass);
        if let Some(prompter) = &view.prompter {
            self.prompter.paint(prompter, pass);
        }
    }

    /// Frees the textures of a view that is closed.
    pub fn forget(&mut self, id: ViewId) {
        self.views.remove(&id);
    }
}
