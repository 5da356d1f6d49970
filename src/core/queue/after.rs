//! What follows a failure: again by itself, or the end; and whether the whole engine is left alone for a while. An order that may
//! have been taken is never sent again.

use crate::core::generate::{Class, Failure};

/// How often an order that surely was not taken is sent again, before a person is asked.
const MOST_SENDS: u32 = 8;

/// How often in a row an engine may fail to say how far a job is. At the longest pause between two questions that is over an hour.
const MOST_LOOKS: u32 = 48;

/// The first pause, which doubles.
const FIRST_SECS: f64 = 1.0;

/// The longest pause between two tries.
const LONGEST_SECS: f64 = 90.0;

/// The longest that an engine may ask to be left alone for; a clock that is wrong there must not stop us for days.
const LONGEST_WISH_SECS: f64 = 3600.0;

/// What follows for the job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// The same call again, so many seconds from now.
    Again { secs: f64 },
    /// It has failed.
    Fails,
}

/// What follows for the engine's other jobs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rest {
    None,
    /// Nothing is sent to it for so many seconds.
    Secs(f64),
    /// Nothing is sent until a person has done something.
    UntilTold,
}

/// After the `tries`th try (from 1) to send an order failed. `jitter` is 0 to 1, so that many jobs don't knock at the same instant.
pub fn after_submit(failure: &Failure, tries: u32, jitter: f64) -> (Next, Rest) {
    let pause = pause(failure, tries, jitter);
    let again = if tries < MOST_SENDS { Next::Again { secs: pause } } else { Next::Fails };
    match failure.class {
        // It waits behind the rest of its engine and keeps its place.
        Class::Auth | Class::Payment => (Next::Fails, Rest::UntilTold),
        Class::RateLimited => (again, Rest::Secs(pause)),
        Class::Overloaded | Class::Transport => (again, Rest::None),
        _ => (Next::Fails, Rest::None),
    }
}

/// After the `tries`th question in a row (from 1) how far a job is went unanswered.
pub fn after_look(failure: &Failure, tries: u32, jitter: f64) -> (Next, Rest) {
    let pause = pause(failure, tries, jitter);
    match failure.class {
        // The engine has the job; its key may be mended meanwhile.
        Class::Auth => (Next::Again { secs: LONGEST_SECS }, Rest::UntilTold),
        // A link that ran out may be given anew by the next answer, once or twice.
        Class::Expired if tries < 3 => (Next::Again { secs: pause }, Rest::None),
        // A file that came broken is fetched again; what can't be written here does not get better by itself.
        Class::Nonsense if tries < 4 => (Next::Again { secs: pause }, Rest::None),
        class if class.passes() && tries < MOST_LOOKS => {
            (Next::Again { secs: pause }, if class == Class::RateLimited { Rest::Secs(pause) } else { Rest::None })
        }
        _ => (Next::Fails, Rest::None),
    }
}

/// Whether what an engine has taken can still be had after such a failure of ours to ask for it, or to bring it in: trying again then
/// means asking again, not ordering again.
pub fn may_still_be_had(class: Class) -> bool {
    class.passes() || class == Class::Here
}

/// As long as the engine wishes, else longer each time; with up to half of it more by chance.
fn pause(failure: &Failure, tries: u32, jitter: f64) -> f64 {
    let chance = 1.0 + jitter.clamp(0.0, 1.0) / 2.0;
    match failure.wait_secs {
        // Not before the time it named; a little later, each job at another moment.
        Some(secs) if secs.is_finite() && secs >= 0.0 => secs.min(LONGEST_WISH_SECS) + jitter.clamp(0.0, 1.0),
        _ => (FIRST_SECS * 2f64.powi(tries.saturating_sub(1).min(30) as i32)).min(LONGEST_SECS) * chance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(class: Class) -> Failure {
        Failure::new(class, "x")
    }

    #[test]
    fn only_what_was_surely_not_taken_is_sent_again() {
        for class in Class::ALL {
            let (next, _) = after_submit(&failure(class), 1, 0.5);
            let may = class.was_not_taken() || class == Class::Transport;
            assert_eq!(matches!(next, Next::Again { .. }), may, "{class:?}");
        }
    }

    #[test]
    fn pauses_grow_and_have_an_end() {
        let secs = |tries, jitter| match after_submit(&failure(Class::Overloaded), tries, jitter).0 {
            Next::Again { secs } => secs,
            Next::Fails => f64::INFINITY,
        };
        assert_eq!([1, 2, 3, 7].map(|tries| secs(tries, 0.0)), [1.0, 2.0, 4.0, 64.0]);
        assert_eq!(secs(2, 1.0), 3.0);
        assert_eq!(secs(MOST_SENDS, 0.0), f64::INFINITY);
        let (next, _) = after_look(&failure(Class::Transport), 40, 1.0);
        assert_eq!(next, Next::Again { secs: LONGEST_SECS * 1.5 });
        assert_eq!(after_look(&failure(Class::Transport), MOST_LOOKS, 0.0).0, Next::Fails);
    }

    #[test]
    fn an_engine_is_left_alone_as_long_as_it_wishes_but_not_for_days() {
        let limited = |secs| Failure { wait_secs: Some(secs), ..failure(Class::RateLimited) };
        assert_eq!(after_submit(&limited(7.0), 1, 0.0), (Next::Again { secs: 7.0 }, Rest::Secs(7.0)));
        assert_eq!(after_submit(&limited(1e9), 1, 0.0).1, Rest::Secs(LONGEST_WISH_SECS));
        for odd in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(after_submit(&limited(odd), 1, 0.0).1, Rest::Secs(1.0), "{odd}");
        }
        assert_eq!(after_submit(&failure(Class::Auth), 1, 0.0), (Next::Fails, Rest::UntilTold));
    }

    #[test]
    fn what_the_engine_refused_or_lost_is_ordered_again_and_nothing_else() {
        let had = [Class::RateLimited, Class::Overloaded, Class::Server, Class::Transport, Class::Here];
        for class in Class::ALL {
            assert_eq!(may_still_be_had(class), had.contains(&class), "{class:?}");
        }
    }

    #[test]
    fn what_is_at_the_engine_is_not_given_up_for_a_key() {
        assert!(matches!(after_look(&failure(Class::Auth), 400, 0.0).0, Next::Again { .. }));
        assert_eq!(after_look(&failure(Class::Content), 1, 0.0).0, Next::Fails);
        assert_eq!(after_look(&failure(Class::Here), 1, 0.0).0, Next::Fails);
    }
}
