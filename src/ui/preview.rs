//! Moving pictures in the window: the live program, the scene picture, the player's frame and the prompter's text, drawn by
//! `gpu::Compositor` inside egui's own render pass. The only file of the eyes that names wgpu. Large dark grounds are drawn
//! here too, because egui's own large fills are what makes a window slow without a GPU.
//!
//! Lengths are in points and relative to nothing: a page speaks of the same rectangles here as to egui.

use std::sync::Arc;

use egui::{Color32, Context, Id, Rect, Response, Sense, Ui, pos2};
use egui_wgpu::{CallbackResources, CallbackTrait, RenderState, ScreenDescriptor, wgpu};

use crate::core::compose::{Area, Layer};
use crate::core::frame::{Frame, Still};
use crate::core::latest::Latest;
use crate::core::prompter::Look;
use crate::core::prompter::palette::Rgb;
use crate::gpu::passes::prompter::{Colours, Geometry, PrompterInput};
use crate::gpu::passes::scrim::Scrim;
use crate::gpu::text::TextLayout;
use crate::gpu::{Compositor, ViewId, ViewInput};

use super::theme::colours;

/// Grounds of more luminance than this count as light; less of the picture shines through them, because dark letters bear less
/// of it.
const LIGHT_GROUND: f64 = 0.2;
const LIGHT_COVER: f32 = 0.94;

/// Names an instance: each has its own textures and uniforms on the GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Record,
    Review,
    /// The camera over the screen.
    Inset,
}

/// Everything one instance shows, from back to front.
#[derive(Default)]
pub struct PreviewInput<'a> {
    /// The camera's or the player's picture and its version.
    pub frame: Option<(Arc<Frame>, u64)>,
    pub mirror_frame: bool,
    /// The scene picture.
    pub picture: Option<Arc<Still>>,
    /// Where both lie; areas are parts of the instance's rectangle.
    pub layers: Vec<Layer>,
    /// Over the pictures, under the text.
    pub shades: Vec<Shade>,
    pub prompter: Option<Prompter<'a>>,
}

/// A dark ground under text: from one strength at its top to another at its bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shade {
    pub rect: Rect,
    /// 1 is the theme's scrim, 0 nothing.
    pub top: f32,
    pub bottom: f32,
    /// Corner radius in points.
    pub radius: f32,
    /// The ground of a palette instead of the theme's scrim.
    pub ground: Option<Rgb>,
}

/// The prompter's text in a rectangle.
pub struct Prompter<'a> {
    pub layout: Arc<TextLayout>,
    pub rect: Rect,
    pub look: &'a Look,
    /// Height of the sheet at the eye line, in ems.
    pub position: f64,
    /// Nothing moves: the text eases onto whole pixels, where it is sharpest.
    pub at_rest: bool,
}

impl Prompter<'_> {
    /// Scene and line under the pointer.
    pub fn hit(&self, at: egui::Pos2) -> Option<(usize, usize)> {
        let (x, y) = self.geometry().to_sheet([at.x, at.y], self.position);
        self.layout.hit(x, y)
    }

    /// Points to the em.
    pub fn em(&self) -> f32 {
        self.geometry().em
    }

    fn geometry(&self) -> Geometry {
        Geometry::of(numbers(self.rect, 1.0), self.look, self.layout.column())
    }
}

/// Makes the compositor for a window; once, before its first frame. Without it previews stay empty.
pub fn install(render: &RenderState) {
    let compositor = Compositor::new(&render.device, render.target_format);
    render.renderer.write().callback_resources.insert(compositor);
}

/// The newest frame of a slot with its version.
pub fn newest(slot: &Latest<Frame>) -> Option<(Arc<Frame>, u64)> {
    let (frame, version) = slot.versioned();
    frame.map(|frame| (frame, version))
}

/// The prompter's text with the rows that positions are counted in (`Laid::revision`). A new layout is on the screen's slot a
/// moment before the model knows it; until then the old one is shown, so that no frame mixes the two.
pub fn text(ctx: &Context, slot: &Latest<TextLayout>, revision: u64) -> Option<Arc<TextLayout>> {
    let newest = slot.get()?;
    ctx.data_mut(|data| {
        let held: &mut Option<Arc<TextLayout>> = data.get_temp_mut_or_default(Id::unique("prompter text"));
        match held {
            Some(held) if newest.revision() != revision && held.revision() == revision => Some(Arc::clone(held)),
            _ => {
                *held = Some(Arc::clone(&newest));
                Some(newest)
            }
        }
    })
}

/// Width ÷ height of a frame or still; `None` for an empty one.
pub fn aspect(width: u32, height: u32) -> Option<f32> {
    (width > 0 && height > 0).then(|| width as f32 / height as f32)
}

/// Draws an instance into `rect` and answers whether the pointer is over it.
pub fn preview(ui: &mut Ui, rect: Rect, place: Place, input: PreviewInput<'_>) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(place), Sense::hover());
    let scale = ui.ctx().pixels_per_point();
    // Whole pixels, as egui rounds the viewport.
    let left_top = pos2((rect.left() * scale).round(), (rect.top() * scale).round());
    let right_bottom = pos2((rect.right() * scale).round(), (rect.bottom() * scale).round());
    let size = (right_bottom - left_top).max(egui::Vec2::ZERO);
    if size.x < 1.0 || size.y < 1.0 {
        return response;
    }
    let within = |rect: Rect| {
        let [x, y, w, h] = numbers(rect, scale);
        [x - left_top.x, y - left_top.y, w, h]
    };
    let picture = input.picture.map(|still| {
        let version = version_of(ui.ctx(), place, &still);
        (still, version)
    });
    let shown = Shown {
        view: ViewId(place as u64),
        size: [size.x as u32, size.y as u32],
        frame: input.frame,
        mirror_frame: input.mirror_frame,
        picture,
        layers: input.layers,
        scrims: input.shades.iter().map(|shade| scrim(shade, within(shade.rect), scale)).collect(),
        prompter: input.prompter.map(|prompter| ShownPrompter {
            rect: within(prompter.rect),
            layout: prompter.layout,
            look: prompter.look.clone(),
            position: prompter.position,
            at_rest: prompter.at_rest,
        }),
        ctx: ui.ctx().clone(),
    };
    ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, shown));
    response
}

/// A layer that fills `rect` of an instance that lies in `whole`.
pub fn area_in(rect: Rect, whole: Rect) -> Area {
    Area {
        x: (rect.left() - whole.left()) / whole.width(),
        y: (rect.top() - whole.top()) / whole.height(),
        w: rect.width() / whole.width(),
        h: rect.height() / whole.height(),
    }
}

/// Layers of a program that lies in `program`, as parts of an instance in `whole`.
pub fn layers_in(layers: Vec<Layer>, program: Rect, whole: Rect) -> Vec<Layer> {
    let of = area_in(program, whole);
    let moved = |layer: Layer| Layer {
        area: Area {
            x: of.x + layer.area.x * of.w,
            y: of.y + layer.area.y * of.h,
            w: layer.area.w * of.w,
            h: layer.area.h * of.h,
        },
        radius: layer.radius * of.h,
        ..layer
    };
    layers.into_iter().map(moved).collect()
}

/// The largest rectangle of an aspect ratio in the middle of `area`.
pub fn fitted(area: Rect, aspect: f32) -> Rect {
    let size = if area.width() > area.height() * aspect {
        egui::vec2(area.height() * aspect, area.height())
    } else {
        egui::vec2(area.width(), area.width() / aspect)
    };
    Rect::from_center_size(area.center(), size)
}

/// What the render pass needs, owned, because egui draws after the page is gone.
struct Shown {
    view: ViewId,
    size: [u32; 2],
    frame: Option<(Arc<Frame>, u64)>,
    mirror_frame: bool,
    picture: Option<(Arc<Still>, u64)>,
    layers: Vec<Layer>,
    scrims: Vec<Scrim>,
    prompter: Option<ShownPrompter>,
    ctx: Context,
}

struct ShownPrompter {
    layout: Arc<TextLayout>,
    rect: [f32; 4],
    look: Look,
    position: f64,
    at_rest: bool,
}

impl CallbackTrait for Shown {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _: &ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(compositor) = resources.get_mut::<Compositor>() else { return Vec::new() };
        let prompter = self.prompter.as_ref().map(|prompter| PrompterInput {
            layout: &prompter.layout,
            position: prompter.position,
            rect: prompter.rect,
            look: &prompter.look,
            colours: Colours::of(&prompter.look.palette),
            opacity: 1.0,
            snap: prompter.at_rest,
        });
        let input = ViewInput {
            size: self.size,
            layers: &self.layers,
            camera: self.frame.as_ref().map(|(frame, version)| (frame.as_ref(), *version)),
            picture: self.picture.as_ref().map(|(still, version)| (still.as_ref(), *version)),
            mirror_camera: self.mirror_frame,
            scrims: &self.scrims,
            prompter,
        };
        let work = compositor.prepare(device, queue, self.view, &input);
        if work.prompter.unsettled {
            self.ctx.request_repaint();
        }
        if let Some(error) = work.refused {
            tracing::debug!(%error, view = self.view.0, "a picture is not shown");
        }
        Vec::new()
    }

    fn paint(&self, _: egui::PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        if let Some(compositor) = resources.get::<Compositor>() {
            compositor.paint(self.view, pass);
        }
    }
}

/// The still last shown by an instance; holding it keeps its address from meaning another one.
#[derive(Clone, Default)]
struct LastStill {
    still: Option<Arc<Still>>,
    version: u64,
}

fn version_of(ctx: &Context, place: Place, still: &Arc<Still>) -> u64 {
    ctx.data_mut(|data| {
        let last: &mut LastStill = data.get_temp_mut_or_default(Id::unique(("preview still", place)));
        if !last.still.as_ref().is_some_and(|known| Arc::ptr_eq(known, still)) {
            *last = LastStill { still: Some(Arc::clone(still)), version: last.version + 1 };
        }
        last.version
    })
}

fn scrim(shade: &Shade, rect: [f32; 4], scale: f32) -> Scrim {
    let usual = gamma(colours().scrim.0);
    let [r, g, b, a] = shade.ground.map_or(usual, |ground| {
        let [r, g, b, _] = ground.rgba();
        [r, g, b, if ground.luminance() > LIGHT_GROUND { LIGHT_COVER } else { usual[3] }]
    });
    let strength = |part: f32| [r, g, b, a * part];
    Scrim { rect, top: strength(shade.top), bottom: strength(shade.bottom), radius: shade.radius * scale }
}

/// Straight, gamma-encoded, 0 to 1.
fn gamma(colour: Color32) -> [f32; 4] {
    colour.to_srgba_unmultiplied().map(|value| f32::from(value) / 255.0)
}

/// Left, top, width, height, in pixels.
fn numbers(rect: Rect, scale: f32) -> [f32; 4] {
    [rect.left(), rect.top(), rect.width(), rect.height()].map(|value| value * scale)
}
