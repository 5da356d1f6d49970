//! What can go wrong while drawing, and the sentence a person gets for it.

use crate::core::problem::Problem;

/// Errors of the `gpu` adapter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No driver offers a way to draw, not even in software.
    #[error("no graphics adapter was found: {0}")]
    NoAdapter(String),
    /// A driver is there and refuses.
    #[error("the graphics adapter \"{adapter}\" gives no device: {detail}")]
    NoDevice { adapter: String, detail: String },
    /// A frame or picture whose bytes do not fit its format.
    #[error("a picture of {width}×{height} has {got} bytes, {want} were expected")]
    Bytes { width: u32, height: u32, got: usize, want: usize },
    /// Zero or beyond what the adapter's textures can hold.
    #[error("a picture of {width}×{height} cannot be drawn, this adapter takes 1 to {max} pixels a side")]
    Size { width: u32, height: u32, max: u32 },
    #[error("a JPEG frame cannot be decoded: {0}")]
    Jpeg(String),
    #[error("the drawn picture cannot be read back: {0}")]
    Readback(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let what = format!("Drawing: {error}.");
        match error {
            Error::NoAdapter(_) => Problem::missing(
                what,
                "Install a Vulkan driver; on Debian and Ubuntu the package mesa-vulkan-drivers also draws in software.",
            ),
            Error::NoDevice { .. } => {
                Problem::missing(what, "Update the graphics driver, or close programs that use much of its memory.")
            }
            Error::Bytes { .. } | Error::Jpeg(_) => {
                Problem::failed(what, "Choose another format or size for this camera in Settings.")
            }
            Error::Size { .. } => Problem::usage(what, "Use a smaller picture."),
            Error::Readback(_) => Problem::failed(what, "Try again; if it stays, update the graphics driver."),
        }
    }
}
