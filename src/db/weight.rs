//! How much several assets are together.

use super::error::Error;
use super::open::Db;
use super::value::Uint;
use crate::core::library::Seq;

impl Db {
    /// Bytes and nanoseconds of the assets at these places. A place that is empty weighs nothing.
    pub fn weigh(&self, places: &[Seq]) -> Result<(u64, u64), Error> {
        let list: Vec<String> = places.iter().map(Seq::to_string).collect();
        let list = format!("[{}]", list.join(","));
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT ifnull(sum(bytes), 0), ifnull(sum(nanos), 0)
                 FROM json_each(?1) AS place CROSS JOIN assets ON seq = place.value",
            )?;
            let weight = statement.query_row([list], |row| Ok((row.get::<_, Uint>(0)?.0, row.get::<_, Uint>(1)?.0)))?;
            Ok(weight)
        })
    }
}
