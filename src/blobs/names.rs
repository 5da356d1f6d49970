//! File names made from what people write, and checks of names that come from outside. Any script of the world is kept; what
//! a file system or a shell on some machine would trip over is not.

use std::path::{Component, Path};

use super::Error;

/// The longest name made here, in bytes of UTF-8. Linux allows 255; the rest is for endings and temporary names.
pub const MAX_NAME_BYTES: usize = 180;

/// What is not allowed in a name on some file system people carry takes on (exFAT, NTFS): never made, but accepted.
const AWKWARD: &[char] = &['<', '>', ':', '"', '|', '?', '*'];

/// A file name from any text: no separators, no control characters, no leading or trailing dots and blanks, at most
/// `MAX_NAME_BYTES`, cut between characters. `fallback` stands in when nothing is left.
pub fn safe_name(text: &str, fallback: &str) -> String {
    let replaced: String =
        text.chars().map(|c| if c == '/' || c == '\\' || AWKWARD.contains(&c) || c.is_control() { '-' } else { c }).collect();
    let trimmed = replaced.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let cut = cut(trimmed, MAX_NAME_BYTES).trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    if cut.chars().all(|c| c == '-') { fallback.to_owned() } else { cut.to_owned() }
}

/// A folder's name from a title: lower-case ASCII letters, digits and single dashes, at most 60 bytes; empty when the title
/// has none of them.
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().take(1_000) {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    cut(&slug, 60).trim_matches('-').to_owned()
}

/// The name itself when it is one plain component of a path: not empty, no separator, not `.` or `..`, not hidden, at most 255
/// bytes, no control character. For ids and names from rows, journals and requests.
pub fn checked(name: &str) -> Result<&str, Error> {
    let mut components = Path::new(name).components();
    let one = matches!((components.next(), components.next()), (Some(Component::Normal(part)), None) if part == name);
    let plain = !name.starts_with('.') && !name.contains('\\') && !name.chars().any(char::is_control);
    if one && plain && name.len() <= 255 { Ok(name) } else { Err(Error::Name(cut(name, 100).to_owned())) }
}

/// The longest start of `text` of at most `bytes` bytes that ends between characters.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_keep_every_script_and_lose_what_breaks() {
        assert_eq!(safe_name("../../etc/passwd", "x"), "-..-etc-passwd");
        assert_eq!(safe_name(" Warum? / لماذا \u{1F3AC} ", "x"), "Warum- - لماذا \u{1F3AC}");
        for nothing in ["", ".", "..", " . ", "///", "\0"] {
            assert_eq!(safe_name(nothing, "untitled"), "untitled", "{nothing:?}");
        }
        assert_eq!(slug("Why We Write — 2nd try!"), "why-we-write-2nd-try");
        assert_eq!(slug("なぜ書くのか"), "");
    }

    #[test]
    fn names_from_outside_are_one_component() {
        for good in ["a.png", "0193a-b", "été", "a b"] {
            assert_eq!(checked(good).ok(), Some(good));
        }
        for bad in ["", ".", "..", "a/b", "/a", "a/", "..\\a", ".hidden", "a\nb", "a\0"] {
            assert!(checked(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_name_that_passes_the_check(text in "\\PC*|.*|[./\\\\ ]*") {
            let name = safe_name(&text, "untitled");
            prop_assert!(checked(&name).is_ok(), "{name:?}");
            prop_assert!(name.len() <= MAX_NAME_BYTES);
            // Making it again changes nothing, so a name read back from the disk stays itself.
            prop_assert_eq!(safe_name(&name, "untitled"), name);
        }

        #[test]
        fn slugs_are_plain(text in "\\PC*") {
            let slug = slug(&text);
            prop_assert!(slug.len() <= 60);
            prop_assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
        }
    }
}
