//! Packing: what the page unpacks by itself, as deflated bytes in letters that HTML leaves alone.

use miniz_oxide::deflate::compress_to_vec_zlib;

/// The strongest level: a memo is packed once and read often.
const LEVEL: u8 = 10;

/// A text as zlib in base64.
pub(crate) fn packed(text: &str) -> String {
    base64(&compress_to_vec_zlib(text.as_bytes(), LEVEL))
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
        }
    }
}
