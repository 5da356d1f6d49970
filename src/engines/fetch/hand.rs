//! Files that are handed to an engine's storage, and copies that are taken back: by addresses which the engine gave, and which carry
//! their own right. No key goes there, and the walls of fetching stand here too.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Url};

use super::{Fetcher, walls};
use crate::core::generate::{Class, Failure};
use crate::engines::http::{Refusal, cause};
use crate::engines::reach;

/// For one file and its answer.
const LIMIT: Duration = Duration::from_secs(600);

impl Fetcher {
    /// A request to an address which the engine gave for this.
    pub(in crate::engines) fn outside(&self, method: Method, address: &str) -> Result<RequestBuilder, Failure> {
        let url = Url::parse(address.trim()).map_err(|_| self.odd("the place for files it gave can't be read"))?;
        walls::check(&self.home, &url).map_err(|why| self.odd(&why))?;
        Ok(self.client.request(method, url).timeout(LIMIT))
    }

    /// Sends it; any success will do.
    pub(in crate::engines) async fn handed(&self, request: RequestBuilder) -> Result<(), Failure> {
        let response = request.send().await.map_err(|error| match walls::refused(&error) {
            true => self.odd("the place for files it gave lies in this network"),
            false => {
                let host = error.url().map(reach::host).unwrap_or_default();
                self.fail(Class::Transport, &format!("{host} did not take the file: {}.", cause(&error)))
            }
        })?;
        if response.status().is_success() {
            return Ok(());
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
