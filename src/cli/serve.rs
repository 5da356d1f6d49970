//! `onetake serve`: a studio server in the foreground, until it is told to end.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Common, Token, print_json, print_line};
use crate::core::problem::Problem;
use crate::jobs::house::House;
use crate::jobs::server;
use crate::jobs::signals::Asked;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Token that clients must bring; without it a fresh one is made.
    #[arg(long, env = "ONETAKE_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    pub token: Option<Token>,
}

/// How often the signals' flag is looked at.
const LOOK: Duration = Duration::from_millis(50);

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    let serving = server::serve(house, arguments.listen, arguments.token.as_ref().map(|token| token.0.as_str()))?;
    if common.json {
        print_json(&serde_json::json!({ "listening": serving.url, "token": serving.secret() }));
    } else {
        print_line(format_args!("Listening on {}", serving.url));
        print_line(format_args!("Token: {}", serving.secret()));
    }
    while !asked.to_end() {
        std::thread::sleep(LOOK);
    }
    serving.stop(house);
    Ok(0)
}
