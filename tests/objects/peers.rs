//! The peers: started once for all tests of this binary, each on a port of its own, and ended with it.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::rig::runtime;

/// Azure's emulator has this account and key everywhere.
pub const AZURE_ACCOUNT: &str = "devstoreaccount1";
pub const AZURE_KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Starting is a matter of a second; a loaded machine takes its time.
const LIMIT: Duration = Duration::from_secs(120);

/// A peer that runs. It ends when this is dropped.
pub struct Peer {
    child: Child,
    pub port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A name that no other test has.
pub fn fresh(what: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("{what}-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where `scripts/setup test` puts it, else wherever the system has it.
fn program(installed: &str, name: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers").join(installed);
    if own.exists() {
        return Some(own);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.exists())
}

fn start(what: &str, command: impl Fn(u16, &Path) -> Command) -> Peer {
    let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
    let mut command = command(port, folder.path());
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut peer = Peer { child: child.unwrap_or_else(|error| panic!("{what}: {error}")), port, _folder: folder };
    let begin = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begin.elapsed() < LIMIT, "{what} does not answer");
        assert!(peer.child.try_wait().unwrap().is_none(), "{what} ended at once");
        std::thread::sleep(Duration::from_millis(50));
    }
    peer
}

pub fn moto() -> Peer {
    let program = program("moto/bin/moto_server", "moto_server").expect("moto is needed: run scripts/setup test");
    start("moto", |port, _| {
        let mut command = Command::new(&program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command
    })
}

pub fn azurite() -> Peer {
    let program = program("node_modules/.bin/azurite-blob", "azurite-blob").expect("Azurite is needed: run scripts/setup test");
    start("Azurite", |port, folder| {
        let mut command = Command::new(&program);
        command.args(["--inMemoryPersistence", "--loose", "--skipApiVersionCheck", "--silent", "--disableTelemetry"]);
        command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]).current_dir(folder);
        command
    })
}

/// The peer that verifies signatures, where somebody installed it.
pub fn s3s(id: &str, secret: &str, bucket: &str) -> Option<Peer> {
    let cargo = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo/bin/s3s-fs"));
    let program = program("s3s-fs", "s3s-fs").or_else(|| cargo.filter(|path| path.exists()))?;
    Some(start("s3s-fs", |port, folder| {
        std::fs::create_dir(folder.join(bucket)).unwrap();
        let mut command = Command::new(&program);
        command.args(["--access-key", id, "--secret-key", secret, "--host", "127.0.0.1", "--port", &port.to_string()]);
        command.arg(folder);
        command
    }))
}

/// Makes a bucket at moto that everybody may use, as Google's emulated clients do, who sign nothing.
pub fn make_bucket(url: &str, name: &str) {
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::{name}","arn:aws:s3:::{name}/*"]}}]}}"#
    );
    runtime().block_on(async {
        let client = reqwest::Client::new();
        let made = client.put(format!("{url}/{name}")).send().await.unwrap();
        assert!(made.status().is_success(), "{}", made.status());
        let opened = client.put(format!("{url}/{name}?policy")).body(policy).send().await.unwrap();
        assert!(opened.status().is_success(), "{}", opened.status());
    });
}

/// Makes a container at Azurite. Source of the signature: Microsoft Learn, “Authorize with Shared Key”.
pub fn make_container(url: &str, name: &str) {
    let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = format!("x-ms-date:{date}\nx-ms-version:2021-08-06\n");
    let resource = format!("/{AZURE_ACCOUNT}/{AZURE_ACCOUNT}/{name}\nrestype:container");
    let text = format!("PUT\n{}{headers}{resource}", "\n".repeat(11));
    let signature = STANDARD.encode(hmac(&STANDARD.decode(AZURE_KEY).unwrap(), text.as_bytes()));
    runtime().block_on(async {
        let made = reqwest::Client::new()
            .put(format!("{url}/{AZURE_ACCOUNT}/{name}?restype=container"))
            .header("x-ms-date", &date)
            .header("x-ms-version", "2021-08-06")
            .header("Authorization", format!("SharedKey {AZURE_ACCOUNT}:{signature}"))
            .header("Content-Length", "0")
            .send()
            .await
            .unwrap();
        assert!(made.status().is_success(), "{} {}", made.status(), made.text().await.unwrap());
    });
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    let short = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    block[..short.len()].copy_from_slice(&short);
    let pad = |value: u8| block.map(|byte| byte ^ value);
    let inner = Sha256::digest([&pad(0x36)[..], message].concat());
    Sha256::digest([&pad(0x5c)[..], &inner[..]].concat()).into()
}

/// A service account of nobody, with a key of its own, so that links can be signed.
pub fn service_account(folder: &Path) -> PathBuf {
    let made = Command::new("openssl").args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]).output();
    let made = made.expect("openssl is needed: run scripts/setup test");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let account = serde_json::json!({
        "type": "service_account",
        "client_email": "studio@films.iam.example",
        "private_key_id": "1",
        "private_key": String::from_utf8(made.stdout).unwrap(),
        "token_uri": "http://127.0.0.1:1/never-asked",
    });
    let file = folder.join("account.json");
    std::fs::write(&file, account.to_string()).unwrap();
    file
}
