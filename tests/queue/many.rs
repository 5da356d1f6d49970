//! A thousand jobs at once.

use std::collections::HashSet;

use crate::engine::Engine;
use crate::rig::{House, states};

#[test]
fn a_thousand_jobs_are_made_once_each() {
    const JOBS: usize = 1000;
    let engine = Engine::start();
    engine.works.looks_needed.store(1, std::sync::atomic::Ordering::SeqCst);
    let wide = engine.entry("{rates = [{each = 0.04}]}", true).replace("parallel = 4", "parallel = 24");
    let house = House::listing(&wide);
    let (code, answer) = house.generate(&["--count", "1000", "--seed", "1"]);
    let jobs = answer["jobs"].as_array().unwrap();
    assert_eq!((code, states(jobs)), (0, vec!["done"; JOBS]));
    assert_eq!((engine.charges(), house.media().len(), house.landings()), (JOBS, JOBS, 0));
    let assets: HashSet<&str> = jobs.iter().map(|job| job["assets"][0]["id"].as_str().unwrap()).collect();
    assert_eq!(assets.len(), JOBS);
}
