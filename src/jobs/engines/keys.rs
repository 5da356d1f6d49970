//! Where an engine's key is from: an environment variable first, so that one run can use another account, then the desktop's keyring.
//! A key is never written anywhere else.

use std::env;

use crate::core::engine::Engine;
use crate::core::generate::{Class, Failure};
use crate::core::problem::Problem;
use crate::core::secret::Secret;
use crate::keyring::{self, Ask};
use crate::studio::engines::KeyFrom;

/// The longest text that is taken for a key.
const MOST_BYTES: usize = 8 << 10;

/// A key and where it was found.
#[derive(Clone, Debug)]
pub struct Key {
    pub secret: Secret,
    pub from: KeyFrom,
}

/// The key for an engine; `Ok(None)` when there is none, or nothing that keeps any.
pub(super) async fn find(engine: &Engine, ask: Ask) -> Result<Option<Key>, keyring::Error> {
    for variable in &engine.key_variables {
        if let Some(text) = self::variable(variable) {
            return Ok(Some(Key { secret: Secret::new(text), from: KeyFrom::Environment(variable.clone()) }));
        }
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
    let text = key.expose().trim();
    if text.is_empty() || text.len() > MOST_BYTES || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Problem::usage("This is no key.", "Copy it once more from where the engine gives it out, on one line."));
    }
    let label = format!("Onetake: {}", engine.label);
    keyring::keep(&name(&engine.name), &label, &Secret::new(text)).await.map_err(|error| unkept(error, engine))
}

/// Takes it out again; nothing is fine.
pub(super) async fn forget(engine: &str) -> Result<(), Problem> {
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
