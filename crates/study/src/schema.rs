//! The JSON Schema of the case file, made of the table of keys that the reader uses.

use serde_json::{Map, Value, json};

use crate::case::form::keys::{CASE, DISTRIBUTIONS};
use crate::case::form::shape::{LANGUAGES, Record, Shape};

/// The JSON Schema (draft 2020-12) of a case file, its includes merged.
pub fn json_schema() -> Value {
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!("Weighhouse case file"));
    schema.extend(object(record(&CASE)));
    Value::Object(schema)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => unreachable!("a record is an object"),
    }
}

fn record(record: &Record) -> Value {
    let mut properties = Map::new();
    for field in record.fields {
        let mut inner = object(shape(&field.shape));
        // What the key means here goes before what its shape is anywhere.
        inner.insert("description".to_owned(), json!(field.doc));
        properties.insert(field.key.to_owned(), Value::Object(inner));
    }
    let required: Vec<&str> = record
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.key)
        .collect();
    let mut schema = object(json!({
        "description": record.doc,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    }));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if !record.exactly_one_of.is_empty() {
        let one: Vec<Value> = record
            .exactly_one_of
            .iter()
            .map(|key| json!({ "required": [key] }))
            .collect();
        schema.insert("oneOf".to_owned(), json!(one));
    }
    if record.field("distribution").is_some() {
        let needs = DISTRIBUTIONS.iter().map(|(word, keys)| {
            json!({
                "if": { "properties": { "distribution": { "const": word } } },
                "then": { "required": keys },
            })
        });
        schema.insert("allOf".to_owned(), json!(needs.collect::<Vec<Value>>()));
    }
    Value::Object(schema)
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Text => {
            let languages: Map<String, Value> = LANGUAGES
                .iter()
                .map(|(key, language)| {
                    (
                        (*key).to_owned(),
                        json!({ "type": "string", "minLength": 1, "description": language }),
                    )
                })
                .collect();
            let keys: Vec<&str> = LANGUAGES.iter().map(|(key, _)| *key).collect();
            json!({ "type": "object", "properties": languages, "required": keys, "additionalProperties": false })
        }
        Shape::Id => json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" }),
        Shape::String => json!({ "type": "string", "minLength": 1 }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Integer => json!({ "type": "integer" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::List(item) => json!({ "type": "array", "items": shape(item) }),
        Shape::Pair => {
            json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 })
        }
        Shape::Record(inner) => record(inner),
        Shape::Map { key, of } => {
            json!({ "type": "object", "propertyNames": { "description": key }, "additionalProperties": shape(of) })
        }
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(shape).collect::<Vec<Value>>() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All keys that the schema allows, with their paths.
    fn keys(schema: &Value, path: &str, found: &mut Vec<(String, String)>) {
        match schema {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    for (key, inner) in properties {
                        let path = format!("{path}.{key}");
                        found.push((key.clone(), path.clone()));
                        keys(inner, &path, found);
                    }
                }
                for (key, inner) in map {
                    if key != "properties" {
                        keys(inner, path, found);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| keys(item, path, found)),
            _ => {}
        }
    }

    #[test]
    fn no_key_names_a_person_a_place_a_group_a_force_or_a_method_as_a_target() {
        let words = [
            "person",
            "people",
            "individual",
            "leader",
            "suspect",
            "member",
            "target",
            "location",
            "place",
            "coordinate",
            "latitude",
            "longitude",
            "lat",
            "lon",
            "geo",
            "address",
            "site",
            "region",
            "city",
            "town",
            "state",
            "map",
            "group",
            "organization",
            "organisation",
            "cartel",
            "gang",
            "faction",
            "unit",
            "force",
            "squad",
            "brigade",
            "weapon",
            "munition",
            "aircraft",
            "drone",
            "missile",
            "method",
            "tactic",
            "technique",
            "means",
            "plan",
            "strike",
            "attack",
            "raid",
            "kill",
            "lethal",
            "yield",
            "warhead",
            "range_km",
            "route",
            "schedule",
        ];
        let mut found = Vec::new();
        keys(&json_schema(), "case", &mut found);
        assert!(found.len() > 100, "the walk reaches the whole schema");
        for (key, path) in found {
            // The unit of measurement of a number, and the places of a statement inside the case file itself.
            if key == "unit" || path == "case.statement.places" {
                continue;
            }
            let hit = key
                .split('_')
                .find(|part| words.contains(part) || words.contains(&part.trim_end_matches('s')));
            assert_eq!(hit, None, "the key `{path}`");
        }
    }

    #[test]
    fn the_schema_says_what_the_reader_demands() {
        let schema = json_schema();
        let outcome = &schema["properties"]["outcome"]["items"];
        assert_eq!(outcome["additionalProperties"], json!(false));
        assert!(
            outcome["required"]
                .as_array()
                .is_some_and(|keys| keys.contains(&json!("close_call")))
        );
        assert_eq!(
            outcome["properties"]["close_call"]["oneOf"][1]["required"],
            json!(["share_of_baseline"])
        );
        assert_eq!(schema["properties"]["title"]["required"], json!(["en", "es"]));
    }

    #[test]
    fn the_whole_schema() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&json_schema()).unwrap());
    }
}
