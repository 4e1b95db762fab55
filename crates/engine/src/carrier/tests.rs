//! The belt and the line by hand.
