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
}
