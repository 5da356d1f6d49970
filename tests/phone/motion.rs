//! The pages compute where the words stand by a port of `core::prompter::course`: both get the same courses and moments.

use onetake::core::prompter::course::{Course, JUMP_SECS, NUDGE_SECS};
use onetake::core::prompter::pace::{Leg, Plan};
use onetake::core::time::Moment;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::rig::Studio;

/// Ems. Both compute in double precision; moments reach the page as numbers, exact to some nanoseconds after months of uptime.
const TOLERANCE: f64 = 1e-6;

/// SplitMix64: the same numbers in each run.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// On any page of `studio`: the port needs no right.
pub fn agrees(studio: &Studio, browser: &Browser) {
    let leg = |scene, from, to, secs| Leg { scene, from, to, secs };
    let plan = Plan { legs: vec![leg(0, 0.5, 8.0, 12.0), leg(1, 8.0, 30.0, 20.0), leg(2, 30.0, 60.0, 60.0)] };
    let mut random = Random(7);
    // Some weeks after the machine was started.
    let mut now = Moment(3_000_000_000_000_000);
    let mut course = Course::resting(now, 0.5);
    let mut asked = Vec::new();
    let mut expected = Vec::new();
    for step in 0..200 {
        now = now.plus_secs(random.unit() * 2.0);
        course = match step % 5 {
            0 => course.start(&plan, now),
            1 => course.go_to(&plan, now, random.unit() * 60.0, JUMP_SECS),
            2 => course.go_to(&plan, now, (course.heading(now) + 1.4).clamp(0.5, 60.0), NUDGE_SECS),
            3 => course.start(&plan, now),
            _ => course.pause(now),
        };
        for _ in 0..10 {
            let at = now.plus_secs(random.unit() * random.unit() * 90.0 - 0.1);
            asked.push(json!({ "course": course, "at": at, "position": random.unit() * 70.0 - 5.0 }));
            let position = asked[asked.len() - 1]["position"].as_f64().unwrap();
            expected.push((course.position(at), course.velocity(at), course.at_rest(at), plan.secs_left(position)));
        }
    }
    browser.go(&format!("{}/pair", studio.url()));
    let script = format!(
        "const {{ state, atRest, secsLeft }} = await import('/web/course.js');
         const plan = {};
         return {}.map((c) => [...state(c.course, c.at), atRest(c.course, c.at), secsLeft(plan, c.position)]);",
        json!(plan),
        Value::from(asked)
    );
    let answers = browser.run(&script);
    let answers = answers.as_array().unwrap_or_else(|| panic!("{answers}"));
    assert_eq!(answers.len(), expected.len());
    for (i, (answer, (position, velocity, rests, left))) in answers.iter().zip(expected).enumerate() {
        let close = |value: &Value, wanted: f64, scale: f64| (value.as_f64().unwrap() - wanted).abs() < TOLERANCE * scale;
        assert!(close(&answer[0], position, 1.0), "{i}: {answer}, not {position}");
        // A jump passes its middle at hundreds of ems a second, and changes speed at thousands.
        assert!(close(&answer[1], velocity, 100.0), "{i}: {answer}, not {velocity}");
        assert_eq!(answer[2], json!(rests), "{i}");
        assert!(close(&answer[3], left, 1.0), "{i}: {answer}, not {left}");
    }
}
