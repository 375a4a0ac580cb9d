//! The search room on a real engine: what is found, in which order, and what becomes of documents.
//! Every test has tenants of its own; those that need an alias in some state have one of their own.

mod aliases;
mod case;
pub(crate) mod engine;
mod large;
mod outages;
mod pages;
mod revisions;
mod room;
mod substrings;
mod tenants;
mod words;
