//! A server of the test's own over bare sockets: it answers what it is told to, true or not, and notes what it was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// All of the head, as text.
    pub head: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn number(&self, name: &str) -> Option<u64> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':')?.1.trim().parse().ok()
    }
}

pub struct Fake {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// Serves until the test's process ends; `answer` gives whole responses.
    pub fn start(answer: impl Fn(&Asked) -> String + Send + 'static) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&asked);
        let serve = move || {
            for stream in listener.incoming().flatten() {
                let mut stream = stream;
                let Some(request) = read(&mut stream) else { continue };
                notes.lock().unwrap().push(request.clone());
                // The client may have gone; that is for it to say.
                let _ = stream.write_all(answer(&request).as_bytes());
            }
        };
        std::thread::Builder::new().name("fake server".into()).spawn(serve).unwrap();
        Fake { address, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// A response with these header lines and body.
pub fn response(status: &str, headers: &[&str], body: &str) -> String {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{lines}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// What an honest tus server answers to `OPTIONS`.
pub fn able(extra: &[&str]) -> String {
    let base = ["Tus-Resumable: 1.0.0", "Tus-Version: 1.0.0,0.2.2", "Tus-Extension: creation,termination"];
    response("204 No Content", &[&base, extra].concat(), "")
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let method = head.split(' ').next()?.to_owned();
    let mut asked = Asked { method, head, body: Vec::new() };
    let length = asked.number("content-length").unwrap_or(0);
    stream.take(length).read_to_end(&mut asked.body).ok()?;
    Some(asked)
}
