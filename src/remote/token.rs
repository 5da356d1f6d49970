//! The key to a studio server. It leaves the process in one header only: its `Debug` is blank, errors and logs are built
//! without it, and an answer that repeats it is blanked before anyone reads it.

use reqwest::header::HeaderValue;

use super::error::Error;

/// A bearer token as the server gave it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// Takes the text, less the blanks around it; refuses what no header may carry. The refused text is not repeated.
    pub fn new(text: &str) -> Result<Token, Error> {
        let text = text.trim();
        let fits = !text.is_empty() && text.len() <= 4096 && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Token(text.to_owned())) } else { Err(Error::Token) }
    }

    /// For the keyring, which is to keep it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The `Authorization` value, marked so that HTTP layers do not print it.
    pub(super) fn header(&self) -> Result<HeaderValue, Error> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).map_err(|_| Error::Token)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Text from the other side that is fit for people: one line, at most 240 characters, without the token.
    pub(super) fn blank(&self, text: &str) -> String {
        let text = text.replace(&self.0, "…");
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(240).collect();
        line.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_nowhere() {
        let token = Token::new(" abc123 \n").unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(token.blank("bad key\nabc123, try again"), "bad key …, try again");
        assert!(!format!("{:?}", token.header().unwrap()).contains("abc123"));
    }

    #[test]
    fn what_no_header_carries_is_refused_without_repeating_it() {
        for bad in ["", "two words", "line\nbreak", "schlüssel"] {
            let error = Token::new(bad).unwrap_err();
            assert!(bad.is_empty() || !format!("{error} {error:?}").contains(bad));
        }
    }
}
