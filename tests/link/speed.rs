//! Figures, printed and not promised: bytes on a steady line, and how soon an order arrives.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use onetake::clock;
use onetake::core::live::{DisplayKind, LinkEvent, Order};
use onetake::remote::Token;
use onetake::remote::live::Link;
use onetake::server::link::Hub;
use onetake::server::{Config, Server};

use crate::rig::{Studio, show, until};

/// Passes bytes both ways and counts them.
fn counting(server: SocketAddr) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(server).unwrap();
            for (from, to) in [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far, near)] {
                let count = Arc::clone(&counted);
                std::thread::spawn(move || pass(from, to, &count));
            }
        }
    });
    (address, count)
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        count.fetch_add(read as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    // It may be closed already.
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn scrolling_steadily_costs_next_to_nothing_on_the_line() {
    // ONETAKE_LINK_SECS=60 measures a whole minute.
    let secs: u64 = std::env::var("ONETAKE_LINK_SECS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let studio = Studio::new();
    studio.hub.publish(show(1, 2_000, clock::now()));
    let (address, count) = counting(studio.address);
    let display = studio.display_at(&format!("http://{address}"), studio.secret.expose(), "HDMI-1");
    until("the text is there", || display.received().show.text.revision == 1);
    let first = count.load(Ordering::SeqCst);
    // The quick questions of the beginning are over.
    std::thread::sleep(Duration::from_secs(1));
    let (before, start) = (count.load(Ordering::SeqCst), Instant::now());
    let from = display.received().show.motion.course.position(clock::now());
    std::thread::sleep(Duration::from_secs(secs));
    let bytes = count.load(Ordering::SeqCst) - before;
    let per_minute = bytes as f64 / start.elapsed().as_secs_f64() * 60.0;
    assert!(display.received().show.motion.course.position(clock::now()) > from, "it scrolls");
    println!("{first} bytes for the script, then {per_minute:.0} bytes a minute ({bytes} in {secs} s)");
    // A message for every frame would be hundreds of times that.
    assert!(per_minute < 20_000.0, "{per_minute}");
}

#[test]
fn an_order_arrives_soon() {
    let studio = Studio::new();
    let (arrived, arrivals) = mpsc::channel();
    let told = move |event: LinkEvent| {
        if let LinkEvent::Order(_) = event {
            // Nobody waits any more when the test is over.
            let _ = arrived.send(clock::now());
        }
    };
    let hub = Hub::new(vec![("again".into(), "Again".into())], told);
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { hub: Some(hub), listen, ..studio.config() };
    let server = Server::start(config, studio.far.handle()).unwrap();
    let token = Token::new(studio.secret.expose()).unwrap();
    let display = Link::open(studio.far.handle(), &server.url(), token, "Remote".into(), DisplayKind::Remote, || {});
    until("it is welcomed", || display.received().connected);
    let mut micros = Vec::new();
    for _ in 0..150 {
        let sent = clock::now();
        assert!(display.order(Order::Command { name: "again".into() }));
        let at = arrivals.recv_timeout(crate::rig::PATIENCE).unwrap();
        micros.push(at.since(sent) / 1_000);
        // Below the limit of thirty a second.
        std::thread::sleep(Duration::from_millis(36));
    }
    micros.sort_unstable();
    println!("order to studio over loopback: p50 {} µs, p99 {} µs", micros[75], micros[148]);
    studio.far.block_on(server.stop());
}
