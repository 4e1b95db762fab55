//! A Chromium that is driven: it opens a page and evaluates expressions in it, over two pipes.
//!
//! Messages are JSON between zero bytes, as the DevTools protocol has them. Chromium reads them from its third file and writes to its fourth;
//! a shell puts our pipes there, which only the systems with such files have.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Chromium, PATIENCE, Scratch, cannot, headless};
use crate::exit::Failure;
use crate::files::reason;

/// Ties our pipes to the files that Chromium looks at.
const SHELL: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1";

/// A page that is open.
pub(crate) struct Page {
    child: Arc<Mutex<Child>>,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Value,
    asked: u64,
    /// Dropped with the page: then nobody watches the time any more.
    _watched: Sender<()>,
    _folder: Scratch,
}

impl Page {
    /// Opens a page in a Chromium without a window.
    pub(crate) fn open(chromium: &Chromium, html: &str) -> Result<Self, Failure> {
        if !cfg!(unix) {
            return Err(failed("it is driven over pipes that this system does not have"));
        }
        let folder = Scratch::new().map_err(|error| failed(&reason(&error)))?;
        let page = folder.0.join("page.html");
        std::fs::write(&page, html).map_err(|error| failed(&reason(&error)))?;
        let mut child = Command::new("sh")
            .args(["-c", SHELL, &chromium.0, "--remote-debugging-pipe"])
            .args(headless(&folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(&reason(&error)))?;
        let to = child.stdin.take().expect("its input is a pipe");
        let from = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let child = Arc::new(Mutex::new(child));
        let mut page_of = Self {
            _watched: watch(Arc::clone(&child)),
            child,
            to,
            from,
            session: Value::Null,
            asked: 0,
            _folder: folder,
        };
        let url = format!("file://{}", page.display());
        let target = page_of.ask("Target.createTarget", &json!({ "url": url }))?;
        let whom = json!({ "targetId": target["targetId"], "flatten": true });
        page_of.session = page_of.ask("Target.attachToTarget", &whom)?["sessionId"].take();
        page_of.arrive()?;
        Ok(page_of)
    }

    /// Waits until the page is there: a new window is empty at first, and what is asked of it then is forgotten.
    fn arrive(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        loop {
            match self.evaluate("location.protocol + document.readyState") {
                Ok(state) if state == "file:complete" => return Ok(()),
                Err(failure) if began.elapsed() > PATIENCE => return Err(failure),
                Ok(_) if began.elapsed() > PATIENCE => return Err(failed("the page did not load")),
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// The text that an expression, or what it promises, comes to.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Result<String, Failure> {
        let what = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.ask("Runtime.evaluate", &what)?;
        match (&answer["exceptionDetails"], answer["result"]["value"].as_str()) {
            (Value::Null, Some(text)) => Ok(text.to_owned()),
            (problem, _) => Err(failed(&format!("the page answers with {problem}"))),
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if !self.session.is_null() {
            message["sessionId"] = self.session.clone();
        }
        let sent = write!(self.to, "{message}\0").and_then(|()| self.to.flush());
        sent.map_err(|error| failed(&reason(&error)))?;
        loop {
            let mut bytes = Vec::new();
            let read = self.from.read_until(0, &mut bytes);
            if !matches!(read, Ok(count) if count > 0) {
                return Err(failed("it ended before it answered"));
            }
            bytes.pop();
            let mut answer: Value =
                serde_json::from_slice(&bytes).map_err(|error| failed(&error.to_string()))?;
            // What is not an answer to us is news of no interest here.
            if answer["id"] != self.asked {
                continue;
            }
            return match &answer["error"]["message"] {
                Value::Null => Ok(answer["result"].take()),
                why => Err(failed(&why.to_string())),
            };
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        end(&self.child);
    }
}

/// Ends a Chromium that does not answer, so that nobody waits for ever.
fn watch(child: Arc<Mutex<Child>>) -> Sender<()> {
    let (sender, receiver) = channel::<()>();
    std::thread::spawn(move || {
        if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            end(&child);
        }
    });
    sender
}

fn end(child: &Mutex<Child>) {
    if let Ok(mut child) = child.lock() {
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn failed(why: &str) -> Failure {
    cannot("open the page in Chromium", why)
}
