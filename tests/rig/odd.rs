//! Answers that no engine should give: JSON of any form made of the words that engines use, always the same ones.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

/// Names of members that some engine knows.
const NAMES: [&str; 26] = [
    "id",
    "status",
    "state",
    "progress",
    "output",
    "url",
    "error",
    "message",
    "code",
    "failure",
    "failureCode",
    "cost",
    "credits",
    "assets",
    "video",
    "image",
    "download_url",
    "queue_position",
    "detail",
    "data",
    "outputs",
    "images",
    "filename",
    "messages",
    "files",
    "percent",
];
/// Values that some engine knows, and some that none does.
const WORDS: [&str; 14] = [
    "completed",
    "SUCCEEDED",
    "done",
    "failed",
    "PENDING",
    "running",
    "cancelled",
    "of next year",
    "",
    "/x",
    "../x",
    "http://169.254.169.254/x",
    "data:;base64,AA==",
    "ü\u{0}🌅",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        let member = (proptest::sample::select(&NAMES[..]), inner.clone()).prop_map(|(name, value)| (name.to_owned(), value));
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            proptest::collection::vec(member, 0..7).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// So many of them, from this seed on.
pub fn answers(seed: u8, count: usize) -> Vec<Value> {
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), chance);
    (0..count).map(|_| any_json().new_tree(&mut runner).unwrap().current()).collect()
}
