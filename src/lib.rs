//! Onetake: a native video studio. Script, teleprompter, one continuous take, review, upload.
//!
//! The rings and what each may touch are described in `ARCHITECTURE.md` and held by `tests/architecture.rs`.

// What tests here and in `tests/` share is written for both: it names this crate as everyone else does.
#[cfg(test)]
extern crate self as onetake;

pub mod app;
pub mod blobs;
pub mod capture;
pub mod cli;
pub mod clock;
pub mod control;
pub mod core;
pub mod db;
pub mod engines;
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
