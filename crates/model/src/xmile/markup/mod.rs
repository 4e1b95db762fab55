//! XML with the place of everything in it: [`tree`] the elements, [`text`] what stands in them.

mod text;
mod tree;

pub(super) use text::Text;
pub(super) use tree::{Element, Tree, tree};
