//! A line between a studio and its server that can be closed, opened, or cut after so many bytes, like the ones people have.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub struct Line {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    server: Mutex<SocketAddr>,
    open: AtomicBool,
    /// Bytes that still pass towards the server and back before everything is cut once.
    forth: AtomicU64,
    back: AtomicU64,
    streams: Mutex<Vec<TcpStream>>,
}

impl Line {
    pub fn to(server: SocketAddr) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            server: Mutex::new(server),
            open: AtomicBool::new(true),
            forth: AtomicU64::new(u64::MAX),
            back: AtomicU64::new(u64::MAX),
            streams: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        std::thread::Builder::new().name("line".into()).spawn(move || accept(&listener, &shared)).unwrap();
        Line { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the line and all that goes over it, or opens it again.
    pub fn open(&self, open: bool) {
        self.state.open.store(open, Ordering::SeqCst);
        if !open {
            self.state.cut();
        }
    }

    /// Lets so many bytes pass towards the server, then cuts; afterwards the line is whole again.
    pub fn cut_after(&self, bytes: u64) {
        self.state.forth.store(bytes, Ordering::SeqCst);
    }

    /// Lets so many bytes of answers pass, then cuts: the server did it, and nobody hears.
    pub fn deafen_after(&self, bytes: u64) {
        self.state.back.store(bytes, Ordering::SeqCst);
    }
}

impl State {
    fn cut(&self) {
        for stream in self.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for near in listener.incoming().flatten() {
        if !state.open.load(Ordering::SeqCst) {
            continue;
        }
        let Ok(far) = TcpStream::connect(*state.server.lock().unwrap()) else { continue };
        state.streams.lock().unwrap().extend([near.try_clone().unwrap(), far.try_clone().unwrap()]);
        let (back, forth) = (Arc::clone(state), Arc::clone(state));
        let (far_in, near_out) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        std::thread::spawn(move || pass(far_in, near_out, &back, |state| &state.back));
        std::thread::spawn(move || pass(near, far, &forth, |state| &state.forth));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, state: &State, budget: fn(&State) -> &AtomicU64) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(read) = from.read(&mut buffer) {
        let left = budget(state).load(Ordering::SeqCst);
        let passes = left.min(read as u64);
        if read == 0 || to.write_all(&buffer[..passes as usize]).is_err() {
            break;
        }
        if left != u64::MAX {
            budget(state).store(left - passes, Ordering::SeqCst);
        }
        if passes < read as u64 {
            budget(state).store(u64::MAX, Ordering::SeqCst);
            state.cut();
            break;
        }
    }
    // Either may be closed already.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
