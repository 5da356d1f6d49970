//! Control over plain HTTP, for everything that can post: button boxes, scripts, home automation. The same commands and the
//! same limits as on the live link.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::str::FromStr;

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::App;
use super::link::no_studio;
use super::refusal::Refusal;
use crate::core::live::{CONTROL_ROAD, Order};

/// The orders that are no commands, with what their query holds.
const ORDERS: [(&str, &str, &[&str]); 4] = [
    ("scene", "To a scene, counted from 0", &["index"]),
    ("line", "To a sentence of a scene, both counted from 0", &["scene", "line"]),
    ("scroll", "Down by so many ems; up when negative", &["ems"]),
    ("pace", "To a pace in words a minute", &["wpm"]),
];

/// `GET`: what can be posted.
pub(super) async fn list(State(app): State<App>) -> Result<Json<Value>, Refusal> {
    let hub = app.config.hub.as_ref().ok_or_else(no_studio)?;
    let commands = hub.commands().iter().map(|(name, label)| json!({ "name": name, "label": label }));
    let orders = ORDERS.iter().map(|(name, label, query)| json!({ "name": name, "label": label, "query": query }));
    Ok(Json(json!({ "commands": commands.collect::<Vec<_>>(), "orders": orders.collect::<Vec<_>>() })))
}

/// `POST` of `{command}`: 202 when it went to the studio.
pub(super) async fn command(
    State(app): State<App>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let hub = app.config.hub.as_ref().ok_or_else(no_studio)?;
    hub.posts().allows(peer.ip().to_canonical()).map_err(|wait| {
        let secs = wait.as_secs() + 1;
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too many orders at once; this one was left out.")
            .with("retry-after", HeaderValue::from(secs))
    })?;
    let order = order(&name, &query)?;
    let is_amount = matches!(order, Order::Scroll { .. } | Order::Pace { .. });
    hub.order(order).map_err(|sentence| match is_amount {
        true => Refusal::malformed(sentence),
        false => Refusal::new(StatusCode::NOT_FOUND, format!("{sentence} GET {CONTROL_ROAD} lists what there is.")),
    })?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "done": name }))))
}

fn order(name: &str, query: &HashMap<String, String>) -> Result<Order, Refusal> {
    Ok(match name {
        "scene" => Order::Scene { scene: number(name, query, "index")? },
        "line" => Order::Line { scene: number(name, query, "scene")?, line: number(name, query, "line")? },
        "scroll" => Order::Scroll { ems: number(name, query, "ems")? },
        "pace" => Order::Pace { words_per_minute: number(name, query, "wpm")? },
        name => Order::Command { name: name.to_owned() },
    })
}

fn number<T: FromStr>(name: &str, query: &HashMap<String, String>, key: &str) -> Result<T, Refusal> {
    let given = query.get(key).and_then(|text| text.trim().parse().ok());
    given.ok_or_else(|| Refusal::malformed(format!("“{name}” needs a number in its address: {name}?{key}=…")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_from_the_address() {
        let query = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(order("line", &query(&[("scene", "2"), ("line", "7")])).unwrap(), Order::Line { scene: 2, line: 7 });
        assert_eq!(order("scroll", &query(&[("ems", "-1.5")])).unwrap(), Order::Scroll { ems: -1.5 });
        assert_eq!(order("again", &query(&[])).unwrap(), Order::Command { name: "again".into() });
        for (name, pairs) in [("scene", &[][..]), ("scene", &[("index", "-1")]), ("line", &[("scene", "1")])] {
            let refusal = order(name, &query(pairs)).unwrap_err();
            assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
            assert!(refusal.sentence.contains(name));
        }
    }
}
