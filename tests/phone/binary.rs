//! The real program in its window, shared on the network as its settings say, with a phone that was paired on an earlier day.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};

use onetake::clock;
use onetake::db::{Db, PairedDevice};
use sha2::{Digest, Sha256};

use crate::browser::Browser;
use crate::guard::Guard;
use crate::rig::until;
use crate::xvfb;

#[test]
fn a_phone_that_was_paired_steers_the_studio_and_follows_it() {
    let data = tempfile::tempdir().unwrap();
    let port = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap().local_addr().unwrap().port();
    let token = "a-token-that-the-browser-has-kept-since-then";
    let hash: String = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
    let db = Db::open(&data.path().join("library.db")).unwrap();
    let now = clock::wall();
    let device = PairedDevice { id: "phone".into(), name: "Phone".into(), created_at: now.clone(), last_seen_at: now };
    db.add_paired_device(&device, &hash).unwrap();
    db.save_settings(&format!(r#"{{"lan":true,"lan_port":{port}}}"#)).unwrap();

    let (_screen, display) = xvfb::start(1400, 900);
    let studio = Command::new(env!("CARGO_BIN_EXE_onetake"))
        .env("ONETAKE_DATA", data.path())
        .env("DISPLAY", &display)
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _studio = Guard(studio);
    until("the studio listens", || std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());

    let browser = Browser::start();
    let url = format!("http://127.0.0.1:{port}");
    browser.go(&format!("{url}/pair"));
    browser.set_cookie("onetake", token);
    browser.go(&format!("{url}/prompter"));
    browser.until("the demo's words are there", "document.body.textContent.includes('quiet room')");
    let running = "(await import('/web/prompter.js')).link.motion?.course.running";
    browser.until("it rests", &format!("{running} === false"));

    // A second page of the same phone gives the order.
    browser.run(
        "const socket = new WebSocket(`ws://${location.host}/api/v1/live`);
         await new Promise((done) => (socket.onopen = done));
         socket.send(JSON.stringify({ type: 'hello', version: 1, name: 'Phone', kind: 'remote' }));
         socket.send(JSON.stringify({ type: 'order', order: { do: 'command', name: 'toggle-prompter' } }));
         window.other = socket;",
    );
    browser.until("it runs", running);
    let place = "(await import('/web/prompter.js')).sheet.base - new DOMMatrix(getComputedStyle(lines).transform).m42";
    let before = browser.value(place).as_f64().unwrap();
    until("the words move", || browser.value(place).as_f64().unwrap() > before + 4.0);

    // The remote's own page.
    browser.go(&format!("{url}/remote"));
    browser.until("the link is up", "!document.getElementById('pad').disabled");
    browser.until("it shows that it runs", "document.getElementById('play').getAttribute('aria-label') === 'Pause'");
    browser.click("#play");
    browser.until("it shows that it rests", "document.getElementById('play').getAttribute('aria-label') === 'Play'");
    // Shut out from outside the program's own window: the row is what counts.
    db.revoke_paired_device("phone").unwrap();
    browser.go(&format!("{url}/prompter"));
    browser.until("it is locked out", "location.pathname === '/pair'");
}
