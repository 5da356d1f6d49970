//! The digests by which providers name what they store. S3 and its like give MD5 of an object that came in one request, and the MD5
//! of the parts' MD5s, with their number, of one that came in parts. Source: Amazon S3, “Checking object integrity”. Where encryption
//! with a customer's key makes the tag something else it simply does not agree, and the object is read back.

use md5::{Digest, Md5};

/// The MD5 of a part.
pub(super) type Md5Sum = [u8; 16];

pub(super) fn md5(bytes: &[u8]) -> Md5Sum {
    Md5::digest(bytes).into()
}

/// The tag of a whole object whose parts have these digests; `in_parts` tells one part from one request.
pub(super) fn etag(parts: &[Md5Sum], in_parts: bool) -> String {
    match parts {
        [one] if !in_parts => hex(one),
        parts => format!("{}-{}", hex(&md5(&parts.concat())), parts.len()),
    }
}

/// True when a part's id may stand for these bytes: it is no MD5, or theirs. A tag stands in quotes (RFC 9110); other ids, such as
/// Azure's, only look like one.
pub(super) fn may_be(content: &str, md5: &Md5Sum) -> bool {
    let Some(tag) = content.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')) else { return true };
    let is_md5 = tag.len() == 32 && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    !is_md5 || tag.eq_ignore_ascii_case(&hex(md5))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_those_of_the_standard() {
        // RFC 1321, A.5.
        assert_eq!(etag(&[md5(b"abc")], false), "900150983cd24fb0d6963f7d28e17f72");
        // md5(md5("abc") ‖ md5("")), by md5sum.
        let parts = [md5(b"abc"), md5(b"")];
        assert_eq!(etag(&parts, true), format!("{}-2", hex(&md5(&parts.concat()))));
        assert!(etag(&parts[..1], true).ends_with("-1"));
    }

    #[test]
    fn a_parts_id_is_compared_when_it_is_a_digest() {
        let md5 = md5(b"abc");
        assert!(may_be("\"900150983CD24FB0D6963F7D28E17F72\"", &md5) && may_be("MDAwMDA=", &md5) && may_be("", &md5));
        assert!(!may_be("\"d41d8cd98f00b204e9800998ecf8427e\"", &md5) && may_be("d41d8cd98f00b204e9800998ecf8427e", &md5));
    }
}
