//! Random edits on two devices over lines that close, open and break at random: no words are ever lost, and in the end both have
//! the same.

use onetake::studio::sync::Choice;

use crate::line::Line;
use crate::rig::{Device, OWNER, Random, Site, Studio, script};

const ROUNDS: u64 = 30;

#[test]
fn no_words_are_lost_whatever_happens_in_between() {
    let (mut conflicts, mut failures) = (0, 0);
    for seed in 1..=10 {
        let met = run(seed);
        (conflicts, failures) = (conflicts + met.0, failures + met.1);
    }
    // Otherwise this tested fair weather.
    assert!(conflicts > 10 && failures > 10, "{conflicts} conflicts, {failures} failures");
}

/// How many conflicts there were to choose in, and how often the server was not reached.
fn run(seed: u64) -> (u32, u32) {
    let mut random = Random(seed);
    let site = Site::new();
    let lines = [Line::to(site.address), Line::to(site.address)];
    let machines = [Device::new(&lines[0].url(), OWNER), Device::new(&lines[1].url(), OWNER)];
    let mut first = machines[0].open();
    first.begin(&script("Random", &["Both have this."]));
    first.settle();
    let mut second = machines[1].open();
    second.open_remote("Random");
    let mut studios = [first, second];
    let mut written = Vec::new();
    for round in 0..ROUNDS {
        let at = random.below(2) as usize;
        let (studio, line) = (&mut studios[at], &lines[at]);
        match random.below(10) {
            0..=3 => {
                // Each adds words of its own and takes none away.
                let words = format!("Words {round} of device {at}.");
                let text = format!("{}\n{words}\n", studio.text());
                written.push(words);
                studio.write(&text);
            }
            4 | 5 => {
                line.open(true);
                studio.look();
            }
            6 => {
                line.open(false);
                studio.look();
                line.open(true);
            }
            7 => {
                line.cut_after(random.below(4_000));
                studio.look();
            }
            8 => {
                line.deafen_after(random.below(2_000));
                studio.look();
            }
            _ => choose(studio, &mut random),
        }
    }
    for line in &lines {
        line.open(true);
        line.cut_after(u64::MAX);
        line.deafen_after(u64::MAX);
    }
    // Both meet again: whoever has something to choose chooses.
    for _ in 0..3 {
        for studio in &mut studios {
            meet(studio, &mut random);
        }
    }
    assert_eq!(studios[0].text(), studios[1].text(), "seed {seed}");
    let kept: Vec<String> = machines.iter().flat_map(Device::texts).collect();
    for words in &written {
        assert!(kept.iter().any(|text| text.contains(words)), "seed {seed}: “{words}” is gone");
    }
    studios.iter().fold((0, 0), |all, studio| (all.0 + studio.conflicts, all.1 + studio.failures))
}

fn choose(studio: &mut Studio, random: &mut Random) {
    if studio.model.sync.conflict.is_some() {
        let choice = [Choice::Mine, Choice::Theirs, Choice::Both][random.below(3) as usize];
        studio.choose(choice);
    }
}

fn meet(studio: &mut Studio, random: &mut Random) {
    for _ in 0..6 {
        if studio.model.sync.conflict.is_some() {
            choose(studio, random);
        }
        studio.look();
        if studio.in_step() {
            return;
        }
    }
    panic!("never in step: {:?}", studio.model.sync.link);
}
