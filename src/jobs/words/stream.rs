//! Words come in pieces of a letter or two, hundreds a second from a fast server; the window gets them some times a second. Nothing is
//! lost when it does not keep up: what was not taken goes with the next.

use std::time::{Duration, Instant};

/// Between two pieces for the window.
const EVERY: Duration = Duration::from_millis(40);

pub struct Gate<T> {
    /// Takes a piece, or is too busy.
    send: T,
    held: String,
    sent: Option<Instant>,
}

impl<T: FnMut(String) -> bool> Gate<T> {
    pub fn new(send: T) -> Gate<T> {
        Gate { send, held: String::new(), sent: None }
    }

    pub fn hear(&mut self, text: &str) {
        self.held.push_str(text);
        if self.sent.is_some_and(|sent| sent.elapsed() < EVERY) {
            return;
        }
        self.sent = Some(Instant::now());
        if (self.send)(self.held.clone()) {
            self.held.clear();
        }
    }

    /// What was not sent yet.
    pub fn rest(&mut self) -> Option<String> {
        Some(std::mem::take(&mut self.held)).filter(|rest| !rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_when_nobody_takes_it() {
        let (mut got, mut turns) = (String::new(), 0);
        {
            let mut gate = Gate::new(|text: String| {
                turns += 1;
                let taken = turns != 2;
                if taken {
                    got.push_str(&text);
                }
                taken
            });
            for _ in 0..3 {
                gate.hear("ab");
                std::thread::sleep(EVERY);
            }
            gate.hear("c");
            gate.hear("d");
            assert_eq!(gate.rest().as_deref(), Some("d"));
            assert_eq!(gate.rest(), None);
        }
        assert_eq!(got, "abababc");
    }
}
