//! Finding assets: the places of all that match, in order. What narrows a search (words, tags, a project) is read from its own index
//! as a set of places; then either the few that are left are looked up and sorted, or the index of the order is read from end to
//! end and only those are told. So no search of a large library looks at its rows one by one.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params_from_iter};

use super::error::{Error, Fault};
use super::open::Db;
use super::words;
use crate::core::library::{Query, Seq, Sort};

/// Up to so many are looked up one by one: reading a whole index of 100,000 costs about as much.
const FEW: usize = 3_000;

impl Db {
    /// The places of all assets that match, in the order that is asked for. Any text may stand for words; what has no letter, digit or
    /// emoji asks for nothing.
    pub fn find(&self, query: &Query) -> Result<Vec<Seq>, Error> {
        self.with(|connection| {
            if words::due(connection)?
                && let Err(fault) = catch_up(connection)
            {
                // A disk that is full hides what is newest from a search, not the search.
                tracing::warn!(?fault, "what is new in the library can't be searched for yet");
            }
            // One view of the library for all questions.
            let view = connection.transaction()?;
            let found = match chosen(&view, query)? {
                Some(places) if places.len() <= FEW => few(&view, query, &places)?,
                Some(places) => all(&view, query, &Places::of(&places))?,
                None => all(&view, query, &Places::All)?,
            };
            Ok(found)
        })
    }
}

fn catch_up(connection: &mut Connection) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    words::index_due(&transaction)?;
    Ok(transaction.commit()?)
}

/// The places that words, tags and project leave, ascending; `None` when none of them is asked for.
fn chosen(connection: &Connection, query: &Query) -> rusqlite::Result<Option<Vec<Seq>>> {
    let mut sets = Vec::new();
    sets.extend(words::matching(connection, query)?);
    for tag in &query.tags {
        sets.push(tagged(connection, tag)?);
    }
    if let Some(project) = &query.project {
        let mut statement = connection.prepare_cached("SELECT seq FROM assets WHERE project = ?1 ORDER BY seq")?;
        sets.push(statement.query_map([project], |row| row.get(0))?.collect::<Result<_, _>>()?);
    }
    // The smallest first, so that the others only take away.
    sets.sort_by_key(Vec::len);
    let mut sets = sets.into_iter();
    let Some(mut left) = sets.next() else { return Ok(None) };
    for other in sets {
        left.retain(|place| other.binary_search(place).is_ok());
    }
    Ok(Some(left))
}

fn tagged(connection: &Connection, tag: &str) -> rusqlite::Result<Vec<Seq>> {
    let id: Option<i64> = connection
        .prepare_cached("SELECT id FROM tags WHERE name = ?1")?
        .query_row([tag.trim()], |row| row.get(0))
        .optional()?;
    let mut statement = connection.prepare_cached("SELECT asset FROM asset_tags WHERE tag = ?1 ORDER BY asset")?;
    statement.query_map([id], |row| row.get(0))?.collect()
}

/// Looks the places up and sorts what is left of them.
fn few(connection: &Connection, query: &Query, places: &[Seq]) -> rusqlite::Result<Vec<Seq>> {
    let (filter, values) = filter(query);
    let sql = format!(
        "SELECT seq FROM json_each(?) AS place CROSS JOIN assets ON seq = place.value WHERE {filter} ORDER BY {}",
        order(query)
    );
    let list: Vec<String> = places.iter().map(Seq::to_string).collect();
    let list = format!("[{}]", list.join(","));
    let values = std::iter::once(list.as_str()).chain(values);
    connection.prepare_cached(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
}

/// Reads the index of the order, and tells those among `places`.
fn all(connection: &Connection, query: &Query, places: &Places) -> rusqlite::Result<Vec<Seq>> {
    let (sql, values) = in_order(query);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        if places.hold(seq) {
            found.push(seq);
        }
    }
    Ok(found)
}

/// The query that needs nothing but one index, with its values.
pub(super) fn in_order(query: &Query) -> (String, Vec<&'static str>) {
    let (filter, values) = filter(query);
    (format!("SELECT seq FROM assets WHERE {filter} ORDER BY {}", order(query)), values)
}

/// What each row is judged by, with its values.
fn filter(query: &Query) -> (String, Vec<&'static str>) {
    let mut sql = String::from(if query.binned { "binned_at IS NOT NULL" } else { "binned_at IS NULL" });
    let mut values = Vec::new();
    if let Some(kind) = query.kind {
        sql += " AND kind = ?";
        values.push(kind.name());
    }
    if let Some(source) = query.source {
        sql += " AND source = ?";
        values.push(source.name());
    }
    (sql, values)
}

fn order(query: &Query) -> &'static str {
    match (query.sort, query.ascending) {
        (Sort::Created, true) => "created_at, seq",
        (Sort::Created, false) => "created_at DESC, seq DESC",
        (Sort::Name, true) => "name COLLATE NOCASE, seq",
        (Sort::Name, false) => "name COLLATE NOCASE DESC, seq DESC",
        (Sort::Length, true) => "nanos, seq",
        (Sort::Length, false) => "nanos DESC, seq DESC",
        (Sort::Size, true) => "bytes, seq",
        (Sort::Size, false) => "bytes DESC, seq DESC",
    }
}

/// Many places: one bit for each, from the first to the last.
enum Places {
    All,
    Some { first: Seq, bits: Vec<u64> },
}

impl Places {
    /// From places in ascending order.
    fn of(places: &[Seq]) -> Places {
        let (first, last) = (places.first().copied().unwrap_or(0), places.last().copied().unwrap_or(0));
        let mut bits = vec![0u64; (last.abs_diff(first) / 64 + 1) as usize];
        for place in places {
            let at = place.abs_diff(first);
            bits[(at / 64) as usize] |= 1 << (at % 64);
        }
        Places::Some { first, bits }
    }

    fn hold(&self, place: Seq) -> bool {
        match self {
            Places::All => true,
            Places::Some { first, .. } if place < *first => false,
            Places::Some { first, bits } => {
                let at = place.abs_diff(*first);
                bits.get((at / 64) as usize).is_some_and(|word| word & (1 << (at % 64)) != 0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_hold_what_they_were_made_of(places in proptest::collection::btree_set(1..400i64, 1..60), asked in -5..500i64) {
            let set = Places::of(&places.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.hold(asked), places.contains(&asked));
        }
    }
}
