//! The elementary functions: how accurate they are, what they mean on awkward numbers, and that a back end can write them down.

mod accuracy;
mod awkward;
mod tape;
