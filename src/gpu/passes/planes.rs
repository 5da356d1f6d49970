//! The textures of one source, filled with its bytes as they come: one to three planes, made once for a format and reused for
//! every frame of it.

use std::ops::Range;

use crate::core::frame::{Frame, Matrix, Pixels, Still, VideoFormat};
use crate::gpu::error::Error;
use crate::gpu::mjpeg::decode_mjpeg;

/// Textures of a source and what the shader must know of them.
#[derive(Debug)]
pub struct Planes {
    textures: Vec<wgpu::Texture>,
    shape: Shape,
    /// Version of the bytes in the textures.
    version: u64,
}

/// What textures are made for; a change makes new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub width: u32,
    pub height: u32,
    pub layout: Layout,
    pub matrix: Matrix,
    pub full_range: bool,
}

/// How the shader reads the planes; the numbers are `Picture.kind` in `picture.wgsl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Nv12 = 0,
    I420 = 1,
    Yuyv = 2,
    Rgba = 3,
    Bgrx = 4,
}

/// One texture: its size in texels, format, and its bytes among the frame's.
struct Plane {
    width: u32,
    height: u32,
    format: wgpu::TextureFormat,
    bytes: Range<usize>,
}

impl Planes {
    /// Brings a frame into the textures at hand, or into new ones when its format is another; the same version is brought once.
    /// Gives the bytes copied. A frame that makes no picture leaves what was there: a camera's torn frame must not flicker.
    pub fn bring_frame(
        held: &mut Option<Planes>,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        frame: &Frame,
        version: u64,
    ) -> Result<usize, Error> {
        if held.as_ref().is_some_and(|planes| planes.version == version && planes.suit(&frame.format)) {
            return Ok(0);
        }
        let brought = decode_mjpeg(frame)
            .and_then(|decoded| Planes::fill(held, device, queue, Shape::of(&decoded.format), &decoded.data));
        if let Some(planes) = held {
            planes.version = version;
        }
        brought
    }

    /// The same for a still; `key` names its content.
    pub fn bring_still(
        held: &mut Option<Planes>,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        still: &Still,
        key: u64,
    ) -> Result<usize, Error> {
        let Still { width, height, .. } = *still;
        let shape = Shape { width, height, layout: Layout::Rgba, matrix: Matrix::Bt709, full_range: true };
        if held.as_ref().is_some_and(|planes| planes.version == key && planes.shape == shape) {
            return Ok(0);
        }
        let brought = Planes::fill(held, device, queue, shape, &still.rgba);
        if let Some(planes) = held {
            planes.version = key;
        }
        brought
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Three views for the shader's three bindings; layouts with fewer planes repeat the first.
    pub fn views(&self) -> [wgpu::TextureView; 3] {
        std::array::from_fn(|i| {
            let texture = self.textures.get(i).unwrap_or(&self.textures[0]);
            texture.create_view(&wgpu::TextureViewDescriptor::default())
        })
    }

    /// True when frames of this format may be in these textures. A JPEG's size is known only once it is decoded.
    fn suit(&self, format: &VideoFormat) -> bool {
        let shape = Shape::of(format);
        if format.pixels == Pixels::Mjpeg { self.shape.layout == Layout::Rgba } else { self.shape == shape }
    }

    fn fill(
        held: &mut Option<Planes>,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        shape: Shape,
        data: &[u8],
    ) -> Result<usize, Error> {
        let Shape { width, height, .. } = shape;
        let max = device.limits().max_texture_dimension_2d;
        if width == 0 || height == 0 || width > max || height > max {
            return Err(Error::Size { width, height, max });
        }
        let planes = shape.planes();
        let want = planes.last().map_or(0, |plane| plane.bytes.end);
        if data.len() < want {
            return Err(Error::Bytes { width, height, got: data.len(), want });
        }
        let new = || Planes { textures: planes.iter().map(|plane| plane.texture(device)).collect(), shape, version: 0 };
        let known = held.take().filter(|known| known.shape == shape);
        let filled = held.insert(known.unwrap_or_else(new));
        for (texture, plane) in filled.textures.iter().zip(&planes) {
            queue.write_texture(
                texture.as_image_copy(),
                &data[plane.bytes.clone()],
                wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(plane.bytes.len() as u32 / plane.height),
                    rows_per_image: None,
                },
                texture.size(),
            );
        }
        Ok(want)
    }
}

impl Shape {
    fn of(format: &VideoFormat) -> Shape {
        let layout = match format.pixels {
            Pixels::Nv12 => Layout::Nv12,
            Pixels::I420 => Layout::I420,
            Pixels::Yuyv => Layout::Yuyv,
            Pixels::Rgba | Pixels::Mjpeg => Layout::Rgba,
            Pixels::Bgrx => Layout::Bgrx,
        };
        let VideoFormat { width, height, matrix, full_range, .. } = *format;
        Shape { width, height, layout, matrix, full_range }
    }

    fn planes(&self) -> Vec<Plane> {
        use wgpu::TextureFormat::{Bgra8Unorm, R8Unorm, Rg8Unorm, Rgba8Unorm};
        let (w, h) = (self.width, self.height);
        let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
        let sizes: &[(u32, u32, wgpu::TextureFormat, usize)] = match self.layout {
            Layout::Nv12 => &[(w, h, R8Unorm, 1), (cw, ch, Rg8Unorm, 2)],
            Layout::I420 => &[(w, h, R8Unorm, 1), (cw, ch, R8Unorm, 1), (cw, ch, R8Unorm, 1)],
            Layout::Yuyv => &[(cw, h, Rgba8Unorm, 4)],
            Layout::Rgba => &[(w, h, Rgba8Unorm, 4)],
            Layout::Bgrx => &[(w, h, Bgra8Unorm, 4)],
        };
        let mut from = 0;
        let plane = |&(width, height, format, texel): &(u32, u32, wgpu::TextureFormat, usize)| {
            let bytes = from..from + width as usize * height as usize * texel;
            from = bytes.end;
            Plane { width, height, format, bytes }
        };
        sizes.iter().map(plane).collect()
    }

    /// Rows that turn (Y, Cb, Cr, 1), each 0 to 1 as sampled, into red, green, blue.
    /// ITU-R BT.601-7 §2.5 and BT.709-6 §3, with the ranges of §2.5.3: Y 16–235, chroma 16–240 around 128; or 0–255.
    pub fn conversion(&self) -> [[f32; 4]; 3] {
        let (kr, kb) = match self.matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
        };
        let kg = 1.0 - kr - kb;
        let (black, y_scale, c_scale) =
            if self.full_range { (0.0, 1.0, 1.0) } else { (16.0 / 255.0, 255.0 / 219.0, 255.0 / 224.0) };
        let (red_cr, blue_cb) = (2.0 * (1.0 - kr), 2.0 * (1.0 - kb));
        let (green_cb, green_cr) = (-blue_cb * kb / kg, -red_cr * kr / kg);
        let zero = 128.0 / 255.0;
        let row = |cb: f64, cr: f64| {
            let shift = -black * y_scale - zero * c_scale * (cb + cr);
            [y_scale as f32, (cb * c_scale) as f32, (cr * c_scale) as f32, shift as f32]
        };
        [row(0.0, red_cr), row(green_cb, green_cr), row(blue_cb, 0.0)]
    }
}

impl Plane {
    fn texture(&self, device: &wgpu::Device) -> wgpu::Texture {
        device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture plane"),
            size: wgpu::Extent3d { width: self.width, height: self.height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: self.format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        })
    }
}
