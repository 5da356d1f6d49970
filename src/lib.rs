//! Onetake: a native video studio. Script, teleprompter, one continuous take, review, upload.
//!
//! The rings and what each may touch are described in `ARCHITECTURE.md` and held by `tests/architecture.rs`.

pub mod app;
pub mod blobs;
pub mod capture;
pub mod cli;
pub mod clock;
pub mod control;
pub mod core;
pub mod db;
pub mod gpu;
pub mod jobs;
pub mod keyring;
pub mod media;
pub mod prompter;
pub mod remote;
pub mod server;
pub mod studio;
pub mod ui;
pub mod voice;
