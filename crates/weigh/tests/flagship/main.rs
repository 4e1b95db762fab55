//! The flagship case held to what it promises: the published core, soundness under any setting, balances, a time step that
//! changes nothing, ranges and camps that take no side. Nothing here says which option wins.

mod anchor;
mod case;
mod sides;
mod soundness;
mod step;
