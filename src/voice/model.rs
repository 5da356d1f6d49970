//! Finds the acoustic model and its dictionary: where packages put them, or in the folder that the settings name for another
//! language.

use std::path::{Path, PathBuf};

use super::Error;

/// A model as it lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Folder with the acoustic model: `mdef`, `means` and so on.
    pub acoustic: PathBuf,
    /// Words and their sounds.
    pub dictionary: PathBuf,
}

/// Where packages put the model for US English.
const USUAL: [&str; 3] = [
    "/usr/share/pocketsphinx/model/en-us",
    "/usr/local/share/pocketsphinx/model/en-us",
    "/opt/homebrew/share/pocketsphinx/model/en-us",
];

impl Model {
    /// The model in the named folder, or the one that is installed.
    pub fn find(named: Option<&str>) -> Result<Model, Error> {
        match named {
            Some(folder) => Model::within(Path::new(folder)).ok_or_else(|| Error::NoModel(Some(folder.to_owned()))),
            None => USUAL.iter().find_map(|folder| Model::within(Path::new(folder))).ok_or(Error::NoModel(None)),
        }
    }

    /// A folder may be the acoustic model itself, with the dictionary in it or beside it, or hold both.
    fn within(folder: &Path) -> Option<Model> {
        let is_acoustic = |folder: &Path| folder.join("mdef").is_file() || folder.join("mdef.txt").is_file();
        let acoustic = if is_acoustic(folder) {
            folder.to_owned()
        } else {
            inside(folder).into_iter().find(|path| path.is_dir() && is_acoustic(path))?
        };
        let dictionary = |folder: &Path| {
            let ending = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "dict" || ending == "dic");
            inside(folder).into_iter().find(|path| path.is_file() && ending(path))
        };
        let dictionary = dictionary(folder).or_else(|| dictionary(&acoustic)).or_else(|| dictionary(acoustic.parent()?))?;
        Some(Model { acoustic, dictionary })
    }
}

/// What lies in a folder, in order.
fn inside(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|item| item.path()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_as_people_unpack_it() {
        let home = tempfile::tempdir().unwrap();
        let at = |path: &str| home.path().join(path);
        std::fs::create_dir_all(at("de/de-de")).unwrap();
        std::fs::write(at("de/de-de/mdef"), "").unwrap();
        assert_eq!(Model::find(at("de").to_str()), Err(Error::NoModel(at("de").to_str().map(str::to_owned))));
        std::fs::write(at("de/words.dict"), "").unwrap();
        let model = Model { acoustic: at("de/de-de"), dictionary: at("de/words.dict") };
        assert_eq!(Model::find(at("de").to_str()), Ok(model.clone()));
        assert_eq!(Model::find(at("de/de-de").to_str()), Ok(model));
    }
}
