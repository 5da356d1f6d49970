//! Files that are handed to an engine's storage, and copies that are taken back: by addresses which the engine gave, and which carry
//! their own right. No key goes there, and the walls of fetching stand here too.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value;

use super::{Fetcher, walls};
use crate::core::generate::{Class, Failure};
use crate::engines::http::{Refusal, cause};
use crate::engines::reach;

/// For one file and its answer.
const LIMIT: Duration = Duration::from_secs(600);
/// What is said of a file.
const ANSWER_BYTES: usize = 64 * 1024;

impl Fetcher {
    /// A request to an address which the engine gave for this.
    pub(in crate::engines) fn outside(&self, method: Method, address: &str) -> Result<RequestBuilder, Failure> {
        let url = Url::parse(address.trim()).map_err(|_| self.odd("the place for files it gave can't be read"))?;
        walls::check(&self.home, &url).map_err(|why| self.odd(&why))?;
        Ok(self.client.request(method, url).timeout(LIMIT))
    }

    /// Sends it; any success will do.
    pub(in crate::engines) async fn handed(&self, request: RequestBuilder) -> Result<(), Failure> {
        self.taken(request).await.map(drop)
    }

    /// Sends it; what is said of it in JSON.
    pub(in crate::engines) async fn handed_for(&self, request: RequestBuilder) -> Result<Value, Failure> {
        let mut response = self.taken(request).await?;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| {
            self.fail(Class::Transport, &format!("The answer of the place for files broke off: {}.", cause(&error)))
        })? {
            if body.len() + piece.len() > ANSWER_BYTES {
                return Err(self.odd("the place for files answers without end"));
            }
            body.extend_from_slice(&piece);
        }
        serde_json::from_slice(&body).map_err(|_| self.odd("what the place for files says can't be read"))
    }

    async fn taken(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(|error| match walls::refused(&error) {
            true => self.odd("the place for files it gave lies in this network"),
            false => {
                let host = error.url().map(reach::host).unwrap_or_default();
                self.fail(Class::Transport, &format!("{host} did not take the file: {}.", cause(&error)))
            }
        })?;
        if response.status().is_success() {
            return Ok(response);
        }
        let refusal = Refusal::read(response).await;
        let class = match refusal.class() {
            // It is not the engine's key that is refused here.
            Class::Auth | Class::Payment => Class::Nonsense,
            class => class,
        };
        let words = format!("The place for files did not take it: {}", refusal.words());
        Err(Failure { wait_secs: refusal.wait_secs(), ..self.fail(class, &words) })
    }
}
