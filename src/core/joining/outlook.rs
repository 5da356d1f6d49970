//! What a film of a project's scenes will be like, before anything is joined: which scenes have nothing to show, which are only a picture
//! that moves, where nobody speaks and for how long. So that a person learns it beforehand and not while watching.

use crate::core::generate::Role;
use crate::core::script::Script;

/// A silence shorter than this is a pause.
pub const PAUSE_SECS: f64 = 4.0;

/// What is to be expected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// Seconds of the whole.
    pub secs: f64,
    /// Scenes with neither clip nor picture: they can't be joined.
    pub bare: Vec<usize>,
    /// Scenes without a clip, whose picture is moved instead.
    pub moving: Vec<usize>,
    /// Scenes with words that nobody speaks yet.
    pub unspoken: Vec<usize>,
    /// Where it is long silent although the scene has its voice, or has no words at all.
    pub silences: Vec<Silence>,
}

/// A stretch without words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    pub scene: usize,
    pub secs: f64,
}

impl Silence {
    /// For people: “Scene 3: 26 s without words”.
    pub fn words(self) -> String {
        format!("Scene {}: {:.0} s without words", self.scene + 1, self.secs)
    }
}

/// Of a script whose scenes take so many seconds in the film, and have a voice of so many; `None` where that is not known.
pub fn of(script: &Script, secs: impl Fn(usize) -> f64, voice: impl Fn(usize) -> Option<f64>) -> Outlook {
    let mut outlook = Outlook::default();
    for (at, scene) in script.scenes.iter().enumerate().filter(|(_, scene)| scene.is_shown()) {
        let takes = secs(at);
        outlook.secs += takes;
        match (scene.part(Role::Clip), scene.picture()) {
            (Some(_), _) => {}
            (None, Some(_)) => outlook.moving.push(at),
            (None, None) => outlook.bare.push(at),
        }
        let silent = match (scene.part(Role::Voice), scene.words) {
            (Some(_), _) => voice(at).map(|voice| takes - voice),
            (None, 0) => Some(takes),
            (None, _) => {
                outlook.unspoken.push(at);
                None
            }
        };
        outlook.silences.extend(silent.filter(|secs| *secs >= PAUSE_SECS).map(|secs| Silence { scene: at, secs }));
    }
    outlook
}

/// Scenes as people count them: “Scene 4”, “Scenes 2 and 4”, “5 scenes”.
pub fn named(scenes: &[usize]) -> String {
    match scenes {
        [one] => format!("Scene {}", one + 1),
        [one, two] => format!("Scenes {} and {}", one + 1, two + 1),
        many => format!("{} scenes", many.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "## One\n\n> film: clips/a.mp4\n> sound: sounds/a.wav\n\nWords.\n\n## Two\n\n> picture: pictures/b.png\n> sound: sounds/b.wav\n\nWords.\n\n## Three\n\nWords.\n\n## Four\n\n> picture: pictures/d.png\n";

    #[test]
    fn what_is_missing_is_said_before_it_is_joined() {
        let script = Script::markdown(TEXT);
        let voice = |scene: usize| [Some(9.0), Some(6.0), None, None][scene];
        let outlook = of(&script, |_| 10.0, voice);
        assert_eq!((outlook.secs, &outlook.bare[..], &outlook.moving[..]), (40.0, &[2][..], &[1, 3][..]));
        assert_eq!(outlook.unspoken, [2]);
        let said: Vec<String> = outlook.silences.iter().map(|silence| silence.words()).collect();
        assert_eq!(said, ["Scene 2: 4 s without words", "Scene 4: 10 s without words"], "a second is a pause");
        assert_eq!(of(&script, |_| 10.0, |_| None).silences.len(), 1, "a voice of unknown length may fill its scene");
    }

    #[test]
    fn text_before_the_first_heading_is_no_scene_of_a_film() {
        assert_eq!(of(&Script::markdown("\n\n## One\n\nHi.\n"), |_| 1.0, |_| None).unspoken.len(), 1);
        assert_eq!(of(&Script::default(), |_| 1.0, |_| None), Outlook::default());
    }

    #[test]
    fn few_scenes_are_named_and_many_counted() {
        assert_eq!([&[3][..], &[1, 3], &[0, 1, 2]].map(named), ["Scene 4", "Scenes 2 and 4", "3 scenes"]);
    }
}
