//! Readers that read on, pause, skip, repeat and ad-lib.

use super::rig::{Outcome, Reading, Say, follow, words};
use super::speech::Voice;

const SCRIPT: &str = "## Opening\n\nEvery story starts with a quiet room and a question nobody asked. [smile] Here is mine. Why do I get up in the dark to write things no one is waiting for?\n\n## The habit\n\nYou sit down, you open the window, and you let the morning in. The first sentence is usually terrible. Write it anyway. It is only there to hold the door for the second.\n\n## Eight minutes\n\nEight minutes is what I had when the children were small. It was enough for one honest paragraph, and on a good day for two. Nobody asked me to show it.\n\n## What stays\n\nWhat stays is not the page but the hour. Paper turns yellow and files get lost, but the habit remains. So sit down, open the window, and begin.\n";

const TALK: &str = "By the way, my neighbour called me yesterday about his car, and he told me that the engine had broken down again near the airport. I said we could fetch some coffee and talk about football instead.";

const VOICES: [Voice; 6] = [
    Voice::Flite("slt", 1.0),
    Voice::Flite("rms", 1.0),
    Voice::Flite("awb", 1.15),
    Voice::Flite("kal16", 0.9),
    Voice::Espeak("en-us", 150),
    Voice::Espeak("en-gb", 130),
];

fn run(name: &str, voice: Voice, plan: &[Say]) -> Outcome {
    let words = words(SCRIPT);
    let outcome = follow(&words, &Reading::of(&words, plan, voice));
    println!("{name:<10} {voice:?}: {}", outcome.figures());
    outcome
}

#[test]
fn lab() {
    let all = words(SCRIPT).sentences.len();
    let plans: [(&str, Vec<Say>); 5] = [
        ("straight", vec![Say::Lines(0, all)]),
        ("pauses", vec![Say::Lines(0, 3), Say::Pause(3.0), Say::Lines(3, 5), Say::Pause(6.0), Say::Lines(5, all)]),
        ("skipped", vec![Say::Lines(0, 4), Say::Lines(5, 8), Say::Lines(9, all)]),
        ("repeated", vec![Say::Lines(0, 4), Say::Lines(3, 8), Say::Lines(7, all)]),
        ("talk", vec![Say::Lines(0, 5), Say::Talk(TALK), Say::Lines(5, all)]),
    ];
    let only = std::env::var("ONLY").unwrap_or_default();
    for voice in VOICES {
        for (name, plan) in &plans {
            if only.is_empty() || format!("{name} {voice:?}").contains(&only) {
                run(name, voice, plan);
            }
        }
    }
}
