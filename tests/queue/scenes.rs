//! What the scenes of a project lack, made and put into its script.

use serde_json::json;

use crate::engine::Engine;
use crate::fake::{Fault, Reply};
use crate::rig::House;

const SCRIPT: &str = "---\ntitle: The lamp\n---\n\n## Dusk\n\n> image: a lamp in fog\n> seconds: 3\n\nIt gets dark.\n\n## Dawn\n\n> image: hills at dawn\n> seconds: 3\n\nIt gets light.\n";

#[test]
fn pictures_that_are_missing_come_into_the_script() {
    let engine = Engine::start();
    let house = House::with(&engine);
    let folder = house.data().join("projects/lamp");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("script.md"), SCRIPT).unwrap();
    assert_eq!(house.run(&["library", "rebuild"]).0, 0);
    let generate = |more: &[&str]| house.run(&[&["generate", "--project", "The lamp", "--engine", "fake"], more].concat());
    let (code, answer) = generate(&["--pictures", "--quote"]);
    assert_eq!((code, &answer["micros"], &answer["orders"], engine.charges()), (0, &json!(80_000), &json!(2), 0));
    // One of the two is refused, and ordered again by itself as one scene.
    engine.fake.fault("POST /jobs", Fault::Instead(Reply::json(422, &json!({"error": "no lamps today"}))));
    let (code, answer) = generate(&["--pictures"]);
    assert_eq!((code != 0, engine.charges()), (true, 1), "{answer}");
    let parts = answer["parts"].as_array().unwrap();
    let failed = parts.iter().position(|part| part["error"] == "no lamps today").expect("its own words");
    let (code, answer) = generate(&["--scene", &(failed + 1).to_string()]);
    assert_eq!((code, engine.charges()), (0, 2), "{answer}");
    let script = std::fs::read_to_string(folder.join("script.md")).unwrap();
    let pictures: Vec<&str> = script.lines().filter_map(|line| line.strip_prefix("> picture: ")).collect();
    assert_eq!(pictures.len(), 2, "{script}");
    for picture in pictures {
        assert!(folder.join(picture).is_file(), "{picture}");
    }
    let (code, answer) = generate(&["--pictures"]);
    assert_eq!((code, &answer["parts"], engine.charges()), (0, &json!([]), 2), "nothing is made that is there");
}
