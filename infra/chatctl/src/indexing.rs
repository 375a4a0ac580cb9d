//! Documents written with patience: what the engine does not take at present is tried again.

use std::time::{Duration, Instant};

use chat::search::{Document, EngineError, Generation, Outcome};

use crate::{engines::Engines, failure::Failure};

/// Longest time for one request.
const CALL: Duration = Duration::from_mins(1);
/// How long the engine may take nothing before the command gives up.
const PATIENCE: Duration = Duration::from_mins(5);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A document that will never be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Its position among those that were given.
    pub(crate) document: usize,
    /// The engine's name for what is wrong.
    pub(crate) reason: String,
}

/// Writes documents, reads what became of each, and tries again what was put off.
pub(crate) async fn index(
    engines: &Engines,
    generation: Generation,
    documents: &[Document<'_>],
) -> Result<Vec<Refusal>, Failure> {
    let mut refusals = Vec::new();
    let mut waiting: Vec<usize> = (0..documents.len()).collect();
    let mut pause = FIRST_PAUSE;
    let mut last_success = Instant::now();
    while !waiting.is_empty() {
        let batch: Vec<Document<'_>> =
            waiting.iter().filter_map(|&position| documents.get(position).copied()).collect();
        let deadline = Instant::now() + CALL;
        let outcomes = match generation {
            Generation::Current => engines.search.index(&batch, deadline).await,
            Generation::Next => engines.search.index_next(&batch, deadline).await,
        };
        let before = waiting.len();
        let mut error = None;
        let mut later = Vec::new();
        for (position, outcome) in waiting.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Indexed | Outcome::Known => {}
                Outcome::Refused(why) => {
                    refusals.push(Refusal { document: position, reason: why.to_string() });
                }
                Outcome::Later(why) => {
                    later.push(position);
                    error = Some(why);
                }
            }
        }
        waiting = later;
        let Some(error) = error else { continue };
        if generation == Generation::Next
            && matches!(*error, EngineError::Refused { status: 404, .. })
        {
            return Err(Failure::NotNext); // no patience brings it back
        }
        if waiting.len() < before {
            last_success = Instant::now();
            pause = FIRST_PAUSE;
        }
        if last_success.elapsed() > PATIENCE {
            return Err(Failure::NotIndexed(PATIENCE.as_secs(), error.into()));
        }
        tokio::time::sleep(pause).await;
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
    Ok(refusals)
}
