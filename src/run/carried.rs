//! What our export writes into a script of Cypher beside properties that hold less than the case does: JSON
//! under the key `whodunit`, which tells that a text is a partial date or a map. Whoever runs the script
//! elsewhere has a text; here it becomes what it was.

use crate::import::typed;
use crate::model::Value;

/// The key.
pub const OWN: &str = "whodunit";

/// Properties become what they were before they were written. Only what still says the same is taken: a
/// value that somebody changed in the script is as it stands there, and a text under the key that no export
/// wrote is a property like any other.
pub fn restore(properties: &mut Vec<(String, Value)>) {
    let at = properties.iter().position(|(key, _)| key == OWN);
    let Some((at, Value::Text(text))) = at.map(|at| (at, &properties[at].1)) else {
        return;
    };
    let Ok(carried) = typed::object(text) else {
        return;
    };
    let own = properties.remove(at);
    for (key, was) in carried {
        if key == own.0 {
            properties.insert(at, (key, was));
        } else if let Some((_, now)) = properties.iter_mut().find(|(known, _)| *known == key)
            && same(now, &was)
        {
            *now = was;
        }
    }
}

/// Whether a property is what a value is written as.
fn same(now: &Value, was: &Value) -> bool {
    match (now, was) {
        (Value::Text(text), Value::Date(date)) => *text == date.to_string(),
        (Value::Text(text), Value::Map(_) | Value::List(_)) => {
            let json = serde_json::from_str(text).ok();
            let read = json.and_then(|json| typed::value(&json).ok().flatten());
            read.as_ref() == Some(was)
        }
        (Value::List(now), Value::List(was)) => {
            now.len() == was.len() && now.iter().zip(was).all(|(now, was)| same(now, was))
        }
        (now, was) => now == was,
    }
}
