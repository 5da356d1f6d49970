//! The `{id}` of an address. Ids are UUIDs of our own making; anything else names nothing, and one id has one spelling, because
//! claims on uploads go by it.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use uuid::Uuid;

use super::refusal::Refusal;

/// A UUID as we write it: lower-case, with dashes.
#[derive(Clone, Debug)]
pub(super) struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id, Refusal> {
        let path: Result<Path<String>, _> = Path::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(text)| Uuid::parse_str(&text).ok());
        id.map(|id| Id(id.to_string())).ok_or_else(|| Refusal::unknown("recording or upload"))
    }
}
