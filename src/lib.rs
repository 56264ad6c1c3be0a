//! whodunit: who did what to whom, when, says who, and how sure are they.
//!
//! The life of the question `who targeted any parliament before 2022?`:
//!
//! 1. [`engine::Engine::ask`] gets the text. [`language::question::parse`] gives a syntax tree with
//!    the place of every word; a mistake becomes a [`text::Diagnostic`].
//! 2. [`language::question::lower`] resolves verbs and names through the graph ("did you mean") and
//!    builds [`algebra`]: a pattern of entities joined by facts, with a filter of claims on each.
//! 3. [`optimize`] runs its table of passes: start from the smallest set, walk sets where only
//!    distinct ends are asked for, keep no more rows than are shown.
//! 4. [`run`] pulls batches of columns through operators. They read the claims of the [`graph`]
//!    through one narrow interface, [`graph::GraphView`], and rows carry the facts behind them.
//! 5. [`answer`] groups claims into facts and says how likely, on whose word, when, and who disputes
//!    it; [`export`] gives that a form.
//!
//! Where a plan reads a relation that [`rules`] give, what follows is worked out first and stands beside
//! the claims; [`why`] proves it.
//!
//! Statements take the shorter way: [`language::statement`] turns sentences into changes, and
//! [`graph::Graph::apply`] carries out all of them or none. GQL joins at step 2 by
//! [`language::gql`] and takes the same steps from there. Tables come in through [`import`].

pub mod algebra;
pub mod answer;
pub mod cli;
pub mod dump;
pub mod engine;
pub mod export;
pub mod front;
pub mod graph;
pub mod import;
pub mod language;
pub mod model;
pub mod optimize;
pub mod repl;
pub mod rules;
pub mod run;
pub mod storage;
pub mod text;
pub mod why;
