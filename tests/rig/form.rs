//! Forms in parts (RFC 7578), as a fake takes them apart.

use super::fake::Seen;

/// A part of a form.
#[derive(Debug, PartialEq)]
pub struct Part {
    pub name: String,
    pub file: Option<String>,
    pub bytes: Vec<u8>,
}

/// Takes a form in parts apart (RFC 7578); a request that is none is wrong.
pub fn parts(seen: &Seen) -> Vec<Part> {
    let media = seen.header("content-type").unwrap_or_default();
    let mark = media.strip_prefix("multipart/form-data; boundary=").expect("a form in parts");
    let mark = format!("--{}", mark.trim_matches('"'));
    let mut rest = &seen.body[..];
    let mut parts = Vec::new();
    while let Some(at) = position(rest, mark.as_bytes()) {
        let piece = &rest[..at];
        rest = &rest[at + mark.len()..];
        let Some(end) = position(piece, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&piece[..end]).into_owned();
        let said = |what: &str| Some(head.split(&format!("{what}=\"")).nth(1)?.split('"').next()?.to_owned());
        let name = said(" name").expect("a part has a name");
        parts.push(Part { name, file: said("filename"), bytes: piece[end + 4..piece.len() - 2].to_vec() });
    }
    parts
}

/// The text of the part of this name.
pub fn part(seen: &Seen, name: &str) -> Option<String> {
    let part = parts(seen).into_iter().find(|part| part.name == name)?;
    Some(String::from_utf8(part.bytes).unwrap())
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
