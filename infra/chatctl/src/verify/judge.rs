//! Suspects judged one by one, on what table and index hold at this moment, and mended.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use chat::{
    jobs::MAX_REFERENCES,
    model::{AccessToken, ChatNumber, Message, MessageReference, TenantDigest},
    search::{Document, DocumentPlace, EngineError, Generation, IndexedDocument, fingerprint},
    store::{Parent, StoreError, Tally},
};

use super::{
    findings::{Digest, Finding, Whereabouts},
    survey::Tenant,
    suspects::{Place, Verdict, verdict},
};
use crate::{engines::Engines, failure::Failure, indexing};

/// How long a parent's rows may be written while they are counted.
const TALLY: Duration = Duration::from_secs(20);
/// Between two looks at what may still settle.
const PAUSE: Duration = Duration::from_millis(500);
/// The engine looks at its clock five times a second only, so it may still remember a deletion when
/// it is told to forget it.
const FORGETTING_PAUSE: Duration = Duration::from_millis(250);
const FORGETTING_TRIES: u32 = 12;
/// How often a repair that others' writes refused is tried.
const TRIES: u32 = 20;

/// A message whose row and document do not fit.
#[derive(Debug)]
pub(crate) struct Misfit {
    pub(crate) place: DocumentPlace,
    pub(crate) verdict: Verdict,
    row: Option<(AccessToken, Message)>,
    document: Option<IndexedDocument>,
}

impl Misfit {
    /// The document that its row asks for.
    fn as_row(&self) -> Option<Document<'_>> {
        let (token, message) = self.row.as_ref()?;
        Some(Document { token, chat: self.place.chat, message })
    }

    pub(crate) fn finding(&self) -> Finding {
        let DocumentPlace { tenant, chat, number } = &self.place;
        let at = Whereabouts {
            application: Digest(tenant.clone()),
            chat: Some(chat.get()),
            message: Some(number.get()),
        };
        let revision = self.row.as_ref().map_or(0, |(_, message)| message.revision);
        let document_revision = self.document.as_ref().map_or(0, |document| document.version);
        match self.verdict {
            Verdict::Missing | Verdict::Same => Finding::MissingDocument { at },
            Verdict::Stale | Verdict::Altered => {
                Finding::StaleDocument { at, revision, document_revision }
            }
            Verdict::Ahead => Finding::AheadDocument { at, revision, document_revision },
            Verdict::Surplus => Finding::SurplusDocument {
                id: self.document.as_ref().map(|document| document.id.clone()).unwrap_or_default(),
            },
        }
    }
}

/// Judges messages until none is left, or those that are have not changed within a time.
pub(crate) async fn documents(
    engines: &Engines,
    generation: Generation,
    tokens: &HashMap<TenantDigest, AccessToken>,
    mut places: Vec<DocumentPlace>,
    settle: Duration,
) -> Result<Vec<Misfit>, Failure> {
    let deadline = Instant::now() + settle;
    loop {
        let misfits = documents_now(engines, generation, tokens, &places).await?;
        if misfits.is_empty() || Instant::now() >= deadline {
            return Ok(misfits);
        }
        places = misfits.into_iter().map(|misfit| misfit.place).collect();
        tokio::time::sleep(PAUSE.min(settle)).await;
    }
}

async fn documents_now(
    engines: &Engines,
    generation: Generation,
    tokens: &HashMap<TenantDigest, AccessToken>,
    places: &[DocumentPlace],
) -> Result<Vec<Misfit>, Failure> {
    let mut of_tenants: HashMap<&TenantDigest, Vec<&DocumentPlace>> = HashMap::new();
    for place in places {
        of_tenants.entry(&place.tenant).or_default().push(place);
    }
    let mut misfits = Vec::new();
    for (tenant, places) in of_tenants {
        for part in places.chunks(MAX_REFERENCES) {
            let part: Vec<DocumentPlace> = part.iter().map(|&place| place.clone()).collect();
            // The document first: a row is never older than the document that was made from it.
            let found = match engines.search.documents(generation, &part).await {
                Err(EngineError::Refused { status: 404, .. }) => vec![None; part.len()],
                found => found?,
            };
            let mut rows: BTreeMap<MessageReference, Message> = BTreeMap::new();
            if let Some(token) = tokens.get(tenant) {
                let references: Vec<MessageReference> =
                    part.iter().map(Tenant::reference).collect();
                let read = engines.store.messages(token, &references).await?;
                rows.extend(read.into_iter().map(|(chat, message)| {
                    (MessageReference { chat, number: message.number }, message)
                }));
            }
            for (place, document) in part.into_iter().zip(found) {
                let row = rows.remove(&Tenant::reference(&place));
                let verdict = verdict(
                    row.as_ref().map(|row| (row.revision, fingerprint(row))),
                    document.as_ref().map(|found| (found.version, found.fingerprint)),
                );
                if verdict != Verdict::Same {
                    let row = row.and_then(|row| Some((tokens.get(tenant)?.clone(), row)));
                    misfits.push(Misfit { place, verdict, row, document });
                }
            }
        }
    }
    Ok(misfits)
}

/// Makes documents what their rows say, and removes those without a row.
pub(crate) async fn mend_documents(
    engines: &Engines,
    generation: Generation,
    tokens: &HashMap<TenantDigest, AccessToken>,
    misfits: &[Misfit],
) -> Result<(), Failure> {
    let of = |wanted: &'static [Verdict]| {
        misfits.iter().filter(move |misfit| wanted.contains(&misfit.verdict))
    };
    // The engine takes no older version over a newer one, so one that is ahead goes first.
    let unwanted: Vec<IndexedDocument> = of(&[Verdict::Surplus, Verdict::Ahead])
        .filter_map(|misfit| misfit.document.clone())
        .collect();
    for part in unwanted.chunks(MAX_REFERENCES) {
        engines.search.remove(generation, part).await?;
    }
    let altered: Vec<Document<'_>> = of(&[Verdict::Altered]).filter_map(Misfit::as_row).collect();
    for part in altered.chunks(MAX_REFERENCES) {
        engines.search.rewrite(generation, part).await?;
    }
    let behind = &[Verdict::Missing, Verdict::Stale, Verdict::Ahead];
    write(engines, generation, of(behind)).await?;

    let gone = || of(&[Verdict::Missing, Verdict::Ahead]);
    let places: Vec<DocumentPlace> = gone().map(|misfit| misfit.place.clone()).collect();
    for _ in 0..FORGETTING_TRIES {
        let left = documents_now(engines, generation, tokens, &places).await?;
        if left.iter().all(|misfit| misfit.verdict != Verdict::Missing) {
            return Ok(());
        }
        engines.search.forget_deletions(generation).await?;
        write(engines, generation, left.iter()).await?;
        tokio::time::sleep(FORGETTING_PAUSE).await;
    }
    Ok(())
}

async fn write<'a>(
    engines: &Engines,
    generation: Generation,
    misfits: impl Iterator<Item = &'a Misfit>,
) -> Result<(), Failure> {
    let documents: Vec<Document<'_>> = misfits.filter_map(Misfit::as_row).collect();
    for part in documents.chunks(MAX_REFERENCES) {
        indexing::index(engines, generation, part).await?;
    }
    Ok(())
}

/// A parent with what is wrong about it.
#[derive(Debug)]
pub(crate) struct Suspect {
    pub(crate) place: Place,
    pub(crate) findings: Vec<Finding>,
    tally: Option<Tally>,
}

/// Judges parents until none is left, or those that are have not changed within a time.
pub(crate) async fn parents(
    engines: &Engines,
    mut places: Vec<Place>,
    settle: Duration,
) -> Result<Vec<Suspect>, Failure> {
    let deadline = Instant::now() + settle;
    loop {
        let mut suspects = Vec::new();
        for place in places {
            let suspect = parent(engines, place).await?;
            if !suspect.findings.is_empty() {
                suspects.push(suspect);
            }
        }
        if suspects.is_empty() || Instant::now() >= deadline {
            return Ok(suspects);
        }
        places = suspects.into_iter().map(|suspect| suspect.place).collect();
        tokio::time::sleep(PAUSE.min(settle)).await;
    }
}

async fn parent(engines: &Engines, place: Place) -> Result<Suspect, Failure> {
    let at = place.whereabouts();
    match engines.store.tally(place.parent(), Instant::now() + TALLY).await {
        Ok(tally) => {
            let findings = findings_of(&at, &tally);
            Ok(Suspect { place, findings, tally: Some(tally) })
        }
        Err(StoreError::Contended { .. }) => {
            Ok(Suspect { place, findings: vec![Finding::Unsettled { at }], tally: None })
        }
        Err(error) => Err(error.into()),
    }
}

/// What a tally says is wrong.
fn findings_of(at: &Whereabouts, tally: &Tally) -> Vec<Finding> {
    let mut findings = Vec::new();
    let at = || at.clone();
    match tally.count {
        None if tally.rows > 0 => findings.push(Finding::NoParent { at: at() }),
        None => return findings,
        Some(count) if tally.is_miscounted() => {
            findings.push(Finding::WrongCount { at: at(), count, rows: tally.rows });
        }
        Some(_) => {}
    }
    if tally.is_beyond_counter() {
        let Tally { last_number, highest, .. } = *tally;
        findings.push(Finding::BeyondCounter { at: at(), last_number, highest });
    } else if tally.last_number.is_none() {
        findings.push(Finding::NoCounter { at: at() });
    }
    if !tally.gaps.is_empty() {
        let numbers = tally.gaps.iter().map(Into::into).collect();
        findings.push(Finding::Gap { at: at(), numbers });
    }
    findings
}

/// Mends a parent's count and its counter; never its rows.
pub(crate) async fn mend_parent(
    engines: &Engines,
    suspect: &Suspect,
    repair: &str,
) -> Result<(), Failure> {
    let Some(mut tally) = suspect.tally.clone() else { return Ok(()) };
    let parent = suspect.place.parent();
    if tally.count.is_none() {
        return Ok(());
    }
    for _ in 0..TRIES {
        if !tally.is_miscounted() || !tally.exact {
            break;
        }
        if engines.store.recount(parent, &tally, repair).await? {
            break;
        }
        tally = match engines.store.tally(parent, Instant::now() + TALLY).await {
            Ok(tally) => tally,
            Err(StoreError::Contended { .. }) => break,
            Err(error) => return Err(error.into()),
        };
    }
    if tally.is_beyond_counter() || tally.last_number.is_none() {
        let created_at = match (suspect.place.chat, &suspect.place.token) {
            (Some(chat), token) => {
                engines.store.chat(token, chat).await?.map(|chat| chat.created_at)
            }
            (None, _) => None,
        };
        engines.store.raise_counter(parent, tally.highest, created_at, repair).await?;
    }
    Ok(())
}

impl Place {
    fn parent(&self) -> Parent<'_> {
        match self.chat {
            Some(chat) => Parent::Chat(&self.token, chat),
            None => Parent::Application(&self.token),
        }
    }

    fn whereabouts(&self) -> Whereabouts {
        let application = Digest(self.token.digest());
        Whereabouts { application, chat: self.chat.map(ChatNumber::get), message: None }
    }
}
