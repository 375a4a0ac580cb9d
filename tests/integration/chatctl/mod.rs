//! The operator's command line on real engines: defects planted by hand, runs cut off anywhere, and
//! writers who do not stop for it.

mod backlog;
mod dead_letters;
mod mysql;
mod operator;
mod reindex;
mod transfer;
mod verify;
