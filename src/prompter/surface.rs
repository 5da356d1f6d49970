//! The window's surface: one swapchain, one frame a refresh. What a driver loses (a mode switch, a suspended machine) is made
//! anew without a word; only a machine that cannot draw at all is a problem.

use std::sync::Arc;

use winit::window::Window;

use crate::core::problem::Problem;
use crate::gpu::context::{AdapterReport, ready};

/// A window's device and swapchain.
#[derive(Debug)]
pub struct Surface {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub adapter: AdapterReport,
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
}

/// Why there was no frame this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// Try again with the next refresh.
    Later,
    /// The device is gone: open another one.
    Lost,
}

impl Surface {
    /// Opens the adapter that can show on this window. Takes up to a second on a cold driver.
    pub fn open(window: &Arc<Window>, display: winit::event_loop::OwnedDisplayHandle) -> Result<Surface, Problem> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends: wgpu::Backends::PRIMARY,
            ..wgpu::InstanceDescriptor::new_with_display_handle(Box::new(display))
        });
        let surface = instance.create_surface(Arc::clone(window)).map_err(|error| no_driver(&error))?;
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            compatible_surface: Some(&surface),
            ..wgpu::RequestAdapterOptions::default()
        };
        let silent = "the driver did not answer";
        let adapter = ready(instance.request_adapter(&options)).ok_or_else(|| no_driver(&silent))?;
        let adapter = adapter.map_err(|error| no_driver(&error))?;
        let descriptor = wgpu::DeviceDescriptor { label: Some("prompter"), ..wgpu::DeviceDescriptor::default() };
        let device = ready(adapter.request_device(&descriptor)).ok_or_else(|| no_driver(&silent))?;
        let (device, queue) = device.map_err(|error| no_driver(&error))?;
        let capabilities = surface.get_capabilities(&adapter);
        // Gamma space, as in the studio's window, so that both blend alike.
        let plain = [wgpu::TextureFormat::Bgra8Unorm, wgpu::TextureFormat::Rgba8Unorm];
        let format = plain.into_iter().find(|format| capabilities.formats.contains(format));
        let format = format.or_else(|| capabilities.formats.first().copied()).ok_or_else(|| no_driver(&"no format"))?;
        let size = window.inner_size();
        let mut config = surface
            .get_default_config(&adapter, size.width.max(1), size.height.max(1))
            .ok_or_else(|| no_driver(&"the window can't be drawn to"))?;
        (config.format, config.present_mode) = (format, wgpu::PresentMode::Fifo);
        let surface = Surface { adapter: AdapterReport::of(&adapter), device, queue, surface, config };
        surface.surface.configure(&surface.device, &surface.config);
        Ok(surface)
    }

    pub fn format(&self) -> wgpu::TextureFormat {
        self.config.format
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        [self.config.width, self.config.height]
    }

    pub fn resize(&mut self, width: u32, height: u32) {
        let max = self.device.limits().max_texture_dimension_2d;
        let size = (width.clamp(1, max), height.clamp(1, max));
        if size != (self.config.width, self.config.height) {
            (self.config.width, self.config.height) = size;
            self.surface.configure(&self.device, &self.config);
        }
    }

    /// The next picture of the swapchain; waits until the display gives one back.
    pub fn acquire(&mut self) -> Result<wgpu::SurfaceTexture, Skipped> {
        use wgpu::CurrentSurfaceTexture as Current;
        match self.surface.get_current_texture() {
            Current::Success(frame) | Current::Suboptimal(frame) => Ok(frame),
            Current::Outdated => {
                self.surface.configure(&self.device, &self.config);
                Err(Skipped::Later)
            }
            Current::Timeout | Current::Occluded => Err(Skipped::Later),
            Current::Lost | Current::Validation => Err(Skipped::Lost),
        }
    }

    /// Paints it on a ground (gamma-encoded sRGB, 0 to 1) and hands it to the display.
    pub fn present(&self, frame: wgpu::SurfaceTexture, ground: [f32; 4], paint: impl FnOnce(&mut wgpu::RenderPass<'_>)) {
        let [r, g, b, a] = ground.map(|value| f64::from(if self.config.format.is_srgb() { linear(value) } else { value }));
        let view = frame.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("prompter") });
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("prompter"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }), store: wgpu::StoreOp::Store },
            })],
            ..wgpu::RenderPassDescriptor::default()
        });
        paint(&mut pass);
        drop(pass);
        self.queue.submit([encoder.finish()]);
        self.queue.present(frame);
    }
}

/// IEC 61966-2-1.
fn linear(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn no_driver(detail: &dyn std::fmt::Display) -> Problem {
    tracing::info!(%detail, "no surface");
    Problem::missing(
        "No graphics driver can draw the prompter's window (Vulkan is not there).",
        "Install one (Debian: mesa-vulkan-drivers, which needs no graphics card).",
    )
}
