//! What all engines' fakes share: an axum server on a loopback port that notes what it was asked, counts what it charged, checks the
//! form of every request, and breaks where the test's script says. Which answers it gives is each fake's own, in a function from
//! request to reply. What a fake finds wrong with a request (a failed `assert!` in it) fails the test when the fake is dropped.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;
use tokio::sync::oneshot;

/// A film of one second, 64×36, H.264.
pub const FILM: &[u8] = include_bytes!("media/tiny.mp4");
/// A picture of 16×9.
pub const PICTURE: &[u8] = include_bytes!("media/tiny.png");
/// A fifth of a second of 440 Hz.
pub const SOUND: &[u8] = include_bytes!("media/tiny.wav");

/// The biggest request a fake takes.
const REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    /// With the leading `/`, without the query.
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; a request that should have had some and has none is wrong.
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{} {}", self.method, self.path);
        serde_json::from_slice(&self.body).expect("a body in JSON")
    }

    /// `POST /v1/x`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// All that came, as text, for looking for what must not be there.
    pub fn all(&self) -> String {
        format!("{} {:?} {:?} {}", self.line(), self.query, self.headers, String::from_utf8_lossy(&self.body))
    }
}

/// What a fake answers.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub way: Way,
}

/// How the body flows.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    Whole,
    /// The head promises all of it, the line closes after so many bytes.
    Cut(usize),
    /// Nobody promised how long it is, and the line closes after so many bytes as if that were all.
    Short(usize),
    /// So many bytes at a time, with this pause.
    Drip(usize, Duration),
    /// So many bytes, then silence.
    Stall(usize),
}

impl Reply {
    pub fn new(status: u16, mime: &str, body: impl Into<Vec<u8>>) -> Reply {
        let headers = if mime.is_empty() { Vec::new() } else { vec![("content-type".into(), mime.into())] };
        Reply { status, headers, body: body.into(), way: Way::Whole }
    }

    pub fn json(status: u16, value: &Value) -> Reply {
        Reply::new(status, "application/json", value.to_string())
    }

    /// A status without a body.
    pub fn bare(status: u16) -> Reply {
        Reply::new(status, "", Vec::new())
    }

    pub fn film() -> Reply {
        Reply::new(200, "video/mp4", FILM)
    }

    pub fn picture() -> Reply {
        Reply::new(200, "image/png", PICTURE)
    }

    pub fn sound() -> Reply {
        Reply::new(200, "audio/wav", SOUND)
    }

    pub fn redirect(to: &str) -> Reply {
        Reply::bare(302).header("location", to)
    }

    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn way(self, way: Way) -> Reply {
        Reply { way, ..self }
    }
}

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The line closes before anything was read of it: nothing was charged.
    Reset,
    /// The request was taken, and charged; then the line closes without an answer.
    Deaf,
    /// The answer breaks off halfway.
    Cut,
    /// The answer ends halfway, as if it were whole.
    Short,
    /// The right bytes under a wrong type.
    WrongType,
    /// Something else under the right type.
    OtherBytes(Vec<u8>),
    /// The right head and no byte.
    Empty,
    /// The answer comes a little at a time.
    Drip(usize, Duration),
    /// Half of it, then silence.
    Stall,
    /// This in its place; the request was not taken.
    Instead(Reply),
    /// The request was taken; this is said of it.
    After(Reply),
    /// JSON of so many bytes that is right but for its size.
    Huge(usize),
}

/// What a fake notes.
#[derive(Debug)]
pub struct Books {
    pub address: SocketAddr,
    seen: Mutex<Vec<Seen>>,
    charges: AtomicUsize,
    wrong: Mutex<Vec<String>>,
    /// `METHOD /beginning of a path` and what goes wrong there, each once.
    script: Mutex<Vec<(String, Fault)>>,
}

impl Books {
    /// Money flows.
    pub fn charge(&self) -> usize {
        self.charges.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    fn fault(&self, seen: &Seen) -> Option<Fault> {
        let mut script = self.script.lock().unwrap();
        let at = script.iter().position(|(route, _)| seen.line().starts_with(route.as_str()))?;
        Some(script.remove(at).1)
    }
}

type Handler = dyn Fn(&Seen, &Books) -> Reply + Send + Sync;

/// A running fake; it ends with the test.
pub struct Fake {
    books: Arc<Books>,
    stop: Option<oneshot::Sender<()>>,
}

impl Fake {
    pub fn start(answer: impl Fn(&Seen, &Books) -> Reply + Send + Sync + 'static) -> Fake {
        Fake::beside(Router::new(), answer)
    }

    /// With routes of its own, such as a socket, before what `answer` is asked.
    pub fn beside(routes: Router, answer: impl Fn(&Seen, &Books) -> Reply + Send + Sync + 'static) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let books = Arc::new(Books {
            address,
            seen: Mutex::default(),
            charges: AtomicUsize::new(0),
            wrong: Mutex::default(),
            script: Mutex::default(),
        });
        let handler: Arc<Handler> = Arc::new(answer);
        let (stop, stopped) = oneshot::channel::<()>();
        let router = routes.merge(Router::new().fallback(serve).with_state((Arc::clone(&books), handler)));
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    served = async { axum::serve(listener, router).await } => served.unwrap(),
                    _ = stopped => {}
                }
            });
        };
        std::thread::Builder::new().name("fake engine".into()).spawn(run).unwrap();
        Fake { books, stop: Some(stop) }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> String {
        self.books.base()
    }

    pub fn books(&self) -> &Arc<Books> {
        &self.books
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.books.seen.lock().unwrap().clone()
    }

    /// How many requests began so: `POST /v1/x`.
    pub fn count(&self, route: &str) -> usize {
        self.books.seen.lock().unwrap().iter().filter(|seen| seen.line().starts_with(route)).count()
    }

    pub fn charges(&self) -> usize {
        self.books.charges.load(Ordering::SeqCst)
    }

    /// The next request that begins so goes wrong; faults of the same route come one after the other.
    pub fn fault(&self, route: &str, fault: Fault) {
        self.books.script.lock().unwrap().push((route.into(), fault));
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself.
            let _ = stop.send(());
        }
        if !std::thread::panicking() {
            let wrong = self.books.wrong.lock().unwrap();
            assert!(wrong.is_empty(), "the fake was asked in a wrong form:\n{}", wrong.join("\n"));
        }
    }
}

/// Nobody speaks there.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(State((books, handler)): State<(Arc<Books>, Arc<Handler>)>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let uri = head.uri;
    let body = to_bytes(body, REQUEST_BYTES).await.unwrap_or_default();
    let query = pairs(uri.query().unwrap_or_default());
    let seen = Seen { method: head.method, path: uri.path().to_owned(), query, headers: head.headers, body };
    books.seen.lock().unwrap().push(seen.clone());
    let fault = books.fault(&seen);
    match &fault {
        // The connection's own task ends, and with it the line; without the noise of a panic.
        Some(Fault::Reset) => resume_unwind(Box::new("reset")),
        Some(Fault::Instead(reply)) => return respond(reply.clone()),
        _ => {}
    }
    let reply = catch_unwind(AssertUnwindSafe(|| handler(&seen, &books))).unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().cloned();
        let why = why.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        books.wrong.lock().unwrap().push(format!("{}: {why}", seen.line()));
        Reply::new(500, "text/plain", "wrong form")
    });
    respond(fault.map_or(reply.clone(), |fault| spoil(reply, fault)))
}

fn spoil(reply: Reply, fault: Fault) -> Reply {
    let half = reply.body.len() / 2;
    match fault {
        Fault::Deaf => resume_unwind(Box::new("deaf")),
        Fault::Cut => reply.way(Way::Cut(half)),
        Fault::Short => reply.way(Way::Short(half)),
        Fault::WrongType => Reply { headers: vec![("content-type".into(), "text/html".into())], ..reply },
        Fault::OtherBytes(body) => Reply { body, ..reply },
        Fault::Empty => Reply { body: Vec::new(), ..reply },
        Fault::Drip(bytes, pause) => reply.way(Way::Drip(bytes, pause)),
        Fault::Stall => reply.way(Way::Stall(half)),
        Fault::After(other) | Fault::Instead(other) => other,
        Fault::Huge(bytes) => {
            let mut body = reply.body;
            // Blanks before the end keep it JSON.
            let last = body.pop().unwrap_or(b'}');
            body.resize(bytes, b' ');
            body.push(last);
            Reply { body, ..reply }
        }
        Fault::Reset => reply,
    }
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status).unwrap());
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let all = Bytes::from(reply.body);
    let body = match reply.way {
        Way::Whole => Body::from(all),
        Way::Cut(most) => {
            response = response.header("content-length", all.len());
            let first = all.slice(..most.min(all.len()));
            let pieces: [std::io::Result<Bytes>; 2] = [Ok(first), Err(std::io::Error::other("cut"))];
            Body::from_stream(stream::iter(pieces))
        }
        Way::Short(most) => {
            let first = all.slice(..most.min(all.len()));
            Body::from_stream(stream::iter([Ok::<_, Infallible>(first)]))
        }
        Way::Drip(bytes, pause) => Body::from_stream(stream::unfold(0, move |at| {
            let all = all.clone();
            async move {
                let end = (at + bytes.max(1)).min(all.len());
                if at == end {
                    return None;
                }
                tokio::time::sleep(pause).await;
                Some((Ok::<_, Infallible>(all.slice(at..end)), end))
            }
        })),
        Way::Stall(most) => {
            response = response.header("content-length", all.len());
            let first = all.slice(..most.min(all.len()));
            Body::from_stream(stream::unfold(Some(first), |first| async move {
                match first {
                    Some(first) => Some((Ok::<_, Infallible>(first), None)),
                    None => std::future::pending().await,
                }
            }))
        }
    };
    response.body(body).unwrap()
}

/// The pairs of a query; percent signs stay, fakes look for plain words.
fn pairs(query: &str) -> HashMap<String, String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, value)| (name.into(), value.into())).collect()
}
