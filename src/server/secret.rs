//! The server's token: whoever has it may do everything here. It is compared in constant time, and it shows only where the
//! caller asks for it by name, to hand it to a person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::error::Error;

/// Shorter ones can be guessed.
const LEAST: usize = 16;

/// A bearer token. `Debug` is blank; there is no `Display`.
#[derive(Clone)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one: 32 random bytes in base64url, 43 characters; never with a dash in front, which a command line behind
    /// `--token` would take for an option.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn generate() -> Result<Secret, Error> {
        loop {
            let mut bytes = [0u8; 32];
            getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
            let token = URL_SAFE_NO_PAD.encode(bytes);
            if !token.starts_with('-') {
                return Ok(Secret(token));
            }
        }
    }

    /// One that a person chose or that was kept: 16 to 4096 visible ASCII characters, blanks around it aside.
    pub fn new(text: &str) -> Result<Secret, Error> {
        let text = text.trim();
        let fits = (LEAST..=4096).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Secret(text.to_owned())) } else { Err(Error::Token) }
    }

    /// The token itself, for showing it once to the person who runs the server.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it: the SHA-256, lower-case hex.
    pub fn hash(&self) -> String {
        token_hash(&self.0)
    }

    /// Compares digests, so that the time tells nothing about how much was right, nor about the length.
    pub(super) fn matches(&self, offered: &str) -> bool {
        let (own, theirs) = (digest(&self.0), digest(offered));
        let difference = own.iter().zip(theirs.iter()).fold(0u8, |all, (a, b)| all | (a ^ b));
        std::hint::black_box(difference) == 0
    }
}

/// SHA-256 of a secret: what is compared, and what is kept of other secrets.
pub(super) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The hash by which a token is known, lower-case hex.
pub(super) fn token_hash(token: &str) -> String {
    crate::blobs::files::hex(&digest(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_match_themselves_and_show_nothing() {
        let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_eq!(one.expose().len(), 43);
        assert!(one.matches(one.expose()) && !one.matches(other.expose()) && !one.matches(""));
        assert_eq!(format!("{one:?}"), "Secret(…)");
    }

    #[test]
    fn weak_or_unsendable_secrets_are_refused() {
        for bad in ["", "short", "a secret with blanks in it", "zeilenumbruch\nzeilenumbruch"] {
            assert!(matches!(Secret::new(bad), Err(Error::Token)), "{bad:?}");
        }
    }
}
