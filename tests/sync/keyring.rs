//! The token over a restart: a private bus with a keyring on it, asked by the studio as the desktop's own would be. The keyring is
//! locked at first and asks for its password, as they do.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use onetake::remote::{Token, keyring};
use onetake::studio::Message;
use onetake::studio::sync::{Link, Message as Sync};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, ObjectServer, connection, interface};

use crate::rig::{Device, KEYRING, OWNER, Site, script};

type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// Attributes and value.
type Held = (HashMap<String, String>, Vec<u8>);

/// What the keyring holds, by the number in the item's path.
#[derive(Default)]
struct Inside {
    items: Vec<Option<Held>>,
    locked: bool,
    asked: u32,
}

type Shared = Arc<Mutex<Inside>>;

struct Service(Shared);
struct Collection(Shared);
struct Item(Shared, usize);
struct Prompt(Shared);

const ROOT: &str = "/org/freedesktop/secrets";

fn path(text: &str) -> OwnedObjectPath {
    ObjectPath::try_from(text.to_owned()).unwrap().into()
}

#[interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    fn open_session(&self, algorithm: &str, _input: Value<'_>) -> (OwnedValue, OwnedObjectPath) {
        assert_eq!(algorithm, "plain");
        (Value::from("").try_to_owned().unwrap(), path("/org/freedesktop/secrets/session/1"))
    }

    fn search_items(&self, wanted: HashMap<String, String>) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        let inside = self.0.lock().unwrap();
        let fits = |item: &Option<Held>| {
            item.as_ref().is_some_and(|(has, _)| wanted.iter().all(|(key, value)| has.get(key) == Some(value)))
        };
        let found = inside.items.iter().enumerate().filter(|(_, item)| fits(item));
        let paths = found.map(|(at, _)| path(&format!("{ROOT}/collection/login/{at}"))).collect();
        if inside.locked { (Vec::new(), paths) } else { (paths, Vec::new()) }
    }

    fn unlock(&self, paths: Vec<OwnedObjectPath>) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        match self.0.lock().unwrap().locked {
            true => (Vec::new(), path("/org/freedesktop/secrets/prompt/1")),
            false => (paths, path("/")),
        }
    }

    fn get_secrets(&self, items: Vec<OwnedObjectPath>, session: OwnedObjectPath) -> HashMap<OwnedObjectPath, Secret> {
        let inside = self.0.lock().unwrap();
        assert!(!inside.locked);
        let secret = |item: OwnedObjectPath| {
            let at: usize = item.as_str().rsplit('/').next()?.parse().ok()?;
            let (_, value) = inside.items.get(at)?.clone()?;
            Some((item, (session.clone(), Vec::new(), value, "text/plain".to_owned())))
        };
        items.into_iter().filter_map(secret).collect()
    }
}

#[interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    async fn create_item(
        &self,
        properties: HashMap<String, OwnedValue>,
        secret: Secret,
        replace: bool,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> (OwnedObjectPath, OwnedObjectPath) {
        assert!(replace);
        let attributes = properties["org.freedesktop.Secret.Item.Attributes"].try_clone().unwrap();
        let attributes: HashMap<String, String> = attributes.try_into().unwrap();
        let at = {
            let mut inside = self.0.lock().unwrap();
            assert!(!inside.locked);
            let known = inside.items.iter().position(|item| item.as_ref().is_some_and(|(has, _)| *has == attributes));
            let at = known.unwrap_or(inside.items.len());
            if at == inside.items.len() {
                inside.items.push(None);
            }
            inside.items[at] = Some((attributes, secret.2));
            at
        };
        let item = path(&format!("{ROOT}/collection/login/{at}"));
        // True when it is there already.
        let _ = server.at(item.clone(), Item(Arc::clone(&self.0), at)).await.unwrap();
        (item, path("/"))
    }
}

#[interface(name = "org.freedesktop.Secret.Item")]
impl Item {
    fn delete(&self) -> OwnedObjectPath {
        self.0.lock().unwrap().items[self.1] = None;
        path("/")
    }
}

#[interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    async fn prompt(&self, _window: &str, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        {
            let mut inside = self.0.lock().unwrap();
            (inside.locked, inside.asked) = (false, inside.asked + 1);
        }
        Prompt::completed(&emitter, false, Value::from(Vec::<ObjectPath<'_>>::new())).await.unwrap();
    }

    #[zbus(signal)]
    async fn completed(emitter: &SignalEmitter<'_>, dismissed: bool, result: Value<'_>) -> zbus::Result<()>;
}

/// A desktop with a keyring; it ends with the test, however that ends.
struct Desktop {
    inside: Shared,
    bus: Child,
    _service: Connection,
    _runtime: tokio::runtime::Runtime,
}

impl Desktop {
    fn start() -> Desktop {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        // SAFETY: each test here is a process of its own, and no other thread runs yet.
        unsafe {
            std::env::set_var("DBUS_SESSION_BUS_ADDRESS", address.trim());
            std::env::set_var(KEYRING, "1");
        }
        let inside: Shared = Arc::new(Mutex::new(Inside { locked: true, ..Inside::default() }));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let serve = async {
            let builder = connection::Builder::address(address.trim())?.name("org.freedesktop.secrets")?;
            let builder = builder.serve_at(ROOT, Service(Arc::clone(&inside)))?;
            let builder = builder.serve_at(format!("{ROOT}/aliases/default"), Collection(Arc::clone(&inside)))?;
            builder.serve_at(format!("{ROOT}/prompt/1"), Prompt(Arc::clone(&inside)))?.build().await
        };
        let service = runtime.block_on(serve).unwrap();
        Desktop { inside, bus, _service: service, _runtime: runtime }
    }

    fn kept(&self) -> usize {
        self.inside.lock().unwrap().items.iter().flatten().count()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

#[test]
fn the_keyring_keeps_a_token_until_it_is_told_to_forget() {
    let desktop = Desktop::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (one, other) = (Token::new("token-one").unwrap(), Token::new("token-other").unwrap());
        assert!(keyring::find("http://a").await.is_none());
        assert!(keyring::keep("http://a", &one).await && keyring::keep("http://b", &other).await);
        assert_eq!(desktop.inside.lock().unwrap().asked, 1, "it was locked, and asked for its password once");
        assert!(keyring::find("http://a").await == Some(one) && keyring::find("http://b").await == Some(other.clone()));
        assert!(keyring::keep("http://a", &other).await);
        assert!(keyring::find("http://a").await == Some(other));
        assert_eq!(desktop.kept(), 2);
        keyring::forget("http://a").await;
        assert!(keyring::find("http://a").await.is_none() && desktop.kept() == 1);
    });
}

#[test]
fn a_studio_is_signed_in_again_at_its_next_start_and_not_once_it_was_signed_out() {
    let desktop = Desktop::start();
    let site = Site::new();
    let machine = Device::new(&site.url(), OWNER);
    let mut studio = machine.open();
    studio.begin(&script("Kept", &["One."]));
    studio.settle();
    studio.until("the keyring has it", |studio| studio.model.sync.kept == Some(true));
    assert_eq!(desktop.kept(), 1);
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
    assert_eq!(desktop.kept(), 0);
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
