//! Can this machine make a take? Each part is tried for real, and what is missing is named with what to do.

use std::sync::atomic::AtomicBool;

use serde::Serialize;

use crate::blobs::files;
use crate::capture;
use crate::core::frame::{Matrix, Pixels, VideoFormat};
use crate::core::time::Rate;
use crate::gpu::context;
use crate::media::{self, probe};

use super::house::House;
use super::objects;

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    pub name: String,
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What to do; empty when nothing needs doing.
    pub fix: String,
    /// A take can be made without it.
    pub optional: bool,
}

/// Free space below which a take is at risk: about ten minutes at 1280×720.
const LOW_DISK_BYTES: u64 = 500 << 20;

/// Elements that every take and its review need, and the Debian package each comes in.
const ELEMENTS: [(&str, &str); 12] = [
    ("appsrc", "gstreamer1.0-plugins-base"),
    ("videoconvert", "gstreamer1.0-plugins-base"),
    ("audioconvert", "gstreamer1.0-plugins-base"),
    ("audioresample", "gstreamer1.0-plugins-base"),
    ("decodebin", "gstreamer1.0-plugins-base"),
    ("appsink", "gstreamer1.0-plugins-base"),
    ("matroskamux", "gstreamer1.0-plugins-good"),
    ("matroskademux", "gstreamer1.0-plugins-good"),
    ("jpegdec", "gstreamer1.0-plugins-good"),
    ("scaletempo", "gstreamer1.0-plugins-good"),
    ("h264parse", "gstreamer1.0-plugins-bad"),
    ("avdec_h264", "gstreamer1.0-libav"),
];

/// Everything, in the order people read it. Takes some seconds: encoders really encode.
pub fn examine(house: &House) -> Vec<Check> {
    let mut checks = vec![data_folder(house), disk(house)];
    checks.extend(gpu());
    checks.extend(elements());
    checks.extend(encoders(house));
    checks.extend(sizes(house));
    checks.extend(devices());
    checks.push(voice(house));
    checks.extend(storage(house));
    checks
}

/// True when a take can be made.
pub fn healthy(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.ok || check.optional)
}

fn check(name: impl Into<String>, ok: bool, detail: impl Into<String>, fix: &str) -> Check {
    let fix = if ok { String::new() } else { fix.to_owned() };
    Check { name: name.into(), ok, detail: detail.into(), fix, optional: false }
}

fn optional(check: Check) -> Check {
    Check { optional: true, ..check }
}

fn data_folder(house: &House) -> Check {
    // Opening it has proved that it can be written.
    check("data folder", true, house.folder.root().display().to_string(), "")
}

fn disk(house: &House) -> Check {
    match files::free_bytes(house.folder.root()) {
        Ok(bytes) => {
            let fix = "Free some space, or choose another place with --data.";
            check("disk", bytes >= LOW_DISK_BYTES, format!("{:.1} GB free", bytes as f64 / 1e9), fix)
        }
        Err(error) => check("disk", false, error.to_string(), "Choose another place with --data."),
    }
}

fn gpu() -> Vec<Check> {
    let fix = "Install a Vulkan driver (Debian: mesa-vulkan-drivers). Commands without a window work without one.";
    let adapters = context::adapters();
    match adapters.first() {
        Some(adapter) => vec![optional(check("gpu", true, adapter.to_string(), ""))],
        None => vec![optional(check("gpu", false, "no Vulkan adapter", fix))],
    }
}

fn elements() -> Vec<Check> {
    if let Err(error) = media::init() {
        return vec![check("gstreamer", false, error.to_string(), "Install GStreamer 1.22 or newer; scripts/setup does.")];
    }
    let mut checks = vec![check("gstreamer", true, media::version(), "")];
    for (element, package) in ELEMENTS {
        if !probe::installed(element) {
            checks.push(check(element, false, "missing", &format!("Install {package}.")));
        }
    }
    if checks.len() == 1 {
        checks.push(check("elements", true, format!("all {} there", ELEMENTS.len()), ""));
    }
    checks
}

fn encoders(house: &House) -> Vec<Check> {
    let format = VideoFormat {
        width: 1280,
        height: 720,
        rate: Rate::whole(30),
        pixels: Pixels::Nv12,
        matrix: Matrix::Bt709,
        full_range: false,
    };
    let (profiles, complaint) = house.profiles();
    let trials = probe::report(&profiles, &format);
    let (pictures, sounds) = trials.split_at(profiles.video.len().min(trials.len()));
    let mut checks: Vec<Check> = Vec::new();
    checks.extend(complaint.map(|problem| check("encoder profiles", false, problem.what, &problem.fix)));
    for (name, group) in [("picture encoder", pictures), ("sound encoder", sounds)] {
        let works: Vec<&str> = group.iter().filter(|trial| trial.ok).map(|trial| trial.name.as_str()).collect();
        let fix = "Install gstreamer1.0-plugins-ugly (x264) and gstreamer1.0-libav.";
        let detail = if works.is_empty() { "none encodes".to_owned() } else { works.join(", ") };
        checks.push(check(name, !works.is_empty(), detail, fix));
    }
    for trial in trials.iter().filter(|trial| !trial.ok) {
        let fix = if trial.hardware { "Only a machine with this hardware has it." } else { "Another encoder is used." };
        checks.push(optional(check(&trial.name, false, trial.detail.clone(), fix)));
    }
    checks
}

/// What can be recorded: really encoded, in every size, by the encoder a take would have.
fn sizes(house: &House) -> Vec<Check> {
    let machine = match super::machine::measured(house, Pixels::Nv12, true, &AtomicBool::new(false)) {
        Ok(machine) => machine,
        // Without an encoder that works, the lines above say so.
        Err(problem) => return vec![optional(check("speed", false, problem.what, &problem.fix))],
    };
    let mut checks = vec![optional(check("speed", machine.best().is_some(), machine.says(), "Takes will lose pictures here."))];
    for speed in &machine.speeds {
        let (width, height, fps) = (speed.width, speed.height, speed.fps);
        let name = format!("{width} × {height}");
        let found = format!("{fps:.0} pictures a second with {}", machine.encoder);
        checks.push(optional(match machine.best_rate(width, height) {
            Some(rate) => check(name, true, format!("holds {rate}: {found}"), ""),
            None => check(name, false, found, "A take needs this machine for more than encoding; choose a smaller size."),
        }));
    }
    checks
}

/// The recogniser that follows a voice.
fn voice(house: &House) -> Check {
    let (settings, _) = house.settings();
    match crate::voice::found(settings.voice_model.as_deref()) {
        Ok(model) => optional(check("voice-follow", true, model.acoustic.display().to_string(), "")),
        Err(error) => {
            let problem = crate::core::problem::Problem::from(error);
            optional(check("voice-follow", false, problem.what, &problem.fix))
        }
    }
}

/// The storage that takes go to, if they do. Whether it works is asked of it by “onetake storage test”.
fn storage(house: &House) -> Option<Check> {
    let (settings, _) = house.settings();
    if !objects::wanted(&settings.storage) {
        return None;
    }
    let found = house.runtime.block_on(objects::access(house, &settings.storage, objects::Ask::Nobody));
    Some(optional(match found {
        Ok(access) => check("storage", true, format!("{}, keys: {}", access.place.words(), access.keys_from), ""),
        Err(problem) => check("storage", false, problem.what, &problem.fix),
    }))
}

fn devices() -> Vec<Check> {
    let found = capture::devices::list();
    let line = |name: &str, devices: &[crate::core::device::Device], fix: &str| {
        let labels: Vec<&str> = devices.iter().map(|device| device.label.as_str()).collect();
        let detail = if labels.is_empty() { "none".to_owned() } else { labels.join(", ") };
        optional(check(name, !labels.is_empty(), detail, fix))
    };
    vec![
        line(
            "camera",
            &found.cameras,
            "Plug one in; until then the synthetic camera stands in. On Linux you must be in the group “video”.",
        ),
        line("microphone", &found.microphones, "Plug one in; until then the synthetic microphone stands in."),
    ]
}
