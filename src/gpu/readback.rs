//! A texture to draw into without a window, and the way its pixels come back.

use super::error::Error;

/// An offscreen picture. Its format is the one egui prefers, so that offscreen and window take the same path.
#[derive(Debug)]
pub struct Target {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    width: u32,
    height: u32,
}

impl Target {
    /// Gamma-space RGBA, 8 bits a channel.
    pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

    /// `width` × `height` pixels.
    pub fn new(device: &wgpu::Device, width: u32, height: u32) -> Result<Target, Error> {
        Target::with_format(device, width, height, Target::FORMAT)
    }

    /// As `new`, in another four-byte format (the sRGB twin, for tests of the linear path).
    pub fn with_format(device: &wgpu::Device, width: u32, height: u32, format: wgpu::TextureFormat) -> Result<Target, Error> {
        let max = device.limits().max_texture_dimension_2d;
        if width == 0 || height == 0 || width > max || height > max {
            return Err(Error::Size { width, height, max });
        }
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("offscreen target"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Ok(Target { texture, view, width, height })
    }

    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// Clears to a colour (0 to 1, as stored), runs `draw` in one render pass, and submits.
    pub fn draw(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        clear: [f64; 4],
        draw: impl FnOnce(&mut wgpu::RenderPass<'_>),
    ) {
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("offscreen") });
        self.draw_in(&mut encoder, clear, draw);
        queue.submit([encoder.finish()]);
    }

    /// The same behind other work; the caller submits.
    pub fn draw_in(&self, encoder: &mut wgpu::CommandEncoder, clear: [f64; 4], draw: impl FnOnce(&mut wgpu::RenderPass<'_>)) {
        let [r, g, b, a] = clear;
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("offscreen"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }), store: wgpu::StoreOp::Store },
            })],
            ..wgpu::RenderPassDescriptor::default()
        });
        draw(&mut pass);
    }

    /// The picture, R G B A, tightly packed. Waits for the GPU.
    pub fn read(&self, device: &wgpu::Device, queue: &wgpu::Queue) -> Result<Vec<u8>, Error> {
        let row = self.width * 4;
        let stride = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("readback"),
            size: u64::from(stride) * u64::from(self.height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("readback") });
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(stride), rows_per_image: None },
            },
            self.texture.size(),
        );
        queue.submit([encoder.finish()]);
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        buffer.map_async(wgpu::MapMode::Read, .., move |result| {
            let _ = sender.send(result);
        });
        device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| Error::Readback(error.to_string()))?;
        let mapped = receiver.recv().map_err(|error| Error::Readback(error.to_string()))?;
        mapped.map_err(|error| Error::Readback(error.to_string()))?;
        let bytes = buffer.get_mapped_range(..).map_err(|error| Error::Readback(error.to_string()))?;
        let mut packed = Vec::with_capacity((row * self.height) as usize);
        for line in bytes.chunks_exact(stride as usize) {
            packed.extend_from_slice(&line[..row as usize]);
        }
        Ok(packed)
    }
}
