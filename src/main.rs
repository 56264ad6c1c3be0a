//! The program: hands the command line to the library and returns its exit code.

fn main() -> std::process::ExitCode {
    let mut engine = whodunit::engine::Engine::new(whodunit::engine::FOUNDED);
    for text in [include_str!("../data/vocabulary.who"), include_str!("../data/uk-china-2024.who")] {
        match engine.load(text, whodunit::engine::FOUNDED) {
            Ok(l) => { for w in l.warnings { eprintln!("{}", w.1) } eprintln!("{} claims {} entities", l.applied.claims.len(), l.applied.entities.len()) }
            Err(e) => for d in e { eprintln!("{}", whodunit::text::render(&d, "case", text, false)) },
        }
    }
    for q in std::env::args().skip(1) {
        match engine.ask(&q) {
            Ok(a) => { eprintln!("{:?}\n{:?}", a.answer.reading, a.answer.headline); for r in &a.answer.table.rows { eprintln!("{}", r.join(" | ")) } eprintln!("{:?} {:?}", a.answer.notes, a.timing); }
            Err(whodunit::engine::Failure::Mistake(d)) => eprintln!("{}", whodunit::text::render(&d, "q", &q, false)),
            Err(e) => eprintln!("{e:?}"),
        }
    }
    std::process::ExitCode::SUCCESS
}
