//! The words by which engines say how far something is. They have a handful of meanings; a word that nobody knows yet is taken for
//! “not over”, because what was paid for is better waited for than dropped.

/// What a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waits,
    Runs,
    Done,
    Failed,
    Cancelled,
}

impl State {
    pub(super) fn of(word: &str) -> State {
        match word.to_ascii_lowercase().replace('-', "_").as_str() {
            "queued" | "in_queue" | "pending" | "throttled" | "submitted" | "created" | "waiting" => State::Waits,
            "completed" | "complete" | "succeeded" | "success" | "done" | "finished" | "ok" => State::Done,
            "failed" | "failure" | "error" | "rejected" | "timed_out" => State::Failed,
            "cancelled" | "canceled" | "aborted" => State::Cancelled,
            _ => State::Runs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engines_words_are_known() {
        for word in ["queued", "IN_QUEUE", "PENDING", "THROTTLED"] {
            assert_eq!(State::of(word), State::Waits, "{word}");
        }
        for word in ["PROCESSING", "dreaming", "RUNNING", "IN_PROGRESS", "in-progress", "of a newer engine", ""] {
            assert_eq!(State::of(word), State::Runs, "{word}");
        }
        assert_eq!(["COMPLETED", "SUCCEEDED"].map(State::of), [State::Done; 2]);
        assert_eq!(["failed", "FAILED"].map(State::of), [State::Failed; 2]);
        assert_eq!(["CANCELLED", "canceled"].map(State::of), [State::Cancelled; 2]);
    }
}
