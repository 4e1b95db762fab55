//! Bytes to text: encodings, line endings, and files that are no text at all.
//!
//! Out goes text with `\n` or `\r\n` line ends; a lone `\r` (old Macintosh) becomes `\n`, byte for byte, so that lines
//! can be counted.

use crate::diagnostic::{Diagnostic, Diagnostics};

/// The largest model text that is read; the largest published models are below 10 MB.
pub(crate) const MAX_BYTES: usize = 64 << 20;

/// The text of a file, or why it has none.
pub(crate) fn decode(path: &str, bytes: &[u8]) -> (Option<String>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    if bytes.len() > MAX_BYTES {
        diagnostics.push(
            Diagnostic::error(
                "file-too-large",
                format!("`{path}` is {} MB large", bytes.len() >> 20),
            )
            .help(format!("a model text may have up to {} MB", MAX_BYTES >> 20)),
        );
        return (None, diagnostics);
    }
    if is_binary_vensim(path, bytes) {
        diagnostics.push(
            Diagnostic::error(
                "binary-model",
                format!("`{path}` is a packed or binary Vensim model"),
            )
            .help("open it in Vensim and use `File > Save As...` with the type `.mdl` (text)"),
        );
        return (None, diagnostics);
    }
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => eight_bit(path, rest, &mut diagnostics),
        [0xFF, 0xFE, rest @ ..] => sixteen_bit(path, rest, u16::from_le_bytes, &mut diagnostics),
        [0xFE, 0xFF, rest @ ..] => sixteen_bit(path, rest, u16::from_be_bytes, &mut diagnostics),
        [first, 0, ..] if *first != 0 => sixteen_bit(path, bytes, u16::from_le_bytes, &mut diagnostics),
        [0, second, ..] if *second != 0 => sixteen_bit(path, bytes, u16::from_be_bytes, &mut diagnostics),
        _ if bytes.contains(&0) => {
            diagnostics.push(
                Diagnostic::error("not-text", format!("`{path}` is not a text file"))
                    .help("a model is a text: Vensim's `.mdl` saved as text"),
            );
            return (None, diagnostics);
        }
        _ => eight_bit(path, bytes, &mut diagnostics),
    };
    (Some(line_ends(text)), diagnostics)
}

/// Packed Vensim models have their own extensions; `.vpmx` and `.vmfx` may also hide behind `.mdl`.
fn is_binary_vensim(path: &str, bytes: &[u8]) -> bool {
    let path = path.to_ascii_lowercase();
    let by_name = [".vpm", ".vpmx", ".vmf", ".vmfx"]
        .iter()
        .any(|ending| path.ends_with(ending));
    by_name || bytes.starts_with(b"PK\x03\x04")
}

fn eight_bit(path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let line = bytes[..error.valid_up_to()]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
                + 1;
            diagnostics.push(
                Diagnostic::note(
                    "latin-1",
                    format!("`{path}` is not UTF-8 (line {line}); it is read as Latin-1 (Windows-1252)"),
                )
                .help("if accents look wrong, save the model as UTF-8"),
            );
            bytes.iter().map(|byte| windows_1252(*byte)).collect()
        }
    }
}

fn sixteen_bit(path: &str, bytes: &[u8], unit: fn([u8; 2]) -> u16, diagnostics: &mut Diagnostics) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut broken = !rest.is_empty();
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|decoded| {
            decoded.unwrap_or_else(|_| {
                broken = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    if broken {
        diagnostics.push(
            Diagnostic::warning(
                "broken-utf-16",
                format!("`{path}` is UTF-16 with broken characters"),
            )
            .help("save the model as UTF-8"),
        );
    }
    text
}

/// Windows-1252 differs from Latin-1 only where Latin-1 has control characters.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn line_ends(text: String) -> String {
    let lone = |at: usize| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !text
        .bytes()
        .enumerate()
        .any(|(at, byte)| byte == b'\r' && lone(at))
    {
        return text;
    }
    text.char_indices()
        .map(|(at, c)| if c == '\r' && lone(at) { '\n' } else { c })
        .collect()
}
