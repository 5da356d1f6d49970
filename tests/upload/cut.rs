//! A line that breaks at any byte. What was counted in the proxy shows how much was sent twice.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use onetake::remote::Event;

use crate::proxy::{Proxy, pass};
use crate::rig::{Site, sha256, upload, video};

/// The client's largest chunk, which is the most that a cut may cost by promise P8.
const CHUNK: u64 = 8 << 20;
/// Heads of requests: a handful per cut, none above a few kilobytes.
const HEADS_PER_CUT: u64 = 64 << 10;

/// Uploads `length` bytes through a line that is cut `cuts` times and checks what arrived and what it took.
fn through_cuts(seed: u64, length: usize, cuts: u64, reach: u64) {
    let site = Site::new();
    let bytes = video(length, seed);
    let proxy = Proxy::cutting(site.address, seed, cuts, reach);
    let mut job = site.job("take.mkv", &bytes);
    job.server = proxy.url();
    // Cuts inside a head let nothing through; that many in a row are bad luck that a test should not have.
    job.patience.tries = 30;
    let (result, events) = upload(job);
    let uploaded = result.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert_eq!(uploaded.sha256, sha256(&bytes));
    assert!(site.stored(&uploaded.recording.unwrap()) == bytes, "seed {seed}");
    let (passed, cut) = (proxy.passed.load(Ordering::SeqCst), proxy.cuts.load(Ordering::SeqCst));
    assert!(cut >= 1, "seed {seed}: nothing was cut");
    let most = length as u64 + cut * CHUNK.min(length as u64) + (cut + 1) * HEADS_PER_CUT;
    assert!(passed <= most, "seed {seed}: {passed} bytes for {length} with {cut} cuts");
    // In order, and never more than there is.
    let sent = events.iter().filter_map(|event| match event {
        Event::Sending(progress) => Some(progress.sent_bytes),
        _ => None,
    });
    assert!(sent.max() == Some(length as u64));
    println!("seed {seed}: {cut} cuts, {} bytes sent beyond the file's {length}", passed - length as u64);
}

#[test]
fn a_line_cut_anywhere_delivers_in_the_end() {
    for seed in 0..12 {
        through_cuts(seed, 600_001 + seed as usize * 7_919, 10, 200_000);
    }
}

#[test]
fn a_cut_costs_at_most_one_chunk() {
    for seed in 100..103 {
        through_cuts(seed, (40 << 20) + 12_345, 4, 20 << 20);
    }
}

/// Passes everything on, but turns one bit of byte `at`, counted over all connections: a client may use more than one.
fn bit_turner(server: SocketAddr, at: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let accept = move || {
        let passed = Arc::new(AtomicU64::new(0));
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(server) else { continue };
            let back = (far.try_clone().unwrap(), near.try_clone().unwrap());
            std::thread::spawn(move || pass(back.0, back.1, u64::MAX, &AtomicU64::new(0), Duration::ZERO));
            let passed = Arc::clone(&passed);
            std::thread::spawn(move || turning(near, far, &passed, at));
        }
    };
    std::thread::Builder::new().name("proxy".into()).spawn(accept).unwrap();
    address
}

fn turning(mut from: TcpStream, mut to: TcpStream, passed: &AtomicU64, at: u64) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 {
            break;
        }
        let before = passed.fetch_add(read as u64, Ordering::Relaxed);
        if (before..before + read as u64).contains(&at) {
            buffer[(at - before) as usize] ^= 1;
        }
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    // Either may be closed already.
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_bit_that_turns_on_the_way_costs_one_chunk() {
    let site = Site::new();
    let bytes = video((20 << 20) + 1, 110);
    let mut job = site.job("take.mkv", &bytes);
    // In the second chunk: the heads before it have less than the half of it.
    job.server = format!("http://{}", bit_turner(site.address, CHUNK + CHUNK / 2));
    let (result, events) = upload(job);
    assert!(site.stored(&result.unwrap().recording.unwrap()) == bytes);
    let setbacks: Vec<&Event> = events.iter().filter(|event| matches!(event, Event::Waiting { .. })).collect();
    assert!(matches!(setbacks[..], [Event::Waiting { reason, .. }] if reason.contains("checksum")), "{setbacks:?}");
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Located { .. })).count(), 1);
}
