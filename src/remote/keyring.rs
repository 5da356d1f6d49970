//! The desktop's keyring (the Secret Service of freedesktop.org), which keeps a server's token between starts. It is asked over the
//! session's bus; where there is none, or nobody unlocks it, the token is simply not kept. Nothing of it ever touches our own disk.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy};

use super::token::Token;

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const ROOT: &str = "/org/freedesktop/secrets";
/// The collection that the person calls their keyring.
const DEFAULT: &str = "/org/freedesktop/secrets/aliases/default";
/// What stands for “nothing has to be asked”.
const NOTHING: &str = "/";
/// A keyring answers at once; a person who is asked for its password does not.
const ANSWER: Duration = Duration::from_secs(5);
const PERSON: Duration = Duration::from_secs(120);

/// A secret as it crosses the bus: session, parameters, value, media type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// Keeps the token for a server. False where it can't be kept.
pub async fn keep(server: &str, token: &Token) -> bool {
    in_time(PERSON, put(server, token)).await.is_some()
}

/// The token that is kept for a server.
pub async fn find(server: &str) -> Option<Token> {
    in_time(PERSON, get(server)).await.flatten()
}

/// Forgets the token for a server. Nobody waits long for that: the studio may be closing.
pub async fn forget(server: &str) {
    in_time(ANSWER, remove(server)).await;
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = zbus::Result<T>>) -> Option<T> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(error)) => {
            tracing::info!(%error, "the desktop's keyring is not used");
            None
        }
        Err(_) => {
            tracing::info!("the desktop's keyring did not answer");
            None
        }
    }
}

async fn put(server: &str, token: &Token) -> zbus::Result<()> {
    let (bus, session) = open().await?;
    unlock(&bus, &[ObjectPath::try_from(DEFAULT)?]).await?;
    let collection = proxy(&bus, DEFAULT, "org.freedesktop.Secret.Collection").await?;
    let label = format!("Onetake at {server}");
    let attributes = attributes(server);
    let properties = HashMap::from([
        ("org.freedesktop.Secret.Item.Label", Value::from(label)),
        ("org.freedesktop.Secret.Item.Attributes", Value::from(attributes)),
    ]);
    let secret: Secret = (session, Vec::new(), token.bytes().to_vec(), "text/plain".to_owned());
    let (_, prompt): (OwnedObjectPath, OwnedObjectPath) = collection.call("CreateItem", &(properties, secret, true)).await?;
    ask(&bus, &prompt).await
}

async fn get(server: &str) -> zbus::Result<Option<Token>> {
    let (bus, session) = open().await?;
    let items = items(&bus, server).await?;
    if items.is_empty() {
        return Ok(None);
    }
    let service = proxy(&bus, ROOT, SERVICE).await?;
    let secrets: HashMap<OwnedObjectPath, Secret> = service.call("GetSecrets", &(items, session)).await?;
    let text = secrets.into_values().next().and_then(|(_, _, value, _)| String::from_utf8(value).ok());
    Ok(text.and_then(|text| Token::new(&text).ok()))
}

async fn remove(server: &str) -> zbus::Result<()> {
    let (bus, _) = open().await?;
    for item in items(&bus, server).await? {
        let item = proxy(&bus, item.as_str(), "org.freedesktop.Secret.Item").await?;
        let prompt: OwnedObjectPath = item.call("Delete", &()).await?;
        ask(&bus, &prompt).await?;
    }
    Ok(())
}

/// The session's bus, and a session of the keyring on it. Secrets go over the bus as they are: whoever reads it reads the keyring.
async fn open() -> zbus::Result<(Connection, OwnedObjectPath)> {
    let work = async {
        let bus = Connection::session().await?;
        let service = proxy(&bus, ROOT, SERVICE).await?;
        let (_, session): (OwnedValue, OwnedObjectPath) = service.call("OpenSession", &("plain", Value::from(""))).await?;
        Ok((bus, session))
    };
    tokio::time::timeout(ANSWER, work).await.map_err(|_| zbus::Error::Failure("no answer in time".to_owned()))?
}

/// What is kept for a server, unlocked.
async fn items(bus: &Connection, server: &str) -> zbus::Result<Vec<OwnedObjectPath>> {
    let service = proxy(bus, ROOT, SERVICE).await?;
    let (mut open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
        service.call("SearchItems", &(attributes(server),)).await?;
    if open.is_empty() && !locked.is_empty() {
        let paths: Vec<ObjectPath<'_>> = locked.iter().map(|path| path.as_ref()).collect();
        unlock(bus, &paths).await?;
        open = locked;
    }
    Ok(open)
}

async fn unlock(bus: &Connection, paths: &[ObjectPath<'_>]) -> zbus::Result<()> {
    let service = proxy(bus, ROOT, SERVICE).await?;
    let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) = service.call("Unlock", &(paths,)).await?;
    ask(bus, &prompt).await
}

/// Lets the desktop ask the person for the keyring's password, if it has to.
async fn ask(bus: &Connection, prompt: &OwnedObjectPath) -> zbus::Result<()> {
    if prompt.as_str() == NOTHING {
        return Ok(());
    }
    let prompt = proxy(bus, prompt.as_str(), "org.freedesktop.Secret.Prompt").await?;
    let mut answers = prompt.receive_signal("Completed").await?;
    prompt.call::<_, _, ()>("Prompt", &("",)).await?;
    let answer = answers.next().await.ok_or_else(|| zbus::Error::Failure("nobody answered".to_owned()))?;
    let (dismissed, _): (bool, OwnedValue) = answer.body().deserialize()?;
    if dismissed { Err(zbus::Error::Failure("it was not unlocked".to_owned())) } else { Ok(()) }
}

async fn proxy<'a>(bus: &Connection, path: &'a str, interface: &'static str) -> zbus::Result<Proxy<'a>> {
    Proxy::new(bus, NAME, path, interface).await
}

fn attributes(server: &str) -> HashMap<String, String> {
    HashMap::from([("application".to_owned(), "onetake".to_owned()), ("server".to_owned(), server.to_owned())])
}
