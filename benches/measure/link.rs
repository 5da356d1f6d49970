//! Promise P1, the link's part: bytes a minute that cross it while the text scrolls steadily, and how soon an order from a
//! display reaches the studio, both over loopback with the real server and the real client.
//!
//! `measure link DATA SECONDS` prints one JSON object.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use onetake::blobs::layout::DataFolder;
use onetake::clock;
use onetake::core::live::{DisplayKind, LinkEvent, Motion, Order, Show};
use onetake::core::problem::Problem;
use onetake::core::prompter::course::Course;
use onetake::core::prompter::pace::{Leg, Plan};
use onetake::core::prompter::text::{Run, RunStyle, Text, TextRow};
use onetake::core::time::secs;
use onetake::db::Db;
use onetake::remote::Token;
use onetake::remote::live::Link;
use onetake::server::link::Hub;
use onetake::server::{Config, Secret, Server};
use serde_json::json;

/// Rows of the text: a script of some 10,000 words.
const ROWS: usize = 2_000;
const ORDERS: usize = 150;
/// Between two orders: below what a display may give.
const PAUSE: Duration = Duration::from_millis(36);
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(data: &Path, seconds: u64) -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let folder = DataFolder::open(data)?;
    let db = Db::open(&folder.database())?;
    let secret = Secret::generate()?;
    let (arrived, arrivals) = mpsc::channel();
    let hub = Hub::new(vec![("again".into(), "Again".into())], move |event| {
        if let LinkEvent::Order(_) = event {
            // Nobody listens while bytes are counted.
            let _ = arrived.send(clock::now());
        }
    });
    hub.publish(show());
    let config = Config { hub: Some(hub), ..Config::new(secret.clone(), db, folder) };
    let server = Server::start(config, runtime.handle())?;
    let (address, count) = counting(server.address);
    let token = Token::new(secret.expose())?;
    let link = Link::open(runtime.handle(), &format!("http://{address}"), token, "Bench".into(), DisplayKind::Window, || {});
    while link.received().show.text.rows.len() != ROWS {
        std::thread::sleep(Duration::from_millis(5));
    }
    let text_bytes = count.load(Ordering::SeqCst);
    // The quick questions for the clock at the beginning are over.
    std::thread::sleep(Duration::from_secs(1));
    let (before, start) = (count.load(Ordering::SeqCst), clock::now());
    std::thread::sleep(Duration::from_secs(seconds));
    let steady = (count.load(Ordering::SeqCst) - before) as f64 / secs(clock::now().since(start)) * 60.0;

    let mut micros: Vec<u64> = Vec::new();
    for _ in 0..ORDERS {
        let sent = clock::now();
        link.order(Order::Command { name: "again".into() });
        let Ok(at) = arrivals.recv_timeout(PATIENCE) else { break };
        micros.push(at.since(sent) / 1_000);
        std::thread::sleep(PAUSE);
    }
    micros.sort_unstable();
    let at = |part: f64| micros.get((part * micros.len() as f64) as usize).copied();
    let offset_us = link.received().offset.map(|offset| offset.millis() * 1_000.0);
    println!(
        "{}",
        json!({
            "text_bytes": text_bytes, "bytes_a_minute": steady, "seconds": seconds, "orders": micros.len(),
            "order_p50_us": at(0.5), "order_p99_us": at(0.99), "offset_us": offset_us,
        })
    );
    drop(link);
    runtime.block_on(server.stop());
    Ok(())
}

/// A text that scrolls for hours.
fn show() -> Show {
    let row = |at: usize| TextRow {
        top: at as f64 * 1.4,
        height: 1.4,
        runs: vec![Run { text: "five words on each row".into(), style: RunStyle::Spoken, line: at }],
        line: at,
        ..TextRow::default()
    };
    let height = ROWS as f64 * 1.4;
    let text = Text { rows: (0..ROWS).map(row).collect(), height, column_ems: 20.0, rtl: false, revision: 1 };
    let plan = Plan { legs: vec![Leg { scene: 0, from: 0.7, to: height, secs: 4_000.0 }] };
    let now = clock::now();
    let course = Course::resting(now, 0.7).start(&plan, now);
    Show { text: Arc::new(text), motion: Arc::new(Motion { course, plan, revision: 1 }), ..Show::default() }
}

/// Passes bytes both ways and counts them.
fn counting(server: SocketAddr) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(server) else { continue };
            let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) else { continue };
            for (from, to) in [(near_too, far_too), (far, near)] {
                let count = Arc::clone(&counted);
                std::thread::spawn(move || pass(from, to, &count));
            }
        }
    });
    (address, count)
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    // Answers are small: waiting to fill a packet would be what is measured.
    let _ = to.set_nodelay(true);
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
