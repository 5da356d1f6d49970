//! The storage in Settings: chosen, filled in, tested, and said what is wrong.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use onetake::core::problem::Problem;
use onetake::core::storage::check::{Check, Found, Report};
use onetake::core::storage::{Destination, Kept, Provider, Storage};
use onetake::studio::storage::{Effect as StorageEffect, InForce, Message as StorageMessage, Test};
use onetake::studio::{Effect, Message, Sheet};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

fn open(size: [f32; 2], storage: Storage) -> Window {
    let mut rig = Rig::new();
    let settings = onetake::core::settings::Settings { storage, ..rig.model.settings.clone() };
    rig.tell(Message::Settings(Box::new(settings)));
    rig.tell(Message::Sheet(Sheet::Settings));
    window(rig, size.into(), 1.0)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).scroll_to_me();
    window.run_steps(6);
    window.get_by_label(label).click();
    window.run_steps(4);
}

fn tell(window: &mut Window, message: StorageMessage) {
    window.state_mut().tell(Message::Storage(message));
    window.run_steps(3);
}

fn s3() -> Storage {
    Storage { destination: Destination::Storage, provider: Provider::S3, bucket: "films".into(), ..Storage::default() }
}

fn in_force(by_environment: bool) -> StorageMessage {
    let (place, keys) = ("bucket “films” at 127.0.0.1:9000".to_owned(), "AWS_S3_ACCESS_KEY".to_owned());
    StorageMessage::Looked(Ok(InForce { place, keys, by_environment }))
}

fn works(name: &'static str) -> Check {
    Check { name, found: Found::Works }
}

#[test]
fn a_bucket_is_chosen_and_filled_in() {
    let mut window = open([1280.0, 900.0], Storage::default());
    assert!(window.query_by_label("Bucket").is_none(), "nothing is asked before it is wanted");
    window.get_by_label_contains("Uploads go to: ").scroll_to_me();
    window.run_steps(6);
    window.get_by_label_contains("Uploads go to: ").click();
    window.run_steps(4);
    click(&mut window, "Storage");
    assert_eq!(window.state().model.settings.storage.destination, Destination::Storage);
    window.get_by_label_contains("Storage: ").click();
    window.run_steps(4);
    click(&mut window, "S3 or compatible");
    for (label, text) in [("Bucket", "films"), ("Region", "eu-west-1"), ("Address", "http://127.0.0.1:9000")] {
        window.get_by_role_and_label(Role::TextInput, label).scroll_to_me();
        window.run_steps(6);
        window.get_by_role_and_label(Role::TextInput, label).focus();
        window.run_steps(2);
        window.get_by_role_and_label(Role::TextInput, label).type_text(text);
        window.run_steps(2);
        window.key_press(egui::Key::Enter);
        window.run_steps(3);
    }
    let storage = &window.state().model.settings.storage;
    assert_eq!((storage.bucket.as_str(), storage.region.as_str()), ("films", "eu-west-1"));
    assert_eq!((storage.endpoint.as_str(), storage.provider), ("http://127.0.0.1:9000", Provider::S3));
    assert!(window.state().has(|effect| matches!(effect, Effect::SaveSettings(saved) if saved.storage.bucket == "films")));
    assert!(
        window
            .state()
            .has(|effect| matches!(effect, Effect::Storage(StorageEffect::Look { storage }) if storage.bucket == "films"))
    );
    look(&mut window, "storage-filled-in");
}

#[test]
fn the_connection_is_tested_and_said_to_work() {
    let mut window = open([1280.0, 900.0], s3());
    tell(&mut window, in_force(false));
    window.get_by_label_contains("keys from AWS_S3_ACCESS_KEY");
    click(&mut window, "Test connection");
    assert!(window.state().has(|effect| matches!(effect, Effect::Storage(StorageEffect::Test { .. }))));
    assert_eq!(window.state().model.storage.test, Test::Running);
    window.get_by_label("Testing…");
    let checks = ["Write", "Read", "List", "Delete"].map(works).to_vec();
    tell(
        &mut window,
        StorageMessage::Tested(Ok(Report { place: "bucket “films”".into(), keys: "AWS_S3_ACCESS_KEY".into(), checks })),
    );
    window.get_by_label("Everything works");
    assert!(window.query_by_label("Delete").is_none(), "what works needs no list");
    look(&mut window, "storage-works");
}

#[test]
fn what_is_wrong_is_said_once() {
    for size in [[1024.0, 640.0], [1280.0, 900.0]] {
        let mut window = open(size, s3());
        tell(&mut window, in_force(false));
        let problem =
            Problem::refused("These keys may not list in the bucket “films”.", "Give them that right at the provider.");
        let fails = |name| Check { name, found: Found::Fails { problem: problem.clone() } };
        let skipped = Check { name: "Signed link", found: Found::Skipped { why: "these keys can't sign" } };
        let checks = vec![works("Write"), works("Read"), fails("List"), skipped, fails("Delete")];
        tell(&mut window, StorageMessage::Tested(Ok(Report { place: String::new(), keys: String::new(), checks })));
        assert_eq!(window.query_all_by_label_contains("may not list").count(), 1);
        assert!(window.query_by_label("Everything works").is_none());
        window.get_by_label("Delete").scroll_to_me();
        window.run_steps(6);
        look(&mut window, &format!("storage-wrong-{}", size[0]));
    }
}

#[test]
fn missing_keys_are_named_and_nothing_can_be_tested() {
    let mut window = open([1280.0, 900.0], s3());
    let problem = Problem::usage("There are no keys for S3.", "Set AWS_S3_ACCESS_KEY and AWS_S3_SECRET_KEY.");
    tell(&mut window, StorageMessage::Looked(Err(problem)));
    window.get_by_label_contains("There are no keys for S3.");
    click(&mut window, "Test connection");
    assert!(!window.state().has(|effect| matches!(effect, Effect::Storage(StorageEffect::Test { .. }))));
    look(&mut window, "storage-no-keys");
}

#[test]
fn the_environment_goes_first() {
    let mut window = open([1280.0, 900.0], Storage::default());
    tell(&mut window, in_force(true));
    window.get_by_label_contains("the environment decides");
    assert!(window.query_by_label("Bucket").is_none());
    look(&mut window, "storage-environment");
}

#[test]
fn keys_are_typed_in_and_go_to_the_keyring() {
    let mut window = open([1280.0, 900.0], s3());
    tell(&mut window, StorageMessage::Looked(Err(Problem::usage("There are no keys for S3.", "Enter them."))));
    for (role, label, text) in
        [(Role::TextInput, "Access key", "an-id"), (Role::PasswordInput, "Secret key", "hunter2-and-more")]
    {
        window.get_by_role_and_label(role, label).scroll_to_me();
        window.run_steps(6);
        window.get_by_role_and_label(role, label).focus();
        window.run_steps(2);
        window.get_by_role_and_label(role, label).type_text(text);
        window.run_steps(2);
    }
    look(&mut window, "storage-typing-keys");
    click(&mut window, "Keep in the keyring");
    let kept = Kept::new("an-id", "hunter2-and-more");
    assert!(
        window
            .state()
            .has(|effect| matches!(effect, Effect::Storage(StorageEffect::Keep { kept: to_keep, .. }) if **to_keep == kept))
    );
    let state = window.state();
    assert!(!format!("{:?}{:?}{:?}", state.said, state.effects, state.model.settings).contains("hunter2"));
    tell(&mut window, StorageMessage::Kept(Ok(())));
    let (place, keys) = ("bucket “films”".to_owned(), "the keyring".to_owned());
    tell(&mut window, StorageMessage::Looked(Ok(InForce { place, keys, by_environment: false })));
    window.get_by_label_contains("keys from the keyring");
    assert!(window.query_by_role_and_label(Role::PasswordInput, "Secret key").is_none());
    click(&mut window, "Forget the keys");
    assert!(window.state().has(|effect| matches!(effect, Effect::Storage(StorageEffect::Forget { .. }))));
}
