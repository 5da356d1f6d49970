//! Motion. A course is a list of anchors; from each on, the text follows a straight line (target position and velocity), and
//! whatever position and speed it had when the anchor was set fades into that line along one quintic, so that position and
//! velocity never jump: not at a start, a pause, a nudge, a jump, nor at a change of pace.

use serde::{Deserialize, Serialize};

use super::pace::Plan;
use crate::core::take_clock::TakeClock;
use crate::core::time::Moment;

/// Seconds in which start, pause and a change of pace ease.
pub const EASE_SECS: f64 = 0.5;
/// Seconds a nudge takes.
pub const NUDGE_SECS: f64 = 0.28;
/// Seconds a jump takes.
pub const JUMP_SECS: f64 = 0.5;

/// Seconds in which a followed voice's small corrections ease, and those it takes at most.
pub const LEAD_SECS: f64 = 0.7;
pub const LEAD_MAX_SECS: f64 = 1.4;
/// A leap of this many ems takes a second more.
const LEAD_EMS_PER_SEC: f64 = 40.0;
/// Seconds after which a course that is led rests when there is no news.
const LEAD_NEWS_SECS: f64 = 1.6;

/// From `at` on: `position(t) = target + velocity·dt + error(dt)`, where the error falls to rest within `settle_secs`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    pub at: Moment,
    /// Position of the straight line at `at`, in ems.
    pub target: f64,
    /// Ems per second.
    pub velocity: f64,
    /// Distance from the line at `at`.
    pub error: f64,
    /// Velocity relative to the line at `at`.
    pub error_velocity: f64,
    pub settle_secs: f64,
}

impl Anchor {
    fn still(at: Moment, position: f64) -> Anchor {
        Anchor { at, target: position, velocity: 0.0, error: 0.0, error_velocity: 0.0, settle_secs: 0.0 }
    }

    /// An anchor that takes over a motion at `position` and `speed` and leads it onto a line.
    fn taking_over(at: Moment, (position, speed): (f64, f64), target: f64, velocity: f64, settle_secs: f64) -> Anchor {
        Anchor { at, target, velocity, error: position - target, error_velocity: speed - velocity, settle_secs }
    }

    /// Position and velocity at a moment not before `at`.
    fn state(&self, now: Moment) -> (f64, f64) {
        let dt = now.secs_from(self.at).max(0.0);
        let line = self.target + self.velocity * dt;
        if dt >= self.settle_secs || self.settle_secs <= 0.0 {
            return (line, self.velocity);
        }
        let g = self.settle_secs;
        let x = dt / g;
        let (x2, x3) = (x * x, x * x * x);
        // Quintic Hermite that starts at (error, error_velocity, acceleration 0) and ends at rest on the line.
        let h0 = 1.0 - 10.0 * x3 + 15.0 * x3 * x - 6.0 * x3 * x2;
        let h1 = x - 6.0 * x3 + 8.0 * x3 * x - 3.0 * x3 * x2;
        let d0 = -30.0 * x2 + 60.0 * x3 - 30.0 * x2 * x2;
        let d1 = 1.0 - 18.0 * x2 + 32.0 * x3 - 15.0 * x2 * x2;
        let b = self.error_velocity * g;
        (line + self.error * h0 + b * h1, self.velocity + (self.error * d0 + b * d1) / g)
    }
}

/// Where the prompter is at every moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// Ascending in time, never empty; the last one whose time has come counts.
    anchors: Vec<Anchor>,
    /// True between start and pause, also while waiting at the end.
    running: bool,
}

impl Course {
    /// At rest.
    pub fn resting(at: Moment, position: f64) -> Course {
        Course { anchors: vec![Anchor::still(at, position)], running: false }
    }

    pub fn running(&self) -> bool {
        self.running
    }

    /// The anchors, for other displays.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// The anchors with their times on a take's clock (what began before the take begins with it).
    pub fn anchors_on(&self, clock: &TakeClock) -> Vec<Anchor> {
        let dated = |anchor: &Anchor| Anchor { at: Moment(clock.time(anchor.at)), ..*anchor };
        self.anchors.iter().map(dated).collect()
    }

    /// Position in ems.
    pub fn position(&self, now: Moment) -> f64 {
        self.state(now).0
    }

    /// Ems per second.
    pub fn velocity(&self, now: Moment) -> f64 {
        self.state(now).1
    }

    /// True when nothing moves any more unless somebody acts: the display may sleep.
    pub fn at_rest(&self, now: Moment) -> bool {
        self.anchors.last().is_some_and(|a| a.velocity == 0.0 && now.secs_from(a.at) >= a.settle_secs)
    }

    /// Sets off (or changes pace) from where it is, along the plan.
    pub fn start(&self, plan: &Plan, now: Moment) -> Course {
        let (position, speed) = self.state(now);
        self.along(plan, now, (position, speed), position, EASE_SECS)
    }

    /// Coasts to rest.
    pub fn pause(&self, now: Moment) -> Course {
        let (position, speed) = self.state(now);
        let target = position + speed * EASE_SECS / 2.0;
        Course { anchors: vec![Anchor::taking_over(now, (position, speed), target, 0.0, EASE_SECS)], running: false }
    }

    /// Moves to a position, and goes on from there when it is running.
    pub fn go_to(&self, plan: &Plan, now: Moment, position: f64, secs: f64) -> Course {
        let state = self.state(now);
        if self.running {
            return self.along(plan, now, state, position, secs);
        }
        Course { anchors: vec![Anchor::taking_over(now, state, position, 0.0, secs)], running: false }
    }

    /// Follows somebody who is at `position` and goes on at `velocity`. Without further news it comes to rest, at the latest at
    /// `end`, so that it never runs away from whoever leads it.
    pub fn lead(&self, now: Moment, position: f64, velocity: f64, end: f64) -> Course {
        let state = self.state(now);
        let away = (position - state.0).abs();
        let secs = (LEAD_SECS + away / LEAD_EMS_PER_SEC).min(LEAD_MAX_SECS);
        let velocity = if position < end { velocity.max(0.0) } else { 0.0 };
        let first = Anchor::taking_over(now, state, position.min(end), velocity, secs);
        let mut anchors = vec![first];
        if velocity > 0.0 {
            // Coming to rest takes half an ease's way.
            let to_end = (end - position) / velocity - EASE_SECS / 2.0;
            let rest = now.plus_secs(to_end.clamp(0.0, LEAD_NEWS_SECS));
            let (at, speed) = first.state(rest);
            let target = (first.target + velocity * (rest.secs_from(now) + EASE_SECS / 2.0)).min(end);
            // What has not settled by then settles with it.
            let settle = EASE_SECS.max(secs - rest.secs_from(now));
            anchors.push(Anchor::taking_over(rest, (at, speed), target, 0.0, settle));
        }
        Course { anchors, running: true }
    }

    /// Speed of the line it is on, without the motion that is still fading, in ems per second.
    pub fn speed(&self, now: Moment) -> f64 {
        self.anchor(now).velocity
    }

    /// The same motion on another sheet, where what was at the eye line stands at `position` and what it was heading for at `heading`.
    /// The speed stays what it was, so that nothing is seen of it; from there it eases into the new plan.
    pub fn carried_over(&self, plan: &Plan, now: Moment, position: f64, heading: f64) -> Course {
        let speed = self.velocity(now);
        if self.running {
            return self.along(plan, now, (position, speed), heading, EASE_SECS);
        }
        if self.at_rest(now) {
            return Course::resting(now, position);
        }
        Course { anchors: vec![Anchor::taking_over(now, (position, speed), heading, 0.0, EASE_SECS)], running: false }
    }

    /// Where the course is heading at `now`, without the motion that is still fading: nudges add up from here.
    pub fn heading(&self, now: Moment) -> f64 {
        let anchor = self.anchor(now);
        anchor.target + anchor.velocity * now.secs_from(anchor.at).max(0.0)
    }

    fn state(&self, now: Moment) -> (f64, f64) {
        self.anchor(now).state(now)
    }

    fn anchor(&self, now: Moment) -> &Anchor {
        let at = self.anchors.partition_point(|anchor| anchor.at <= now);
        &self.anchors[at.saturating_sub(1)]
    }

    /// The course from `now` on: onto the line through `position`, then from leg to leg, then to rest at the end.
    fn along(&self, plan: &Plan, now: Moment, state: (f64, f64), position: f64, secs: f64) -> Course {
        let Some(first) = plan.leg_at(position) else {
            let end = plan.legs.last().map_or(position, |leg| leg.to);
            return Course { anchors: vec![Anchor::taking_over(now, state, end, 0.0, secs)], running: true };
        };
        let velocity = plan.legs[first].velocity();
        // From rest the line lags by half an ease, so that the ease-in never has to catch up.
        let lag = (velocity - state.1).max(0.0) * secs / 2.0 * f64::from(u8::from(position == state.0));
        let target = position - lag;
        let mut anchors = vec![Anchor::taking_over(now, state, target, velocity, secs)];
        let mut at_boundary = now.plus_secs((plan.legs[first].to - target) / velocity);
        for next in first + 1..=plan.legs.len() {
            let boundary = plan.legs[next - 1].to;
            let velocity = plan.legs.get(next).map_or(0.0, super::pace::Leg::velocity);
            let previous = anchors[anchors.len() - 1];
            // The change is centred on the boundary, so that the time of arrival stays what the plan says.
            let begin = at_boundary.plus_secs(-EASE_SECS / 2.0).max(previous.at.plus_secs(previous.settle_secs));
            let target = boundary - velocity * at_boundary.secs_from(begin);
            anchors.push(Anchor::taking_over(begin, previous.state(begin), target, velocity, EASE_SECS));
            if let Some(leg) = plan.legs.get(next) {
                at_boundary = at_boundary.plus_secs(leg.secs);
            }
        }
        Course { anchors, running: true }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::pace::Leg;
    use super::*;

    fn plan() -> Plan {
        let leg = |scene, from, to, secs| Leg { scene, from, to, secs };
        Plan { legs: vec![leg(0, 0.5, 8.0, 12.0), leg(1, 8.0, 30.0, 20.0), leg(2, 30.0, 60.0, 60.0)] }
    }

    fn at(secs: f64) -> Moment {
        Moment(0).plus_secs(secs)
    }

    #[test]
    fn arrives_when_the_plan_says() {
        let course = Course::resting(at(0.0), 0.5).start(&plan(), at(1.0));
        // The ease-in costs half of its seconds once; everything after keeps the plan's time.
        for (secs, position) in [(12.0, 8.0), (32.0, 30.0), (92.0, 60.0)] {
            let reached = course.position(at(1.0 + EASE_SECS / 2.0 + secs));
            assert!((reached - position).abs() < 0.2, "{secs} s: {reached}, not {position}");
        }
        assert!(course.at_rest(at(100.0)));
        assert_eq!(course.position(at(100.0)), 60.0);
    }

    #[test]
    fn pausing_coasts_forward_and_rests() {
        let moving = Course::resting(at(0.0), 0.5).start(&plan(), at(0.0));
        let paused = moving.pause(at(5.0));
        assert!(!paused.running() && paused.position(at(5.6)) > moving.position(at(5.0)));
        assert_eq!(paused.position(at(6.0)), paused.position(at(60.0)));
    }

    #[test]
    fn a_led_course_goes_along_and_rests_without_news() {
        let mut course = Course::resting(at(0.0), 5.0);
        for step in 0..40 {
            let t = f64::from(step) * 0.25;
            course = course.lead(at(t), 5.0 + 1.2 * t, 1.2, 60.0);
        }
        assert!((course.position(at(9.9)) - (5.0 + 1.2 * 9.9)).abs() < 0.1, "{}", course.position(at(9.9)));
        let rest = course.position(at(13.0));
        assert!(course.at_rest(at(13.0)) && rest < 5.0 + 1.2 * 9.75 + 1.2 * 2.5, "{rest}");
        // It never passes the end, however the voice hurries.
        let course = course.lead(at(13.0), 59.0, 3.0, 60.0);
        assert!(course.position(at(30.0)) <= 60.0 + 1e-9 && course.at_rest(at(30.0)));
    }

    #[derive(Clone, Debug)]
    enum Op {
        Start,
        Pause,
        GoTo(f64),
        Lead(f64, f64),
        Nudge(f64),
        Faster(f64),
    }

    fn ops() -> impl Strategy<Value = Vec<(f64, Op)>> {
        let op = prop_oneof![
            Just(Op::Start),
            Just(Op::Pause),
            (0.5..60.0).prop_map(Op::GoTo),
            (0.5..60.0, 0.0..3.0).prop_map(|(p, v)| Op::Lead(p, v)),
            (-2.0..2.0).prop_map(Op::Nudge),
            (0.5..2.0).prop_map(Op::Faster),
        ];
        proptest::collection::vec((0.01..3.0f64, op), 1..20)
    }

    proptest! {
        /// Whatever the operator does, position and velocity are continuous and velocity is bounded.
        #[test]
        fn nothing_jumps(ops in ops()) {
            let mut plan = plan();
            let mut course = Course::resting(at(0.0), 0.5);
            let mut now = 0.0;
            for (wait, op) in ops {
                let begin = now;
                now += wait;
                check_smooth(&course, begin, now)?;
                let t = at(now);
                let before = (course.position(t), course.velocity(t));
                course = match op {
                    Op::Start => course.start(&plan, t),
                    Op::Pause => course.pause(t),
                    Op::Lead(p, v) => course.lead(t, p, v, 60.0),
                    Op::GoTo(p) => course.go_to(&plan, t, p, JUMP_SECS),
                    Op::Nudge(d) => course.go_to(&plan, t, (course.heading(t) + d).clamp(0.5, 60.0), NUDGE_SECS),
                    Op::Faster(f) => {
                        plan.legs.iter_mut().for_each(|leg| leg.secs /= f);
                        if course.running() { course.start(&plan, t) } else { course }
                    }
                };
                prop_assert!((course.position(t) - before.0).abs() < 1e-6, "position jumped at {now}");
                prop_assert!((course.velocity(t) - before.1).abs() < 1e-6, "velocity jumped at {now}");
            }
            check_smooth(&course, now, now + 5.0)?;
        }
    }

    fn check_smooth(course: &Course, from: f64, to: f64) -> Result<(), TestCaseError> {
        let mut last = course.position(at(from));
        let step = 0.004;
        for i in 1..=((to - from) / step) as usize {
            let t = at(from + i as f64 * step);
            let (position, velocity) = (course.position(t), course.velocity(t));
            // 60 ems in half a second, twice as fast in the middle of the ease, and some for the speed it had.
            prop_assert!(velocity.abs() < 700.0, "velocity {velocity}");
            prop_assert!((position - last).abs() < 700.0 * step + 1e-6, "jump of {}", position - last);
            last = position;
        }
        Ok(())
    }
}
