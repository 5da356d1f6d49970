//! The peer of promise P9: a window of eframe with nothing in it, as large as the studio's and drawn the same way.

struct Empty;

impl eframe::App for Empty {
    fn ui(&mut self, _ui: &mut egui::Ui, _frame: &mut eframe::Frame) {}

    /// Not black, so that the first frame can be seen.
    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        [0.1, 0.1, 0.1, 1.0]
    }
}

fn main() -> eframe::Result {
    // `cargo bench` alone; scripts/bench gives no argument.
    if std::env::args().len() > 1 {
        return Ok(());
    }
    let viewport = egui::ViewportBuilder::default().with_title("Empty").with_inner_size([1280.0, 800.0]);
    let options = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Wgpu, ..Default::default() };
    eframe::run_native("empty", options, Box::new(|_| Ok(Box::new(Empty))))
}
