//! Files that lie in JSON: base64 with or without line breaks and padding, in either alphabet, or a data URL.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);

/// The bytes, or what is wrong with them.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    let mut text = text.trim();
    if let Some(rest) = text.strip_prefix("data:") {
        let (head, data) = rest.split_once(',').ok_or("its data URL has no data")?;
        if !head.to_ascii_lowercase().ends_with(";base64") {
            return Err("its data URL is not in base64");
        }
        text = data;
    }
    let clean: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let alphabet = if clean.iter().any(|byte| matches!(byte, b'-' | b'_')) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    GeneralPurpose::new(alphabet, LENIENT).decode(clean).map_err(|_| "its base64 can't be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for text in ["+/8=", "+/8", " +/\n8= ", "-_8", "data:image/png;base64,+/8=", "data:;charset=x;BASE64,+/8"] {
            assert_eq!(decode(text).unwrap(), [0xfb, 0xff], "{text}");
        }
        assert!(decode("").unwrap().is_empty());
        for bad in ["***", "data:image/png;base64", "data:image/png,abc"] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }
}
