//! A desktop that keeps secrets: a bus of the test's own with a Secret Service on it, which is locked and asks for its password as
//! real ones do.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, ObjectServer, connection, interface};

pub type Wire = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);
pub type Attributes = HashMap<String, String>;

/// What it keeps: path, attributes, label and secret of each item.
#[derive(Default)]
pub struct Vault {
    pub items: Vec<(OwnedObjectPath, Attributes, String, Wire)>,
    made: usize,
    pub locked: bool,
    /// What the person answers when asked to unlock.
    pub refuses: bool,
    pub asked: usize,
}

pub type Shared = Arc<Mutex<Vault>>;

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

/// The bus and who keeps secrets on it; both end with the test.
pub struct Keeper {
    /// The bus's address.
    pub bus: String,
    pub vault: Shared,
    server: Child,
    _service: Connection,
    _runtime: Runtime,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Keeper {
    pub fn start() -> Keeper {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut server = command.spawn().expect("dbus-daemon is needed: run scripts/setup test");
        let mut bus = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut bus).unwrap();
        let (bus, vault) = (bus.trim().to_owned(), Shared::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
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
        Keeper { bus, vault, server, _service: service, _runtime: runtime }
    }

    pub fn set(&self, change: impl FnOnce(&mut Vault)) {
        change(&mut self.vault.lock().unwrap());
    }
}
