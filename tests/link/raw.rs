//! A stranger at the link's end: another WebSocket client, and one that speaks byte by byte. Neither shares our display's code.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use onetake::core::live::ROAD;
use serde_json::Value;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, client};

use crate::rig::{PATIENCE, Studio};

pub const HELLO: &str = r#"{"type":"hello","version":1,"name":"Stranger","kind":"page"}"#;

/// A WebSocket without any manners of ours.
pub struct Stranger(pub WebSocket<TcpStream>);

impl Stranger {
    pub fn connect(studio: &Studio) -> Stranger {
        Stranger::knock(studio, studio.secret.expose()).unwrap_or_else(|error| panic!("not let in: {error}"))
    }

    /// Connects and says hello; the welcome is taken.
    pub fn welcomed(studio: &Studio) -> Stranger {
        let mut stranger = Stranger::connect(studio);
        stranger.say(HELLO);
        assert_eq!(stranger.hear()["type"], "welcome");
        stranger
    }

    /// The answer may be no WebSocket: then its status.
    pub fn knock(studio: &Studio, token: &str) -> Result<Stranger, u16> {
        let mut request = format!("ws://{}{ROAD}", studio.address).into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let stream = stream(studio.address);
        match client(request, stream) {
            Ok((socket, _)) => Ok(Stranger(socket)),
            Err(tokio_tungstenite::tungstenite::HandshakeError::Failure(Error::Http(answer))) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).unwrap();
    }

    /// The next text message.
    pub fn hear(&mut self) -> Value {
        loop {
            match self.0.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next text message of this type; others are passed over.
    pub fn hear_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear();
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Reads to the end; the server's close code.
    pub fn closed(mut self) -> u16 {
        loop {
            match self.0.read() {
                Ok(Message::Close(Some(frame))) => return frame.code.into(),
                Ok(_) => {}
                Err(error) => panic!("no close frame: {error}"),
            }
        }
    }
}

fn stream(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Frames by hand (RFC 6455, section 5.2).
pub struct Bytes(pub TcpStream);

impl Bytes {
    /// With the handshake done.
    pub fn connect(studio: &Studio) -> Bytes {
        let mut bytes = Bytes(stream(studio.address));
        let head = format!(
            "GET {ROAD} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            studio.address,
            studio.secret.expose()
        );
        bytes.0.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"\r\n\r\n") {
            bytes.0.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
        bytes
    }

    /// A frame with the mask 0, which changes nothing.
    pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![first];
        match payload.len() {
            short @ 0..=125 => frame.push(0x80 | short as u8),
            long => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&u16::try_from(long).unwrap().to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        frame
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Reads frames until the server closes; the code of its close frame, if there was one.
    pub fn closed(&mut self) -> Option<u16> {
        let mut code = None;
        loop {
            let mut head = [0; 2];
            if self.0.read_exact(&mut head).is_err() {
                return code;
            }
            let length = match head[1] & 0x7f {
                126 => {
                    let mut long = [0; 2];
                    self.0.read_exact(&mut long).unwrap();
                    u64::from(u16::from_be_bytes(long))
                }
                127 => {
                    let mut long = [0; 8];
                    self.0.read_exact(&mut long).unwrap();
                    u64::from_be_bytes(long)
                }
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            if self.0.read_exact(&mut payload).is_err() {
                return code;
            }
            if head[0] & 0x0f == 8 {
                code = Some(u16::from_be_bytes([payload[0], payload[1]]));
            }
        }
    }
}
