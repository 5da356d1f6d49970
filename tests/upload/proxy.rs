//! A line between client and server that can break at any byte, or be slow: what happens in the middle of a transfer can
//! only be tested where there is a middle.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::rig::Random;

pub struct Proxy {
    pub address: SocketAddr,
    /// Bytes passed towards the server.
    pub passed: Arc<AtomicU64>,
    pub cuts: Arc<AtomicU64>,
}

impl Proxy {
    /// Cuts the first `cuts` connections that carry more than a few requests, each after a random number of bytes below `reach`.
    pub fn cutting(server: SocketAddr, seed: u64, cuts: u64, reach: u64) -> Proxy {
        Proxy::start(server, seed, cuts, reach, Duration::ZERO)
    }

    /// Passes at most some 40 MB a second towards the server.
    pub fn slow(server: SocketAddr) -> Proxy {
        Proxy::start(server, 0, 0, 1, Duration::from_micros(1_600))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn start(server: SocketAddr, seed: u64, cuts: u64, reach: u64, pause: Duration) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = Proxy { address, passed: Arc::default(), cuts: Arc::default() };
        let (passed, done) = (Arc::clone(&proxy.passed), Arc::clone(&proxy.cuts));
        let mut random = Random(seed);
        let accept = move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(server) else { continue };
                let budget = if done.load(Ordering::SeqCst) < cuts { random.below(reach) } else { u64::MAX };
                let (passed, done) = (Arc::clone(&passed), Arc::clone(&done));
                let back = (far.try_clone().unwrap(), near.try_clone().unwrap());
                std::thread::spawn(move || pass(back.0, back.1, u64::MAX, &AtomicU64::new(0), Duration::ZERO));
                std::thread::spawn(move || {
                    if pass(near, far, budget, &passed, pause) {
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        };
        std::thread::Builder::new().name("proxy".into()).spawn(accept).unwrap();
        proxy
    }
}

/// Copies until an end closes or the budget is spent, then closes both; true when it was the budget.
pub fn pass(mut from: TcpStream, mut to: TcpStream, mut budget: u64, passed: &AtomicU64, pause: Duration) -> bool {
    let mut buffer = vec![0; 64 << 10];
    while budget > 0 {
        let want = buffer.len().min(usize::try_from(budget).unwrap_or(usize::MAX));
        let Ok(read) = from.read(&mut buffer[..want]) else { break };
        if read == 0 || to.write_all(&buffer[..read]).is_err() {
            break;
        }
        passed.fetch_add(read as u64, Ordering::SeqCst);
        budget -= read as u64;
        std::thread::sleep(pause);
    }
    // Either may be closed already.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
    budget == 0
}
