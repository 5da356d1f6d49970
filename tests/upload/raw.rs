//! HTTP/1.1 by hand over a socket: what a test of the protocol needs to be independent of our client and of any HTTP library.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer here takes anywhere near this long; it only keeps a broken server from hanging the test.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The sentence of `{"error": …}`.
    pub fn error(&self) -> String {
        let value: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        value["error"].as_str().unwrap().to_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A connection with half a request on it.
pub struct Line(TcpStream);

impl Line {
    pub fn open(address: SocketAddr) -> Line {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Line(stream)
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Waits for the server to close the connection.
    pub fn closed(mut self) {
        let mut all = Vec::new();
        self.0.read_to_end(&mut all).unwrap();
    }

    /// Reads the answer; the request must have asked to close the connection.
    pub fn reply(mut self) -> Reply {
        let mut all = Vec::new();
        self.0.read_to_end(&mut all).unwrap();
        parse(&all)
    }
}

/// `lines` are the request line and the headers; `Host`, `Connection: close` and `Content-Length` are added.
pub fn request(address: SocketAddr, lines: &[&str], body: &[u8]) -> Reply {
    let mut line = Line::open(address);
    line.send(&head(address, lines, body.len()));
    line.send(body);
    line.reply()
}

/// The head of a request with a body of `length` bytes.
pub fn head(address: SocketAddr, lines: &[&str], length: usize) -> Vec<u8> {
    let mut text = lines.join("\r\n");
    let has = |name: &str| lines.iter().any(|line| line.to_ascii_lowercase().starts_with(name));
    if !has("host:") {
        text.push_str(&format!("\r\nHost: {address}"));
    }
    if !has("transfer-encoding:") {
        text.push_str(&format!("\r\nContent-Length: {length}"));
    }
    text.push_str("\r\nConnection: close\r\n\r\n");
    text.into_bytes()
}

fn parse(all: &[u8]) -> Reply {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer with headers");
    let text = std::str::from_utf8(&all[..end]).unwrap();
    let mut lines = text.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    Reply { status, headers, body: all[end + 4..].to_vec() }
}
