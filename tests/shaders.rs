//! Every shader in `shaders/` is parsed and validated, so that a mistake is found here and not on somebody's graphics driver.

use std::path::Path;

use naga::valid::{Capabilities, ValidationFlags, Validator};

/// Put in front of every other shader, as `gpu::passes` does.
const COMMON: &str = "common.wgsl";

#[test]
fn every_shader_is_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
    let common = std::fs::read_to_string(folder.join(COMMON)).expect("shaders/common.wgsl is there");
    let mut checked = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the folder of shaders is there") {
        let path = entry.expect("the folder can be listed").path();
        if path.extension().is_none_or(|extension| extension != "wgsl") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let own = std::fs::read_to_string(&path).expect("the shader can be read");
        let source = if name == COMMON { own } else { format!("{common}\n{own}") };
        let module =
            naga::front::wgsl::parse_str(&source).unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
        let validated = Validator::new(ValidationFlags::all(), Capabilities::default()).validate(&module);
        validated.unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
        let passes = ["vertex", "fragment"].iter().all(|entry| module.entry_points.iter().any(|point| point.name == *entry));
        assert!(passes || name == COMMON, "{name} needs the entry points `vertex` and `fragment`");
        checked.push(name);
    }
    assert!(checked.len() > 1, "no shader was found in {}", folder.display());
}
