//! The example of `gpu::compositor`, in a real egui frame: a page draws a view through a paint callback, twice, side by side,
//! each with its own state.

use egui_kittest::Harness;
use egui_kittest::wgpu::WgpuTestRenderer;

use super::*;
use crate::core::compose::{Area, Layer, Source};
use crate::core::frame::{Frame, Matrix, Pixels, VideoFormat};
use crate::core::latest::Latest;
use crate::core::time::{Moment, Rate};

struct Preview {
    view: ViewId,
    size: [u32; 2],
    camera: Latest<Frame>,
    layers: Vec<Layer>,
}

impl egui_wgpu::CallbackTrait for Preview {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _: &egui_wgpu::ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        resources: &mut egui_wgpu::CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let compositor = resources.entry().or_insert_with(|| Compositor::new(device, Target::FORMAT));
        let (frame, version) = self.camera.versioned();
        let camera = frame.as_deref().map(|frame| (frame, version));
        compositor.prepare(
            device,
            queue,
            self.view,
            &ViewInput { camera, layers: &self.layers, ..ViewInput::sized(self.size) },
        );
        Vec::new()
    }

    fn paint(
        &self,
        _: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &egui_wgpu::CallbackResources,
    ) {
        if let Some(compositor) = resources.get::<Compositor>() {
            compositor.paint(self.view, pass);
        }
    }
}

fn camera(rgb: [u8; 3]) -> Latest<Frame> {
    let format = VideoFormat {
        width: 2,
        height: 2,
        rate: Rate::whole(30),
        pixels: Pixels::Rgba,
        matrix: Matrix::Bt709,
        full_range: true,
    };
    let [r, g, b] = rgb;
    let slot = Latest::default();
    slot.publish(Frame { format, data: [r, g, b, 255].repeat(4).into(), stamp: Moment(0), number: 0 });
    slot
}

#[test]
fn two_views_of_a_window_show_their_own_pictures() {
    let cameras = [camera([200, 30, 40]), camera([20, 90, 210])];
    let mut harness = Harness::builder().with_size([200.0, 100.0]).renderer(WgpuTestRenderer::new()).build_ui(move |ui| {
        for (at, camera) in cameras.iter().enumerate() {
            let rect = egui::Rect::from_min_size(egui::pos2(at as f32 * 100.0, 0.0), egui::vec2(100.0, 100.0));
            let layer = Layer { source: Source::Camera, area: Area::FULL, crop: Area::FULL, radius: 0.0, opacity: 1.0 };
            let preview = Preview { view: ViewId(at as u64), size: [100, 100], camera: camera.clone(), layers: vec![layer] };
            ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, preview));
        }
    });
    harness.run();
    let picture = harness.render().expect("egui renders on this machine");
    assert_eq!(picture.get_pixel(50, 50).0, [200, 30, 40, 255]);
    assert_eq!(picture.get_pixel(150, 50).0, [20, 90, 210, 255]);
}
