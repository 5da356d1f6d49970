//! A studio that says what a test wants it to: another clock, another version, nonsense, nothing.

use std::net::{SocketAddr, TcpListener};

use serde_json::Value;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, accept};

/// What to answer.
pub enum Say {
    Text(Value),
    Close(u16),
}

/// Serves one display after the other; `answer` gets what the display says and returns what to say to it.
pub fn studio(answer: impl Fn(&Value) -> Vec<Say> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Ok(mut socket) = accept(stream) else { continue };
            while let Ok(message) = socket.read() {
                let Message::Text(text) = message else { continue };
                for say in answer(&serde_json::from_str(&text).unwrap()) {
                    let message = match say {
                        Say::Text(value) => Message::text(value.to_string()),
                        Say::Close(code) => Message::Close(Some(CloseFrame { code: code.into(), reason: "".into() })),
                    };
                    // The display may be gone.
                    let _ = socket.send(message);
                }
            }
        }
    });
    address
}
