//! Drawing: camera, scene picture and prompter text on the GPU, for the window, the talent's display and offscreen alike.
//!
//! One `Compositor` draws any number of views. Nothing here knows egui's widgets: the window gives a rectangle and a render
//! pass, a test gives a texture, and both get the same picture from the same numbers (`core::compose`, `core::prompter`).

pub mod compositor;
pub mod context;
pub mod error;
pub mod mjpeg;
pub mod painter;
pub mod passes;
pub mod readback;
pub mod text;

pub use compositor::{Compositor, ViewId, ViewInput, Work};
pub use error::Error;

#[cfg(test)]
mod tests;
