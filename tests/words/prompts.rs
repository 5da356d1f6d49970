//! Better prompts: asked with what is spoken, kept as versions of one prompt, found again by what stands in the script.

use std::sync::atomic::AtomicBool;

use onetake::core::generate::{Place as Part, Role};
use onetake::core::job::State;
use onetake::core::project::Project;
use onetake::core::queue::Group;
use onetake::core::script::Script;
use onetake::core::writing::improve::Wanted;
use onetake::jobs::words::better;
use onetake::studio::words::prompts::Order;

use super::fake::Fake;
use super::rig::{MODEL, Place, base, shop, stream};

const TEXT: &str = "## The door\n\n> image: a red door\n\nNobody waits at the door.\n";

fn door(role: Role) -> Part {
    Part { scene: 0, heading: "The door".into(), role }
}

fn order(engine: &str, model: &str, prompt: &str, version: Option<String>) -> Order {
    let script = Script::markdown(TEXT);
    let scene = &script.scenes[0];
    Order {
        project: "lamps".into(),
        engine: engine.into(),
        model: model.into(),
        place: door(Role::Picture),
        wanted: Wanted::of(scene, Role::Picture, prompt, "at night", "ink"),
        version,
        sentence: (TEXT.to_owned(), scene.directives[0].value_range.clone()),
        turn: 0,
    }
}

#[test]
fn improvements_are_versions_of_one_prompt() {
    let (place, fake) = (Place::new(), unkeyed("Sure!\n\n**Prompt:** \"a red door in the rain at night\""));
    let list = "[[engine]]\nname = 'own'\nlabel = 'Own'\nform = 'open_ai'\nkey = 'none'\nlocal = true\nbase = 'BASE'\n[[engine.model]]\nname = 'MODEL'\nkind = 'text'\nprice = 'free'\n";
    std::fs::create_dir_all(place.data()).unwrap();
    std::fs::write(place.data().join("engines.toml"), list.replace("BASE", &base(&fake)).replace("MODEL", MODEL)).unwrap();
    let (house, shop) = shop(&place);
    let project = Project { id: "lamps".into(), title: "Lamps".into(), folder: place.data().join("p").display().to_string() };
    house.db.save_project(&project).unwrap();
    let stop = AtomicBool::new(false);
    let ask = |order: Order| house.runtime.block_on(better(&house, &shop, &order, None, &stop)).unwrap();
    let first = ask(order("own", MODEL, "a red door", None)).expect("a better one");
    assert_eq!(first.text, "a red door in the rain at night");
    // After a restart nobody knows any more which version stands in the script.
    let second = ask(order("offline", "outline", &first.text, None));
    let second = second.expect("rules find something too");
    assert!(second.text.starts_with("a red door in the rain at night, "), "{}", second.text);
    let history = house.db.prompt_history("lamps", &door(Role::Picture), "", None).unwrap();
    let texts: Vec<&str> = history.iter().map(|version| version.text.as_str()).collect();
    assert_eq!(texts, [second.text.as_str(), first.text.as_str(), "a red door"]);
    assert_eq!(history[0].parent.as_deref(), Some(first.version.as_str()));
    let sentence = history[2].sentence.as_ref().unwrap();
    assert_eq!(&TEXT[sentence.bytes.start as usize..sentence.bytes.end as usize], "a red door");
    let jobs = house.db.jobs_in(Group::Done).unwrap();
    assert_eq!(jobs.len(), 2);
    let job = house.db.job(&jobs[1]).unwrap().unwrap();
    assert_eq!((job.state, job.engine.as_str(), job.cost_micros), (State::Done, "own", Some(0)));
    assert!(house.db.prompt_history("lamps", &door(Role::Clip), &second.text, None).unwrap().is_empty());
    let asked = fake.seen()[0].json();
    let turn = asked["messages"][1]["content"].as_str().unwrap();
    for said in ["a red door", "at night", "Nobody waits at the door."] {
        assert!(turn.contains(said), "{said}: {turn}");
    }
}

/// A writer without a key, as servers of one's own are.
fn unkeyed(text: &'static str) -> Fake {
    Fake::start(move |seen, _| {
        assert_eq!(seen.header("authorization"), None);
        stream(text, "stop")
    })
}
