//! Takes that were damaged after they were uploaded: found by their fingerprint, healed from the server. Only the blocks that
//! differ are fetched; the new file takes the damaged one's place when every byte of it is proven.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blobs::files;
use crate::blobs::healing::{self, Mending, Sent};
use crate::blobs::hold;
use crate::clock;
use crate::core::blocks::{Blocks, Damage};
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::core::time::{Moment, secs};
use crate::core::upload::{Progress, Status};
use crate::remote::{self, Error, Patience};
use crate::studio::{Message, heal};

use super::house::{House, Ways};
use super::inbox::Outbox;
use super::upload::Road;

/// Between two words of progress.
const TELL_SECS: f64 = 0.1;
/// What a healing leaves free on the disk.
const RESERVE_BYTES: u64 = 16 << 20;

/// Runs an effect, on the network's threads.
pub(super) fn run(house: &Arc<House>, ways: &Ways, road: Road, effect: heal::Effect) {
    let (house, outbox) = (Arc::clone(house), ways.outbox.clone());
    let runtime = house.runtime.handle().clone();
    runtime.spawn(async move {
        let message = match effect {
            heal::Effect::Check { take } => {
                let id = take.id.clone();
                let steps = Steps::new(&outbox, move |progress| heal::Message::Checking { take: id.clone(), progress });
                let id = take.id.clone();
                heal::Message::Checked { take: id, result: check(&house, *take, steps).await }
            }
            heal::Effect::Heal { take } => {
                let id = take.id.clone();
                let steps = Steps::new(&outbox, move |progress| heal::Message::Healing { take: id.clone(), progress });
                let id = take.id.clone();
                heal::Message::Healed { take: id, result: heal(&house, &road, *take, steps).await }
            }
        };
        outbox.send(Message::Heal(message));
    });
}

/// A look at a file's length alone, which costs nothing: `None` when there is nothing to say.
pub(super) fn glance(take: &Take) -> Option<Damage> {
    let sent = healing::load(Path::new(&take.folder))?;
    let found_bytes = healing::length(Path::new(&take.media)).ok()?;
    let (bytes, bad_bytes) = (sent.blocks.bytes, None);
    (found_bytes != Some(bytes)).then_some(Damage { bytes, found_bytes, bad_bytes })
}

/// Reads the whole file and compares it with what was uploaded.
async fn check(house: &Arc<House>, take: Take, mut steps: Steps) -> Result<Option<Damage>, Problem> {
    let sent = known(house, &take)?;
    let (found, _) = blocking(move || survey(&take, &sent.blocks, &mut steps)).await?;
    Ok(found)
}

/// Brings back what is damaged. Gives the bytes that were fetched.
async fn heal(house: &Arc<House>, road: &Road, take: Take, mut steps: Steps) -> Result<u64, Problem> {
    let sent = known(house, &take)?;
    let Some(recording) = sent.recording.clone() else {
        let fix = "Only a Onetake server can; upload the take to one next time.";
        return Err(Problem::refused(format!("{} keeps no recordings that can be fetched.", sent.server), fix));
    };
    if sent.server != road.name() {
        let fix = format!("Heal it with “onetake heal {} --server {} --token …”.", take.id, sent.server);
        return Err(Problem::usage(format!("This take was uploaded to {}.", sent.server), fix));
    }
    // Nobody records into it, mends it or heals it meanwhile.
    let Some(_hold) = hold::hold(Path::new(&take.folder)).ok().flatten() else {
        return Err(Problem::refused("Another program is at work on this take.", "Wait until it has ended, then heal again."));
    };
    let (media, folder) = (PathBuf::from(&take.media), house.folder.clone());
    let blocks = sent.blocks.clone();
    let mut quiet = steps.quiet();
    let (damage, mending) = blocking(move || {
        let (_, damage) = survey(&take, &blocks, &mut quiet)?;
        if damage.is_empty() && healing::length(&media)? == Some(blocks.bytes) {
            return Ok((damage, None));
        }
        let free = files::free_bytes(&folder.takes())?;
        if free < blocks.bytes.saturating_add(RESERVE_BYTES) {
            let what = format!("The disk has {:.0} MB left; to heal the take, all of it is written anew.", free as f64 / 1e6);
            return Err(Problem::disk(what, "Free some space, then heal again; the take is as it was."));
        }
        let mending = Mending::begin(&folder, &media, blocks.bytes, &damage)?;
        Ok((damage, Some(mending)))
    })
    .await?;
    let Some(mending) = mending else { return Ok(0) };
    let bytes = damage.iter().map(|range| range.end - range.start).sum();
    steps.total(bytes);
    let at = road.reach()?;
    let mut fetched = 0;
    let write = |at: u64, piece: bytes::Bytes| {
        fetched += piece.len() as u64;
        steps.tell(fetched);
        mending.write(at, &piece).map_err(|source| Error::Write { path: PathBuf::from("the healed take"), source })
    };
    remote::fetch(&at.url, at.token, &recording, &damage, Patience::default(), write).await?;
    blocking(move || {
        if !sent.blocks.agrees(&mending.measure()?) {
            let fix = "The take is as it was. Its other copies, if there are any, are the place to look.";
            return Err(Problem::failed("What the server has is not what was uploaded either.", fix));
        }
        mending.replace()?;
        Ok(())
    })
    .await?;
    Ok(bytes)
}

/// What the file should be: by the fingerprint beside it, else by the library, which knows the whole's hash.
fn known(house: &House, take: &Take) -> Result<Sent, Problem> {
    if let Some(sent) = healing::load(Path::new(&take.folder)) {
        return Ok(sent);
    }
    let rows = house.db.uploads_of(&take.id)?;
    let uploaded = rows.into_iter().find(|row| row.status == Status::Uploaded && row.sha256.is_some());
    let Some(row) = uploaded else {
        // A bucket gives back no blocks, but what it has is known.
        if let Some(receipt) = house.db.object_receipts(Some(&take.id.0))?.into_iter().next() {
            let blocks = Blocks { bytes: receipt.bytes, sha256: receipt.sha256, hashes: Vec::new() };
            return Ok(Sent { server: receipt.place, recording: None, blocks });
        }
        let fix = "Upload the take; from then on it can be checked and healed.";
        return Err(Problem::usage("This take was never uploaded, so there is nothing to compare it with.", fix));
    };
    let blocks = Blocks { bytes: row.bytes, sha256: row.sha256.unwrap_or_default(), hashes: Vec::new() };
    Ok(Sent { server: row.server, recording: row.recording, blocks })
}

/// What is wrong with a take's file, for people and by place.
fn survey(take: &Take, blocks: &Blocks, steps: &mut Steps) -> Result<(Option<Damage>, Vec<Range<u64>>), Problem> {
    let media = Path::new(&take.media);
    let found_bytes = healing::length(media)?;
    steps.total(found_bytes.unwrap_or(0));
    let found = healing::measure(media, |read| {
        steps.tell(read);
        true
    })?;
    let found = found.unwrap_or_default();
    if blocks.agrees(&found) {
        return Ok((None, Vec::new()));
    }
    let damage = blocks.damage(&found);
    let bad = damage.iter().map(|range| range.end - range.start).sum();
    Ok((Some(Damage { bytes: blocks.bytes, found_bytes, bad_bytes: Some(bad) }), damage))
}

/// Tells how far something is, now and then.
struct Steps {
    outbox: Option<Outbox>,
    message: Arc<dyn Fn(Progress) -> heal::Message + Send + Sync>,
    progress: Progress,
    told: Option<Moment>,
}

impl Steps {
    fn new(outbox: &Outbox, message: impl Fn(Progress) -> heal::Message + Send + Sync + 'static) -> Steps {
        Steps { outbox: Some(outbox.clone()), message: Arc::new(message), progress: Progress::default(), told: None }
    }

    /// For a part of the work that is not worth a word.
    fn quiet(&self) -> Steps {
        Steps { outbox: None, message: Arc::clone(&self.message), progress: Progress::default(), told: None }
    }

    fn total(&mut self, total_bytes: u64) {
        self.progress = Progress { total_bytes, ..Progress::default() };
    }

    fn tell(&mut self, done: u64) {
        let now = clock::now();
        let since = self.told.map_or(TELL_SECS, |told| secs(now.since(told)));
        let Some(outbox) = self.outbox.as_ref().filter(|_| since >= TELL_SECS) else { return };
        self.told = Some(now);
        self.progress = self.progress.advance(done, since);
        outbox.try_send(Message::Heal((self.message)(self.progress)));
    }
}

/// On the blocking pool; a runtime that is going down counts as cancelled.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Problem::cancelled()))
}
