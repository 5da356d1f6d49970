//! Films that were made here, as rows beside their assets: with which settings, and what each was cut from.

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::assets::asset_of;
use super::error::Error;
use super::open::Db;
use super::value::{Uint, json, to_json};
use crate::core::asset::{Asset, AssetId};
use crate::core::export::{Clip, Export};

impl Db {
    /// Adds the export or replaces what it was cut from. `Error::Orphan` when the film is no asset.
    pub fn save_export(&self, export: &Export) -> Result<(), Error> {
        self.write("export", &export.asset.0, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute(
                "INSERT INTO exports (asset, project, settings, exported_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (asset) DO UPDATE SET project = excluded.project, settings = excluded.settings,
                    exported_at = excluded.exported_at",
                params![export.asset.0, export.project, to_json(&export.settings)?, export.exported_at],
            )?;
            transaction.execute("DELETE FROM export_clips WHERE export = ?1", [&export.asset.0])?;
            for (place, clip) in export.clips.iter().enumerate() {
                transaction
                    .prepare_cached("INSERT INTO export_clips (export, place, asset, first, past) VALUES (?1, ?2, ?3, ?4, ?5)")?
                    .execute(params![export.asset.0, place as i64, clip.asset.0, Uint(clip.start), Uint(clip.end)])?;
            }
            Ok(transaction.commit()?)
        })
    }

    /// The newest film that was joined of a project's scenes and is not in the bin.
    pub fn newest_film(&self, project: &str) -> Result<Option<Asset>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT assets.* FROM exports JOIN assets ON assets.id = exports.asset
                 WHERE exports.project = ?1 AND assets.binned_at IS NULL AND assets.status = 'ready'
                   AND json_extract(exports.settings, '$.scenes') IS NOT NULL
                 ORDER BY exports.exported_at DESC, assets.id DESC LIMIT 1",
            )?;
            let mut rows = statement.query([project])?;
            Ok(rows.next()?.map(|row| asset_of(connection, row)).transpose()?)
        })
    }

    /// How a film came to be.
    pub fn export(&self, asset: &AssetId) -> Result<Option<Export>, Error> {
        self.with(|connection| {
            let clips = connection
                .prepare_cached("SELECT asset, first, past FROM export_clips WHERE export = ?1 ORDER BY place")?
                .query_map([&asset.0], |row| {
                    let (start, end) = (row.get::<_, Uint>(1)?.0, row.get::<_, Uint>(2)?.0);
                    Ok(Clip { asset: AssetId(row.get(0)?), start, end })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            let mut statement =
                connection.prepare_cached("SELECT project, settings, exported_at FROM exports WHERE asset = ?1")?;
            let export = statement.query_row([&asset.0], |row| {
                Ok(Export {
                    asset: asset.clone(),
                    project: row.get("project")?,
                    settings: json(row, "settings")?,
                    exported_at: row.get("exported_at")?,
                    clips,
                })
            });
            Ok(export.optional()?)
        })
    }
}
