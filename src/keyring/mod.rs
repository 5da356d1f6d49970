//! The desktop's keyring, by the Secret Service of freedesktop.org (GNOME Keyring, KWallet, KeePassXC): the place for keys that a person
//! types in. The only module that names zbus. Source: “Secret Service API Draft”, 0.2.
//!
//! A secret crosses the session's bus as it is (“plain”): whoever can read there is this user, who can ask the keyring as well.

mod error;

use std::collections::HashMap;
use std::time::Duration;

use zbus::Connection;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use crate::core::storage::Secret;

pub use error::Error;

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";

/// What our items have, so that no other program's are ever touched.
const APPLICATION: (&str, &str) = ("application", "onetake");

/// How long the keyring may take for anything it needs nobody for.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long a person may look for the password of a keyring.
const ASK_LIMIT: Duration = Duration::from_secs(120);

/// Whether the person may be asked to unlock the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// They are waiting for the answer.
    Person,
    /// Nobody is; a locked keyring counts as one without the secret.
    Nobody,
}

/// A secret as it crosses the bus: session, parameters, value, media type.
type Wire = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// An open session with the keyring.
struct Keyring {
    bus: Connection,
    session: OwnedObjectPath,
}

/// The secret that is kept under this name, if there is one.
pub async fn load(name: &str, ask: Ask) -> Result<Option<Secret>, Error> {
    let keyring = Keyring::open().await?;
    let Some(item) = keyring.find(name, ask).await? else { return Ok(None) };
    let secret: Wire = keyring.call(&item, "Item", "GetSecret", &(&keyring.session,)).await?;
    let text = String::from_utf8(secret.2).map_err(|_| Error::Nonsense("what it keeps is no text".to_owned()))?;
    Ok(Some(Secret::new(text)))
}

/// Keeps a secret under this name, in the place of an earlier one. `label` is what the desktop's own tools show.
pub async fn keep(name: &str, label: &str, secret: &Secret) -> Result<(), Error> {
    let keyring = Keyring::open().await?;
    let collection: OwnedObjectPath = keyring.call(&root()?, "Service", "ReadAlias", &("default",)).await?;
    if collection.as_str() == "/" {
        return Err(Error::NoCollection);
    }
    keyring.unlock(&collection, Ask::Person).await?;
    let attributes = Value::from(attributes(name));
    let properties = HashMap::from([
        ("org.freedesktop.Secret.Item.Label", Value::from(label)),
        ("org.freedesktop.Secret.Item.Attributes", attributes),
    ]);
    let wire = (&keyring.session, Vec::<u8>::new(), secret.expose().as_bytes().to_vec(), "text/plain");
    let made: (OwnedObjectPath, OwnedObjectPath) =
        keyring.call(&collection, "Collection", "CreateItem", &(properties, wire, true)).await?;
    keyring.prompt(made.1, Ask::Person).await
}

/// Forgets what is kept under this name; nothing is fine.
pub async fn forget(name: &str) -> Result<(), Error> {
    let keyring = Keyring::open().await?;
    let Some(item) = keyring.find(name, Ask::Person).await? else { return Ok(()) };
    let prompt: OwnedObjectPath = keyring.call(&item, "Item", "Delete", &()).await?;
    keyring.prompt(prompt, Ask::Person).await
}

fn attributes(name: &str) -> HashMap<String, String> {
    HashMap::from([(APPLICATION.0.to_owned(), APPLICATION.1.to_owned()), ("for".to_owned(), name.to_owned())])
}

fn root() -> Result<ObjectPath<'static>, Error> {
    ObjectPath::try_from(ROOT).map_err(|error| Error::Nonsense(error.to_string()))
}

impl Keyring {
    async fn open() -> Result<Keyring, Error> {
        let bus = within(ANSWER_LIMIT, Connection::session()).await?;
        let opened: (OwnedValue, OwnedObjectPath) =
            call(&bus, &root()?, "Service", "OpenSession", &("plain", Value::from(""))).await?;
        Ok(Keyring { bus, session: opened.1 })
    }

    async fn call<B, T>(&self, path: &ObjectPath<'_>, part: &str, method: &str, body: &B) -> Result<T, Error>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
        T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        call(&self.bus, path, part, method, body).await
    }

    /// Our item of this name, unlocked.
    async fn find(&self, name: &str, ask: Ask) -> Result<Option<OwnedObjectPath>, Error> {
        let found: (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            self.call(&root()?, "Service", "SearchItems", &(attributes(name),)).await?;
        let (open, locked) = found;
        if let Some(item) = open.into_iter().next() {
            return Ok(Some(item));
        }
        let Some(item) = locked.into_iter().next() else { return Ok(None) };
        match self.unlock(&item, ask).await {
            Ok(()) => Ok(Some(item)),
            Err(Error::Locked) if ask == Ask::Nobody => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn unlock(&self, what: &OwnedObjectPath, ask: Ask) -> Result<(), Error> {
        let done: (Vec<OwnedObjectPath>, OwnedObjectPath) = self.call(&root()?, "Service", "Unlock", &(vec![what],)).await?;
        self.prompt(done.1, ask).await
    }

    /// Lets the keyring ask the person, when it says that it must (`/` says that it need not).
    async fn prompt(&self, prompt: OwnedObjectPath, ask: Ask) -> Result<(), Error> {
        if prompt.as_str() == "/" {
            return Ok(());
        }
        if ask == Ask::Nobody {
            return Err(Error::Locked);
        }
        let proxy = zbus::Proxy::new(&self.bus, SERVICE, prompt.clone(), "org.freedesktop.Secret.Prompt").await?;
        let mut answers = proxy.receive_signal("Completed").await?;
        let _: () = self.call(&prompt, "Prompt", "Prompt", &("",)).await?;
        let answer = tokio::time::timeout(ASK_LIMIT, futures_util::StreamExt::next(&mut answers)).await;
        let Ok(Some(answer)) = answer else { return Err(Error::Locked) };
        let (dismissed, _): (bool, OwnedValue) = answer.body().deserialize()?;
        if dismissed { Err(Error::Locked) } else { Ok(()) }
    }
}

async fn call<B, T>(bus: &Connection, path: &ObjectPath<'_>, part: &str, method: &str, body: &B) -> Result<T, Error>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    let interface = format!("org.freedesktop.Secret.{part}");
    let reply = within(ANSWER_LIMIT, bus.call_method(Some(SERVICE), path, Some(interface.as_str()), method, body)).await?;
    Ok(reply.body().deserialize()?)
}

async fn within<T>(limit: Duration, ask: impl Future<Output = zbus::Result<T>>) -> Result<T, Error> {
    match tokio::time::timeout(limit, ask).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Error::Silent),
    }
}
