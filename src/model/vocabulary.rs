//! The words of a case: types with their nouns, relations with their verb forms. It is declared in
//! our own text (`data/vocabulary.who` and users' files); it knows nothing of claims.

use crate::model::declaration::{Form, RelationDeclaration, TypeDeclaration};
use crate::model::forms;
use crate::model::ids::{RelationId, TypeId};
use crate::text::fold;
use minicbor::{Decode, Encode};
use rustc_hash::FxHashMap;

/// One way to read a verb phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Reading {
    /// The relation.
    #[n(0)]
    pub relation: RelationId,
    /// Whether the phrase runs from the object to the subject.
    #[n(1)]
    pub reversed: bool,
    /// The form.
    #[n(2)]
    pub form: Form,
}

/// The words of a case.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Vocabulary {
    #[n(0)]
    pub(in crate::model) types: Vec<TypeDeclaration>,
    /// For each type all types above it, itself included, sorted.
    #[n(1)]
    pub(in crate::model) above: Vec<Vec<TypeId>>,
    #[n(2)]
    pub(in crate::model) nouns: FxHashMap<String, TypeId>,
    #[n(3)]
    pub(in crate::model) relations: Vec<RelationDeclaration>,
    #[n(4)]
    pub(in crate::model) phrases: FxHashMap<String, Vec<Reading>>,
    /// Types that came as labels of a query; between these case matters.
    #[n(5)]
    pub(in crate::model) labels: rustc_hash::FxHashSet<TypeId>,
}

impl Default for Vocabulary {
    fn default() -> Vocabulary {
        Vocabulary::new()
    }
}

impl Vocabulary {
    /// The type above all types.
    pub const ENTITY: TypeId = TypeId(0);
    /// The type of the texts that are names of entities.
    pub const NAME: TypeId = TypeId(1);
    /// `also-known-as (entity -> name)`
    pub const ALSO_KNOWN_AS: RelationId = RelationId(0);

    /// The built-in words: types `entity` and `name`, relation `also-known-as`.
    pub fn new() -> Vocabulary {
        let mut vocabulary = Vocabulary {
            types: Vec::new(),
            above: Vec::new(),
            nouns: FxHashMap::default(),
            relations: Vec::new(),
            phrases: FxHashMap::default(),
            labels: rustc_hash::FxHashSet::default(),
        };
        vocabulary.declare_type(TypeDeclaration {
            name: "entity".into(),
            plural: Some("entities".into()),
            also: vec!["thing".into(), "things".into()],
            doc: Some("Anything that claims are about.".into()),
            ..TypeDeclaration::default()
        });
        vocabulary.declare_type(TypeDeclaration {
            name: "name".into(),
            plural: Some("names".into()),
            also: vec!["alias".into(), "aliases".into()],
            doc: Some("The text of another name of an entity.".into()),
            ..TypeDeclaration::default()
        });
        vocabulary.declare_relation(RelationDeclaration {
            name: "also-known-as".into(),
            to: vec!["name".into()],
            participle: Some("known".into()),
            base: Some("know".into()),
            third: Some("knows".into()),
            past: Some("knew".into()),
            gerund: Some("knowing".into()),
            particle: Some("as".into()),
            also: vec!["also known as".into(), "called".into(), "named".into()],
            inverse: Some("names".into()),
            doc: Some("The entity has another name.".into()),
            ..RelationDeclaration::default()
        });
        vocabulary
    }

    /// Declares a type; one that is known gets what is new. Unknown parents are declared as roots.
    pub fn declare_type(&mut self, declaration: TypeDeclaration) -> TypeId {
        let key = word(&declaration.name);
        let known = self.types.iter().position(|known| word(&known.name) == key);
        let id = match known {
            Some(at) => {
                let known = &mut self.types[at];
                extend(&mut known.parents, declaration.parents);
                extend(&mut known.also, declaration.also);
                known.plural = declaration.plural.or(known.plural.take());
                known.stix = declaration.stix.or(known.stix.take());
                known.ftm = declaration.ftm.or(known.ftm.take());
                known.doc = declaration.doc.or(known.doc.take());
                TypeId(at as u16)
            }
            None => {
                self.types.push(declaration);
                TypeId((self.types.len() - 1) as u16)
            }
        };
        let declared = &self.types[id.index()];
        let plural = declared
            .plural
            .clone()
            .unwrap_or_else(|| forms::plural(&declared.name));
        let mut nouns = vec![word(&declared.name), word(&plural)];
        for noun in &declared.also {
            nouns.extend([word(noun), word(&forms::plural(noun))]);
        }
        for noun in nouns {
            self.nouns.entry(noun).or_insert(id);
        }
        // A type may name itself among its parents: its own noun is known by now.
        for parent in self.types[id.index()].parents.clone() {
            if self.type_named(&parent).is_none() {
                self.declare_type(TypeDeclaration {
                    name: parent,
                    ..TypeDeclaration::default()
                });
            }
        }
        self.close_types();
        id
    }

    /// Declares a relation; one that is known gets what is new.
    pub fn declare_relation(&mut self, declaration: RelationDeclaration) -> RelationId {
        let key = word(&declaration.name);
        let known = self
            .relations
            .iter()
            .position(|known| word(&known.name) == key);
        let id = match known {
            Some(at) => {
                self.relations[at] = merged(self.relations[at].clone(), declaration);
                RelationId(at as u16)
            }
            None => {
                self.relations.push(declaration);
                RelationId((self.relations.len() - 1) as u16)
            }
        };
        for (phrase, form, reversed) in forms::phrases(&self.relations[id.index()]) {
            let reading = Reading {
                relation: id,
                reversed,
                form,
            };
            let readings = self.phrases.entry(word(&phrase)).or_default();
            if !readings.contains(&reading) {
                readings.push(reading);
                readings.sort();
            }
        }
        id
    }

    /// The type of exactly this name; in any case where no label is spelled so.
    pub fn label(&self, name: &str) -> Option<TypeId> {
        let exact = self.types.iter().position(|known| known.name == name);
        exact.map(|at| TypeId(at as u16))
    }

    /// The type that a label in a query means: the one of exactly this name, else one that was
    /// declared as a word of the language and reads the same.
    pub fn label_meant(&self, name: &str) -> Option<TypeId> {
        self.label(name).or_else(|| {
            self.type_named(name)
                .filter(|known| !self.labels.contains(known))
        })
    }

    /// Declares a type of exactly this name, below the word that reads the same if there is one.
    pub fn declare_label(&mut self, name: &str) -> TypeId {
        if let Some(known) = self.label(name) {
            return known;
        }
        let parent = self
            .type_named(name)
            .filter(|known| !self.labels.contains(known));
        let parents = parent.map(|id| self.type_of(id).name.clone());
        let id = TypeId(self.types.len() as u16);
        self.types.push(TypeDeclaration {
            name: name.to_owned(),
            parents: parents.into_iter().collect(),
            ..TypeDeclaration::default()
        });
        self.labels.insert(id);
        for noun in [word(name), word(&forms::plural(name))] {
            self.nouns.entry(noun).or_insert(id);
        }
        self.close_types();
        id
    }

    /// The relation of exactly this name, or of the same with `-` for `_`, which a type in a query
    /// has no other way to spell.
    pub fn relationship_type(&self, name: &str) -> Option<RelationId> {
        let of = |name: &str| self.relations.iter().position(|known| known.name == name);
        let exact = of(name).or_else(|| of(&name.replace('_', "-")));
        exact.map(|at| RelationId(at as u16))
    }

    /// Declares a relation of exactly this name; where a known one reads the same, questions go on
    /// to mean that.
    pub fn declare_relationship_type(&mut self, name: &str) -> RelationId {
        if let Some(known) = self.relationship_type(name) {
            return known;
        }
        let declaration = RelationDeclaration {
            name: name.to_owned(),
            ..RelationDeclaration::default()
        };
        match self.relation_named(name) {
            None => self.declare_relation(declaration),
            Some(_) => {
                self.relations.push(declaration);
                RelationId((self.relations.len() - 1) as u16)
            }
        }
    }

    fn close_types(&mut self) {
        self.above = (0..self.types.len())
            .map(|start| {
                let mut above = vec![TypeId(start as u16)];
                let mut at = 0;
                while at < above.len() {
                    for parent in &self.types[above[at].index()].parents {
                        let parent = self.nouns.get(&word(parent)).copied();
                        above.extend(parent.filter(|parent| !above.contains(parent)));
                    }
                    at += 1;
                }
                // Names are not things of the world: `any entity` leaves them out.
                if start != Vocabulary::NAME.index() && !above.contains(&Vocabulary::ENTITY) {
                    above.push(Vocabulary::ENTITY);
                }
                above.sort();
                above
            })
            .collect();
    }

    /// The type of a noun, singular or plural, in any case.
    pub fn type_named(&self, noun: &str) -> Option<TypeId> {
        self.nouns.get(&word(noun)).copied()
    }

    /// Whether a type is another or lies below it.
    pub fn is_a(&self, narrow: TypeId, wide: TypeId) -> bool {
        self.above
            .get(narrow.index())
            .is_some_and(|above| above.binary_search(&wide).is_ok())
    }

    /// A type and all types below it.
    pub fn below(&self, wide: TypeId) -> Vec<TypeId> {
        (0..self.types.len() as u16)
            .map(TypeId)
            .filter(|narrow| self.is_a(*narrow, wide))
            .collect()
    }

    /// What was declared of a type.
    pub fn type_of(&self, id: TypeId) -> &TypeDeclaration {
        &self.types[id.index()]
    }

    /// All types in the order of declaration.
    pub fn types(&self) -> impl Iterator<Item = (TypeId, &TypeDeclaration)> {
        self.types
            .iter()
            .enumerate()
            .map(|(at, declared)| (TypeId(at as u16), declared))
    }

    /// The plural noun of a type.
    pub fn plural(&self, id: TypeId) -> String {
        let declared = self.type_of(id);
        declared
            .plural
            .clone()
            .unwrap_or_else(|| forms::plural(&declared.name))
    }

    /// The relation of a canonical name; `-`, `_` and spaces are one.
    pub fn relation_named(&self, name: &str) -> Option<RelationId> {
        let key = word(name);
        let at = self
            .relations
            .iter()
            .position(|known| word(&known.name) == key)?;
        Some(RelationId(at as u16))
    }

    /// The relation that a word outside of a sentence means: by its name, or by a form of a verb whose
    /// forms were declared (`uses` is `used`).
    pub fn relation_meant(&self, name: &str) -> Option<RelationId> {
        self.relation_named(name).or_else(|| {
            let spelled = name.replace(['_', '-'], " ");
            let (verb, particle) = match spelled.split_once(' ') {
                Some((verb, particle)) => (verb, Some(particle)),
                None => (spelled.as_str(), None),
            };
            // Several forms of one verb may be spelled alike.
            let readings = self.readings(verb, particle);
            let meant = readings.first()?.relation;
            let same = |reading: &Reading| reading.relation == meant && !reading.reversed;
            let one = readings.iter().all(same) && self.relation(meant).base.is_some();
            one.then_some(meant)
        })
    }

    /// All readings of a verb phrase: verb, and particle where there is one.
    pub fn readings(&self, verb: &str, particle: Option<&str>) -> &[Reading] {
        let phrase = match particle {
            Some(particle) => word(&format!("{verb} {particle}")),
            None => word(verb),
        };
        self.phrases.get(&phrase).map_or(&[], Vec::as_slice)
    }

    /// What was declared of a relation.
    pub fn relation(&self, id: RelationId) -> &RelationDeclaration {
        &self.relations[id.index()]
    }

    /// All relations in the order of declaration.
    pub fn relations(&self) -> impl Iterator<Item = (RelationId, &RelationDeclaration)> {
        self.relations
            .iter()
            .enumerate()
            .map(|(at, known)| (RelationId(at as u16), known))
    }

    /// The verb phrase of a relation in a form, with its particle: `attributed to`.
    pub fn phrase(&self, id: RelationId, form: Form) -> String {
        forms::phrase(self.relation(id), form)
    }

    /// Every noun that a type can be called by, unsorted.
    pub fn nouns(&self) -> impl Iterator<Item = &str> {
        self.nouns.keys().map(String::as_str)
    }

    /// Every verb phrase with its readings, unsorted.
    pub fn phrases(&self) -> impl Iterator<Item = (&str, &[Reading])> {
        self.phrases
            .iter()
            .map(|(phrase, readings)| (phrase.as_str(), readings.as_slice()))
    }
}

/// Words are compared folded: `attributed-to`, `attributed_to` and `Attributed to` are one.
fn word(text: &str) -> String {
    fold(text)
}

fn extend(known: &mut Vec<String>, more: Vec<String>) {
    for item in more {
        if !known.contains(&item) {
            known.push(item);
        }
    }
}

fn merged(mut known: RelationDeclaration, more: RelationDeclaration) -> RelationDeclaration {
    extend(&mut known.from, more.from);
    extend(&mut known.to, more.to);
    extend(&mut known.also, more.also);
    RelationDeclaration {
        base: more.base.or(known.base),
        third: more.third.or(known.third),
        past: more.past.or(known.past),
        participle: more.participle.or(known.participle),
        gerund: more.gerund.or(known.gerund),
        particle: more.particle.or(known.particle),
        noun: more.noun.or(known.noun),
        plural: more.plural.or(known.plural),
        passive: more.passive.or(known.passive),
        inverse: more.inverse.or(known.inverse),
        symmetric: more.symmetric || known.symmetric,
        transitive: more.transitive || known.transitive,
        stix: more.stix.or(known.stix),
        ftm: more.ftm.or(known.ftm),
        doc: more.doc.or(known.doc),
        name: known.name,
        from: known.from,
        to: known.to,
        also: known.also,
    }
}

#[cfg(test)]
mod tests {
    use crate::model::declaration::{Form, RelationDeclaration, TypeDeclaration};
    use crate::model::vocabulary::Vocabulary;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::new();
        vocabulary.declare_type(TypeDeclaration {
            name: "parliament".into(),
            parents: vec!["institution".into()],
            ..TypeDeclaration::default()
        });
        vocabulary.declare_relation(RelationDeclaration {
            name: "attributed-to".into(),
            base: Some("attribute".into()),
            particle: Some("to".into()),
            noun: Some("attribution".into()),
            ..RelationDeclaration::default()
        });
        vocabulary.declare_relation(RelationDeclaration {
            name: "part-of".into(),
            inverse: Some("contains".into()),
            ..RelationDeclaration::default()
        });
        vocabulary
    }

    #[test]
    fn every_spelling_of_a_relation_is_one_relation() {
        let words = vocabulary();
        let id = words.relation_named("attributed-to").expect("declared");
        for (verb, particle) in [
            ("attributed", Some("to")),
            ("attributed-to", None),
            ("attributed_to", None),
            ("attribute", Some("to")),
            ("attributes", Some("to")),
        ] {
            let readings = words.readings(verb, particle);
            assert!(
                readings
                    .iter()
                    .any(|reading| reading.relation == id && !reading.reversed),
                "{verb}"
            );
        }
        assert_eq!(words.readings("attributions", None)[0].form, Form::Noun);
        assert!(words.readings("attribtued", Some("to")).is_empty());
        assert!(words.readings("contains", None)[0].reversed);
    }

    #[test]
    fn a_form_that_a_relation_has_twice_means_it_all_the_same() {
        let mut words = vocabulary();
        let used = words.declare_relation(RelationDeclaration {
            name: "used".into(),
            base: Some("use".into()),
            also: vec!["uses".into()],
            inverse: Some("used by".into()),
            ..RelationDeclaration::default()
        });
        assert_eq!(words.relation_meant("uses"), Some(used));
        assert_eq!(words.relation_meant("contains"), None);
    }

    #[test]
    fn a_type_may_be_its_own_parent_and_a_pair_each_others() {
        let mut words = vocabulary();
        let declare = |words: &mut Vocabulary, name: &str, parent: &str| {
            words.declare_type(TypeDeclaration {
                name: name.into(),
                parents: vec![parent.into()],
                ..TypeDeclaration::default()
            })
        };
        let own = declare(&mut words, "doc", "doc");
        assert!(words.is_a(own, own));
        let (a, b) = (
            declare(&mut words, "hen", "egg"),
            declare(&mut words, "egg", "hen"),
        );
        assert!(words.is_a(a, b) && words.is_a(b, a));
    }

    #[test]
    fn a_parliament_is_an_institution_and_an_entity_but_no_name() {
        let words = vocabulary();
        let parliament = words.type_named("Parliaments").expect("declared");
        let institution = words
            .type_named("institutions")
            .expect("declared as a root");
        assert!(words.is_a(parliament, institution));
        assert!(words.is_a(institution, Vocabulary::ENTITY));
        assert!(!words.is_a(Vocabulary::NAME, Vocabulary::ENTITY));
        assert!(!words.is_a(institution, parliament));
    }
}
