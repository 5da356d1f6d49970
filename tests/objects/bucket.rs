//! A bucket of the tests' own: the few requests of S3 that uploads need, in memory, with faults put where a test wants them. It checks
//! nothing but the names.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use onetake::core::storage::Access;
use tokio::runtime::Runtime;

use crate::rig::{access, runtime};

/// What is done instead of what was asked.
#[derive(Clone, Debug)]
pub enum Fault {
    Status(u16, &'static str, &'static [(&'static str, &'static str)]),
    /// Promises more than it sends.
    Half,
    /// Never answers.
    Silence,
    /// Stores another byte than it was sent.
    Garble,
    /// Does it, and breaks off before it says so.
    Mute,
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
}

impl Asked {
    pub fn is_part(&self) -> bool {
        self.method == "PUT" && self.query.contains("partNumber=")
    }

    pub fn is_complete(&self) -> bool {
        self.method == "POST" && self.query.contains("uploadId=")
    }

    pub fn begins(&self) -> bool {
        self.method == "POST" && self.query.contains("uploads")
    }
}

type Judge = dyn Fn(&Asked, usize) -> Option<Fault> + Send + Sync;

#[derive(Default)]
struct Held {
    objects: BTreeMap<String, (Vec<u8>, String)>,
    uploads: BTreeMap<String, BTreeMap<usize, Vec<u8>>>,
    asked: Vec<Asked>,
}

struct Shared {
    held: Mutex<Held>,
    judge: Box<Judge>,
}

pub struct Bucket {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

impl Bucket {
    /// `judge` sees each request and how many like it (same method, path and query) came before.
    pub fn start(judge: impl Fn(&Asked, usize) -> Option<Fault> + Send + Sync + 'static) -> Bucket {
        let shared = Arc::new(Shared { held: Mutex::default(), judge: Box::new(judge) });
        let runtime = runtime();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        runtime.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Bucket { address, shared, _runtime: runtime }
    }

    pub fn access(&self) -> Access {
        let url = format!("http://{}", self.address);
        access(&[
            ("VIDEO_STORAGE_PROVIDER", "s3"),
            ("AWS_S3_BUCKET", "films"),
            ("AWS_S3_ACCESS_KEY", "an-id"),
            ("AWS_S3_SECRET_KEY", "a-secret-of-mine"),
            ("AWS_ENDPOINT_URL", &url),
        ])
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.shared.held.lock().unwrap().asked.clone()
    }

    pub fn object(&self, key: &str) -> Option<Vec<u8>> {
        self.shared.held.lock().unwrap().objects.get(&format!("/films/{key}")).map(|(bytes, _)| bytes.clone())
    }

    /// Forgets all uploads under way, as a bucket does after a while.
    pub fn forget_uploads(&self) {
        self.shared.held.lock().unwrap().uploads.clear();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let asked = Asked { method: head.method.to_string(), path: head.uri.path().to_owned(), query };
    let range = head.headers.get("range").and_then(|range| range.to_str().ok()).map(str::to_owned);
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    let fault = {
        let mut held = shared.held.lock().unwrap();
        let before = held.asked.iter().filter(|known| **known == asked).count();
        held.asked.push(asked.clone());
        (shared.judge)(&asked, before)
    };
    match fault {
        Some(Fault::Status(status, code, headers)) => {
            let text = format!("<Error><Code>{code}</Code><Message>It is so.</Message></Error>");
            let mut response = (StatusCode::from_u16(status).unwrap(), text).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse().unwrap());
            }
            response
        }
        Some(Fault::Silence) => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            StatusCode::OK.into_response()
        }
        Some(Fault::Half) => {
            let pieces = futures_util::stream::iter([Ok(Bytes::from_static(b"<Err")), Err(std::io::Error::other("cut"))]);
            Response::builder().header("content-length", "5000").header("etag", "x").body(Body::from_stream(pieces)).unwrap()
        }
        Some(Fault::Garble) => {
            let mut bytes = body.to_vec();
            bytes[0] ^= 1;
            shared.serve(&asked, &head.method, range, bytes)
        }
        Some(Fault::Mute) => {
            let _ = shared.serve(&asked, &head.method, range, body.to_vec());
            let pieces = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("cut"))]);
            Response::builder().header("content-length", "5000").body(Body::from_stream(pieces)).unwrap()
        }
        None => shared.serve(&asked, &head.method, range, body.to_vec()),
    }
}

impl Shared {
    fn serve(&self, asked: &Asked, method: &Method, range: Option<String>, body: Vec<u8>) -> Response {
        let mut held = self.held.lock().unwrap();
        let upload = asked.query.split('&').find_map(|part| part.strip_prefix("uploadId=")).map(str::to_owned);
        let path = &asked.path;
        match (method.as_str(), upload) {
            ("POST", None) => {
                let id = format!("upload{}", held.uploads.len() + 1);
                held.uploads.insert(id.clone(), BTreeMap::new());
                xml(&format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"))
            }
            ("PUT", Some(id)) => {
                let number = asked.query.split('&').find_map(|part| part.strip_prefix("partNumber=")?.parse().ok()).unwrap();
                let Some(parts) = held.uploads.get_mut(&id) else { return gone("NoSuchUpload") };
                let tag = tag(&body);
                parts.insert(number, body);
                ([("etag", tag)], "").into_response()
            }
            ("POST", Some(id)) => {
                let Some(parts) = held.uploads.remove(&id) else { return gone("NoSuchUpload") };
                let sums: Vec<u8> = parts.values().flat_map(|part| Md5::digest(part).to_vec()).collect();
                let tag = format!("\"{}-{}\"", hex(&Md5::digest(sums)), parts.len());
                held.objects.insert(path.clone(), (parts.into_values().flatten().collect(), tag.clone()));
                xml(&format!(
                    "<CompleteMultipartUploadResult><ETag>{}</ETag></CompleteMultipartUploadResult>",
                    tag.replace('"', "&quot;")
                ))
            }
            ("DELETE", Some(id)) => {
                held.uploads.remove(&id);
                StatusCode::NO_CONTENT.into_response()
            }
            ("PUT", None) => {
                let tag = tag(&body);
                held.objects.insert(path.clone(), (body, tag.clone()));
                ([("etag", tag)], "").into_response()
            }
            ("DELETE", None) => {
                held.objects.remove(path);
                StatusCode::NO_CONTENT.into_response()
            }
            ("GET" | "HEAD", None) if asked.query.contains("list-type") => {
                let prefix = asked
                    .query
                    .split('&')
                    .find_map(|part| part.strip_prefix("prefix="))
                    .unwrap_or_default()
                    .replace("%2F", "/");
                let keys = held.objects.iter().filter_map(|(path, (bytes, tag))| {
                    let key = path.strip_prefix("/films/")?;
                    key.starts_with(&prefix).then(|| {
                        let (size, tag) = (bytes.len(), tag.replace('"', "&quot;"));
                        format!("<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>2026-11-21T12:00:00.000Z</LastModified><ETag>{tag}</ETag></Contents>")
                    })
                });
                xml(&format!("<ListBucketResult>{}</ListBucketResult>", keys.collect::<String>()))
            }
            _ => match held.objects.get(path) {
                Some((bytes, tag)) => read(bytes, tag, range),
                None => gone("NoSuchKey"),
            },
        }
    }
}

fn read(bytes: &[u8], tag: &str, range: Option<String>) -> Response {
    let wanted = range.and_then(|range| {
        let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
        let to = to.parse().map_or(bytes.len(), |to: usize| (to + 1).min(bytes.len()));
        Some((from.parse::<usize>().ok()?, to))
    });
    let response = Response::builder().header("etag", tag).header("last-modified", "Sat, 21 Nov 2026 12:00:00 GMT");
    match wanted {
        Some((from, to)) => {
            let response = response.status(206).header("content-range", format!("bytes {from}-{}/{}", to - 1, bytes.len()));
            response.body(Body::from(bytes[from..to].to_vec())).unwrap()
        }
        None => response.body(Body::from(bytes.to_vec())).unwrap(),
    }
}

fn xml(text: &str) -> Response {
    ([("content-type", "application/xml")], format!("<?xml version=\"1.0\"?>{text}")).into_response()
}

fn gone(code: &str) -> Response {
    (StatusCode::NOT_FOUND, format!("<Error><Code>{code}</Code><Message>Gone.</Message></Error>")).into_response()
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex(&Md5::digest(bytes)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
