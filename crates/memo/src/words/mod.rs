//! What the memo says in its own name, in English and Spanish.
//!
//! Each line is a function of the language and of what stands in it. Both languages are written side by side and the
//! compiler sees that neither is missing and that every placeholder is filled. Texts of the case never pass through
//! here except as escaped arguments. The memo's own words contain no percent sign and never say "likely".

/// Declares sentences: `name(argument, ...) = "English", "Spanish";`
macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident($($argument:ident),*) = $en:literal, $es:literal;)*) => {
        $(
            $(#[$doc])*
            pub(crate) fn $name(language: $crate::Language $(, $argument: impl Into<$crate::markup::Markup>)*) -> $crate::markup::Markup {
                $(let $argument: $crate::markup::Markup = $argument.into();)*
                $crate::markup::Markup::raw(match language {
                    $crate::Language::En => format!($en),
                    $crate::Language::Es => format!($es),
                })
            }
        )*
        /// Every line of this table with its placeholders left open, for tests.
        #[cfg(test)]
        pub(crate) const TABLE: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $es)),*];
    };
}

mod case;
mod decision;
mod findings;
mod frame;

pub(crate) use case::*;
pub(crate) use decision::*;
pub(crate) use findings::*;
pub(crate) use frame::*;

#[cfg(test)]
mod tests {
    use super::{case, decision, findings, frame};

    /// The placeholders of a sentence, sorted, each once.
    fn holes(text: &str) -> Vec<&str> {
        let mut holes: Vec<&str> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .filter(|hole| !hole.is_empty())
            .collect();
        holes.sort_unstable();
        holes.dedup();
        holes
    }

    #[test]
    fn both_languages_say_the_same_things_and_neither_promises() {
        let tables = [case::TABLE, decision::TABLE, findings::TABLE, frame::TABLE];
        for (name, en, es) in tables.into_iter().flatten() {
            assert_eq!(holes(en), holes(es), "{name}");
            assert!(!en.is_empty() && !es.is_empty(), "{name}");
            for text in [en, es] {
                assert!(!text.contains('%'), "{name}: {text}");
                for word in ["likely", "probab", "optim", "óptim"] {
                    assert!(!text.to_lowercase().contains(word), "{name}: {text}");
                }
            }
        }
    }

    #[test]
    fn sentences_are_short() {
        for (name, en, es) in [case::TABLE, decision::TABLE, findings::TABLE, frame::TABLE]
            .into_iter()
            .flatten()
        {
            for text in [en, es] {
                for sentence in text.split(['.', ':', ';', '?']) {
                    let words = sentence.split_whitespace().count();
                    assert!(words <= 24, "{name}: {words} words in {sentence:?}");
                }
            }
        }
    }
}
