//! A slow line to a peer, over bare sockets: it carries so many bytes and no more, until it is told to carry on.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

pub struct Proxy {
    pub address: SocketAddr,
    state: Arc<Line>,
}

#[derive(Default)]
struct Line {
    /// Bytes towards the peer that may still pass.
    left: AtomicU64,
    /// Requests for a part that were seen.
    parts: AtomicUsize,
}

impl Proxy {
    /// Lets `bytes` pass.
    pub fn start(port: u16, bytes: u64) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Line { left: AtomicU64::new(bytes), ..Line::default() });
        let line = Arc::clone(&state);
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let (near_back, far_back, line) = (near.try_clone().unwrap(), far.try_clone().unwrap(), Arc::clone(&line));
                std::thread::spawn(move || carry(near, far, Some(&line)));
                std::thread::spawn(move || carry(far_back, near_back, None));
            }
        });
        Proxy { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything passes from now on.
    pub fn open(&self) {
        self.state.left.store(u64::MAX, Ordering::SeqCst);
    }

    /// How many parts were begun since this was asked last.
    pub fn parts(&self) -> usize {
        self.state.parts.swap(0, Ordering::SeqCst)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, line: Option<&Line>) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 {
            break;
        }
        if let Some(line) = line {
            let needle = b"partNumber=";
            // The head of a request comes in one piece from this client.
            if buffer[..read].starts_with(b"PUT ") && buffer[..read.min(600)].windows(needle.len()).any(|at| at == needle) {
                line.parts.fetch_add(1, Ordering::SeqCst);
            }
            while line.left.load(Ordering::SeqCst) < read as u64 {
                std::thread::sleep(Duration::from_millis(20));
            }
            line.left.fetch_sub(read as u64, Ordering::SeqCst);
        }
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}
