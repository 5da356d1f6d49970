//! Finding assets: the places of all that match, in order. What narrows a search (words, tags, a project) is read from its own index
//! as a set of places; then either the few that are left are looked up and sorted, or the order of all is gone through and only
//! those are told. The order is read from an index that holds all it takes to judge a row, and kept until something changes, so that
//! a search of a large library looks at no row, and the next letter that is typed costs its words alone.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params_from_iter};

use super::error::{Error, Fault};
use super::open::Db;
use super::words;
use crate::core::asset::{Kind, Source};
use crate::core::library::{Query, Seq, Sort};

/// Looking up and sorting one place costs as much as reading past so many in an index, as measured.
const READ_PAST: usize = 32;

/// How many orders are kept: a tab or two and a change of mind.
const KEPT: usize = 4;

/// How long a search waits for another writer before it does without what is newest.
const PATIENCE: Duration = Duration::from_millis(100);

impl Db {
    /// The places of all assets that match, in the order that is asked for. Any text may stand for words; what has no letter, digit or
    /// emoji asks for nothing.
    pub fn find(&self, query: &Query) -> Result<Vec<Seq>, Error> {
        self.catch_up();
        self.with(|connection| {
            // One view of the library for all questions.
            let view = connection.transaction()?;
            let chosen = chosen(&view, query)?;
            let mut orders = self.orders();
            orders.forget_outdated(&view)?;
            match chosen {
                Some(places) if !orders.has(query) && places.len() < highest(&view)? / READ_PAST => {
                    Ok(few(&view, query, &places)?)
                }
                Some(places) => Ok(told(&orders.of(&view, query)?, &Places::of(&places), query.ascending)),
                None => Ok(told(&orders.of(&view, query)?, &Places::All, query.ascending)),
            }
        })
    }

    /// Indexes what changed, some at a time, so that nobody who writes waits for long. A disk that is full, or another program that
    /// writes, hides what is newest from a search, not the search.
    fn catch_up(&self) {
        loop {
            match self.with(index_some) {
                // A thread that waits for the connection comes first.
                Ok(true) => std::thread::yield_now(),
                Ok(false) => return,
                Err(error) => return tracing::warn!(%error, "what is new in the library can't be searched for yet"),
            }
        }
    }
}

/// Orders as they were read, from the smallest on.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// What the library said of itself then: changed by another program, by this one.
    state: (i64, u64),
    /// The last read one last.
    kept: Vec<(Asked, Arc<[Seq]>)>,
}

/// What an order depends on.
type Asked = (Sort, Option<Kind>, Option<Source>, bool);

impl Orders {
    /// Forgets all when anything was written since.
    fn forget_outdated(&mut self, view: &Connection) -> rusqlite::Result<()> {
        let other = view.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        let state = (other, view.total_changes());
        if self.state != state {
            *self = Orders { state, kept: Vec::new() };
        }
        Ok(())
    }

    fn has(&self, query: &Query) -> bool {
        self.kept.iter().any(|(asked, _)| *asked == asked_of(query))
    }

    fn of(&mut self, view: &Connection, query: &Query) -> rusqlite::Result<Arc<[Seq]>> {
        let wanted = asked_of(query);
        if let Some((_, order)) = self.kept.iter().find(|(asked, _)| *asked == wanted) {
            return Ok(Arc::clone(order));
        }
        let (sql, values) = in_order(query);
        let order: Arc<[Seq]> =
            view.prepare_cached(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect::<Result<_, _>>()?;
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push((wanted, Arc::clone(&order)));
        Ok(order)
    }
}

fn asked_of(query: &Query) -> Asked {
    (query.sort, query.kind, query.source, query.binned)
}

/// Those of an order that are among `places`.
fn told(order: &[Seq], places: &Places, ascending: bool) -> Vec<Seq> {
    let held = |place: &&Seq| places.hold(**place);
    if ascending { order.iter().filter(held).copied().collect() } else { order.iter().rev().filter(held).copied().collect() }
}

/// About how many assets there are: the highest place.
fn highest(connection: &Connection) -> rusqlite::Result<usize> {
    let place: Option<Seq> = connection.prepare_cached("SELECT max(seq) FROM assets")?.query_row([], |row| row.get(0))?;
    Ok(place.and_then(|place| usize::try_from(place).ok()).unwrap_or(0))
}

/// Indexes some of what changed; true when there is more.
fn index_some(connection: &mut Connection) -> Result<bool, Fault> {
    if !words::due(connection)? {
        return Ok(false);
    }
    let usual: u32 = connection.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    connection.busy_timeout(PATIENCE)?;
    let done = index_batch(connection);
    connection.busy_timeout(Duration::from_millis(usual.into()))?;
    done
}

fn index_batch(connection: &mut Connection) -> Result<bool, Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let more = words::index_due(&transaction, words::BATCH)?;
    transaction.commit()?;
    Ok(more)
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
        order(query.sort, query.ascending)
    );
    let list: Vec<String> = places.iter().map(Seq::to_string).collect();
    let list = format!("[{}]", list.join(","));
    let values = std::iter::once(list.as_str()).chain(values);
    connection.prepare_cached(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
}

/// The query of an order from the smallest on, which needs nothing but one index, with its values.
pub(super) fn in_order(query: &Query) -> (String, Vec<&'static str>) {
    let (filter, values) = filter(query);
    (format!("SELECT seq FROM assets WHERE {filter} ORDER BY {}", order(query.sort, true)), values)
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

fn order(sort: Sort, ascending: bool) -> &'static str {
    match (sort, ascending) {
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
