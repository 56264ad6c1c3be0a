//! Statements in and out: a text becomes claims, all or none; a case becomes text.

use crate::engine::case::{Engine, FOUNDED, FOUNDING_CASE, Loaded, VOCABULARY};
use crate::engine::rules::{Book, no_rule};
use crate::graph::{Applied, GraphView, Refusal};
use crate::language::script::{self, Kind};
use crate::language::{rule, spelling, statement};
use crate::model::{Change, EntityId, RelationId, TypeId, Vocabulary};
use crate::text::{Diagnostic, Span, quoted_list};

impl Engine {
    /// An empty case with the vocabulary that is a part of the program, and was known before anything.
    pub fn with_vocabulary(now: i64) -> Engine {
        let mut engine = Engine::new(now);
        // A test loads this text and the founding case and shows what is wrong with them.
        let _ = engine.load(VOCABULARY, 0);
        engine
    }

    /// The founding case, which is a part of the program.
    pub fn founding(now: i64) -> Engine {
        let mut engine = Engine::with_vocabulary(now);
        let _ = engine.load(FOUNDING_CASE, FOUNDED);
        engine
    }

    /// Takes statements in, all or none. `recorded` is in seconds since 1970.
    pub fn load(&mut self, text: &str, recorded: i64) -> Result<Loaded, Vec<Diagnostic>> {
        let mut lowering = statement::Lowering::new(self.graph.vocabulary().clone(), &self.context);
        let mut rules = Book::new(self.graph.rules());
        let (changes, places) = lowered(text, &mut lowering, &mut rules)?;
        let before = self.state();
        let claims_only = changes
            .iter()
            .all(|change| matches!(change, Change::Assert(_)));
        let applied = self.graph.apply_owned(changes, recorded).map_err(|error| {
            vec![refused(
                error.refusal,
                places.get(error.change).copied().unwrap_or_default(),
            )]
        })?;
        if claims_only {
            self.grew(before);
        }
        let place = |at: usize| places.get(at).copied().unwrap_or_default();
        let mut warnings: Vec<(Span, String)> = applied
            .warnings
            .iter()
            .map(|(at, warning)| (place(*at), warning.clone()))
            .collect();
        warnings.extend(
            self.odd_ends(&applied)
                .into_iter()
                .map(|(_, warning)| (Span::default(), warning)),
        );
        Ok(Loaded { applied, warnings })
    }

    /// New claims whose ends are not of the types that the vocabulary gives.
    pub(in crate::engine) fn odd_ends(&self, applied: &Applied) -> Vec<(RelationId, String)> {
        let (words, columns) = (self.graph.vocabulary(), self.graph.columns());
        let named = |nouns: &[String]| -> Vec<TypeId> {
            let kinds = nouns.iter().filter_map(|noun| words.type_named(noun));
            kinds.collect()
        };
        // What each relation expects is looked up once.
        let expected: Vec<[Vec<TypeId>; 2]> = words
            .relations()
            .map(|(_, of)| [named(&of.from), named(&of.to)])
            .collect();
        let fits = |id: EntityId, kinds: &[TypeId]| {
            let own: &[TypeId] = &self.graph.entities().get(id).types;
            own.is_empty()
                || kinds.is_empty()
                || own
                    .iter()
                    .any(|own| kinds.iter().any(|kind| words.is_a(*own, *kind)))
        };
        let mut found = Vec::new();
        for row in applied.claims.iter().filter_map(|id| columns.row_of(*id)) {
            let declared = words.relation(columns.relation(row));
            if columns.relation(row) == Vocabulary::ALSO_KNOWN_AS {
                continue;
            }
            let [from, to] = &expected[columns.relation(row).index()];
            for (id, nouns, kinds) in [
                (columns.subject(row), &declared.from, from),
                (columns.object(row), &declared.to, to),
            ] {
                if !fits(id, kinds) {
                    let name = self.graph.entities().name(id);
                    let said = format!(
                        "#{}: `{}` expects {} here, and `{name}` is none",
                        columns.id(row).0,
                        declared.name,
                        quoted_list(nouns)
                    );
                    found.push((columns.relation(row), said));
                }
            }
        }
        found
    }

    /// The whole case as statements.
    pub fn statements(&self) -> String {
        let words = self.graph.vocabulary();
        let print = |change: &Change| statement::print(change, words) + "\n";
        self.graph.changes().iter().map(print).collect()
    }
}

/// The changes that a text of statements asks for, each with its place; or all that is wrong with it.
pub(in crate::engine) fn lowered(
    text: &str,
    lowering: &mut statement::Lowering<'_>,
    rules: &mut Book,
) -> Result<(Vec<Change>, Vec<Span>), Vec<Diagnostic>> {
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    let mut changes: Vec<Change> = Vec::new();
    let mut places: Vec<Span> = Vec::new();
    for change in rules.foresee(text, &mut lowering.words) {
        changes.push(change);
        places.push(Span::default());
    }
    let mut at = 0;
    while let Some(item) = script::next(text, at) {
        at = script::behind(text, &item).max(item.span.start + 1);
        let sentence = item.span.of(text);
        let lowered = match item.kind {
            Kind::Statement if rule::is_rule(sentence) => {
                rule::parse(sentence).and_then(|tree| rules.lower(&tree, &mut lowering.words))
            }
            Kind::Statement => statement::parse(sentence).and_then(|tree| lowering.sentence(&tree)),
            Kind::Question | Kind::Gql | Kind::Command => Err(Diagnostic::new(
                "only statements can be loaded",
                Span::new(0, sentence.len().min(60)),
            )
            .label("this asks")
            .help("`run` takes scripts of statements and questions")),
        };
        match lowered {
            Ok(more) => {
                places.resize(places.len() + more.len(), item.span);
                changes.extend(more);
            }
            Err(mistake) => mistakes.push(mistake.shifted(item.span.start)),
        }
        if mistakes.len() >= 20 {
            break;
        }
    }
    match mistakes.is_empty() {
        true => Ok((changes, places)),
        false => Err(mistakes),
    }
}

/// A refused change as a mistake in the text.
pub(in crate::engine) fn refused(refusal: Refusal, span: Span) -> Diagnostic {
    let said = Diagnostic::new(refusal.to_string(), span);
    match refusal {
        Refusal::Ambiguous { candidates, .. } => {
            let candidates: Vec<String> =
                candidates.iter().map(|name| spelling::name(name)).collect();
            said.label("ambiguous name")
                .note(format!("it may be {}", quoted_list(&candidates)))
                .help("write the one that is meant")
        }
        Refusal::NoSuchClaim(_) => said
            .label("unknown number")
            .help("`about NAME` and `why …` show the numbers of claims"),
        Refusal::NothingToRetract => said
            .label("nothing to take back")
            .help("every field must be the same; `retract #12` names a claim by its number"),
        Refusal::NoSuchEntity(_) => said
            .label("unknown name")
            .help("`about NAME` shows how an entity is called"),
        Refusal::AlreadyOne(..) => said
            .label("nothing to merge")
            .help("`about NAME` shows what was merged; `unmerge NAME` undoes it"),
        Refusal::NotMerged(_) => said
            .label("nothing to undo")
            .help("`unmerge` takes the name of the entity that was merged into another"),
        Refusal::NoSuchRule { name, known } => {
            no_rule(&name, known.iter().map(String::as_str), span)
        }
        Refusal::Full => said.label("no room left").help("split the case"),
    }
}
