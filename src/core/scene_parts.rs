//! The parts of a scene that can be made besides its words: its picture, the picture its clip ends with, the clip, the voice. Each
//! is a line of the script that names a file of the project (`picture:`, `end:`, `film:`, `sound:`), so that a project is readable
//! without the program; what it is made from is a line too (`image:`, `keyframe:`, `clip:`), or the words themselves.

use super::asset::AssetId;
use super::generate::{Place, Role};
use super::job::Kind;
use super::project::{CLIPS_FOLDER, PICTURES_FOLDER, SOUNDS_FOLDER};
use super::prompt::Purpose;
use super::script::{Scene, Script};

/// The parts in the order in which they are made: each may need the ones before it.
pub const PARTS: [Role; 4] = [Role::Picture, Role::End, Role::Clip, Role::Voice];

/// Characters at the end of an asset's id that tell it from all others: the random part of its UUID.
const TAG_CHARS: usize = 12;

impl Role {
    /// The line that names its file.
    pub fn directive(self) -> &'static str {
        match self {
            Role::Picture => "picture",
            Role::End => "end",
            Role::Clip => "film",
            Role::Voice => "sound",
            Role::Music => "music",
        }
    }

    /// The line that says what it shows; the voice says the scene's words.
    pub fn prompt_directive(self) -> Option<&'static str> {
        match self {
            Role::Picture => Some("image"),
            Role::End => Some("keyframe"),
            Role::Clip => Some("clip"),
            Role::Voice | Role::Music => None,
        }
    }

    /// Where its file lies in the project's folder.
    pub fn folder(self) -> &'static str {
        match self {
            Role::Picture | Role::End => PICTURES_FOLDER,
            Role::Clip => CLIPS_FOLDER,
            Role::Voice | Role::Music => SOUNDS_FOLDER,
        }
    }

    /// What an engine has to be able to make.
    pub fn kind(self) -> Kind {
        match self {
            Role::Picture | Role::End => Kind::Image,
            Role::Clip => Kind::Video,
            Role::Voice => Kind::Speech,
            Role::Music => Kind::Music,
        }
    }

    pub fn purpose(self) -> Purpose {
        match self {
            Role::Picture | Role::End => Purpose::Image,
            Role::Clip => Purpose::Clip,
            Role::Voice => Purpose::Voice,
            Role::Music => Purpose::Music,
        }
    }

    /// As people say it.
    pub fn words(self) -> &'static str {
        match self {
            Role::Picture => "picture",
            Role::End => "end picture",
            Role::Clip => "clip",
            Role::Voice => "voice",
            Role::Music => "music",
        }
    }
}

impl Scene {
    /// The file of a part, relative to the project's folder.
    pub fn part(&self, role: Role) -> Option<&str> {
        self.directive(role.directive())
    }

    /// What the script says a part is to be; the words it speaks for the voice.
    pub fn wanted(&self, role: Role) -> Option<String> {
        match role.prompt_directive() {
            Some(key) => self.directive(key).map(str::to_owned),
            None if role == Role::Voice => Some(self.spoken()).filter(|words| !words.is_empty()),
            None => None,
        }
    }

    /// What a part can be made from, by rule where the script does not say: a clip moves what the picture shows, and ends where
    /// that movement leads.
    pub fn prompt(&self, role: Role) -> Option<String> {
        let said = self.wanted(role);
        match role {
            Role::Clip => said.or_else(|| self.wanted(Role::Picture)),
            Role::End => said.or_else(|| {
                let (picture, clip) = (self.wanted(Role::Picture)?, self.wanted(Role::Clip)?);
                Some(format!("{picture}; the same place and light a moment later, after this: {clip}"))
            }),
            _ => said,
        }
    }

    /// True when the script asks for a part and it is not there: a picture or an end that is described, a clip where there is or
    /// will be something to move, a voice for words.
    pub fn lacks(&self, role: Role) -> bool {
        let wanted = match role {
            Role::Clip => self.wanted(Role::Clip).or_else(|| self.wanted(Role::Picture)).is_some() || self.picture().is_some(),
            _ => self.wanted(role).is_some(),
        };
        wanted && self.part(role).is_none()
    }

    /// A scene of its own, which a film shows: text before the first heading that says nothing is none.
    pub fn is_shown(&self) -> bool {
        self.words > 0
            || self.heading_range.is_some()
            || ["image", "picture", "film"].iter().any(|key| self.directive(key).is_some())
    }

    /// All that is said, a sentence after the other.
    pub fn spoken(&self) -> String {
        self.lines.iter().map(|line| line.text.trim()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// The scene that is meant, which may have moved since: the one of that heading, the nearest to where it stood when there are
/// several. One without a heading is only found where it stood.
pub fn find(script: &Script, place: &Place) -> Option<usize> {
    let same = |scene: &Scene| scene.heading == place.heading;
    if script.scenes.get(place.scene).is_some_and(same) {
        return Some(place.scene);
    }
    if place.heading.is_empty() {
        return None;
    }
    let all = script.scenes.iter().enumerate().filter(|(_, scene)| same(scene)).map(|(at, _)| at);
    all.min_by_key(|at| at.abs_diff(place.scene))
}

/// The end of an asset's id. It stands at the end of the name of each file that was made from the asset, so that the script's line
/// tells which of the versions is shown.
pub fn tag(asset: &AssetId) -> &str {
    let id = asset.0.as_str();
    id.get(id.len().saturating_sub(TAG_CHARS)..).unwrap_or(id)
}

/// The tag in a file's name; `None` for a file that a person gave.
pub fn tag_of(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (_, tag) = stem.rsplit_once('-')?;
    (tag.len() == TAG_CHARS && tag.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "## One\n\n> image: a desk\n> clip: slow push in\n\nHello there. [smile] You.\n\n## Two\n\n> keyframe: night\n> picture: pictures/a.jpg\n\n## Two\n\nMore.\n";

    fn at(scene: usize, heading: &str) -> Place {
        Place { scene, heading: heading.into(), role: Role::Picture }
    }

    #[test]
    fn what_a_scene_lacks_is_what_it_asks_for() {
        let script = Script::markdown(TEXT);
        let lacks = |scene: usize| PARTS.map(|role| script.scenes[scene].lacks(role));
        assert_eq!(lacks(0), [true, false, true, true]);
        assert_eq!(lacks(1), [false, true, true, false], "there is a picture to move");
        assert_eq!(lacks(2), [false, false, false, true]);
        assert_eq!(script.scenes[0].wanted(Role::Voice).as_deref(), Some("Hello there. You."), "cues are not spoken");
        assert!(script.scenes[0].prompt(Role::End).is_some_and(|end| end.contains("a desk") && end.contains("slow push in")));
        assert_eq!(script.scenes[2].prompt(Role::Clip), None);
    }

    #[test]
    fn a_scene_that_moved_is_found_by_its_heading() {
        let script = Script::markdown(TEXT);
        assert_eq!(find(&script, &at(0, "One")), Some(0));
        assert_eq!(find(&script, &at(2, "One")), Some(0));
        assert_eq!((find(&script, &at(1, "Two")), find(&script, &at(2, "Two"))), (Some(1), Some(2)), "each of two alike");
        assert_eq!((find(&script, &at(9, "Two")), find(&script, &at(0, "Gone"))), (Some(2), None));
        assert_eq!(find(&script, &at(1, "")), None);
    }

    #[test]
    fn a_files_name_tells_the_asset_it_was_made_from() {
        let asset = AssetId("0193a5b2-7c11-7abc-8def-0123456789ab".into());
        assert_eq!(tag(&asset), "0123456789ab");
        assert_eq!(tag_of("pictures/opening-0123456789ab.png"), Some(tag(&asset)));
        for given in
            ["pictures/01-opening.jpg", "pictures/x.png", "a-0123456789AB.png", "pictures/-.jpg", "", "a-é123456789ab.jpg"]
        {
            assert_eq!(tag_of(given), None, "{given}");
        }
    }
}
