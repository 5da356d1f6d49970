//! Keys as a person types them in, for the desktop's keyring: one text for each place.

use serde_json::{Value, json};

use super::{Keys, Provider, Secret};

/// What opens a place. Holds a secret, which its `Debug` does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// S3's access key; empty elsewhere.
    pub id: String,
    /// S3's secret key, Azure's account key or SAS, the JSON of Google's service account.
    pub secret: Secret,
}

impl Kept {
    pub fn new(id: &str, secret: &str) -> Kept {
        Kept { id: id.trim().to_owned(), secret: Secret::new(secret.trim()) }
    }

    /// True when nothing is missing.
    pub fn is_whole(&self, provider: Provider) -> bool {
        !self.secret.expose().is_empty() && (provider != Provider::S3 || !self.id.is_empty())
    }

    /// As the keyring keeps it.
    pub fn to_text(&self) -> Secret {
        Secret::new(json!({ "id": self.id, "secret": self.secret.expose() }).to_string())
    }

    /// `None` for what this program did not write.
    pub fn of_text(text: &Secret) -> Option<Kept> {
        let value: Value = serde_json::from_str(text.expose()).ok()?;
        Some(Kept::new(value["id"].as_str()?, value["secret"].as_str()?))
    }

    /// The keys it is for this provider.
    pub fn keys(self, provider: Provider) -> Keys {
        match provider {
            Provider::Local => Keys::None,
            Provider::S3 => Keys::S3 { id: self.id, secret: self.secret, session: None },
            Provider::Gcs => Keys::GcsJson(self.secret),
            Provider::Azure if self.secret.expose().contains("sig=") => {
                Keys::AzureSas(Secret::new(self.secret.expose().trim_start_matches('?')))
            }
            Provider::Azure => Keys::AzureKey(self.secret),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_as_they_were_kept() {
        let kept = Kept::new(" an-id ", "a \"quoted\" secret\n");
        assert_eq!(Kept::of_text(&kept.to_text()), Some(kept.clone()));
        assert!(!format!("{kept:?}").contains("quoted"));
        assert_eq!(Kept::of_text(&Secret::new("something else")), None);
        assert!(
            kept.is_whole(Provider::S3)
                && !Kept::new("", "x").is_whole(Provider::S3)
                && Kept::new("", "x").is_whole(Provider::Azure)
        );
    }

    #[test]
    fn azures_two_kinds_are_told_apart() {
        assert!(
            matches!(Kept::new("", "?sv=1&sig=x").keys(Provider::Azure), Keys::AzureSas(sas) if sas.expose() == "sv=1&sig=x")
        );
        assert!(matches!(Kept::new("", "abc==").keys(Provider::Azure), Keys::AzureKey(_)));
    }
}
