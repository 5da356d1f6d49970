//! Nouns: plain data and pure functions. Nothing here opens a file, reads a clock, starts a thread or draws; that is what
//! makes every rule of the studio testable without a device.

pub mod asset;
pub mod blocks;
pub mod camera_controls;
pub mod compose;
pub mod control;
pub mod device;
pub mod disk;
pub mod follow;
pub mod frame;
pub mod health;
pub mod journal;
pub mod latest;
pub mod levels;
pub mod library;
pub mod live;
pub mod loudness;
pub mod machine;
pub mod monitor;
pub mod offset;
pub mod peaks;
pub mod problem;
pub mod profile;
pub mod project;
pub mod prompter;
pub mod rescue;
pub mod screen;
pub mod script;
pub mod settings;
pub mod smoothness;
pub mod span;
pub mod synthetic;
pub mod take;
pub mod take_clock;
pub mod time;
pub mod upload;
