//! The memo as a whole: complete in both languages, self-contained, byte-stable, even-handed.

mod made_up;

use made_up::MadeUp;
use memo::Language;

/// Writes the memo where a browser can look at it, when asked to.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test may leave a file to look at")]
fn a_memo_can_be_looked_at() {
    let Ok(folder) = std::env::var("WEIGH_MEMO_OUT") else {
        return;
    };
    let made_up = MadeUp::new();
    std::fs::write(format!("{folder}/en.html"), made_up.render(Language::En)).expect("a writable folder");
    std::fs::write(format!("{folder}/es.html"), made_up.render(Language::Es)).expect("a writable folder");
}
