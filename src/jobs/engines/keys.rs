//! Where an engine's key is from: an environment variable first, so that one run can use another account, then what was typed in and no
//! keyring keeps, then the desktop's keyring. A key is never written anywhere else.

use std::env;

use crate::core::engine::Engine;
use crate::core::generate::{Class, Failure};
use crate::core::problem::Problem;
use crate::core::secret::{Secret, no_key};
use crate::jobs::session::Session;
use crate::keyring::{self, Ask};
use crate::studio::engines::KeyFrom;

/// A key and where it was found.
#[derive(Clone, Debug)]
pub struct Key {
    pub secret: Secret,
    pub from: KeyFrom,
}

/// The key for an engine; `Ok(None)` when there is none, or nothing that keeps any.
pub(super) async fn find(engine: &Engine, session: &Session, ask: Ask) -> Result<Option<Key>, keyring::Error> {
    for variable in &engine.key_variables {
        if let Some(text) = self::variable(variable) {
            return Ok(Some(Key { secret: Secret::new(text), from: KeyFrom::Environment(variable.clone()) }));
        }
    }
    if let Some(held) = session.get(&name(&engine.name)) {
        return Ok(Some(Key { secret: held.secret, from: KeyFrom::Session(held.why) }));
    }
    match keyring::load(&name(&engine.name), ask).await {
        Ok(Some(secret)) => Ok(Some(Key { secret, from: KeyFrom::Keyring })),
        Ok(None) => Ok(None),
        Err(error @ keyring::Error::Locked) => Err(error),
        // Without a keyring the key is simply not there.
        Err(error) => {
            tracing::debug!(%error, "no keyring");
            Ok(None)
        }
    }
}

/// Puts a key into the keyring.
pub(super) async fn keep(engine: &Engine, key: &Secret) -> Result<(), Problem> {
    put(engine, &checked(key)?).await.map_err(|error| unkept(error, engine))
}

/// The same, and where the keyring does not take it, it holds until the program ends.
pub(super) async fn hold(engine: &Engine, key: &Secret, session: &Session) -> Result<(), Problem> {
    let key = checked(key)?;
    let name = name(&engine.name);
    match put(engine, &key).await {
        Ok(()) => _ = session.forget(&name),
        Err(error) => {
            tracing::info!(%error, engine = engine.name, "a key is held in memory only");
            session.hold(&name, key, error.to_string());
        }
    }
    Ok(())
}

async fn put(engine: &Engine, key: &Secret) -> Result<(), keyring::Error> {
    let label = format!("Onetake: {}", engine.label);
    keyring::keep(&name(&engine.name), &label, key).await
}

fn checked(key: &Secret) -> Result<Secret, Problem> {
    let text = key.expose().trim();
    match no_key(text) {
        None => Ok(Secret::new(text)),
        Some(why) => Err(Problem::usage(why, "Copy it once more from where the engine gives it out, on one line.")),
    }
}

/// Takes it out again; nothing is fine.
pub(super) async fn forget(engine: &str, session: &Session) -> Result<(), Problem> {
    // What was held because there is no keyring needs none to be forgotten.
    if session.forget(&name(engine)) {
        return Ok(());
    }
    Ok(keyring::forget(&name(engine)).await?)
}

/// Why nothing can be sent.
pub(super) fn missing(engine: &Engine) -> Failure {
    let variable = engine.key_variables.first();
    let or_variable = variable.map(|name| format!(", or set {name}")).unwrap_or_default();
    Failure::new(Class::Auth, format!("{} needs a key: enter it in Settings, Engines{or_variable}.", engine.label))
}

/// A variable with something in it.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// What a key is kept under.
fn name(engine: &str) -> String {
    format!("engine:{engine}")
}

fn unkept(error: keyring::Error, engine: &Engine) -> Problem {
    let problem = Problem::from(error);
    match engine.key_variables.first() {
        Some(variable) => Problem { fix: format!("{} Or set {variable} before Onetake starts.", problem.fix), ..problem },
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::engine::Catalogue;

    #[test]
    fn what_no_keyring_keeps_is_found_all_the_same_and_only_for_its_engine() {
        let list = Catalogue::read("[[engine]]\nname = 'mine'\nlabel = 'Mine'\nform = 'custom'\n").unwrap();
        let session = Session::default();
        session.hold("engine:mine", Secret::new("sk-marker"), "There is no keyring on this machine.".into());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(find(list.engine("mine").unwrap(), &session, Ask::Nobody)).unwrap().unwrap();
        assert_eq!(found.secret.expose(), "sk-marker");
        assert_eq!(found.from, KeyFrom::Session("There is no keyring on this machine.".into()));
        assert!(!format!("{found:?}").contains("marker"));
        runtime.block_on(forget("mine", &session)).unwrap();
        assert!(session.get("engine:mine").is_none());
    }

    #[test]
    fn what_can_be_no_key_is_not_kept() {
        let problem = checked(&Secret::new("two words")).unwrap_err();
        assert!(!problem.to_string().contains("two"), "{problem}");
        assert_eq!(checked(&Secret::new(" sk-abc\n")).unwrap().expose(), "sk-abc");
    }
}
