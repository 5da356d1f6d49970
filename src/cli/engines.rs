//! `onetake engines`: which engines there are, whether they can be used, and their keys.

use std::io::Read;
use std::sync::Arc;

use serde_json::json;

use super::{Common, print_json, print_line};
use crate::core::engine::{Engine, Form, KeyNeed};
use crate::core::problem::Problem;
use crate::core::secret::Secret;
use crate::jobs::engines::Shop;
use crate::jobs::house::House;
use crate::jobs::queue;
use crate::studio::engines::{KeyFrom, Place};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// List the engines, and what each of them lacks.
    List,
    /// Try an engine's address and key, at no cost.
    Test { engine: String },
    /// Keep a key in the desktop's keyring, or forget it.
    #[command(subcommand)]
    Key(Key),
    /// Look for engines that run on this machine.
    Probe,
    /// List an engine's models.
    Models {
        engine: String,
        /// Read them from the engine first.
        #[arg(long)]
        refresh: bool,
    },
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum Key {
    /// Reads the key from standard input.
    Set {
        engine: String,
    },
    Forget {
        engine: String,
    },
}

/// The most that a key has.
const KEY_BYTES: u64 = 64 << 10;

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let house = Arc::new(house);
    let shop = Shop::new(Arc::clone(&house), queue::choices(&house));
    if let Some(problem) = shop.problem() {
        super::complain(&problem);
    }
    match &arguments.what {
        What::List => list(&house, &shop, common),
        What::Test { engine } => {
            let account = house.runtime.block_on(shop.test(engine))?;
            if common.json {
                let balance = account.balance.as_ref().map(|balance| balance.micros);
                print_json(
                    &json!({ "engine": engine, "words": account.words, "balance_micros": balance, "models": account.models }),
                );
            } else {
                print_line(&account.words);
                account.balance.iter().for_each(|balance| print_line(format_args!("{} left", balance.words())));
            }
            Ok(0)
        }
        What::Key(Key::Set { engine }) => {
            let mut key = String::new();
            let read = std::io::stdin().lock().take(KEY_BYTES).read_to_string(&mut key);
            read.map_err(|error| Problem::usage(format!("The key can't be read ({error})."), "Give it on standard input."))?;
            house.runtime.block_on(shop.keep_key(engine, &Secret::new(key.trim())))?;
            say(common, "kept", "The key is in the keyring.")
        }
        What::Key(Key::Forget { engine }) => {
            shop.entry(engine)?;
            house.runtime.block_on(shop.forget_key(engine))?;
            say(common, "forgotten", "The keyring has no key for it any more.")
        }
        What::Probe => {
            let found = house.runtime.block_on(shop.probe());
            if common.json {
                let found: Vec<_> = found.iter().map(|(engine, base)| json!({ "engine": engine, "base": base })).collect();
                print_json(&json!({ "found": found }));
            } else if found.is_empty() {
                print_line("No engine answers on its usual port.");
            } else {
                found.iter().for_each(|(engine, base)| print_line(format_args!("{engine}  {base}")));
            }
            Ok(0)
        }
        What::Models { engine, refresh } => {
            if *refresh {
                house.runtime.block_on(shop.refresh(engine))?;
            }
            models(&shop.entry(engine)?, common);
            Ok(0)
        }
    }
}

fn say(common: &Common, status: &str, words: &str) -> Result<u8, Problem> {
    if common.json {
        print_json(&json!({ "status": status }))
    } else {
        print_line(words)
    }
    Ok(0)
}

fn list(house: &House, shop: &Shop, common: &Common) -> Result<u8, Problem> {
    let places = house.runtime.block_on(shop.places());
    let list = shop.list();
    let place = |engine: &Engine| places.get(&engine.name).cloned().unwrap_or_default();
    if common.json {
        let engines: Vec<_> = list
            .engines
            .iter()
            .map(|engine| {
                let place = place(engine);
                json!({
                    "name": engine.name, "label": engine.label, "form": engine.form, "base": place.base,
                    "key": key_words(engine, &place), "state": state(engine, &place), "local": engine.local,
                    "models": engine.models.len(),
                })
            })
            .collect();
        print_json(&json!({ "dated": list.dated, "engines": engines }));
    } else {
        for engine in &list.engines {
            let place = place(engine);
            print_line(format_args!("{:<16}{:<16}{}", engine.name, state(engine, &place), engine.label));
        }
        print_line(format_args!("Models and prices as of {}.", list.dated));
    }
    Ok(0)
}

fn state(engine: &Engine, place: &Place) -> &'static str {
    if engine.form != Form::Offline && place.base.is_empty() {
        "needs address"
    } else if engine.key == KeyNeed::Required && place.key == KeyFrom::Nowhere {
        "needs key"
    } else if engine.local && engine.form != Form::Offline {
        // Whether it runs is only known when it is asked: “probe”, “test”.
        "if it runs"
    } else {
        "ready"
    }
}

/// Where the key is from; never the key.
fn key_words(engine: &Engine, place: &Place) -> String {
    match &place.key {
        KeyFrom::Environment(name) => name.clone(),
        KeyFrom::Keyring => "keyring".into(),
        KeyFrom::Session(_) => "this run".into(),
        KeyFrom::Nowhere if engine.key == KeyNeed::None => "none needed".into(),
        KeyFrom::Nowhere => "none".into(),
    }
}

fn models(engine: &Engine, common: &Common) {
    if common.json {
        print_json(&json!({ "engine": engine.name, "models": engine.models }));
        return;
    }
    for model in &engine.models {
        let price = if engine.local { "free".to_owned() } else { model.price.summary() };
        print_line(format_args!("{:<14}{}  {}  ({price})", model.kind.name(), model.name, model.label));
    }
    if engine.models.is_empty() {
        print_line("It lists none; read them from it with --refresh.");
    }
}
