//! The words of a case as a line of a dump, and back. What a declaration does not say is left out.

use crate::dump::lines::WordsLine;
use crate::dump::spelled::Word;
use crate::model::{Reading, RelationId, TypeId, Vocabulary, Words};
use serde_json::Value as Json;

/// The words as a line of text.
pub fn text(vocabulary: &Vocabulary) -> Result<String, serde_json::Error> {
    let words = Words::of(vocabulary);
    let numbers = |ids: Vec<TypeId>| ids.into_iter().map(|id| id.0).collect();
    let read = |of: Reading| (of.relation.0, of.reversed, Word(of.form));
    let phrases = words.phrases.into_iter();
    let line = WordsLine {
        entry: "words".to_owned(),
        types: words.types,
        above: words.above.into_iter().map(numbers).collect(),
        nouns: words.nouns.into_iter().map(|(of, id)| (of, id.0)).collect(),
        relations: words.relations,
        phrases: phrases
            .map(|(phrase, of)| (phrase, of.into_iter().map(read).collect()))
            .collect(),
        labels: words.labels.into_iter().map(|id| id.0).collect(),
    };
    let mut json = serde_json::to_value(&line)?;
    for list in ["types", "relations"] {
        let declared = json.get_mut(list).and_then(Json::as_array_mut);
        for of in declared
            .into_iter()
            .flatten()
            .filter_map(Json::as_object_mut)
        {
            of.retain(|_, said| match said {
                Json::Null => false,
                Json::Bool(said) => *said,
                Json::Array(said) => !said.is_empty(),
                Json::Number(_) | Json::String(_) | Json::Object(_) => true,
            });
        }
    }
    serde_json::to_string(&json)
}

/// The words of a line, or why they are none.
pub fn vocabulary(line: WordsLine) -> Result<Vocabulary, String> {
    let types = |ids: Vec<u16>| ids.into_iter().map(TypeId).collect();
    let reading = |(relation, reversed, form): (u16, bool, Word<_>)| Reading {
        relation: RelationId(relation),
        reversed,
        form: form.0,
    };
    let nouns = line.nouns.into_iter();
    let phrases = line.phrases.into_iter();
    let words = Words {
        types: line.types,
        above: line.above.into_iter().map(types).collect(),
        nouns: nouns.map(|(noun, id)| (noun, TypeId(id))).collect(),
        relations: line.relations,
        phrases: phrases
            .map(|(phrase, of)| (phrase, of.into_iter().map(reading).collect()))
            .collect(),
        labels: line.labels.into_iter().map(TypeId).collect(),
    };
    words.vocabulary()
}
