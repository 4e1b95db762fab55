//! Units for readers: `person/week` becomes "people per week" and "personas por semana".

use crate::Language;

/// Unit words of models: as written (singular or plural), English plural, English singular, Spanish plural, singular.
const WORDS: [(&[&str], [&str; 4]); 22] = [
    (&["death", "deaths"], ["deaths", "death", "muertes", "muerte"]),
    (
        &["person", "persons", "people"],
        ["people", "person", "personas", "persona"],
    ),
    (
        &["member", "members"],
        ["members", "member", "integrantes", "integrante"],
    ),
    (
        &["homicide", "homicides"],
        ["homicides", "homicide", "homicidios", "homicidio"],
    ),
    (&["week", "weeks"], ["weeks", "week", "semanas", "semana"]),
    (&["month", "months"], ["months", "month", "meses", "mes"]),
    (&["year", "years"], ["years", "year", "años", "año"]),
    (&["day", "days"], ["days", "day", "días", "día"]),
    (&["hour", "hours"], ["hours", "hour", "horas", "hora"]),
    (
        &["dollar", "dollars", "usd", "$"],
        ["US dollars", "US dollar", "dólares", "dólar"],
    ),
    (&["kg", "kilogram", "kilograms"], ["kg", "kg", "kg", "kg"]),
    (
        &["ton", "tons", "tonne", "tonnes", "t"],
        ["tonnes", "tonne", "toneladas", "tonelada"],
    ),
    (
        &["lab", "labs", "laboratory", "laboratories"],
        ["laboratories", "laboratory", "laboratorios", "laboratorio"],
    ),
    (&["strike", "strikes"], ["strikes", "strike", "ataques", "ataque"]),
    (&["raid", "raids"], ["raids", "raid", "operativos", "operativo"]),
    (
        &["arrest", "arrests"],
        ["arrests", "arrest", "detenciones", "detención"],
    ),
    (
        &["finding", "findings"],
        ["findings", "finding", "hallazgos", "hallazgo"],
    ),
    (&["point", "points"], ["points", "point", "puntos", "punto"]),
    (&["case", "cases"], ["cases", "case", "casos", "caso"]),
    (&["gun", "guns"], ["guns", "gun", "armas", "arma"]),
    (&["capacity"], ["capacity", "capacity", "capacidad", "capacidad"]),
    (&["leader", "leaders"], ["leaders", "leader", "líderes", "líder"]),
];

const PER: [&str; 2] = ["per", "por"];
const AND: [&str; 2] = [" and ", " y "];

/// A unit in words; empty for a pure number. A word that is not in the list stays as the model has it.
pub fn unit(language: Language, written: &str) -> String {
    let spanish = usize::from(language == Language::Es);
    let word = |token: &str, singular: bool| {
        let key = token.trim().to_lowercase();
        match WORDS.iter().find(|(keys, _)| keys.contains(&key.as_str())) {
            Some((_, forms)) => forms[2 * spanish + usize::from(singular)].to_string(),
            None => token.trim().to_string(),
        }
    };
    if is_pure(written) {
        return String::new();
    }
    let mut parts = written.split('/');
    let top = parts.next().unwrap_or_default().trim();
    let top = match top.split_once(' ') {
        // "million dollar", "billion USD", "thousand people": the multiple has a word of its own.
        Some(("million" | "Million", rest)) => [
            format!("million {}", word(rest, false)),
            format!("millones de {}", word(rest, false)),
        ][spanish]
            .clone(),
        Some(("billion" | "Billion", rest)) => [
            format!("billion {}", word(rest, false)),
            format!("mil millones de {}", word(rest, false)),
        ][spanish]
            .clone(),
        Some(("thousand" | "Thousand", rest)) => [
            format!("thousand {}", word(rest, false)),
            format!("miles de {}", word(rest, false)),
        ][spanish]
            .clone(),
        _ if is_pure(top) => String::new(),
        _ => word(top, false),
    };
    let mut text = top;
    for part in parts {
        let part = part.trim().trim_start_matches('(').trim_end_matches(')');
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(PER[spanish]);
        text.push(' ');
        // "tonne/(year*boat)": both below the line.
        let below: Vec<String> = part.split('*').map(|factor| word(factor, true)).collect();
        text.push_str(&below.join(AND[spanish]));
    }
    text
}

/// A number with its unit.
pub(crate) fn with_unit(language: Language, number: &str, written: &str) -> String {
    let unit = unit(language, written);
    if unit.is_empty() {
        number.to_string()
    } else {
        format!("{number} {unit}")
    }
}

fn is_pure(written: &str) -> bool {
    matches!(
        written.trim().to_lowercase().as_str(),
        "" | "1" | "dmnl" | "dimensionless" | "fraction" | "share"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_read_as_words() {
        let check = |written: &str, en: &str, es: &str| {
            assert_eq!(unit(Language::En, written), en);
            assert_eq!(unit(Language::Es, written), es);
        };
        check("dmnl", "", "");
        check("death", "deaths", "muertes");
        check("person/week", "people per week", "personas por semana");
        check("1/Week", "per week", "por semana");
        check(
            "tonne/(Year*boat)",
            "tonnes per year and boat",
            "toneladas por año y boat",
        );
        check("Week", "weeks", "semanas");
        check(
            "million dollar/year",
            "million US dollars per year",
            "millones de dólares por año",
        );
        check("billion USD", "billion US dollars", "mil millones de dólares");
        check("widget", "widget", "widget");
    }

    #[test]
    fn a_pure_number_stands_alone() {
        assert_eq!(with_unit(Language::Es, "0.4", "dmnl"), "0.4");
        assert_eq!(with_unit(Language::Es, "12", "week"), "12 semanas");
    }
}
