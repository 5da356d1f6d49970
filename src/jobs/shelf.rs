//! The library as its page asks for it: what is found, rows, tags, lineage; and what a person does there to many at once. Where
//! some of them can't be changed, the others are, and one sentence says which was refused and why.

use std::path::Path;
use std::sync::Arc;

use crate::blobs::pictures;
use crate::core::asset::{Asset, AssetId};
use crate::core::latest::Look;
use crate::core::library::{Entry, Query, Seq};
use crate::core::lineage::{Node, Way, What};
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::take::TakeState;
use crate::studio::library::viewer::Message as Viewer;
use crate::studio::library::{Effect, Goes, Lineage, Message as Told, Relation, Weight};
use crate::studio::{Message, review};

use super::house::{House, Ways};
use super::{assets, library, rescue};

/// A picture that is looked at is kept at most this large: full HD, as the program is drawn.
const PICTURE_WIDTH: u32 = 1920;
const PICTURE_HEIGHT: u32 = 1080;
/// Rows that are read at once when all of a large choice are gone through.
const AT_ONCE: usize = 500;

/// Runs one effect and tells what came of it. The viewer's are not among them.
pub fn run(house: &House, ways: &Ways, effect: Effect) {
    match effect {
        Effect::Find(query) => find(house, ways, &query),
        Effect::Read(asked) => {
            let result = house.db.entries(&asked).map_err(Problem::from);
            tell(ways, Told::Read { asked, result });
        }
        Effect::Know(asked) => {
            let found = asked.iter().filter_map(|id| house.db.asset(id).ok().flatten()).collect();
            tell(ways, Told::Known { asked, found });
        }
        Effect::Tags => match house.db.tags() {
            Ok(mut tags) => {
                // Those that are used most are wanted most.
                tags.sort_by_key(|tag| std::cmp::Reverse(tag.assets));
                tell(ways, Told::Tags(tags));
            }
            Err(error) => ways.outbox.problem(error),
        },
        Effect::Weigh { question, seqs } => match house.db.weigh(&seqs) {
            Ok((bytes, nanos)) => tell(ways, Told::Weighed { question, weight: Weight { bytes, nanos } }),
            Err(error) => ways.outbox.problem(error),
        },
        Effect::Relate(asset) => match lineage(house, &asset.0) {
            Ok(lineage) => tell(ways, Told::Related { asset, lineage }),
            Err(problem) => ways.outbox.problem(problem),
        },
        Effect::Rename { seq, name } => each(house, ways, &[seq], |asset| {
            house.db.rename(&asset.id, &name)?;
            keep(house, asset)
        }),
        Effect::Describe { seq, description } => each(house, ways, &[seq], |asset| {
            house.db.describe(&asset.id, &description)?;
            keep(house, asset)
        }),
        Effect::Tag { seqs, tag } => in_parts(house, ways, &seqs, |assets| {
            house.db.tag(&ids(assets), &tag)?;
            assets.iter().try_for_each(|asset| keep(house, asset))
        }),
        Effect::Untag { seqs, tag } => in_parts(house, ways, &seqs, |assets| {
            house.db.untag(&ids(assets), &tag)?;
            assets.iter().try_for_each(|asset| keep(house, asset))
        }),
        Effect::Bin(seqs) => bin(house, ways, &seqs),
        Effect::Restore(seqs) => each(house, ways, &seqs, |asset| restore(house, ways, asset)),
        Effect::EmptyBin => {
            if let Err(problem) = assets::empty_bin(house, 0) {
                ways.outbox.problem(problem);
            }
            tell(ways, Told::Changed);
        }
        Effect::Reveal(asset) => {
            let file = asset.file(house.folder.root());
            library::reveal(ways, &file.parent().unwrap_or(Path::new("/")).to_string_lossy());
        }
        Effect::Give { asset, scene } => {
            let path = asset.file(house.folder.root()).to_string_lossy().into_owned();
            tell(ways, Told::Given { scene, path, name: asset.name.clone() });
        }
        Effect::Place(asset) => match house.db.seq(&asset) {
            Ok(seq) => tell(ways, Told::Placed(seq)),
            Err(error) => ways.outbox.problem(error),
        },
        Effect::Viewer(_) => {}
    }
}

/// Decodes the picture of an asset for the whole window.
pub fn picture(house: &House, ways: &Ways, asset: &Arc<Asset>) {
    match pictures::decode_still(&asset.file(house.folder.root()), PICTURE_WIDTH, PICTURE_HEIGHT) {
        Ok(still) => ways.feeds.look.publish(Look { asset: asset.id.clone(), still }),
        Err(error) => {
            let failed = Viewer::PictureFailed { asset: asset.id.clone(), problem: error.into() };
            tell(ways, Told::Viewer(failed));
        }
    }
}

fn tell(ways: &Ways, message: Told) {
    ways.outbox.send(Message::Library(message));
}

fn find(house: &House, ways: &Ways, query: &Query) {
    let found = house.db.find(query).map(Into::into).map_err(Problem::from);
    tell(ways, Told::Found(found));
}

/// Does something to each of many, and tells that the library has changed. Of what failed the first is said.
fn each(house: &House, ways: &Ways, seqs: &[Seq], change: impl Fn(&Asset) -> Result<(), Problem>) {
    in_parts(house, ways, seqs, |assets| {
        // The others are changed all the same.
        assets.iter().map(&change).fold(Ok(()), Result::and)
    });
}

/// The same for what is done to several at once.
fn in_parts(house: &House, ways: &Ways, seqs: &[Seq], mut change: impl FnMut(&[Asset]) -> Result<(), Problem>) {
    let mut done = Ok(());
    for part in seqs.chunks(AT_ONCE) {
        let assets = house.db.entries(part).map_err(Problem::from);
        let assets = assets.map(|entries| entries.into_iter().map(|entry| entry.asset).collect::<Vec<_>>());
        done = done.and(assets.and_then(|assets| change(&assets)));
    }
    if let Err(problem) = done {
        ways.outbox.problem(problem);
    }
    tell(ways, Told::Changed);
}

fn ids(assets: &[Asset]) -> Vec<AssetId> {
    assets.iter().map(|asset| asset.id.clone()).collect()
}

/// The file beside the asset's says the same as its row. Takes tell themselves.
fn keep(house: &House, asset: &Asset) -> Result<(), Problem> {
    if asset.take.is_some() { Ok(()) } else { assets::sidecar(house, &asset.id) }
}

fn bin(house: &House, ways: &Ways, seqs: &[Seq]) {
    let mut binned = Vec::new();
    let places = house.db.entries(seqs).map_err(Problem::from);
    let places = places.unwrap_or_else(|problem| {
        ways.outbox.problem(problem);
        Vec::new()
    });
    let mut refused = None;
    for Entry { seq, asset } in places {
        match assets::bin(house, &asset.id) {
            Ok(()) => {
                binned.push(seq);
                if let Some(take) = asset.take {
                    ways.outbox.send(Message::Review(review::Message::Gone(take)));
                }
            }
            Err(problem) => {
                refused.get_or_insert(problem);
            }
        }
    }
    if let Some(problem) = refused {
        ways.outbox.problem(problem);
    }
    tell(ways, Told::Binned(binned));
}

/// Who wants a take back from the bin keeps it, interrupted or not.
fn restore(house: &House, ways: &Ways, asset: &Asset) -> Result<(), Problem> {
    assets::restore(house, &asset.id)?;
    let Some(id) = &asset.take else { return Ok(()) };
    if let Some(take) = house.db.take(id)?.filter(|take| take.state == TakeState::Interrupted) {
        rescue::keep(house, &take)?;
    }
    ways.outbox.send(Message::Review(review::Message::Relist));
    Ok(())
}

fn lineage(house: &House, asset: &str) -> Result<Lineage, Problem> {
    let projects = house.db.projects()?;
    let walk = |way| -> Result<Vec<Relation>, Problem> {
        let walk = house.db.lineage(What::Asset, asset, way)?;
        walk.nodes.into_iter().map(|node| relation(house, &projects, node)).collect()
    };
    Ok(Lineage { from: walk(Way::Up)?, to: walk(Way::Down)? })
}

fn relation(house: &House, projects: &[Project], node: Node) -> Result<Relation, Problem> {
    let what = match node.place.what {
        What::Project => "Project",
        What::Script => "Script",
        What::Prompt => "Prompt",
        What::Job => "Job",
        What::Asset => "Item",
        What::Upload => "Upload",
    };
    let goes = match node.place.what {
        _ if node.gone => Goes::Nowhere,
        What::Asset => Goes::Asset(AssetId(node.place.id.clone())),
        What::Project => {
            projects.iter().find(|project| project.id == node.place.id).cloned().map_or(Goes::Nowhere, Goes::Project)
        }
        What::Prompt => house.db.prompt_text(&node.place.id)?.map_or(Goes::Nowhere, Goes::Prompt),
        What::Job => Goes::Job(node.place.id.clone()),
        What::Script | What::Upload => Goes::Nowhere,
    };
    let name = match (node.gone, node.name.is_empty()) {
        (true, _) => "deleted since".to_owned(),
        (false, true) => node.place.id,
        (false, false) => node.name,
    };
    Ok(Relation { depth: node.steps, what: what.to_owned(), name, detail: node.detail, goes })
}
