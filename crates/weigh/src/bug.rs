//! The last resort: a panic is our mistake, told in one sentence, never as a backtrace.

use std::io::Write;
use std::panic::{self, PanicHookInfo};

use crate::exit::Exit;

/// From now on a panic ends the command with one sentence that asks for a report.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| {
        let _ = std::io::stderr().lock().write_all(sentence(info).as_bytes());
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            let trace = std::backtrace::Backtrace::force_capture();
            let _ = writeln!(std::io::stderr().lock(), "{trace}");
        }
        std::process::exit(i32::from(Exit::Bug.code()));
    }));
}

fn sentence(info: &PanicHookInfo<'_>) -> String {
    let what = info
        .payload()
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| info.payload().downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned());
    let place = info
        .location()
        .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    format!(
        "weigh {} has a mistake of its own ({what}{place}): please report it, with the command and the files that led here\n",
        env!("CARGO_PKG_VERSION")
    )
}
