//! Many openers, many writers, and a writer that is killed.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::{Arc, Barrier};

use super::super::Db;
use super::{CHILD, itself, library, take};

#[test]
fn a_fresh_library_may_be_opened_by_many_at_once() {
    const OPENERS: usize = 4;
    // The race it is about comes up in about one of twenty rounds.
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let barrier = Arc::new(Barrier::new(OPENERS));
        let threads: Vec<_> = (0..OPENERS)
            .map(|index| {
                let (path, barrier) = (path.clone(), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    barrier.wait();
                    let db = Db::open(&path)?;
                    db.save_take(&take(&format!("t{index}"), "p", 1))
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        assert_eq!(library(folder.path()).all_takes().unwrap().len(), OPENERS);
    }
}

#[test]
fn clones_and_other_handles_write_at_the_same_time() {
    const EACH: u32 = 25;
    let folder = tempfile::tempdir().unwrap();
    let one = library(folder.path());
    let other = library(folder.path());
    let threads: Vec<_> = [one.clone(), one.clone(), other]
        .into_iter()
        .enumerate()
        .map(|(writer, db)| {
            std::thread::spawn(move || {
                for number in 1..=EACH {
                    db.save_take(&take(&format!("w{writer}-{number}"), "p", number)).unwrap();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(one.all_takes().unwrap().len(), 3 * EACH as usize);
    assert_eq!(one.next_take_number("p").unwrap(), EACH + 1);
}

#[test]
fn what_was_saved_before_a_kill_is_there() {
    if let Some(folder) = std::env::var_os(CHILD) {
        let db = library(folder.as_ref());
        for number in 1.. {
            db.save_take(&take(&format!("t{number:06}"), "p", number)).unwrap();
            writeln!(std::io::stderr(), "saved {number}").unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = itself("surviving::what_was_saved_before_a_kill_is_there", folder.path().to_str().unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let told: Vec<u32> = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("saved ")?.parse().ok())
        .inspect(|number| {
            if *number == 60 {
                child.kill().unwrap();
            }
        })
        .collect();
    child.wait().unwrap();
    assert!(told.len() >= 60);
    let db = library(folder.path());
    let kept = db.all_takes().unwrap();
    for number in told {
        assert!(kept.iter().any(|take| take.number == number), "take {number} was reported as saved");
    }
    db.save_take(&take("after", "p", 1)).unwrap();
}
