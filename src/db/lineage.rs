//! Lineage: walked up and down by one recursive query each. The edges are kept by the database itself (triggers of step 0010),
//! whatever writes the rows.

use rusqlite::{Connection, OptionalExtension, Row};

use super::error::{Error, Fault};
use super::open::Db;
use crate::core::lineage::{Edge, Node, Place, Walk, Way, What, steps};

/// The most places that one walk visits. Circles end by themselves, since each place is visited once.
const MOST: usize = 1_000;

/// Of a text that stands for a place in a list.
const SHOWN_CHARS: usize = 120;

impl Db {
    /// All that a thing comes from, or all that came from it, nearest first.
    pub fn lineage(&self, what: What, id: &str, way: Way) -> Result<Walk, Error> {
        self.with(|connection| {
            let start = Place { what, id: id.to_owned() };
            // One view of the library for all questions.
            let view = connection.transaction()?;
            let edges = edges(&view, &start, way)?;
            let nodes = steps(&start, &edges, way).into_iter().map(|(place, steps)| node(&view, place, steps));
            Ok(Walk { nodes: nodes.collect::<Result<_, _>>()?, edges })
        })
    }
}

/// The walk itself. `UNION` lets each place in once.
pub(super) fn walk_sql(way: Way) -> String {
    let (from_kind, from, to_kind, to) = match way {
        Way::Up => ("outcome_kind", "outcome", "origin_kind", "origin"),
        Way::Down => ("origin_kind", "origin", "outcome_kind", "outcome"),
    };
    format!(
        "WITH RECURSIVE walk (kind, id) AS (
            VALUES (?1, ?2)
            UNION
            SELECT {to_kind}, {to} FROM walk JOIN lineage ON {from_kind} = kind AND {from} = id LIMIT {MOST}
         )
         SELECT origin_kind, origin, outcome_kind, outcome, how
         FROM walk JOIN lineage ON {from_kind} = kind AND {from} = id"
    )
}

fn edges(connection: &Connection, start: &Place, way: Way) -> rusqlite::Result<Vec<Edge>> {
    let mut statement = connection.prepare_cached(&walk_sql(way))?;
    let rows = statement.query_map([start.what.name(), &start.id], edge_of)?;
    // What a newer program knows is passed over.
    Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn edge_of(row: &Row<'_>) -> rusqlite::Result<Option<Edge>> {
    let place = |kind: &str, id: &str| -> rusqlite::Result<Option<Place>> {
        let (kind, id): (String, String) = (row.get(kind)?, row.get(id)?);
        Ok(What::named(&kind).map(|what| Place { what, id }))
    };
    let (origin, outcome) = (place("origin_kind", "origin")?, place("outcome_kind", "outcome")?);
    let (Some(origin), Some(outcome)) = (origin, outcome) else { return Ok(None) };
    Ok(Some(Edge { origin, outcome, how: row.get("how")? }))
}

/// What is shown of a place: its name, more of it, and when it came to be.
fn node(connection: &Connection, place: Place, steps: u32) -> Result<Node, Fault> {
    let sql = match place.what {
        What::Project => "SELECT title, description, created_at FROM projects WHERE id = ?1",
        What::Script => {
            "SELECT script_versions.title, ifnull(projects.title, ''), made_at
             FROM script_versions LEFT JOIN projects ON projects.id = project WHERE script_versions.id = ?1"
        }
        What::Prompt => {
            "SELECT text, ifnull(CAST(substr(body, first + 1, past - first) AS TEXT), ''), prompt_versions.made_at
             FROM prompt_versions LEFT JOIN script_versions ON script_versions.id = script LEFT JOIN contents USING (sha256)
             WHERE prompt_versions.id = ?1"
        }
        What::Job => {
            "SELECT concat_ws(' ', engine, model),
                    concat_ws(', ', state, 'seed ' || seed, iif(cost_micros IS NULL, NULL, printf('%.2f ', cost_micros / 1e6)) || currency,
                              problem),
                    created_at
             FROM jobs WHERE id = ?1"
        }
        What::Asset => "SELECT name, kind || ', ' || source, created_at FROM assets WHERE id = ?1",
        What::Upload => {
            "SELECT server, ifnull(recording, ''), updated_at FROM uploads WHERE take || ' ' || server = ?1
             AND take = substr(?1, 1, instr(?1, ' ') - 1)
             UNION ALL
             SELECT place, object, at FROM object_receipts
             WHERE place = substr(?1, 1, instr(?1, char(9)) - 1) AND object = substr(?1, instr(?1, char(9)) + 1)"
        }
    };
    let found = connection
        .prepare_cached(sql)?
        .query_row([&place.id], |row| Ok((text(row, 0)?, text(row, 1)?, row.get(2)?)))
        .optional()?;
    let gone = found.is_none();
    let (name, detail, at) = found.unwrap_or_default();
    Ok(Node { place, steps, name: shown(&name), detail: shown(&detail), at, gone })
}

/// A text that may have been cut out of one in the middle of a character.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(row.get_ref(column)?.as_bytes().unwrap_or_default()).into_owned())
}

/// The beginning of a text, on one line.
fn shown(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}
