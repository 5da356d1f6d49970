//! What a path in a bundle may be. A path from outside is a list of plain names or it is refused: nothing leads out of the folder,
//! and nothing lies where nobody looks for it.

use std::path::{Path, PathBuf};

use super::super::names;
use crate::core::project::{CLIPS_FOLDER, DETAILS_FILE, PICTURES_FOLDER, SCRIPT_FILE, SOUNDS_FOLDER};

pub(super) const MEDIA_FOLDER: &str = "media";
pub(super) const TAKES_FOLDER: &str = "takes";

/// Where a file of a bundle belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Script,
    Details,
    Picture(&'a str),
    Clip(&'a str),
    Sound(&'a str),
    Media(&'a str),
    Take { take: &'a str, name: &'a str },
}

impl<'a> Place<'a> {
    /// The place a path of a manifest names; `None` for one that is not a bundle's.
    pub fn of(path: &'a str) -> Option<Place<'a>> {
        let names: Vec<&str> = path.split('/').map(|name| names::checked(name).ok()).collect::<Option<_>>()?;
        match names[..] {
            [SCRIPT_FILE] => Some(Place::Script),
            [DETAILS_FILE] => Some(Place::Details),
            [PICTURES_FOLDER, name] => Some(Place::Picture(name)),
            [CLIPS_FOLDER, name] => Some(Place::Clip(name)),
            [SOUNDS_FOLDER, name] => Some(Place::Sound(name)),
            [MEDIA_FOLDER, name] => Some(Place::Media(name)),
            [TAKES_FOLDER, take, name] => Some(Place::Take { take, name }),
            _ => None,
        }
    }

    /// Where it waits until the project is complete, in the folder `staging`.
    pub fn staged(self, staging: &Path) -> PathBuf {
        let project = staging.join(super::stage::PROJECT);
        match self {
            Place::Script => project.join(SCRIPT_FILE),
            Place::Details => project.join(DETAILS_FILE),
            Place::Picture(name) => project.join(PICTURES_FOLDER).join(name),
            Place::Clip(name) => project.join(CLIPS_FOLDER).join(name),
            Place::Sound(name) => project.join(SOUNDS_FOLDER).join(name),
            Place::Media(name) => staging.join(MEDIA_FOLDER).join(name),
            Place::Take { take, name } => staging.join(TAKES_FOLDER).join(take).join(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_a_bundle_has_is_a_place() {
        assert_eq!(Place::of("script.md"), Some(Place::Script));
        assert_eq!(Place::of("pictures/なぜ 1.png"), Some(Place::Picture("なぜ 1.png")));
        assert_eq!(Place::of("clips/one.mp4"), Some(Place::Clip("one.mp4")));
        assert_eq!(Place::of("takes/0193/take.mkv"), Some(Place::Take { take: "0193", name: "take.mkv" }));
        let bad = [
            "",
            "/",
            "/etc/passwd",
            "../script.md",
            "media/../../library.db",
            "media/..",
            "media//a.mp4",
            "media\\a.mp4",
            "./script.md",
            "pictures/.hidden",
            "takes/a/b/take.mkv",
            "takes/take.mkv",
            "library.db",
            "projects/p/script.md",
            "media/a\n.mp4",
            "manifest.json",
        ];
        for path in bad {
            assert_eq!(Place::of(path), None, "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leads_out_of_the_staging_folder(path in "((media|takes|pictures|\\.\\.|\\.|)/)?([./\\\\\\PC]{0,12}/?){0,3}") {
            let staging = Path::new("/data/.new-1");
            if let Some(place) = Place::of(&path) {
                let staged = place.staged(staging);
                prop_assert!(staged.starts_with(staging));
                prop_assert!(staged.components().all(|part| !matches!(part, std::path::Component::ParentDir)));
            }
        }
    }
}
