//! Names: the spelling as written, and the key by which names compare.

use std::fmt;

/// A name keeps its spelling and compares by its key: case, and spaces against underscores, make no difference.
#[derive(Clone, Debug)]
pub struct Name {
    written: String,
    key: String,
}

impl Name {
    /// The name with this spelling. Surrounding quotes of a quoted name belong to the syntax, not to the spelling.
    pub fn new(written: impl Into<String>) -> Self {
        let written = written.into();
        let key = Self::key_of(&written);
        Self { written, key }
    }
    /// The spelling, as the user wrote it.
    pub fn written(&self) -> &str {
        &self.written
    }
    /// The key by which names compare.
    pub fn key(&self) -> &str {
        &self.key
    }
    /// The key of a spelling: lower case, runs of white space and underscores as one space, ends trimmed.
    pub fn key_of(written: &str) -> String {
        let mut key = String::with_capacity(written.len());
        let words = written
            .split(|c: char| c.is_whitespace() || c == '_')
            .filter(|word| !word.is_empty());
        for word in words {
            if !key.is_empty() {
                key.push(' ');
            }
            key.extend(word.chars().flat_map(char::to_lowercase));
        }
        key
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl Eq for Name {}
impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}
impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
