//! Storage elsewhere, against real peers on loopback: moto (S3, and Google's XML dialect of it), Azurite (Azure), a folder, s3s-fs where it
//! is installed (it verifies signatures, which moto does not), and a bucket of our own that fails as it is told. `scripts/setup test`
//! installs the first two.

mod binary;
mod bucket;
mod faulty;
mod keyring;
mod matrix;
mod peers;
mod proxy;
mod resume;
mod rig;
#[path = "../rig/secrets.rs"]
mod secrets;
mod wrong;
