//! The words of tus 1.0.0 in request headers (<https://tus.io/protocols/resumable-upload>), read strictly: a header that can be
//! read in two ways is refused, because client and server would then count differently.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::refusal::Refusal;
use crate::core::upload::{SceneTimes, StudioMetadata};

/// The largest `Upload-Metadata` that is kept, in bytes.
const METADATA_BYTES: usize = 128 * 1024;
/// The largest `studio_metadata` that is kept, in bytes of JSON: it stands in every list.
const STUDIO_METADATA_BYTES: usize = 4096;
/// Titles beyond this, in characters, are cut.
const TITLE_CHARS: usize = 300;

/// What the metadata says, all of it optional.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    pub title: String,
    pub take: Option<String>,
    pub duration_seconds: f64,
    /// Lower-case hex of the whole file.
    pub sha256: Option<String>,
    pub scenes: Vec<SceneTimes>,
    pub studio_metadata: StudioMetadata,
}

/// What a chunk is checked by, where its client says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Checks {
    /// `Upload-Checksum`, of the chunk alone.
    pub chunk: Option<Checksum>,
    /// `Onetake-Sha256`, lower-case hex of the file from its first byte to the chunk's last. The server hashes the whole
    /// anyway, so this check costs neither side a second reading, and the last chunk's is the whole file's.
    pub file: Option<String>,
}

/// The checksum of one chunk: what is expected and what has come so far.
#[derive(Clone)]
pub(super) struct Checksum {
    expected: Vec<u8>,
    running: Running,
}

#[derive(Clone)]
enum Running {
    Sha1(Sha1),
    Sha256(Box<Sha256>),
}

/// What `Tus-Checksum-Algorithm` lists.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

impl Checksum {
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.running {
            Running::Sha1(hasher) => hasher.update(bytes),
            Running::Sha256(hasher) => hasher.update(bytes),
        }
    }

    pub fn matches(self) -> bool {
        match self.running {
            Running::Sha1(hasher) => hasher.finalize()[..] == self.expected[..],
            Running::Sha256(hasher) => hasher.finalize()[..] == self.expected[..],
        }
    }
}

impl std::fmt::Debug for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Checksum")
    }
}

/// 460, the status tus gives to a chunk that arrived wrong.
pub(super) fn mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

/// A header that must be a whole number; `None` when it is missing.
pub(super) fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let digits = value.to_str().ok().filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|text| text.parse().ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(Refusal::malformed(format!("The header {name} is not a whole number."))),
    }
}

/// As `number`, for a header that must be there.
pub(super) fn required(headers: &HeaderMap, name: &str) -> Result<u64, Refusal> {
    number(headers, name)?.ok_or_else(|| Refusal::malformed(format!("The header {name} is missing.")))
}

/// How long a new upload will be; `None` when that is told later (`Upload-Defer-Length`).
pub(super) fn length(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    match (number(headers, "upload-length")?, headers.get("upload-defer-length")) {
        (Some(length), None) => Ok(Some(length)),
        (None, Some(deferred)) if deferred == "1" => Ok(None),
        (None, None) => Err(Refusal::malformed("The header upload-length is missing.")),
        _ => Err(Refusal::malformed("An upload has a length, or Upload-Defer-Length: 1.")),
    }
}

/// 415 unless the body is announced as tus wants it.
pub(super) fn content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.get("content-type").is_some_and(|kind| kind == "application/offset+octet-stream") {
        return Ok(());
    }
    let sentence = "A chunk must have the content type application/offset+octet-stream.";
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence))
}

/// Both ways to check a chunk, when they are there.
pub(super) fn checks(headers: &HeaderMap) -> Result<Checks, Refusal> {
    let file = match headers.get("onetake-sha256") {
        None => None,
        Some(value) => match value.to_str().ok().and_then(digest) {
            None => return Err(Refusal::malformed("The header Onetake-Sha256 is not a SHA-256 in hex.")),
            known => known,
        },
    };
    Ok(Checks { chunk: checksum(headers)?, file })
}

/// `Upload-Checksum: algorithm base64`, when there is one.
fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Refusal> {
    let Some(value) = headers.get("upload-checksum") else { return Ok(None) };
    let malformed = || Refusal::malformed("The header Upload-Checksum is not \"algorithm base64\".");
    let (algorithm, text) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
    let (running, length) = match algorithm {
        "sha1" => (Running::Sha1(Sha1::new()), 20),
        "sha256" => (Running::Sha256(Box::default()), 32),
        _ => return Err(Refusal::malformed(format!("This server checks {ALGORITHMS} and nothing else."))),
    };
    let expected = STANDARD.decode(text).map_err(|_| malformed())?;
    if expected.len() != length { Err(malformed()) } else { Ok(Some(Checksum { expected, running })) }
}

/// The `Upload-Metadata` header as it came; empty when missing.
pub(super) fn metadata(headers: &HeaderMap) -> Result<String, Refusal> {
    let Some(value) = headers.get("upload-metadata") else { return Ok(String::new()) };
    match value.to_str() {
        Ok(text) if text.len() <= METADATA_BYTES => Ok(text.to_owned()),
        Ok(_) => Err(Refusal::malformed("The header Upload-Metadata is too long.")),
        Err(_) => Err(Refusal::malformed("The header Upload-Metadata is not plain ASCII.")),
    }
}

/// Reads the metadata. Keys that are not ours are kept in the header and not read.
pub(super) fn facts(metadata: &str) -> Result<Facts, Refusal> {
    let mut facts = Facts::default();
    let mut seen: Vec<&str> = Vec::new();
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, text) = pair.split_once(' ').unwrap_or((pair, ""));
        if seen.contains(&key) {
            return Err(Refusal::malformed("The header Upload-Metadata names a key twice."));
        }
        seen.push(key);
        let wrong = || Refusal::malformed(format!("The metadata's {} can't be read.", key.escape_default()));
        let bytes = STANDARD.decode(text.trim()).map_err(|_| wrong())?;
        if !["title", "take", "duration", "sha256", "scenes", "studio_metadata"].contains(&key) {
            continue;
        }
        let value = String::from_utf8(bytes).map_err(|_| wrong())?;
        match key {
            "title" => facts.title = title(&value),
            "take" => facts.take = Some(title(&value)).filter(|take| !take.is_empty()),
            "duration" => facts.duration_seconds = value.parse().ok().filter(|secs| sound(*secs)).ok_or_else(wrong)?,
            "sha256" => facts.sha256 = Some(digest(&value).ok_or_else(wrong)?),
            "studio_metadata" => {
                facts.studio_metadata = serde_json::from_str(&value).map_err(|_| wrong())?;
                short(&facts.studio_metadata)?;
            }
            _ => facts.scenes = serde_json::from_str(&value).map_err(|_| wrong())?,
        }
    }
    Ok(facts)
}

/// Refuses what is too long to stand in a list.
pub(super) fn short(studio_metadata: &StudioMetadata) -> Result<(), Refusal> {
    match serde_json::to_string(studio_metadata) {
        Ok(json) if json.len() <= STUDIO_METADATA_BYTES => Ok(()),
        _ => Err(Refusal::malformed(format!("studio_metadata has more than {STUDIO_METADATA_BYTES} bytes."))),
    }
}

/// A title fit for a list: one line, not endless.
pub(super) fn title(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TITLE_CHARS).collect();
    line.trim().to_owned()
}

/// Seconds that a recording can last.
pub(super) fn sound(secs: f64) -> bool {
    secs.is_finite() && secs >= 0.0
}

/// `HTTP-date` (RFC 9110, 5.6.7), `secs` seconds from now.
pub(super) fn date_in(secs: u64) -> Option<HeaderValue> {
    let then = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_secs(i64::try_from(secs).ok()?)).ok()?;
    HeaderValue::try_from(then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

/// Lower-case hex of a SHA-256.
pub(super) fn digest(hex: &str) -> Option<String> {
    let fits = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| hex.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn numbers_are_digits_and_nothing_else() {
        assert_eq!(required(&one("upload-offset", "0"), "upload-offset").unwrap(), 0);
        for bad in ["", "+1", "-1", "1.0", "0x1", " ", "18446744073709551616"] {
            assert!(number(&one("upload-offset", bad), "upload-offset").is_err(), "{bad:?}");
        }
        assert!(required(&HeaderMap::new(), "upload-offset").is_err());
    }

    #[test]
    fn checksums_of_both_kinds_are_checked() {
        // "abc" in FIPS 180-2, appendices A.1 and B.1.
        let known = ["sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="];
        for header in known {
            let mut checksum = checksum(&one("upload-checksum", header)).unwrap().unwrap();
            checksum.update(b"ab");
            assert!(!checksum.clone().matches());
            checksum.update(b"c");
            assert!(checksum.matches(), "{header}");
        }
        for bad in ["md5 kAFQmDzST7DWlj99KOF/cg==", "sha1", "sha1 !", "sha256 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="] {
            assert_eq!(checksum(&one("upload-checksum", bad)).unwrap_err().status, StatusCode::BAD_REQUEST, "{bad}");
        }
    }

    #[test]
    fn metadata_is_read_strictly() {
        let header = "title QSwgYg==, duration MTIuNQ==,filename eA==,is_confidential,take bWluZQ==";
        let facts = facts(header).unwrap();
        assert_eq!((facts.title.as_str(), facts.duration_seconds, facts.take.as_deref()), ("A, b", 12.5, Some("mine")));
        for bad in [
            "title !",
            "duration LTE=",
            "duration bmFu",
            "sha256 YWI=",
            "scenes e30=",
            "title QQ==,title QQ==",
            "studio_metadata W10=",
        ] {
            assert!(super::facts(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_recording_is_to_its_studio_is_kept_and_bounded() {
        let header = |json: &str| format!("studio_metadata {}", STANDARD.encode(json));
        let told = facts(&header(r#"{"track_type":"audio","recording_duration_ms":1500,"room":"B"}"#)).unwrap().studio_metadata;
        assert!(told.is_sound());
        assert_eq!((told.recording_duration_ms, told.other["room"].as_str()), (Some(1500), Some("B")));
        let long = format!(r#"{{"room":"{}"}}"#, "B".repeat(STUDIO_METADATA_BYTES));
        assert!(facts(&header(&long)).is_err() && facts(&header(r#"{"track_type":7}"#)).is_err());
    }

    #[test]
    fn dates_are_http_dates() {
        let date = date_in(0).unwrap();
        let text = date.to_str().unwrap();
        assert!(text.len() == 29 && text.ends_with(" GMT") && text.as_bytes()[3] == b',', "{text}");
    }
}
