//! Text that is nobody's business: the key to somebody's files, or to an engine. It shows nowhere: `Debug` is blank, it can't be written as JSON, and what a provider answers is
//! blanked before anyone reads it.

/// Text that is nobody's business.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// For the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without this secret. One of a few letters would blank ordinary words and is no secret.
    pub fn blank(&self, text: &str) -> String {
        if self.0.len() < 4 { text.to_owned() } else { text.replace(&self.0, "…") }
    }
}

/// The longest text that is taken for a key.
const MOST_KEY_BYTES: usize = 8 << 10;

/// Why a text that somebody pasted can't be a key; a key goes into a header, on one line.
pub fn no_key(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.is_empty() {
        Some("There is no key.")
    } else if text.len() > MOST_KEY_BYTES {
        Some("This is too long for a key.")
    } else if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Some("This is no key: it has blanks in it.")
    } else {
        None
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nowhere() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.blank("wrong: hunter2!"), "wrong: …!");
    }

    #[test]
    fn what_can_be_no_key_is_said() {
        assert_eq!(no_key(" sk-abc\n"), None);
        for bad in ["", "  ", "two words", "a\nb", "a\u{7}b", &"x".repeat(9 << 10)] {
            assert!(no_key(bad).is_some(), "{bad:?}");
        }
    }
}
