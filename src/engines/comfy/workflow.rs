//! A workflow of ComfyUI in its own API form, with places to fill in. Four come with the program; a person's own lie as `NAME.json` in
//! the folder that the engine's option `workflows` names. What a file doesn't say of itself (under the key `onetake`) is told by its
//! nodes and its places.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::place;
use crate::core::engine::{Limits, Model, Price};
use crate::core::generate::{Class, Failure};
use crate::core::job::Kind;

/// What comes with the program.
const OURS: [(&str, &str); 4] = [
    ("picture", include_str!("../../../assets/workflows/picture.json")),
    ("picture-from-picture", include_str!("../../../assets/workflows/picture-from-picture.json")),
    ("wan-clip", include_str!("../../../assets/workflows/wan-clip.json")),
    ("ltx-clip", include_str!("../../../assets/workflows/ltx-clip.json")),
];

/// The key a file says something of itself under. ComfyUI numbers its nodes, so that it is free.
const OURSELVES: &str = "onetake";

/// Largest file that is read, and how many are: more is no folder of workflows.
const FILE_BYTES: u64 = 4 << 20;
const FILES: usize = 200;

/// Proportions offered where width and height are places.
const ASPECTS: [&str; 5] = ["16:9", "9:16", "1:1", "4:3", "3:4"];

/// One workflow.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Workflow {
    pub name: String,
    pub label: String,
    pub kind: Kind,
    pub limits: Limits,
    /// Pictures a second, where it makes a clip.
    pub fps: f64,
    /// The length of a clip is a multiple of this, and one picture more.
    pub frame_step: u32,
    /// Width and height are multiples of this.
    pub pixel_step: u32,
    /// The nodes by their numbers, as they are sent.
    pub nodes: Map<String, Value>,
}

/// What a file says of itself.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Says {
    label: String,
    kind: Option<Kind>,
    aspects: Option<Vec<String>>,
    resolutions: Option<Vec<String>>,
    seconds: Vec<f64>,
    prompt_chars: u32,
    fps: f64,
    frame_step: u32,
    pixel_step: u32,
}

impl Default for Says {
    fn default() -> Says {
        Says {
            label: String::new(),
            kind: None,
            aspects: None,
            resolutions: None,
            seconds: Vec::new(),
            prompt_chars: 0,
            fps: 24.0,
            frame_step: 1,
            pixel_step: 8,
        }
    }
}

impl Workflow {
    /// Reads a file's text.
    pub fn read(name: &str, text: &str) -> Result<Workflow, Failure> {
        let bad = |what: &str| Failure::new(Class::Here, format!("The workflow “{name}” can't be used: {what}."));
        let mut nodes: Map<String, Value> = serde_json::from_str(text).map_err(|error| bad(&error.to_string()))?;
        if nodes.get("nodes").is_some_and(Value::is_array) {
            return Err(bad("it was saved for ComfyUI's window; in ComfyUI choose Export (API)"));
        }
        let says = match nodes.remove(OURSELVES) {
            Some(says) => serde_json::from_value(says).map_err(|error| bad(&format!("under “{OURSELVES}”, {error}")))?,
            None => Says::default(),
        };
        if nodes.is_empty() || !nodes.values().all(|node| node["class_type"].is_string() && node["inputs"].is_object()) {
            return Err(bad("it is no workflow in ComfyUI's API form"));
        }
        Ok(Workflow::described(name, says, nodes))
    }

    fn described(name: &str, says: Says, nodes: Map<String, Value>) -> Workflow {
        let places = place::all(&nodes);
        let has = |name: &str| places.iter().any(|place| place.name == name);
        let must = |name: &str| places.iter().any(|place| place.name == name && place.must());
        let sized = has("width") || has("height");
        let list = |own: Option<Vec<String>>, usual: &[&str]| match own {
            Some(own) => own,
            None if sized => usual.iter().map(|text| (*text).to_owned()).collect(),
            None => Vec::new(),
        };
        let limits = Limits {
            prompt_chars: says.prompt_chars,
            seconds: says.seconds,
            aspects: list(says.aspects, &ASPECTS),
            resolutions: list(says.resolutions, &["720p", "480p"]),
            first_frame: has("first_frame"),
            last_frame: has("last_frame"),
            needs_first_frame: must("first_frame"),
            negative: has("negative"),
            seed: has("seed"),
            ..Limits::default()
        };
        Workflow {
            name: name.to_owned(),
            label: if says.label.is_empty() { name.to_owned() } else { says.label },
            kind: says.kind.unwrap_or_else(|| kind_of(&nodes)),
            limits,
            fps: says.fps.clamp(1.0, 240.0),
            frame_step: says.frame_step.max(1),
            pixel_step: says.pixel_step.max(1),
            nodes,
        }
    }

    /// Whether the person chooses the checkpoint.
    pub fn wants_checkpoint(&self) -> bool {
        place::all(&self.nodes).iter().any(|place| place.name == "checkpoint" && place.must())
    }

    /// Pictures a clip of so many seconds has.
    pub fn frames(&self, seconds: f64) -> u32 {
        let steps = (seconds * self.fps / f64::from(self.frame_step)).round().clamp(1.0, 100_000.0);
        steps as u32 * self.frame_step + 1
    }

    /// As the catalogue lists it: once, or once for each checkpoint.
    pub fn models(&self, checkpoints: &[String]) -> Vec<Model> {
        let model = |name: String, label: String| Model {
            name,
            label,
            kind: self.kind,
            limits: self.limits.clone(),
            price: Price::Free,
        };
        if !self.wants_checkpoint() {
            return vec![model(self.name.clone(), self.label.clone())];
        }
        let of = |checkpoint: &String| model(format!("{}/{checkpoint}", self.name), format!("{}: {checkpoint}", self.label));
        checkpoints.iter().map(of).collect()
    }

    /// Numbers of the nodes that take the time, by which progress is counted.
    pub fn samplers(&self) -> BTreeSet<String> {
        let slow = |node: &Value| {
            let class = node["class_type"].as_str().unwrap_or_default();
            class.contains("Sampler") && class != "KSamplerSelect" && !class.starts_with("ModelSampling")
        };
        self.nodes.iter().filter(|(_, node)| slow(node)).map(|(number, _)| number.clone()).collect()
    }
}

/// Ours, and a person's own over them. A file that can't be used doesn't hide the others; it is only said when it is asked for.
pub(super) fn all(folder: Option<&Path>) -> Vec<Result<Workflow, (String, Failure)>> {
    let ours = OURS.map(|(name, text)| (name.to_owned(), Ok(text.to_owned())));
    let own = folder.map(own_files).unwrap_or_default();
    let hidden = |name: &String| own.iter().any(|(other, _)| other == name);
    let ours: Vec<_> = ours.into_iter().filter(|(name, _)| !hidden(name)).collect();
    let read = |(name, text): (String, Result<String, Failure>)| {
        text.and_then(|text| Workflow::read(&name, &text)).map_err(|failure| (name, failure))
    };
    ours.into_iter().chain(own).map(read).collect()
}

/// The workflow of this name.
pub(super) fn named(name: &str, folder: Option<&Path>) -> Result<Workflow, Failure> {
    let is = |one: &Result<Workflow, (String, Failure)>| match one {
        Ok(workflow) => workflow.name == name,
        Err((other, _)) => other == name,
    };
    match all(folder).into_iter().find(is) {
        Some(found) => found.map_err(|(_, failure)| failure),
        None => Err(Failure::new(Class::Invalid, format!("There is no workflow called “{name}”."))),
    }
}

fn own_files(folder: &Path) -> Vec<(String, Result<String, Failure>)> {
    let Ok(items) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> =
        items.flatten().map(|item| item.path()).filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    paths.sort();
    paths.truncate(FILES);
    let read = |path: &Path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bad = |why: String| Failure::new(Class::Here, format!("The workflow {} can't be read: {why}.", path.display()));
        let text = match std::fs::metadata(path) {
            Ok(about) if about.len() > FILE_BYTES => Err(bad("it is too large".to_owned())),
            _ => std::fs::read_to_string(path).map_err(|error| bad(error.to_string())),
        };
        (name, text)
    };
    paths.iter().map(|path| read(path)).collect()
}

fn kind_of(nodes: &Map<String, Value>) -> Kind {
    let has = |words: &[&str]| {
        let classes = nodes.values().filter_map(|node| node["class_type"].as_str());
        classes.into_iter().any(|class| words.iter().any(|word| class.contains(word)))
    };
    if has(&["SaveVideo", "VideoCombine", "SaveWEBM", "SaveAnimated"]) {
        Kind::Video
    } else if has(&["SaveAudio"]) && !has(&["SaveImage"]) {
        Kind::Music
    } else {
        Kind::Image
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_sound() {
        for found in all(None) {
            let workflow = found.unwrap_or_else(|(name, failure)| panic!("{name}: {failure}"));
            for (number, node) in &workflow.nodes {
                for link in node["inputs"].as_object().unwrap().values().filter_map(Value::as_array) {
                    assert!(workflow.nodes.contains_key(link[0].as_str().unwrap()), "{} {number}", workflow.name);
                }
            }
            assert!(!workflow.samplers().is_empty(), "{}", workflow.name);
            assert!(workflow.limits.seed && workflow.limits.negative, "{}", workflow.name);
        }
    }

    #[test]
    fn what_a_workflow_can_do_is_told_by_its_places() {
        let wan = named("wan-clip", None).unwrap();
        assert_eq!(wan.kind, Kind::Video);
        assert!(wan.limits.needs_first_frame && wan.limits.first_frame && wan.limits.last_frame);
        assert_eq!(wan.frames(5.0), 81);
        assert_eq!(wan.samplers().len(), 2);
        assert!(!wan.wants_checkpoint());
        let picture = named("picture", None).unwrap();
        assert!(picture.wants_checkpoint() && !picture.limits.first_frame);
        let models = picture.models(&["a.safetensors".into(), "b.safetensors".into()]);
        assert_eq!(
            models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(),
            ["picture/a.safetensors", "picture/b.safetensors"]
        );
    }

    #[test]
    fn a_persons_own_go_over_ours_and_a_bad_one_hides_none() {
        let folder = tempfile::tempdir().unwrap();
        let own = r#"{"3":{"class_type":"VHS_VideoCombine","inputs":{"text":"{{prompt}}"}}}"#;
        std::fs::write(folder.path().join("picture.json"), own).unwrap();
        std::fs::write(folder.path().join("window.json"), r#"{"nodes":[],"links":[]}"#).unwrap();
        std::fs::write(folder.path().join("broken.json"), "{").unwrap();
        std::fs::write(folder.path().join("said.json"), r#"{"onetake":{"colour":1},"1":{}}"#).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "no workflow").unwrap();
        assert_eq!(named("picture", Some(folder.path())).unwrap().kind, Kind::Video);
        assert!(named("wan-clip", Some(folder.path())).is_ok());
        assert!(named("window", Some(folder.path())).unwrap_err().words.contains("Export (API)"));
        for bad in ["broken", "said"] {
            assert_eq!(named(bad, Some(folder.path())).unwrap_err().class, Class::Here, "{bad}");
        }
        assert_eq!(named("nothing", Some(folder.path())).unwrap_err().class, Class::Invalid);
        assert_eq!(all(Some(folder.path())).len(), 7);
    }
}
