//! Packing: what the page unpacks by itself, as deflated bytes in letters that HTML leaves alone.

use miniz_oxide::deflate::compress_to_vec_zlib;

/// The strongest level: a memo is packed once and read often.
const LEVEL: u8 = 10;

/// Bytes as zlib in base64.
pub(crate) fn packed(bytes: &[u8]) -> String {
    base64(&compress_to_vec_zlib(bytes, LEVEL))
}

/// The bytes that base64 stands for; none if it is not whole.
pub(crate) fn unbase64(letters: &str) -> Option<Vec<u8>> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let letters = letters.trim_ascii();
    if !letters.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(letters.len() / 4 * 3);
    for four in letters.trim_end_matches('=').as_bytes().chunks(4) {
        let mut word = 0_u32;
        for &letter in four {
            word = word << 6 | u32::from(value(letter)?);
        }
        word <<= 6 * (4 - four.len());
        bytes.extend(&word.to_be_bytes()[1..four.len()]);
    }
    Some(bytes)
}

/// Bytes in base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word =
            three.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            if place <= three.len() {
                text.push(char::from(LETTERS[(word >> (18 - 6 * place) & 63) as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in ["Zg", "Zg=", "Z!==", "=Zg="] {
            assert_eq!(unbase64(text), None, "{text}");
        }
    }

    #[test]
    fn base64_is_as_in_its_standard() {
        let check = |text: &str, expected| assert_eq!(base64(text.as_bytes()), expected, "{text}");
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            check(text, expected);
            assert_eq!(unbase64(expected).as_deref(), Some(text.as_bytes()), "{expected}");
        }
    }
}
