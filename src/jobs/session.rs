//! Keys that nothing keeps: where the machine has no keyring, what a person typed in holds until the program ends. They are in memory
//! and nowhere else.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::core::secret::Secret;

/// The keys of this run, by the names they would have in a keyring.
#[derive(Debug, Default)]
pub struct Session(Mutex<HashMap<String, Held>>);

/// A key, and why the keyring has it not.
#[derive(Clone, Debug)]
pub struct Held {
    pub secret: Secret,
    pub why: String,
}

impl Session {
    pub fn hold(&self, name: &str, secret: Secret, why: String) {
        self.lock().insert(name.to_owned(), Held { secret, why });
    }

    pub fn get(&self, name: &str) -> Option<Held> {
        self.lock().get(name).cloned()
    }

    /// True when there was one.
    pub fn forget(&self, name: &str) -> bool {
        self.lock().remove(name).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_key_is_there_until_it_is_forgotten_and_shows_nowhere() {
        let session = Session::default();
        session.hold("engine:x", Secret::new("sk-marker"), "There is no keyring.".into());
        assert_eq!(session.get("engine:x").unwrap().secret.expose(), "sk-marker");
        assert!(!format!("{session:?}").contains("marker"));
        assert!(session.forget("engine:x") && !session.forget("engine:x"));
        assert!(session.get("engine:x").is_none());
    }
}
