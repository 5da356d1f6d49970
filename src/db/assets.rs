//! Assets as rows. A take's asset is made by the database itself (triggers of step 0009), so that list and take never disagree;
//! here the others are written, and all are read.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::tags;
use super::value::{Uint, json, named, to_json};
use super::words;
use crate::clock;
use crate::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use crate::core::library::{Entry, Seq};
use crate::core::take::TakeId;
use crate::core::time::Rate;

impl Db {
    /// Adds the asset or replaces all its facts and its tags. `Error::Orphan` when its project, owner, team or take is not there.
    pub fn save_asset(&self, asset: &Asset) -> Result<(), Error> {
        self.save_assets(std::slice::from_ref(asset))
    }

    /// The same for many, all or none.
    pub fn save_assets(&self, assets: &[Asset]) -> Result<(), Error> {
        let name = assets.first().map_or("", |asset| &asset.id.0);
        self.write("asset", name, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for asset in assets {
                save(&transaction, asset)?;
            }
            words::index_due(&transaction, assets.len().max(words::BATCH))?;
            Ok(transaction.commit()?)
        })
    }

    /// The asset with this id, in the bin or not.
    pub fn asset(&self, id: &AssetId) -> Result<Option<Asset>, Error> {
        self.one("SELECT * FROM assets WHERE id = ?1", &id.0)
    }

    /// Up to two assets whose ids begin so, the newest first: enough to know one, or that there is more than one.
    pub fn assets_beginning(&self, id: &str) -> Result<Vec<Asset>, Error> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM assets WHERE id >= ?1 AND id < ?1 || char(1114111) ORDER BY id DESC LIMIT 2")?;
            Ok(statement.query_map([id], |row| asset_of(connection, row))?.collect::<Result<_, _>>()?)
        })
    }

    /// An asset with these bytes (lower-case hex), the oldest that is not in the bin.
    pub fn asset_by_sha256(&self, hex: &str) -> Result<Option<Asset>, Error> {
        self.one("SELECT * FROM assets WHERE sha256 = ?1 AND binned_at IS NULL ORDER BY created_at, seq LIMIT 1", hex)
    }

    /// The asset whose file is at this path, as its row has it.
    pub fn asset_at(&self, path: &str) -> Result<Option<Asset>, Error> {
        self.one("SELECT * FROM assets WHERE path = ?1 ORDER BY binned_at IS NOT NULL, seq DESC LIMIT 1", path)
    }

    /// The rows at these places, in the same order; a place that is empty now is passed over.
    pub fn entries(&self, places: &[Seq]) -> Result<Vec<Entry>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM assets WHERE seq = ?1")?;
            let mut entries = Vec::with_capacity(places.len());
            for place in places {
                let entry = statement.query_row([place], |row| Ok(Entry { seq: *place, asset: asset_of(connection, row)? }));
                entries.extend(entry.optional()?);
            }
            Ok(entries)
        })
    }

    /// Where an asset stands in lists.
    pub fn seq(&self, id: &AssetId) -> Result<Option<Seq>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT seq FROM assets WHERE id = ?1")?;
            Ok(statement.query_row([&id.0], |row| row.get(0)).optional()?)
        })
    }

    /// Every asset, in the order they came, the bin's too: for looking after all of them.
    pub fn all_assets(&self) -> Result<Vec<Asset>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM assets ORDER BY seq")?;
            Ok(statement.query_map([], |row| asset_of(connection, row))?.collect::<Result<_, _>>()?)
        })
    }

    fn one(&self, sql: &str, value: &str) -> Result<Option<Asset>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row([value], |row| asset_of(connection, row)).optional()?)
        })
    }
}

fn save(transaction: &Transaction<'_>, asset: &Asset) -> Result<(), Fault> {
    let refused = |detail: &str| Error::Value { what: "asset", id: asset.id.0.clone(), detail: detail.into() };
    if asset.source == Source::Recording && asset.take.as_ref().is_none_or(|take| take.0 != asset.id.0) {
        return Err(refused("a recording has the id of its take").into());
    }
    if !asset.metadata.is_object() {
        return Err(refused("its metadata is not a JSON object").into());
    }
    insert(transaction, asset)?;
    let seq: Seq =
        transaction.prepare_cached("SELECT seq FROM assets WHERE id = ?1")?.query_row([&asset.id.0], |row| row.get(0))?;
    tags::replace(transaction, seq, &asset.tags)
}

fn insert(transaction: &Transaction<'_>, asset: &Asset) -> Result<(), Fault> {
    let facts = &asset.facts;
    transaction
        .prepare_cached(
            "INSERT INTO assets (id, project, owner, team, take, name, description, category, kind, source, status, problem,
                                 path, linked, bytes, sha256, mime, nanos, width, height, rate_num, rate_den, video_codec,
                                 audio_codec, channels, sample_rate, metadata, created_at, updated_at, binned_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                     ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)
             ON CONFLICT (id) DO UPDATE SET
                project = excluded.project, owner = excluded.owner, team = excluded.team, take = excluded.take,
                name = excluded.name, description = excluded.description, category = excluded.category,
                kind = excluded.kind, source = excluded.source, status = excluded.status, problem = excluded.problem,
                path = excluded.path, linked = excluded.linked, bytes = excluded.bytes, sha256 = excluded.sha256,
                mime = excluded.mime, nanos = excluded.nanos, width = excluded.width, height = excluded.height,
                rate_num = excluded.rate_num, rate_den = excluded.rate_den, video_codec = excluded.video_codec,
                audio_codec = excluded.audio_codec, channels = excluded.channels, sample_rate = excluded.sample_rate,
                metadata = excluded.metadata, created_at = excluded.created_at, updated_at = excluded.updated_at,
                binned_at = excluded.binned_at",
        )?
        .execute(params![
            asset.id.0,
            asset.project,
            asset.owner,
            asset.team,
            asset.take.as_ref().map(|take| &take.0),
            asset.name,
            asset.description,
            asset.category,
            asset.kind.name(),
            asset.source.name(),
            asset.status.name(),
            asset.problem,
            asset.path,
            asset.linked,
            Uint(asset.bytes),
            asset.sha256,
            facts.mime,
            Uint(facts.nanos),
            facts.width,
            facts.height,
            facts.rate.num,
            facts.rate.den,
            facts.video_codec,
            facts.audio_codec,
            facts.channels,
            facts.sample_rate,
            to_json(&asset.metadata)?,
            asset.created_at,
            asset.updated_at,
            asset.binned_at,
        ])?;
    Ok(())
}

/// Changes one row of `assets` by its id and notes when.
pub(super) fn change(connection: &Connection, id: &AssetId, set: &str, value: Option<&str>) -> Result<(), Fault> {
    let sql = format!("UPDATE assets SET {set} = ?2, updated_at = ?3 WHERE id = ?1");
    match connection.prepare_cached(&sql)?.execute(params![id.0, value, clock::wall()])? {
        0 => Err(unknown(id).into()),
        _ => Ok(()),
    }
}

pub(super) fn unknown(id: &AssetId) -> Error {
    Error::Unknown { what: "asset", id: id.0.clone() }
}

pub(super) fn asset_of(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Asset> {
    let take: Option<String> = row.get("take")?;
    Ok(Asset {
        id: AssetId(row.get("id")?),
        project: row.get("project")?,
        owner: row.get("owner")?,
        team: row.get("team")?,
        take: take.map(TakeId),
        name: row.get("name")?,
        description: row.get("description")?,
        category: row.get("category")?,
        kind: named(row, "kind", Kind::named)?,
        source: named(row, "source", Source::named)?,
        status: named(row, "status", Status::named)?,
        problem: row.get("problem")?,
        path: row.get("path")?,
        linked: row.get("linked")?,
        bytes: row.get::<_, Uint>("bytes")?.0,
        sha256: row.get("sha256")?,
        facts: Facts {
            nanos: row.get::<_, Uint>("nanos")?.0,
            width: row.get("width")?,
            height: row.get("height")?,
            rate: Rate { num: row.get("rate_num")?, den: row.get("rate_den")? },
            video_codec: row.get("video_codec")?,
            audio_codec: row.get("audio_codec")?,
            channels: row.get("channels")?,
            sample_rate: row.get("sample_rate")?,
            mime: row.get("mime")?,
        },
        metadata: json(row, "metadata")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        binned_at: row.get("binned_at")?,
        tags: tags::of(connection, row.get("seq")?)?,
    })
}
