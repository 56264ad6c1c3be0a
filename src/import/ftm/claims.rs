//! From items of FollowTheMoney to entities and claims. Nodes become entities, edges become claims with
//! their dates and roles, a sanction becomes the claim that its authority sanctioned its entity. The
//! datasets are the sources: where it is not known which of several says what, they say it together.

use crate::graph::GraphView;
use crate::import::document::Document;
use crate::import::ftm::item::{Item, SCHEME, Said as Word};
use crate::import::ftm::schemata::{self, Edge, LINKS};
use crate::import::harvest::{Harvest, Meeting, Ref, Said};
use crate::import::json;
use crate::model::{Claim, PartialDate, Period, RelationId, TypeId, Value, Vocabulary};
use crate::text::Diagnostic;

/// Properties that are names, with what is told of each.
const NAMES: &[(&str, Option<(&str, &str)>)] = &[
    ("name", None),
    ("alias", None),
    ("weakAlias", Some(("quality", "low"))),
    ("previousName", Some(("name_type", "previous"))),
    ("abbreviation", Some(("name_type", "abbreviation"))),
];

/// Properties that say since when, until when, and on what day.
const SINCE: &[&str] = &["startDate"];
const UNTIL: &[&str] = &["endDate"];
const ON: &[&str] = &["date"];

/// The key of the state of an entity.
pub fn key(id: &str) -> String {
    format!("{SCHEME}:{id}")
}

/// Begins the state of an entity.
fn begin(
    document: &Document<'_>,
    item: &Item,
    harvest: &mut Harvest<'_>,
) -> Result<(), Diagnostic> {
    match harvest.replaces(&key(&item.id), &format!("the entity {}", item.id)) {
        true => Ok(()),
        false => Err(document
            .wrong(
                item.place.offset,
                format!("two states of the entity {} at once", item.id),
            )
            .label("another file of this import has it too")
            .help("import them one after the other, the older first")),
    }
}

/// An entity that is no more: what it said is taken back.
pub fn gone(
    document: &Document<'_>,
    item: &Item,
    harvest: &mut Harvest<'_>,
) -> Result<(), Diagnostic> {
    begin(document, item, harvest)?;
    harvest.count("deletions", 1);
    let known = harvest
        .graph()
        .entities()
        .identified(SCHEME, &item.id)
        .is_some();
    if !known && harvest.standing(&key(&item.id)).is_empty() {
        harvest.odd(
            "deletion of an entity that the case does not have",
            item.place,
        );
    }
    harvest.replaces_nothing();
    Ok(())
}

/// What an item says.
pub fn claims(
    document: &Document<'_>,
    item: Item,
    harvest: &mut Harvest<'_>,
) -> Result<(), Diagnostic> {
    begin(document, &item, harvest)?;
    harvest.count("entities", 1);
    let kind = harvest.kind("dataset");
    let datasets: Vec<Ref> = item
        .datasets
        .iter()
        .map(|name| harvest.named(name, Some(kind), Meeting::ByName))
        .collect();
    let speech = Speech {
        item: &item,
        datasets,
    };
    if !schemata::is_known(&item.schema) {
        harvest.odd(
            format!("schema `{}` that is not known, kept as it is", item.schema),
            item.place,
        );
    }
    match (item.schema.as_str(), schemata::edge_of(&item.schema)) {
        ("Sanction", _) => speech.sanction(harvest),
        (_, Some(edge)) => speech.edge(edge, harvest),
        (_, None) => speech.node(harvest),
    }
    harvest.replaces_nothing();
    Ok(())
}

/// An item and whoever has it.
struct Speech<'i> {
    item: &'i Item,
    datasets: Vec<Ref>,
}

impl Speech<'_> {
    /// The sources of a value: its dataset, else all.
    fn sources(&self, word: &Word) -> Vec<Ref> {
        match word.dataset.and_then(|at| self.datasets.get(at)) {
            Some(one) => vec![*one],
            None => self.datasets.clone(),
        }
    }

    /// The sources of a claim that rests on some values: those that have all of them, else all.
    fn joint(&self, words: &[&Word]) -> Vec<Ref> {
        let named: Option<Vec<usize>> = words.iter().map(|word| word.dataset).collect();
        match named {
            Some(named) if !named.is_empty() => {
                let mut found: Vec<Ref> = Vec::new();
                for at in named {
                    if let Some(one) = self.datasets.get(at).filter(|one| !found.contains(one)) {
                        found.push(*one);
                    }
                }
                found
            }
            Some(_) | None => self.datasets.clone(),
        }
    }

    fn date(&self, keys: &[&str], last: bool, harvest: &mut Harvest<'_>) -> Option<PartialDate> {
        let texts = keys.iter().flat_map(|key| self.item.texts(key));
        let mut dates: Vec<PartialDate> = Vec::new();
        for text in texts {
            match PartialDate::parse(text.trim()) {
                Some(date) => dates.push(date),
                None => harvest.odd("date that is none, left out", self.item.place),
            }
        }
        match last {
            true => dates.into_iter().max(),
            false => dates.into_iter().min(),
        }
    }

    fn valid(&self, harvest: &mut Harvest<'_>) -> Period {
        if let Some(date) = self.date(ON, false, harvest) {
            return Period::on(date);
        }
        let from = self.date(SINCE, false, harvest);
        let mut until = self.date(UNTIL, true, harvest);
        if let (Some(begun), Some(over)) = (from, until)
            && over.end() <= begun.start()
        {
            harvest.odd(
                "interval that ends before it begins, end left out",
                self.item.place,
            );
            until = None;
        }
        Period {
            from,
            until,
            exclusive: false,
        }
    }

    /// The properties that are not read otherwise.
    fn rest(&self, read: &[&str]) -> Vec<(String, Value)> {
        let of_item = self.item.properties.iter();
        let of_item = of_item.filter(|(key, all)| !read.contains(&key.as_str()) && !all.is_empty());
        let mut rest: Vec<(String, Value)> = of_item
            .map(|(key, all)| {
                let mut texts: Vec<&str> = all.iter().map(|word| word.text.as_str()).collect();
                texts.dedup();
                let value = match texts.as_slice() {
                    [one] => json::text_value(one),
                    many => Value::List(many.iter().map(|text| json::text_value(text)).collect()),
                };
                (renamed(key), value)
            })
            .collect();
        let beside = self.item.rest.iter();
        rest.extend(beside.filter_map(|(key, json)| Some((renamed(key), json::value(json)?))));
        rest
    }

    /// What a claim keeps of its item: its id and schema, and what is not read otherwise.
    fn kept(&self, read: &[&str]) -> Vec<(String, Value)> {
        let mut kept = self.rest(read);
        kept.push((SCHEME.to_owned(), Value::Text(self.item.id.clone())));
        kept.push(("schema".to_owned(), Value::Text(self.item.schema.clone())));
        kept
    }

    fn node(&self, harvest: &mut Harvest<'_>) {
        let item = self.item;
        let entity = harvest.identified(SCHEME, &item.id);
        let address = item.schema == "Address";
        let first = item.texts("name").next();
        let first = first.or_else(|| item.texts("full").next().filter(|_| address));
        let name = item
            .caption
            .as_deref()
            .or(first)
            .unwrap_or(&item.id)
            .trim()
            .to_owned();
        let kind = kind_of(&item.schema, harvest);
        let mut read: Vec<&str> = NAMES.iter().map(|(key, _)| *key).collect();
        read.extend(LINKS.iter().map(|(key, ..)| *key));
        let mut properties = self.rest(&read);
        properties.push(("schema".to_owned(), Value::Text(item.schema.clone())));
        harvest.describe(
            entity,
            Said {
                name: name.clone(),
                types: vec![kind],
                properties,
                ..Said::default()
            },
        );
        harvest.count(counted(&item.schema), 1);
        for (key, quality) in NAMES {
            for word in item.said(key) {
                if word.text.trim() == name && word.dataset.is_none() && *key == "name" {
                    continue;
                }
                let text = harvest.text(word.text.trim());
                let mut claim = Claim::new(entity, Vocabulary::ALSO_KNOWN_AS, text);
                claim.sources = self.sources(word);
                if let Some((key, value)) = quality {
                    claim
                        .properties
                        .push(((*key).to_owned(), Value::Text((*value).to_owned())));
                }
                harvest.claim(claim, item.place);
            }
        }
        for (key, relation, other_first) in LINKS {
            for word in item.said(key) {
                let relation = harvest.relation(relation);
                let other = harvest.identified(SCHEME, &word.text);
                let (from, to) = match other_first {
                    true => (other, entity),
                    false => (entity, other),
                };
                let mut claim = Claim::new(from, relation, to);
                claim.sources = self.sources(word);
                harvest.claim(claim, item.place);
            }
        }
    }

    fn edge(&self, edge: &Edge, harvest: &mut Harvest<'_>) {
        let item = self.item;
        harvest.count(counted(edge.schema), 1);
        let relation = relation_of(edge, harvest);
        let (from, to): (Vec<&Word>, Vec<&Word>) =
            (item.said(edge.from).collect(), item.said(edge.to).collect());
        if from.is_empty() || to.is_empty() {
            harvest.odd(
                format!("{} without both its ends, left out", edge.schema),
                item.place,
            );
            return;
        }
        let valid = self.valid(harvest);
        let mut read = vec![edge.from, edge.to, "sourceUrl"];
        read.extend(SINCE.iter().chain(UNTIL).chain(ON));
        let kept = self.kept(&read);
        for one in &from {
            for other in &to {
                let subject = harvest.identified(SCHEME, &one.text);
                let object = harvest.identified(SCHEME, &other.text);
                let sources = self.joint(&[one, other]);
                let mut claim = self.claim(subject, relation, object, sources);
                claim.valid = valid;
                claim.properties.clone_from(&kept);
                harvest.claim(claim, item.place);
            }
        }
    }

    fn claim(
        &self,
        subject: Ref,
        relation: RelationId,
        object: Ref,
        sources: Vec<Ref>,
    ) -> Claim<Ref> {
        let mut claim = Claim::new(subject, relation, object);
        claim.sources = sources;
        claim.reference = self.item.texts("sourceUrl").next().map(str::to_owned);
        claim
    }

    fn sanction(&self, harvest: &mut Harvest<'_>) {
        let item = self.item;
        harvest.count(counted("Sanction"), 1);
        let relation = harvest.relation("sanctioned");
        let valid = self.valid(harvest);
        let reported = self.date(&["listingDate"], false, harvest).or(valid.from);
        let authorities: Vec<Ref> = self.authorities(harvest);
        let mut read = vec!["entity", "sourceUrl"];
        read.extend(SINCE.iter().chain(UNTIL).chain(ON));
        let kept = self.kept(&read);
        let entities: Vec<&Word> = item.said("entity").collect();
        if entities.is_empty() || authorities.is_empty() {
            harvest.odd(
                "Sanction without an entity or an authority, left out",
                item.place,
            );
            return;
        }
        for word in entities {
            for authority in &authorities {
                let object = harvest.identified(SCHEME, &word.text);
                let mut claim = self.claim(*authority, relation, object, self.joint(&[word]));
                claim.valid = valid;
                claim.reported = reported;
                claim.properties.clone_from(&kept);
                harvest.claim(claim, item.place);
            }
        }
    }

    /// Whoever sanctioned: the authority, else the country, else the dataset.
    fn authorities(&self, harvest: &mut Harvest<'_>) -> Vec<Ref> {
        let kind = harvest.kind("institution");
        let mut found: Vec<Ref> = Vec::new();
        for name in self.item.texts("authority") {
            found.push(harvest.named(name, Some(kind), Meeting::ByName));
        }
        if found.is_empty() {
            let countries = self.item.texts("country");
            found.extend(countries.filter_map(|code| harvest.country(code)));
        }
        if found.is_empty() {
            found.extend(self.datasets.first());
        }
        found.dedup();
        found
    }
}

/// The type that the vocabulary has a schema for, where there is one; else that of its noun.
fn kind_of(schema: &str, harvest: &mut Harvest<'_>) -> TypeId {
    let types = harvest.words().types();
    let mut found = types.filter(|(_, kind)| kind.ftm.as_deref() == Some(schema));
    match (found.next(), found.next()) {
        (Some((one, _)), None) => one,
        _ => {
            drop(found);
            harvest.kind(&schemata::noun(schema))
        }
    }
}

/// The relation that the vocabulary has the schema of an edge for; else the one of the table.
fn relation_of(edge: &Edge, harvest: &mut Harvest<'_>) -> RelationId {
    let relations = harvest.words().relations();
    let mut found = relations.filter(|(_, of)| of.ftm.as_deref() == Some(edge.schema));
    match (found.next(), found.next()) {
        (Some((one, _)), None) => one,
        _ => {
            drop(found);
            harvest.relation(edge.relation)
        }
    }
}

/// `name`, `title` and `document` are fields of their own.
fn renamed(key: &str) -> String {
    match key {
        "name" | "title" | "document" | "schema" | SCHEME => format!("ftm-{key}"),
        key => key.to_owned(),
    }
}

/// The plural by which items of a schema are counted.
fn counted(schema: &str) -> String {
    format!("of {schema}")
}
