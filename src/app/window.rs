//! Opens the window, or says in a sentence why there is none.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use super::{App, Failed};
use crate::core::problem::Problem;
use crate::jobs::house::Opening;

const ICON: &[u8] = include_bytes!("../../assets/icon-window.png");
const SIZE: [f32; 2] = [1280.0, 800.0];
/// Every page fits from here up.
const MIN_SIZE: [f32; 2] = [1024.0, 640.0];

/// Runs the studio until its window is closed. The data folder is opened by `house` while the window is being made, because both
/// take their time.
pub fn open(house: Opening, script: Option<PathBuf>) -> Result<(), Problem> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Onetake")
        .with_app_id("onetake")
        .with_inner_size(SIZE)
        .with_min_inner_size(MIN_SIZE)
        .with_drag_and_drop(true)
        .with_icon(icon());
    let options = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Wgpu, ..Default::default() };
    let failed = Failed::default();
    let result = std::thread::scope(|scope| {
        let house = scope.spawn(house);
        let failed = Arc::clone(&failed);
        let make = move |cc: &eframe::CreationContext<'_>| match house.join() {
            Ok(Ok(house)) => Ok(Box::new(App::new(&cc.egui_ctx, house, script, failed)) as Box<dyn eframe::App>),
            Ok(Err(problem)) => {
                *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem.clone());
                Err(problem.into())
            }
            Err(panic) => std::panic::resume_unwind(panic),
        };
        eframe::run_native("onetake", options, Box::new(make))
    });
    if let Some(problem) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(problem);
    }
    result.map_err(|error| explain(&error))
}

/// The libraries' own words name their source files; they are for the log.
fn explain(error: &eframe::Error) -> Problem {
    tracing::info!(%error, "no window");
    match error {
        eframe::Error::Wgpu(_) => Problem::missing(
            "No graphics driver can draw the window (Vulkan is not there).",
            "Install one (Debian: mesa-vulkan-drivers, which needs no graphics card). Commands such as “onetake take” need none.",
        ),
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => Problem::missing(
            "There is no display to open a window on.",
            "Start it in a desktop session. Commands such as “onetake take” need no display.",
        ),
        error => Problem::failed(format!("The window could not be opened: {error}."), "Run “onetake doctor”."),
    }
}

fn icon() -> egui::IconData {
    match image::load_from_memory(ICON) {
        Ok(picture) => {
            let picture = picture.to_rgba8();
            let (width, height) = picture.dimensions();
            egui::IconData { rgba: picture.into_raw(), width, height }
        }
        Err(error) => {
            tracing::error!(%error, "the icon can't be read");
            egui::IconData::default()
        }
    }
}
