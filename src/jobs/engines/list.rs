//! The list that is in force: ours, the person's own file over it, and the models that engines listed themselves. A part that can't be
//! used is said and left out; the rest is.

use std::path::Path;
use std::sync::Arc;

use crate::blobs::files;
use crate::blobs::layout::DataFolder;
use crate::core::engine::{Catalogue, Form, Model, Price};
use crate::core::problem::Problem;

/// A person's list is a page or two.
const MOST_BYTES: u64 = 4 << 20;

/// What holds.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    pub list: Arc<Catalogue>,
    pub problem: Option<Problem>,
}

pub(super) fn read(folder: &DataFolder) -> InForce {
    let path = folder.engines();
    let (list, problem) = match own(&path) {
        Ok(None) => (Catalogue::ours(), None),
        Ok(Some(own)) => (Catalogue::ours().with(own), None),
        Err(problem) => (Catalogue::ours(), Some(problem)),
    };
    InForce { list: Arc::new(with_workflows(refreshed(list, folder), folder)), problem }
}

fn own(path: &Path) -> Result<Option<Catalogue>, Problem> {
    let unusable = |why: String| {
        let what = format!("{} can't be used: {why}", path.display());
        Problem::usage(what.trim_end().to_owned(), "Mend it (docs/ENGINES.md); until then only the usual engines are listed.")
    };
    match files::length(path) {
        Ok(bytes) if bytes > MOST_BYTES => return Err(unusable("it is too large.".into())),
        Ok(_) => {}
        Err(_) => return Ok(None),
    }
    let text = std::fs::read_to_string(path).map_err(|error| unusable(format!("{error}.")))?;
    Catalogue::read(&text).map(Some).map_err(|error| unusable(error.to_string()))
}

/// Keeps what an engine listed.
pub(super) fn keep_models(folder: &DataFolder, engine: &str, models: &[Model]) -> Result<(), Problem> {
    let path = folder.models(engine)?;
    let disk = |error: std::io::Error| {
        let what = format!("The models of {engine} can't be kept in {} ({error}).", path.display());
        Problem::disk(what, "Free some space, or check the folder's permissions.")
    };
    std::fs::create_dir_all(files::folder_of(&path)).map_err(disk)?;
    let text = serde_json::to_string_pretty(models).map_err(|error| disk(error.into()))?;
    Ok(files::write_atomic(&path, text.as_bytes())?)
}

/// What engines listed goes over what the file says of the same models; where an engine names no price the file's stays. What has
/// vanished there vanishes here, but for engines that list only what is new.
fn refreshed(mut list: Catalogue, folder: &DataFolder) -> Catalogue {
    for engine in &mut list.engines {
        let Some(models) = kept(folder, &engine.name) else { continue };
        for mut model in models {
            match engine.models.iter_mut().find(|known| known.name == model.name && known.kind == model.kind) {
                Some(known) => {
                    if model.price == Price::Unknown {
                        model.price = known.price.clone();
                    }
                    *known = model;
                }
                None => engine.models.push(model),
            }
        }
    }
    list
}

/// Every ComfyUI reads the person's workflows from the data folder, but for one whose entry names another place.
fn with_workflows(mut list: Catalogue, folder: &DataFolder) -> Catalogue {
    for engine in list.engines.iter_mut().filter(|engine| engine.form == Form::ComfyUi) {
        let usual = || folder.workflows().to_string_lossy().into_owned().into();
        engine.options.entry("workflows").or_insert_with(usual);
    }
    list
}

fn kept(folder: &DataFolder, engine: &str) -> Option<Vec<Model>> {
    let path = folder.models(engine).ok()?;
    let text = std::fs::read_to_string(&path).ok()?;
    // A cache: what can't be read is read from the engine again.
    serde_json::from_str(&text).inspect_err(|error| tracing::warn!(%error, engine, "kept models were passed over")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::engine::Limits;
    use crate::core::job::Kind;

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&root.path().join("data")).unwrap();
        (root, folder)
    }

    #[test]
    fn a_file_that_can_not_be_used_is_said_and_costs_only_itself() {
        let (_root, folder) = folder();
        assert!(read(&folder).problem.is_none());
        for bad in ["[[engine]]\nname = 'x y'\nlabel=''\nform='custom'\n", "no toml", "\0"] {
            std::fs::write(folder.engines(), bad).unwrap();
            let in_force = read(&folder);
            assert!(in_force.problem.is_some(), "{bad}");
            assert!(in_force.list.engine("offline").is_some());
        }
        std::fs::write(folder.engines(), "[[engine]]\nname = 'mine'\nlabel = 'Mine'\nform = 'custom'\n").unwrap();
        let in_force = read(&folder);
        assert!(in_force.problem.is_none() && in_force.list.engine("mine").is_some());
    }

    #[test]
    fn workflows_lie_in_the_data_folder_unless_an_entry_says_otherwise() {
        let (_root, folder) = folder();
        let place = |list: &Catalogue| list.engine("comfyui").unwrap().option("workflows").map(str::to_owned);
        assert_eq!(place(&read(&folder).list), Some(folder.workflows().to_string_lossy().into_owned()));
        let own = "[[engine]]\nname = 'comfyui'\nlabel = 'C'\nform = 'comfy_ui'\noptions = { workflows = '/elsewhere' }\n";
        std::fs::write(folder.engines(), own).unwrap();
        assert_eq!(place(&read(&folder).list).as_deref(), Some("/elsewhere"));
        assert_eq!(read(&folder).list.engine("offline").unwrap().option("workflows"), None);
    }

    #[test]
    fn listed_models_go_over_the_files_but_keep_its_prices() {
        let (_root, folder) = folder();
        let of = |name: &str, price| Model {
            name: name.into(),
            label: "new".into(),
            kind: Kind::Image,
            limits: Limits::default(),
            price,
        };
        keep_models(&folder, "offline", &[of("painter", Price::Unknown), of("fresh", Price::Quoted)]).unwrap();
        let list = read(&folder).list;
        let offline = list.engine("offline").unwrap();
        let painter = offline.model("painter").unwrap();
        assert_eq!((painter.label.as_str(), &painter.price), ("new", &Price::Free));
        assert_eq!(offline.model("fresh").unwrap().price, Price::Quoted);
        std::fs::write(folder.models("offline").unwrap(), "[{\"torn").unwrap();
        assert_eq!(read(&folder).list.engine("offline").unwrap().model("fresh"), None);
    }
}
