//! `onetake storage`: a bucket or a folder elsewhere, from the command line. Which one, and with which keys, say the settings and the
//! environment (docs/STORAGE.md).

use std::io::{IsTerminal, Read};
use std::time::Duration;

use serde::Serialize;

use super::drive::Headless;
use super::upload::follow;
use super::{Common, print_json, print_line};
use crate::core::problem::{Kind, Problem};
use crate::core::storage::check::{Check, Found, Report};
use crate::core::storage::{Kept, Parcel, Place, Storage};
use crate::core::take::TakeId;
use crate::jobs::house::House;
use crate::jobs::objects::{self, Ask, KEEP_DAYS, Link};
use crate::jobs::rescue;
use crate::jobs::signals::Asked;
use crate::studio::Message;
use crate::studio::upload::Message as Upload;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// Say which storage is in force, and where its keys were found.
    Show,
    /// Try everything that uploads need, and say exactly what is wrong.
    Test,
    /// Send a take or another asset there; goes on where it stopped.
    Upload {
        /// Id of a take or an asset, its beginning, or “last” for the newest take.
        item: String,
    },
    /// List what was sent, to every storage.
    List,
    /// Make a link that anybody can read with.
    Link {
        /// Id of what was sent, its beginning, or “last”.
        item: String,
        /// Hours that the link works; the providers end it after a week.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=168))]
        hours: u32,
    },
    /// Delete there what was sent. The file here stays.
    Delete {
        /// Id of what was sent, its beginning, or “last”.
        item: String,
    },
    /// Put the keys into the desktop's keyring; the secret is read from standard input.
    Login {
        /// S3's access key; the others have none.
        #[arg(long, default_value = "")]
        id: String,
    },
    /// Take the keys out of the keyring.
    Logout,
    /// Give up unfinished uploads, so that the provider keeps none of their parts.
    Abort {
        /// Days without a sign of life; 0 gives up all of them.
        #[arg(long, default_value_t = KEEP_DAYS)]
        older_than: u32,
    },
}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    place: Place,
    keys_from: &'static str,
    /// Takes go there.
    used: bool,
}

#[derive(Debug, Serialize)]
struct Tested<'a> {
    ok: bool,
    #[serde(flatten)]
    report: &'a Report,
}

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let storage = house.settings().0.storage;
    match &arguments.what {
        What::Show => show(&house, &storage, common),
        What::Login { id } => login(&house, &storage, id, common),
        What::Logout => {
            house.runtime.block_on(objects::forget_keys(&house, &storage))?;
            say(common, "forgotten", "The keyring has no keys for this storage any more.")
        }
        What::Test => test(&house, &storage, common),
        What::Upload { item } => upload(house, item, common),
        What::List => list(&house, common),
        What::Link { item, hours } => link(&house, &storage, item, *hours, common),
        What::Delete { item } => delete(&house, &storage, item, common),
        What::Abort { older_than } => abort(&house, &storage, *older_than, common),
    }
}

fn say(common: &Common, status: &str, words: &str) -> Result<u8, Problem> {
    if common.json {
        print_json(&serde_json::json!({ "status": status }));
    } else {
        print_line(words);
    }
    Ok(0)
}

/// The most that a secret has; a service account's JSON is the longest.
const SECRET_BYTES: u64 = 64 << 10;

fn login(house: &House, storage: &Storage, id: &str, common: &Common) -> Result<u8, Problem> {
    let mut secret = String::new();
    let read = std::io::stdin().lock().take(SECRET_BYTES).read_to_string(&mut secret);
    read.map_err(|error| Problem::usage(format!("The secret can't be read ({error})."), "Give it on standard input."))?;
    house.runtime.block_on(objects::keep(storage, &Kept::new(id, &secret)))?;
    say(common, "kept", "The keys are in the keyring.")
}

fn show(house: &House, storage: &Storage, common: &Common) -> Result<u8, Problem> {
    let found = house.runtime.block_on(objects::access(house, storage, Ask::Person))?;
    let shown = Shown { used: objects::wanted(storage), place: found.place, keys_from: found.keys_from };
    if common.json {
        print_json(&shown);
    } else {
        print_line(format_args!("{}: {}", shown.place.provider.label(), shown.place.words()));
        print_line(format_args!("Keys: {}", shown.keys_from));
        print_line(if shown.used { "Takes are uploaded there." } else { "Takes go to the studio server." });
    }
    Ok(0)
}

fn test(house: &House, storage: &Storage, common: &Common) -> Result<u8, Problem> {
    let report = house.runtime.block_on(objects::test(house, storage))?;
    if common.json {
        print_json(&Tested { ok: report.ok(), report: &report });
    } else {
        print_line(format_args!("{}, keys from {}", report.place, report.keys));
        report.checks.iter().for_each(|check| print_line(line(check)));
    }
    Ok(report.problem().map_or(0, Problem::exit_code))
}

fn line(check: &Check) -> String {
    match &check.found {
        Found::Works => format!("  ok       {}", check.name),
        Found::Fails { problem } => format!("  failed   {}: {problem}", check.name),
        Found::Skipped { why } => format!("  skipped  {}: {why}", check.name),
    }
}

fn upload(house: House, item: &str, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    rescue::found_now(&house)?.iter().for_each(super::tell_interrupted);
    let parcel = objects::parcel(&house, item)?;
    let storage = house.settings().0.storage;
    let access = house.runtime.block_on(objects::access(&house, &storage, Ask::Person))?;
    let (place, key) = (access.place.words(), parcel.key(&access.place));
    let (settings, _) = house.settings();
    let (id, bytes) = (parcel.id.clone(), parcel.bytes);
    let mut studio = Headless::start(house, settings)?;
    let show = !common.json && std::io::stderr().is_terminal();
    studio.send(Message::Upload(Upload::Send(Box::new(parcel))));
    let answer = follow(&mut studio, &TakeId(id.clone()), bytes, &asked, show);
    studio.finish();
    let answer = answer?;
    if common.json {
        let object = serde_json::json!({
            "item": id, "object": key, "bytes": answer.bytes, "sha256": answer.sha256, "status": answer.status,
        });
        print_json(&object);
    } else {
        print_line(format_args!("{key} is in the {place}: {:.1} MB, SHA-256 {}", answer.bytes as f64 / 1e6, answer.sha256));
    }
    Ok(0)
}

fn list(house: &House, common: &Common) -> Result<u8, Problem> {
    let receipts = house.db.object_receipts(None)?;
    if common.json {
        print_json(&serde_json::json!({ "objects": receipts }));
    } else {
        for receipt in &receipts {
            let (at, object) = (&receipt.at, &receipt.object);
            print_line(format_args!("{}  {object}  {:.1} MB  {at}", receipt.place, receipt.bytes as f64 / 1e6));
        }
    }
    Ok(0)
}

fn link(house: &House, storage: &Storage, item: &str, hours: u32, common: &Common) -> Result<u8, Problem> {
    let id = named(house, item)?;
    let lasts = Duration::from_secs(3_600 * u64::from(hours));
    match house.runtime.block_on(objects::link(house, storage, &id, lasts))? {
        Link::Url(url) if common.json => print_json(&serde_json::json!({ "item": id, "url": url, "hours": hours })),
        Link::Url(url) => print_line(url),
        Link::File(file) if common.json => print_json(&serde_json::json!({ "item": id, "file": file })),
        Link::File(file) => print_line(file),
    }
    Ok(0)
}

fn delete(house: &House, storage: &Storage, item: &str, common: &Common) -> Result<u8, Problem> {
    let id = named(house, item)?;
    let gone = house.runtime.block_on(objects::delete(house, storage, &id))?;
    if common.json {
        print_json(&serde_json::json!({ "item": id, "object": gone.object, "status": "deleted" }));
    } else {
        print_line(format_args!("{} is deleted there; the file here stays.", gone.object));
    }
    Ok(0)
}

fn abort(house: &House, storage: &Storage, days: u32, common: &Common) -> Result<u8, Problem> {
    let gone = house.runtime.block_on(objects::give_up(house, storage, days, Ask::Person))?;
    if common.json {
        let objects: Vec<&str> = gone.iter().map(|upload| upload.object.as_str()).collect();
        print_json(&serde_json::json!({ "aborted": objects }));
    } else {
        print_line(format_args!("Gave up {} unfinished uploads.", gone.len()));
    }
    Ok(0)
}

/// The id of something that was sent: by what is in the library, else by the receipts, which outlive it.
fn named(house: &House, begins: &str) -> Result<String, Problem> {
    match objects::parcel(house, begins) {
        Ok(Parcel { id, .. }) => Ok(id),
        Err(problem) if problem.kind == Kind::Usage && begins != "last" => {
            let mut ids: Vec<String> = house.db.object_receipts(None)?.into_iter().map(|receipt| receipt.item).collect();
            ids.retain(|id| id.starts_with(begins));
            ids.sort_unstable();
            ids.dedup();
            if ids.len() == 1 { Ok(ids.remove(0)) } else { Err(problem) }
        }
        Err(problem) => Err(problem),
    }
}
