//! The decision maker's own questions: what would it be worth to know, which option suits which values, what is the smallest change
//! of several assumptions that turns the result, and is a quarrel about facts or about values.

mod acceptability;
mod disagreement;
mod explained;
mod information;
mod joint;
mod learning;

pub use acceptability::{Acceptability, OptionAcceptability, SmaaOptions, acceptability};
pub use disagreement::{Disagreement, Side, disagreement};
pub use explained::explained;
pub use information::{Choice, Information, PartialInformation, PerfectInformation, information};
pub use joint::{JointChange, JointFlip, JointOptions, joint_flips};
pub use learning::learning;
