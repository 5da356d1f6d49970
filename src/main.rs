//! Reads the command line, sets up the log, and hands over to the window or a command.

use std::process::ExitCode;

use clap::Parser;
use onetake::{app, cli};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    // Quiet libraries: what they complain about reaches people as our own sentences. ONETAKE_LOG opens it up.
    let filter = EnvFilter::try_from_env("ONETAKE_LOG").unwrap_or_else(|_| EnvFilter::new("error,onetake=warn"));
    // Its addresses may carry a signature, which no log may hold.
    let filter = match "object_store=off".parse() {
        Ok(silence) => filter.add_directive(silence),
        Err(_) => filter,
    };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    cli::run(arguments, app::open)
}
