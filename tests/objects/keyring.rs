//! Keys in the desktop's keyring: a bus of the test's own with a Secret Service on it, and the real program that keeps, uses and forgets
//! keys there, and asks for them to be unlocked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, ObjectServer, connection, interface};

use crate::peers::{Peer, fresh, make_bucket, moto};
use crate::rig::runtime;

const SECRET: &str = "a-secret-that-shows-nowhere";

type Wire = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);
type Attributes = HashMap<String, String>;

#[derive(Default)]
struct Vault {
    items: Vec<(OwnedObjectPath, Attributes, String, Wire)>,
    made: usize,
    locked: bool,
    /// What the person answers when asked to unlock.
    refuses: bool,
    asked: usize,
}

type Shared = Arc<Mutex<Vault>>;

struct Service(Shared);
struct Collection(Shared);
struct Item(Shared);
struct Prompt(Shared);

fn path(text: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(text.to_owned()).unwrap()
}

#[interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    fn open_session(&self, algorithm: &str, _input: Value<'_>) -> (OwnedValue, OwnedObjectPath) {
        assert_eq!(algorithm, "plain");
        (Value::from("").try_into().unwrap(), path("/org/freedesktop/secrets/session/1"))
    }

    fn search_items(&self, attributes: Attributes) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        let vault = self.0.lock().unwrap();
        let fits = |known: &Attributes| attributes.iter().all(|(name, value)| known.get(name) == Some(value));
        let found = vault.items.iter().filter(|item| fits(&item.1)).map(|item| item.0.clone()).collect();
        if vault.locked { (Vec::new(), found) } else { (found, Vec::new()) }
    }

    fn unlock(&self, objects: Vec<OwnedObjectPath>) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        match self.0.lock().unwrap().locked {
            true => (Vec::new(), path("/org/freedesktop/secrets/prompt/1")),
            false => (objects, path("/")),
        }
    }

    fn read_alias(&self, name: &str) -> OwnedObjectPath {
        assert_eq!(name, "default");
        path("/org/freedesktop/secrets/collection/login")
    }
}

#[interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    async fn create_item(
        &self,
        properties: HashMap<String, OwnedValue>,
        secret: Wire,
        replace: bool,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> (OwnedObjectPath, OwnedObjectPath) {
        assert!(replace);
        let value = |name: &str| properties[&format!("org.freedesktop.Secret.Item.{name}")].try_clone().unwrap();
        let attributes: Attributes = value("Attributes").try_into().unwrap();
        let label: String = value("Label").try_into().unwrap();
        let item = {
            let mut vault = self.0.lock().unwrap();
            vault.items.retain(|item| item.1 != attributes);
            vault.made += 1;
            let item = path(&format!("/org/freedesktop/secrets/item/{}", vault.made));
            vault.items.push((item.clone(), attributes, label, secret));
            item
        };
        server.at(&item, Item(Arc::clone(&self.0))).await.unwrap();
        (item, path("/"))
    }
}

#[interface(name = "org.freedesktop.Secret.Item")]
impl Item {
    fn get_secret(&self, session: OwnedObjectPath, #[zbus(header)] header: zbus::message::Header<'_>) -> (Wire,) {
        let vault = self.0.lock().unwrap();
        assert!(!vault.locked);
        let asked = header.path().unwrap().as_str();
        let mut secret = vault.items.iter().find(|item| item.0.as_str() == asked).unwrap().3.clone();
        secret.0 = session;
        (secret,)
    }

    fn delete(&self, #[zbus(header)] header: zbus::message::Header<'_>) -> OwnedObjectPath {
        let asked = header.path().unwrap().as_str().to_owned();
        self.0.lock().unwrap().items.retain(|item| item.0.as_str() != asked);
        path("/")
    }
}

#[interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    async fn prompt(&self, _window: &str, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        let refuses = {
            let mut vault = self.0.lock().unwrap();
            vault.asked += 1;
            vault.locked = vault.refuses;
            vault.refuses
        };
        Prompt::completed(&emitter, refuses, Value::from("")).await.unwrap();
    }

    #[zbus(signal)]
    async fn completed(emitter: &SignalEmitter<'_>, dismissed: bool, result: Value<'_>) -> zbus::Result<()>;
}

/// A desktop that keeps secrets; it ends with the test.
struct Desktop {
    bus: String,
    vault: Shared,
    folder: TempDir,
    peer: Peer,
    bucket: String,
    server: Child,
    _service: Connection,
    _runtime: Runtime,
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Desktop {
    fn start() -> Desktop {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut server = command.spawn().expect("dbus-daemon is needed: run scripts/setup test");
        let mut bus = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut bus).unwrap();
        let (bus, vault, runtime) = (bus.trim().to_owned(), Shared::default(), runtime());
        let serve = async {
            let root = "/org/freedesktop/secrets";
            connection::Builder::address(bus.as_str())?
                .name("org.freedesktop.secrets")?
                .serve_at(root, Service(Arc::clone(&vault)))?
                .serve_at(format!("{root}/collection/login"), Collection(Arc::clone(&vault)))?
                .serve_at(format!("{root}/prompt/1"), Prompt(Arc::clone(&vault)))?
                .build()
                .await
        };
        let service = runtime.block_on(serve).unwrap();
        let (peer, bucket, folder) = (moto(), fresh("films"), tempfile::tempdir().unwrap());
        make_bucket(&peer.url(), &bucket);
        Desktop { bus, vault, folder, peer, bucket, server, _service: service, _runtime: runtime }
    }

    fn run(&self, arguments: &[&str], input: &str, code: i32) -> Json {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(self.folder.path().join("data")).arg("--json");
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus).env("VIDEO_STORAGE_PROVIDER", "s3").env("ONETAKE_LOG", "debug");
        command.env("AWS_S3_BUCKET", &self.bucket).env("AWS_ENDPOINT_URL", self.peer.url());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
        assert!(!out.contains(SECRET) && !err.contains(SECRET), "a secret shows: {out}\n{err}");
        serde_json::from_str(out.lines().last().unwrap()).unwrap()
    }

    fn set(&self, change: impl FnOnce(&mut Vault)) {
        change(&mut self.vault.lock().unwrap());
    }
}

#[test]
fn keys_are_kept_used_and_forgotten() {
    let desktop = Desktop::start();
    let missing = desktop.run(&["storage", "test"], "", 2);
    assert!(missing["error"].as_str().unwrap().contains("no keys for S3"), "{missing}");
    let half = desktop.run(&["storage", "login"], SECRET, 2);
    assert!(half["error"].as_str().unwrap().contains("not whole"), "{half}");
    for secret in ["an-earlier-one", SECRET] {
        desktop.run(&["storage", "login", "--id", "an-id"], &format!("{secret}\n"), 0);
    }
    {
        let vault = desktop.vault.lock().unwrap();
        assert_eq!(vault.items.len(), 1, "the later one took its place");
        assert!(vault.items[0].2.starts_with("Onetake: bucket") && !vault.items[0].2.contains(SECRET));
        assert!(String::from_utf8_lossy(&vault.items[0].3.2).contains(SECRET));
    }
    assert_eq!(desktop.run(&["storage", "show"], "", 0)["keys_from"], "the keyring");
    assert_eq!(desktop.run(&["storage", "test"], "", 0)["ok"], true);
    let everything = std::fs::read(desktop.folder.path().join("data/library.db")).unwrap();
    assert!(!everything.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()), "the library holds it");
    desktop.run(&["storage", "logout"], "", 0);
    assert!(desktop.vault.lock().unwrap().items.is_empty());
    desktop.run(&["storage", "logout"], "", 0);
    desktop.run(&["storage", "show"], "", 2);
}

#[test]
fn a_locked_keyring_asks_the_person() {
    let desktop = Desktop::start();
    desktop.run(&["storage", "login", "--id", "an-id"], SECRET, 0);
    desktop.set(|vault| (vault.locked, vault.refuses) = (true, true));
    let refused = desktop.run(&["storage", "show"], "", 3);
    assert!(refused["error"].as_str().unwrap().contains("stayed locked"), "{refused}");
    desktop.set(|vault| vault.refuses = false);
    assert_eq!(desktop.run(&["storage", "show"], "", 0)["keys_from"], "the keyring");
    assert_eq!(desktop.vault.lock().unwrap().asked, 2);
}
