//! A display's drawn rows: a texture with a layer for each, three screens' worth of them.

use std::ops::Range;

use super::{AHEAD_PER_FRAME, Geometry, Instance, PrompterInput, PrompterPass, Work, marker};
use crate::gpu::text::atlas::{Atlas, Tile};
use crate::gpu::text::fonts::Raster;
use crate::gpu::text::raster::{self, Inks};
use crate::gpu::text::{TextLayout, TextRow};

/// Letters may reach beyond their row and column by so many ems (accents, italics, tall scripts); what reaches farther is cut.
const OVERHANG_EMS: f32 = 0.6;
/// Screens of rows that are kept.
const SCREENS: usize = 3;
/// Bytes of texture a display may take; more rows than fit are drawn when they are needed.
const MAX_BYTES: usize = 256 << 20;

/// The rows of one display at one size and in one set of colours.
#[derive(Debug)]
pub struct Tiles {
    atlas: Atlas,
    texture: wgpu::Texture,
    group: wgpu::BindGroup,
    made_for: MadeFor,
}

/// What the drawn rows depend on besides their text. A change means a new texture.
#[derive(Clone, Debug, PartialEq)]
struct MadeFor {
    em: f32,
    inks: Inks,
    /// Width, height and number of layers.
    extent: [u32; 3],
    fonts: usize,
}

impl Tiles {
    /// Those at hand when they fit the display, else new ones. `None` when the rectangle has no size.
    pub fn fitting(
        known: Option<Tiles>,
        device: &wgpu::Device,
        pass: &PrompterPass,
        uniform: &wgpu::Buffer,
        geometry: &Geometry,
        input: &PrompterInput<'_>,
    ) -> Option<Tiles> {
        if geometry.em < 1.0 || geometry.size[1] < 1.0 {
            return None;
        }
        let inks = input.colours.inks;
        let extent = extent(device, geometry, input);
        let made_for = MadeFor { em: geometry.em, inks, extent, fonts: input.layout.fonts().id() };
        if let Some(tiles) = known.filter(|tiles| tiles.made_for == made_for) {
            return Some(tiles);
        }
        let [width, height, layers] = extent;
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("prompter rows"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: layers },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor {
            dimension: Some(wgpu::TextureViewDimension::D2Array),
            ..wgpu::TextureViewDescriptor::default()
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("prompter"),
            layout: &pass.group,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Sampler(&pass.sampler) },
            ],
        });
        Some(Tiles { atlas: Atlas::new(layers as usize), texture, group, made_for })
    }

    pub fn bound(&self) -> &wgpu::BindGroup {
        &self.group
    }

    /// The quads of the visible rows and the marker, with heights relative to `base` (returned, whole pixels of the sheet) and
    /// the eye line. Draws the visible rows that are missing, or else one of those that will be visible next.
    pub fn place(
        &mut self,
        queue: &wgpu::Queue,
        raster: &mut Raster,
        input: &PrompterInput<'_>,
        geometry: &Geometry,
        scroll: f64,
        work: &mut Work,
    ) -> (Vec<Instance>, i64) {
        self.atlas.begin();
        let layout = input.layout.as_ref();
        let (top, bottom) = geometry.shown(scroll, f64::from(OVERHANG_EMS));
        let visible = layout.rows_between(top, bottom);
        let base = layout.rows().get(visible.start).map_or(0, |row| baseline_px(row, geometry));
        let mut instances = Vec::with_capacity(visible.len() + 1);
        for row in layout.rows().get(visible.clone()).unwrap_or_default() {
            let tile = self.atlas.touch(row.key).or_else(|| self.draw(queue, raster, layout, row, work));
            let Some(tile) = tile.filter(|tile| tile.width > 2 && tile.height > 2) else { continue };
            let down = (baseline_px(row, geometry) - base) as f32 + tile.top as f32 + 1.0;
            instances.push(Instance {
                place: [geometry.left + tile.left as f32 + 1.0, geometry.eye + down],
                size: [(tile.width - 2) as f32, (tile.height - 2) as f32],
                layer: tile.layer,
            });
        }
        if work.rows_drawn == 0 {
            self.draw_ahead(queue, raster, layout, visible, work);
        }
        if input.colours.marker[3] > 0.0 {
            let (quads, behind) = marker(geometry, input.look.marker, layout.rtl());
            let at = if behind { 0 } else { instances.len() };
            instances.splice(at..at, quads);
        }
        (instances, base)
    }

    /// Draws rows that come next, below first, as far as a screen away.
    fn draw_ahead(
        &mut self,
        queue: &wgpu::Queue,
        raster: &mut Raster,
        layout: &TextLayout,
        visible: Range<usize>,
        work: &mut Work,
    ) {
        let spare = self.atlas.capacity().saturating_sub(visible.len()) / 2;
        let screen = visible.len().max(4).min(spare);
        let below = visible.end..(visible.end + screen).min(layout.rows().len());
        let above = visible.start.saturating_sub(screen)..visible.start;
        for row in below.chain(above.rev()).filter_map(|at| layout.rows().get(at)) {
            if self.atlas.touch(row.key).is_some() {
                continue;
            }
            if work.rows_drawn == AHEAD_PER_FRAME {
                work.unsettled = true;
                return;
            }
            if self.draw(queue, raster, layout, row, work).is_none() {
                return;
            }
        }
    }

    fn draw(
        &mut self,
        queue: &wgpu::Queue,
        raster: &mut Raster,
        layout: &TextLayout,
        row: &TextRow,
        work: &mut Work,
    ) -> Option<Tile> {
        let layer = self.atlas.claim(row.key)?;
        let MadeFor { em, inks, extent, .. } = &self.made_for;
        let pixels = raster::draw(layout, row, *em, inks, [extent[0], extent[1]], raster);
        let raster::RowPixels { left, top, width, height, rgba } = pixels;
        let tile = Tile { layer, left, top, width, height };
        self.atlas.fill(tile);
        work.rows_drawn += 1;
        work.bytes_uploaded += rgba.len();
        if !rgba.is_empty() {
            queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    texture: &self.texture,
                    mip_level: 0,
                    origin: wgpu::Origin3d { x: 0, y: 0, z: layer },
                    aspect: wgpu::TextureAspect::All,
                },
                &rgba,
                wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width * 4), rows_per_image: None },
                wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            );
        }
        Some(tile)
    }
}

/// A row's base line in whole pixels from the sheet's top.
fn baseline_px(row: &TextRow, geometry: &Geometry) -> i64 {
    (row.baseline * f64::from(geometry.em)).round() as i64
}

/// Size of a row's picture, and how many are kept.
fn extent(device: &wgpu::Device, geometry: &Geometry, input: &PrompterInput<'_>) -> [u32; 3] {
    let limits = device.limits();
    let side = |ems: f32| {
        let px = (ems * geometry.em).ceil() as u32 + 2 * raster::PADDING.unsigned_abs();
        px.min(limits.max_texture_dimension_2d)
    };
    let row = input.look.line_height.max(1.0);
    let width = side(input.layout.column() + 2.0 * OVERHANG_EMS);
    let height = side(row + 2.0 * OVERHANG_EMS);
    let screen = (geometry.size[1] / (row * geometry.em)).ceil() as usize + 2;
    let affordable = MAX_BYTES / (width as usize * height as usize * 4).max(1);
    let layers = (screen * SCREENS).min(affordable.max(screen)).min(limits.max_texture_array_layers as usize);
    [width, height, layers as u32]
}
