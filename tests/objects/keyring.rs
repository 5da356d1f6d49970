//! Keys in the desktop's keyring: the real program keeps, uses and forgets keys there, and asks for them to be unlocked.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::peers::{Peer, fresh, make_bucket, moto};
use crate::secrets::Keeper;

const SECRET: &str = "a-secret-that-shows-nowhere";

/// A desktop that keeps secrets, and a bucket.
struct Desktop {
    keeper: Keeper,
    folder: TempDir,
    peer: Peer,
    bucket: String,
}

impl Desktop {
    fn start() -> Desktop {
        let (peer, bucket, folder) = (moto(), fresh("films"), tempfile::tempdir().unwrap());
        make_bucket(&peer.url(), &bucket);
        Desktop { keeper: Keeper::start(), folder, peer, bucket }
    }

    fn run(&self, arguments: &[&str], input: &str, code: i32) -> Json {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(self.folder.path().join("data")).arg("--json");
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.keeper.bus)
            .env("VIDEO_STORAGE_PROVIDER", "s3")
            .env("ONETAKE_LOG", "debug");
        command.env("AWS_S3_BUCKET", &self.bucket).env("AWS_ENDPOINT_URL", self.peer.url());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
        assert!(!out.contains(SECRET) && !err.contains(SECRET), "a secret shows: {out}\n{err}");
        serde_json::from_str(out.lines().last().unwrap()).unwrap()
    }
}

#[test]
fn keys_are_kept_used_and_forgotten() {
    let desktop = Desktop::start();
    let missing = desktop.run(&["storage", "test"], "", 2);
    assert!(missing["error"].as_str().unwrap().contains("no keys for S3"), "{missing}");
    let half = desktop.run(&["storage", "login"], SECRET, 2);
    assert!(half["error"].as_str().unwrap().contains("not whole"), "{half}");
    for secret in ["an-earlier-one", SECRET] {
        desktop.run(&["storage", "login", "--id", "an-id"], &format!("{secret}\n"), 0);
    }
    {
        let vault = desktop.keeper.vault.lock().unwrap();
        assert_eq!(vault.items.len(), 1, "the later one took its place");
        assert!(vault.items[0].2.starts_with("Onetake: bucket") && !vault.items[0].2.contains(SECRET));
        assert!(String::from_utf8_lossy(&vault.items[0].3.2).contains(SECRET));
    }
    assert_eq!(desktop.run(&["storage", "show"], "", 0)["keys_from"], "the keyring");
    assert_eq!(desktop.run(&["storage", "test"], "", 0)["ok"], true);
    let everything = std::fs::read(desktop.folder.path().join("data/library.db")).unwrap();
    assert!(!everything.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()), "the library holds it");
    desktop.run(&["storage", "logout"], "", 0);
    assert!(desktop.keeper.vault.lock().unwrap().items.is_empty());
    desktop.run(&["storage", "logout"], "", 0);
    desktop.run(&["storage", "show"], "", 2);
}

#[test]
fn a_locked_keyring_asks_the_person() {
    let desktop = Desktop::start();
    desktop.run(&["storage", "login", "--id", "an-id"], SECRET, 0);
    desktop.keeper.set(|vault| (vault.locked, vault.refuses) = (true, true));
    let refused = desktop.run(&["storage", "show"], "", 3);
    assert!(refused["error"].as_str().unwrap().contains("stayed locked"), "{refused}");
    desktop.keeper.set(|vault| vault.refuses = false);
    assert_eq!(desktop.run(&["storage", "show"], "", 0)["keys_from"], "the keyring");
    assert_eq!(desktop.keeper.vault.lock().unwrap().asked, 2);
}
