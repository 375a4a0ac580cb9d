//! `reindex`: a new index beside the one that is searched, compared with the table, then put in its
//! place in one step, while writes, edits and searches go on.
//!
//! It keeps no state of its own: the alias of the next index says that a reindex was begun, and
//! writing a document again does no harm. So a run that was interrupted is begun again with the
//! index that it left, or after the swap with another one.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use chat::{
    model::{AccessToken, ChatNumber, Message},
    search::{Document, EngineError, Generation, Indexes},
};
use serde::Serialize;

use crate::{
    cli::ReindexOptions,
    engines::Engines,
    failure::Failure,
    indexing,
    report::{Report, add, counted},
    verify::{Digest, Survey, Suspects, Whereabouts, documents, mend_documents, tokens},
};

/// How often what does not fit is mended and compared again.
const ROUNDS: u32 = 3;
/// Refused documents that are listed.
const LISTED: usize = 100;

/// What `reindex` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reindexed {
    /// The index that was searched before.
    pub from: Vec<String>,
    /// The new one.
    pub to: String,
    /// Whether it went on with an index that an earlier run had begun.
    pub resumed: bool,
    /// Whether the new index is searched now.
    pub swapped: bool,
    /// Messages that the table held.
    pub messages: u64,
    /// Documents that the new index held when it was compared.
    pub documents: u64,
    /// Documents that did not fit when they were compared, and were mended.
    pub mended: u64,
    /// Documents that still did not fit, or that no index takes: why there was no swap.
    pub refused: u64,
    /// The first of them, with the engine's reasons.
    pub refusals: Vec<RefusedDocument>,
    /// Old indexes that were deleted.
    pub deleted: Vec<String>,
    /// Old indexes that stay.
    pub kept: Vec<String>,
}

/// A document that the new index does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedDocument {
    /// Which message's.
    #[serde(flatten)]
    pub at: Whereabouts,
    /// Why.
    pub reason: String,
}

/// Builds the search index anew and swaps it in.
///
/// # Errors
/// [`Failure`]; searches go on in whichever index they were in, and the next run goes on from here.
pub async fn reindex(engines: &Engines, options: &ReindexOptions) -> Result<Reindexed, Failure> {
    let (from, to, resumed) = begin(engines, options.afresh).await?;
    let refused: RefCell<BTreeMap<Whereabouts, String>> = RefCell::default();
    let mut survey = Survey::of_table(engines, options.segments, async |messages| {
        let refusals = fill(engines, messages).await?;
        refused.borrow_mut().extend(refusals);
        Ok(())
    })
    .await?;
    let mut refused = refused.into_inner();
    let mended = compare(engines, Generation::Next, &mut survey, options, &mut refused).await?;

    let mut reindexed = Reindexed {
        from,
        to,
        resumed,
        swapped: false,
        messages: survey.messages(),
        documents: survey.documents,
        mended,
        refused: refused.len() as u64,
        refusals: refused
            .into_iter()
            .take(LISTED)
            .map(|(at, reason)| RefusedDocument { at, reason })
            .collect(),
        deleted: Vec::new(),
        kept: Vec::new(),
    };
    drop(survey);
    if reindexed.refused > 0 {
        reindexed.kept.clone_from(&reindexed.from);
        return Ok(reindexed);
    }
    swap(engines, &reindexed.from, &reindexed.to).await?;
    reindexed.swapped = true;
    reindexed.mended += compare_after_swap(engines, options).await?;
    finish(engines, options, &mut reindexed).await?;
    Ok(reindexed)
}

/// The index that is searched, the next one (made if there is none), and whether it was there.
async fn begin(engines: &Engines, afresh: bool) -> Result<(Vec<String>, String, bool), Failure> {
    let search = &engines.search;
    let mut indexes = search.indexes().await?;
    if indexes.current.is_empty() {
        // Workers would make it with their next document.
        search.create_first_index(std::time::Instant::now() + Duration::from_mins(1)).await?;
        indexes = search.indexes().await?;
    }
    for index in &indexes.current {
        // A run that was killed while it swapped may have left it so.
        if search.is_held(index).await? {
            search.hold(index, false).await?;
        }
    }
    // Of several, which only a slip can leave, the engine would take no document.
    let kept = indexes.next.len().min(usize::from(!afresh));
    for index in indexes.next.split_off(kept) {
        search.delete_index(&index).await?;
    }
    let resumed = !indexes.next.is_empty();
    let to = match indexes.next.into_iter().next() {
        Some(next) => next,
        None => match search.create_next_index().await {
            Ok(next) => next,
            // The call's own repetition after a lost answer, or another reindex.
            Err(error @ EngineError::Refused { status: 400, .. }) => {
                search.indexes().await?.next.into_iter().next().ok_or(error)?
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok((indexes.current, to, resumed))
}

/// Writes a page of messages into the next index; those that it will never take.
async fn fill(
    engines: &Engines,
    messages: &[(AccessToken, ChatNumber, Message)],
) -> Result<Vec<(Whereabouts, String)>, Failure> {
    let documents: Vec<Document<'_>> = messages
        .iter()
        .map(|(token, chat, message)| Document { token, chat: *chat, message })
        .collect();
    let refusals = indexing::index(engines, Generation::Next, &documents).await?;
    let refusals = refusals.into_iter().filter_map(|refusal| {
        let (token, chat, message) = messages.get(refusal.document)?;
        let at = Whereabouts {
            application: Digest(token.digest()),
            chat: Some(chat.get()),
            message: Some(message.number.get()),
        };
        Some((at, refusal.reason))
    });
    Ok(refusals.collect())
}

/// Compares an index with the table and mends what does not fit; how many that were. What still
/// does not fit is refused.
async fn compare(
    engines: &Engines,
    generation: Generation,
    survey: &mut Survey,
    options: &ReindexOptions,
    refused: &mut BTreeMap<Whereabouts, String>,
) -> Result<u64, Failure> {
    let suspects = survey.compare(engines, generation, None).await?;
    let tokens = tokens(engines, survey, &suspects, options.segments).await?;
    let Suspects { places, foreign } = suspects;
    engines.search.remove(generation, &foreign).await?;
    let mut mended = 0;
    let mut misfits = documents(engines, generation, &tokens, places, options.settle).await?;
    for _ in 0..ROUNDS {
        if misfits.is_empty() {
            break;
        }
        mend_documents(engines, generation, &tokens, &misfits).await?;
        let before = misfits.len();
        let places = misfits.into_iter().map(|misfit| misfit.place).collect();
        misfits = documents(engines, generation, &tokens, places, Duration::ZERO).await?;
        mended += (before - misfits.len()) as u64;
    }
    for misfit in misfits {
        let at = Whereabouts {
            application: Digest(misfit.place.tenant.clone()),
            chat: Some(misfit.place.chat.get()),
            message: Some(misfit.place.number.get()),
        };
        refused.entry(at).or_insert_with(|| misfit.finding().kind().to_owned());
    }
    Ok(mended)
}

/// The swap, in an order that keeps every search from missing what one before it found.
async fn swap(engines: &Engines, from: &[String], to: &str) -> Result<(), Failure> {
    let search = &engines.search;
    for index in from {
        search.hold(index, true).await?;
    }
    let swapped = async {
        search.refresh(Generation::Next).await?;
        search.swap(from, to).await
    };
    let Err(error) = swapped.await else { return Ok(()) };
    let indexes = search.indexes().await;
    if indexes.as_ref().is_ok_and(|indexes| indexes.current == [to]) {
        // The answer was lost, and the repetition found nothing left to do.
        return Ok(());
    }
    for index in from {
        search.hold(index, false).await?;
    }
    match error {
        EngineError::Refused { status: 404, .. } => Err(Failure::NotNext),
        error => Err(error.into()),
    }
}

/// Compares once more, in the index that is searched now. A worker whose documents were split over
/// two requests, one before and one after the swap, may have written one to the old index only.
async fn compare_after_swap(engines: &Engines, options: &ReindexOptions) -> Result<u64, Failure> {
    let mut survey = Survey::of_table(engines, options.segments, async |_| Ok(())).await?;
    let mut left = BTreeMap::new();
    compare(engines, Generation::Current, &mut survey, options, &mut left).await
}

/// Deletes the indexes that are no longer searched, unless they are to be kept.
async fn finish(
    engines: &Engines,
    options: &ReindexOptions,
    reindexed: &mut Reindexed,
) -> Result<(), Failure> {
    let Indexes { unused, .. } = engines.search.indexes().await?;
    if options.keep_old {
        for index in &reindexed.from {
            engines.search.hold(index, false).await?;
        }
        reindexed.kept = unused;
        return Ok(());
    }
    tokio::time::sleep(options.grace).await;
    for index in unused {
        engines.search.delete_index(&index).await?;
        reindexed.deleted.push(index);
    }
    Ok(())
}

impl Report for Reindexed {
    fn text(&self) -> String {
        let mut text = format!(
            "{} {}: {}, {}, {} mended\n",
            if self.resumed { "went on with" } else { "built" },
            self.to,
            counted(self.messages, "message"),
            counted(self.documents, "document"),
            self.mended,
        );
        for RefusedDocument { at, reason } in &self.refusals {
            add(&mut text, format_args!("not taken: {at}: {reason}\n"));
        }
        if self.swapped {
            add(&mut text, format_args!("{} is searched now\n", self.to));
        } else {
            let refused = counted(self.refused, "document");
            add(
                &mut text,
                format_args!(
                    "not swapped: {refused} not as the table says; {} is searched still\n",
                    self.from.join(", ")
                ),
            );
        }
        for index in &self.deleted {
            add(&mut text, format_args!("deleted {index}\n"));
        }
        for index in self.kept.iter().filter(|_| self.swapped) {
            add(&mut text, format_args!("kept {index}\n"));
        }
        text
    }

    fn is_amiss(&self) -> bool {
        !self.swapped
    }
}
