//! The list of engines: ours with its date, and what a person's own file adds or says otherwise.

use serde::{Deserialize, Serialize};

use super::{Engine, Model};
use crate::core::job::Kind;

/// The list that comes with the program.
const OURS: &str = include_str!("../../../assets/engines.toml");

/// All engines that are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The day on which models and prices were read, YYYY-MM-DD.
    #[serde(default)]
    pub dated: String,
    #[serde(default, rename = "engine")]
    pub engines: Vec<Engine>,
}

/// Why a list can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    #[error("an engine has no name, or one with other letters than a to z, digits, - and _ (“{0}”)")]
    Name(String),
    #[error("two engines are called “{0}”")]
    Twice(String),
}

impl Catalogue {
    /// What comes with the program.
    pub fn ours() -> Catalogue {
        Catalogue::read(OURS).expect("assets/engines.toml is sound")
    }

    /// Reads a list.
    pub fn read(text: &str) -> Result<Catalogue, Unreadable> {
        let list: Catalogue = toml::from_str(text)?;
        for (at, engine) in list.engines.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
            if engine.name.is_empty() || !engine.name.chars().all(plain) {
                return Err(Unreadable::Name(engine.name.clone()));
            }
            if list.engines[..at].iter().any(|other| other.name == engine.name) {
                return Err(Unreadable::Twice(engine.name.clone()));
            }
        }
        Ok(list)
    }

    /// With another list over it: its engines take the place of those of the same name, others come behind.
    pub fn with(mut self, over: Catalogue) -> Catalogue {
        for engine in over.engines {
            match self.engines.iter_mut().find(|known| known.name == engine.name) {
                Some(known) => *known = engine,
                None => self.engines.push(engine),
            }
        }
        if over.dated > self.dated {
            self.dated = over.dated;
        }
        self
    }

    pub fn engine(&self, name: &str) -> Option<&Engine> {
        self.engines.iter().find(|engine| engine.name == name)
    }

    /// Every model that makes this, with its engine.
    pub fn models_for(&self, kind: Kind) -> impl Iterator<Item = (&Engine, &Model)> {
        self.engines.iter().flat_map(move |engine| engine.models_for(kind).map(move |model| (engine, model)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::engine::{Form, Price};

    #[test]
    fn our_list_is_sound() {
        let ours = Catalogue::ours();
        assert_eq!(ours.dated.len(), 10);
        let offline = ours.engine("offline").unwrap();
        assert_eq!(offline.form, Form::Offline);
        assert!(offline.models.iter().all(|model| model.price == Price::Free));
        for kind in [Kind::Text, Kind::Image, Kind::Video, Kind::Speech] {
            assert!(offline.models_for(kind).next().is_some(), "{kind:?} without key and network");
        }
        assert_eq!(Catalogue::read(&toml::to_string(&ours).unwrap()).unwrap(), ours);
    }

    #[test]
    fn a_persons_own_list_goes_over_ours() {
        let own = "[[engine]]\nname = 'offline'\nlabel = 'Mine'\nform = 'offline'\n[[engine]]\nname = 'x'\nlabel = 'X'\nform = 'custom'\n";
        let both = Catalogue::ours().with(Catalogue::read(own).unwrap());
        assert_eq!(both.engine("offline").unwrap().label, "Mine");
        assert!(both.engine("x").is_some());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bad in [
            "[[engine]]\nname='A b'\nlabel=''\nform='custom'\n",
            "[[engine]]\nname='a'\nlabel=''\nform='nothing'\n",
            "[[engine]]\nname='a'\nlabel=''\nform='fal'\n[[engine]]\nname='a'\nlabel=''\nform='fal'\n",
            "\u{0}",
        ] {
            assert!(Catalogue::read(bad).is_err(), "{bad}");
        }
    }
}
