//! Tags of MISP that grade a claim: TLP, estimative language, admiralty scale. Those that say something else
//! are kept as they are.

use crate::import::misp_galaxy::likelihood;
use crate::import::misp_shapes::Tag;
use crate::model::{Claim, Confidence, Credibility, Likelihood, Marking, Reliability, Value};

/// What tags say of a claim.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graded {
    marking: Option<Marking>,
    likelihood: Option<Likelihood>,
    confidence: Option<Confidence>,
    reliability: Option<Reliability>,
    credibility: Option<Credibility>,
    others: Vec<String>,
}

impl Graded {
    /// What these tags say; where they say nothing, what the tags of the whole said.
    pub fn by(tags: &[Tag], whole: &Graded) -> Graded {
        let mut graded = Graded {
            others: Vec::new(),
            ..whole.clone()
        };
        // The most restrictive of several markings counts.
        let marking = tags.iter().filter_map(|tag| {
            let colour = tag.name.trim().strip_prefix("tlp:")?;
            Marking::named(colour)
        });
        graded.marking = marking.max().or(whole.marking);
        for tag in tags {
            let name = tag.name.trim();
            let of = |prefix: &str| Some(name.strip_prefix(prefix)?.trim_matches('"'));
            let confidence = "estimative-language:confidence-in-analytic-judgment=";
            if let Some(level) = likelihood(name) {
                graded.likelihood = Some(level);
            } else if let Some(level) = of(confidence) {
                graded.confidence = Confidence::named(level);
            } else if let Some(grade) = of("admiralty-scale:source-reliability=") {
                let letter = grade.chars().next();
                graded.reliability = letter.and_then(Reliability::from_letter);
            } else if let Some(grade) = of("admiralty-scale:information-credibility=") {
                graded.credibility = grade.parse().ok().and_then(Credibility::new);
            } else if !name.starts_with("tlp:") && !name.starts_with("misp-galaxy:") {
                graded.others.push(name.to_owned());
            }
        }
        graded
    }

    /// How far it may be passed on.
    pub fn marking(&self) -> Option<Marking> {
        self.marking
    }

    /// The other tags as the value of a property.
    pub fn others(&self) -> Option<Value> {
        let texts: Vec<Value> = self.others.iter().cloned().map(Value::Text).collect();
        (!texts.is_empty()).then_some(Value::List(texts))
    }

    /// Gives a claim its grades.
    pub fn grade<E>(&self, claim: &mut Claim<E>) {
        claim.marking = self.marking;
        claim.likelihood = self.likelihood.clone();
        claim.confidence = self.confidence;
        claim.reliability = self.reliability;
        claim.credibility = self.credibility;
        if let Some(tags) = self.others() {
            claim.properties.push(("tags".to_owned(), tags));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Graded;
    use crate::import::misp_shapes::Tag;
    use crate::model::{Claim, Marking, RelationId};

    #[test]
    fn tags_grade_a_claim_and_the_rest_is_kept() {
        let tags = |names: &[&str]| -> Vec<Tag> {
            let tag = |name: &&str| Tag {
                name: (*name).to_owned(),
            };
            names.iter().map(tag).collect()
        };
        let whole = Graded::by(&tags(&["tlp:amber", "type:OSINT"]), &Graded::default());
        let own = tags(&[
            "admiralty-scale:source-reliability=\"b\"",
            "admiralty-scale:information-credibility=\"2\"",
            "estimative-language:likelihood-probability=\"very-likely\"",
            "workflow:todo=\"review\"",
        ]);
        let mut claim = Claim::new((), RelationId(0), ());
        Graded::by(&own, &whole).grade(&mut claim);
        assert_eq!(claim.marking, Some(Marking::Amber));
        assert_eq!(claim.reliability.map(|grade| grade.letter()), Some('B'));
        assert_eq!(claim.credibility.map(|grade| grade.grade()), Some(2));
        assert_eq!(claim.likelihood.map(|level| level.number), Some(87.5));
        assert_eq!(claim.properties.len(), 1);
        let red = Graded::by(&tags(&["tlp:red", "tlp:green"]), &whole);
        assert_eq!(red.marking, Some(Marking::Red));
    }
}
