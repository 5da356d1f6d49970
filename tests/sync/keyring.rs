//! The token over a restart: a private bus with a keyring on it, asked by the studio as the desktop's own would be. The keyring is
//! locked at first and asks for its password, as they do.

use onetake::studio::Message;
use onetake::studio::sync::{Link, Message as Sync};

use crate::rig::{Device, KEYRING, OWNER, Site, script};
use crate::secrets::Keeper;

/// A desktop with a locked keyring, which studios of this test ask.
fn desktop() -> Keeper {
    let keeper = Keeper::start();
    // SAFETY: each test here is a process of its own, and nothing else of it reads the environment yet.
    unsafe {
        std::env::set_var("DBUS_SESSION_BUS_ADDRESS", &keeper.bus);
        std::env::set_var(KEYRING, "1");
    }
    keeper.set(|vault| vault.locked = true);
    keeper
}

fn kept(keeper: &Keeper) -> usize {
    keeper.vault.lock().unwrap().items.len()
}

#[test]
fn a_studio_is_signed_in_again_at_its_next_start_and_not_once_it_was_signed_out() {
    let desktop = desktop();
    let site = Site::new();
    let machine = Device::new(&site.url(), OWNER);
    let mut studio = machine.open();
    studio.begin(&script("Kept", &["One."]));
    studio.settle();
    studio.until("the keyring has it", |studio| studio.model.sync.kept == Some(true));
    assert_eq!(kept(&desktop), 1);
    assert_eq!(desktop.vault.lock().unwrap().asked, 1, "it was locked, and asked for its password once");
    drop(studio);
    for _ in 0..2 {
        let mut studio = machine.open_as_left();
        studio.until("it is signed in", |studio| studio.model.sync.link.is_on());
    }
    let mut studio = machine.open_as_left();
    studio.until("it is signed in", |studio| studio.model.sync.link.is_on());
    studio.send(Message::Sync(Sync::Disconnect));
    assert_eq!(studio.model.sync.link, Link::Off);
    drop(studio);
    assert_eq!(kept(&desktop), 0);
    let mut studio = machine.open_as_left();
    studio.until("there is no token", |studio| matches!(studio.model.sync.link, Link::SignedOut(_)));
}

#[test]
fn without_a_keyring_the_token_is_not_kept_and_that_is_all() {
    let site = Site::new();
    let machine = Device::new(&site.url(), OWNER);
    let mut studio = machine.open();
    studio.begin(&script("Not kept", &["One."]));
    studio.settle();
    assert_eq!(studio.model.sync.kept, Some(false));
}
