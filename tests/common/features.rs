//! Scenarios in the text style of the openCypher suite, read from `tests/gql/*.feature`.

/// A scenario.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// Its name, with the example that fills it.
    pub name: String,
    /// Steps with what stands below them.
    pub steps: Vec<(String, String)>,
}

/// `| a | b |` as cells; `\|` is a bar.
pub fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner
        .replace("\\|", "\u{1}")
        .split('|')
        .map(|cell| cell.trim().replace('\u{1}', "|"))
        .collect()
}

/// The scenarios of a feature, outlines filled in.
pub fn scenarios(text: &str) -> Vec<Scenario> {
    let mut found: Vec<Scenario> = Vec::new();
    let mut outline: Option<Scenario> = None;
    let mut header: Option<Vec<String>> = None;
    let mut examples = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') || bare.starts_with("Feature:") {
            continue;
        }
        if let Some(name) = bare.strip_prefix("Scenario:") {
            (outline, examples) = (None, false);
            found.push(Scenario {
                name: name.trim().to_owned(),
                steps: Vec::new(),
            });
        } else if let Some(name) = bare.strip_prefix("Scenario Outline:") {
            examples = false;
            outline = Some(Scenario {
                name: name.trim().to_owned(),
                steps: Vec::new(),
            });
        } else if bare == "Examples:" {
            (examples, header) = (true, None);
        } else if examples {
            let row = cells(bare);
            match &header {
                None => header = Some(row),
                Some(names) => {
                    let filled = |text: &str| {
                        let pairs = names.iter().zip(&row);
                        pairs.fold(text.to_owned(), |text, (name, value)| {
                            text.replace(&format!("<{name}>"), value)
                        })
                    };
                    let outline = outline.as_ref().expect("an outline before its examples");
                    let steps = outline.steps.iter();
                    found.push(Scenario {
                        name: format!("{} ({})", outline.name, row.join(", ")),
                        steps: steps
                            .map(|(step, body)| (filled(step), filled(body)))
                            .collect(),
                    });
                }
            }
        } else if bare == "\"\"\"" {
            let mut body = String::new();
            for line in lines.by_ref() {
                if line.trim() == "\"\"\"" {
                    break;
                }
                body.push_str(line.trim());
                body.push('\n');
            }
            let scenario = outline.as_mut().or(found.last_mut()).expect("a scenario");
            scenario.steps.last_mut().expect("a step").1 = body.trim_end().to_owned();
        } else if bare.starts_with('|') {
            let scenario = outline.as_mut().or(found.last_mut()).expect("a scenario");
            let body = &mut scenario.steps.last_mut().expect("a step").1;
            body.push_str(bare);
            body.push('\n');
        } else {
            let scenario = outline.as_mut().or(found.last_mut()).expect("a scenario");
            scenario.steps.push((bare.to_owned(), String::new()));
        }
    }
    found
}
