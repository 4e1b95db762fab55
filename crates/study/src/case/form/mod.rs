//! The form of a case file: text to a [tree] with places, the tree against the [table of keys](keys), and typed access to
//! what fits. What the values mean is not known here.

pub(crate) mod keys;
pub(crate) mod row;
pub(crate) mod shape;
pub(crate) mod tree;
