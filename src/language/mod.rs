//! From text to algebra: one folder a language, and what they share.

pub mod question;
