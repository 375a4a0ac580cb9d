//! `verify`: counters, counts, rows and documents compared, and mended where that is possible.
//!
//! First all of them are read once; what does not fit by then is a suspect. While others write,
//! most suspects are only half done, so each is judged again, by reads that see what is written at
//! that moment, until it fits or has not fitted for a while.

mod findings;
mod judge;
mod survey;
mod suspects;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use chat::{
    model::{AccessToken, TenantDigest},
    search::{Generation, IndexedDocument},
};

pub use findings::{Depth, Digest, Finding, Judged, Range, Verification, Whereabouts};
pub(crate) use judge::{documents, mend_documents};
pub(crate) use survey::Survey;
pub(crate) use suspects::Suspects;

use crate::{
    applications::token_of, cli::VerifyOptions, engines::Engines, failure::Failure, queues,
};

/// Compares all that a stack holds, or all of one application, and mends it if asked to.
///
/// # Errors
/// [`Failure`]; what was mended by then stays.
pub async fn verify(engines: &Engines, options: &VerifyOptions) -> Result<Verification, Failure> {
    let token = match &options.application {
        Some(named) => Some(token_of(engines, named).await?),
        None => None,
    };
    let mut findings = held_indexes(engines, options.repair).await?;

    let mut survey = match &token {
        Some(token) => Survey::of_application(engines, token).await?,
        None => Survey::of_table(engines, options.segments, async |_| Ok(())).await?,
    };
    let unreadable = survey.unreadable.drain(..);
    findings.extend(unreadable.map(|reason| judged(Finding::UnreadableRow { reason }, false)));
    let tenant = token.as_ref().map(AccessToken::digest);
    let suspects = survey.compare(engines, Generation::Current, tenant).await?;

    findings.extend(verify_parents(engines, &survey, options).await?);
    let tokens = tokens(engines, &survey, &suspects, options.segments).await?;
    findings.extend(verify_documents(engines, &tokens, suspects, options).await?);

    let mut verification = Verification {
        applications: survey.applications(),
        chats: survey.chats(),
        messages: survey.messages(),
        documents: survey.documents,
        jobs: queues::depth(engines, &engines.jobs_url).await?,
        dead_letters: queues::depth(engines, &engines.dead_letters_url).await?,
        differences: 0,
        mended: 0,
        kinds: BTreeMap::new(),
        findings: Vec::new(),
    };
    verification.conclude(findings, options.allow_gaps, options.limit);
    Ok(verification)
}

async fn held_indexes(engines: &Engines, repair: bool) -> Result<Vec<Judged>, Failure> {
    let mut findings = Vec::new();
    for index in engines.search.indexes().await?.current {
        if engines.search.is_held(&index).await? {
            if repair {
                engines.search.hold(&index, false).await?;
            }
            findings.push(judged(Finding::HeldIndex { index }, repair));
        }
    }
    Ok(findings)
}

async fn verify_parents(
    engines: &Engines,
    survey: &Survey,
    options: &VerifyOptions,
) -> Result<Vec<Judged>, Failure> {
    let wrong = judge::parents(engines, suspects::parents(survey), options.settle).await?;
    let mut left = Vec::new();
    if options.repair {
        // Names this repair and no other.
        let repair = AccessToken::generate().map_err(|_| Failure::Randomness)?.digest();
        for suspect in &wrong {
            judge::mend_parent(engines, suspect, &format!("chatctl-{repair}")).await?;
        }
        let places = wrong.iter().map(|suspect| suspect.place.clone()).collect();
        left = judge::parents(engines, places, Duration::ZERO).await?;
    }
    let left: Vec<&Finding> = left.iter().flat_map(|suspect| &suspect.findings).collect();
    let findings = wrong.iter().flat_map(|suspect| &suspect.findings);
    let is_left = |finding: &Finding| left.iter().any(|left| is_same(left, finding));
    Ok(findings
        .map(|finding| judged(finding.clone(), options.repair && !is_left(finding)))
        .collect())
}

/// Whether two findings are about the same, whatever its numbers are by now.
fn is_same(one: &Finding, other: &Finding) -> bool {
    match (one, other) {
        (Finding::WrongCount { at, .. }, Finding::WrongCount { at: other, .. })
        | (Finding::BeyondCounter { at, .. }, Finding::BeyondCounter { at: other, .. })
        | (Finding::Gap { at, .. }, Finding::Gap { at: other, .. }) => at == other,
        _ => one == other,
    }
}

async fn verify_documents(
    engines: &Engines,
    tokens: &HashMap<TenantDigest, AccessToken>,
    suspects: Suspects,
    options: &VerifyOptions,
) -> Result<Vec<Judged>, Failure> {
    let current = Generation::Current;
    let Suspects { places, foreign } = suspects;
    let wrong = documents(engines, current, tokens, places, options.settle).await?;
    let mut left = HashSet::new();
    let mut removed = vec![false; foreign.len()];
    if options.repair {
        mend_documents(engines, current, tokens, &wrong).await?;
        let places = wrong.iter().map(|misfit| misfit.place.clone()).collect();
        let misfits = documents(engines, current, tokens, places, Duration::ZERO).await?;
        left = misfits.into_iter().map(|misfit| misfit.place).collect();
        removed = engines.search.remove(current, &foreign).await?;
    }
    let of_rows = wrong
        .iter()
        .map(|misfit| judged(misfit.finding(), options.repair && !left.contains(&misfit.place)));
    let of_none = foreign.into_iter().zip(removed).map(|(document, removed)| {
        let IndexedDocument { id, .. } = document;
        judged(Finding::SurplusDocument { id }, removed)
    });
    Ok(of_rows.chain(of_none).collect())
}

/// The tokens behind the digests of all suspects. A tenant that the survey did not meet is looked
/// for once more: its rows precede its documents, so a scan that begins now meets it if there is
/// one.
pub(crate) async fn tokens(
    engines: &Engines,
    survey: &Survey,
    suspects: &Suspects,
    segments: u32,
) -> Result<HashMap<TenantDigest, AccessToken>, Failure> {
    let of = |survey: &Survey| -> HashMap<TenantDigest, AccessToken> {
        let tenants = survey.tenants.iter();
        tenants.map(|(digest, tenant)| (digest.clone(), tenant.token.clone())).collect()
    };
    let known = of(survey);
    if suspects.places.iter().all(|place| known.contains_key(&place.tenant)) {
        return Ok(known);
    }
    let again = Survey::of_table(engines, segments, async |_| Ok(())).await?;
    let mut tokens = of(&again);
    tokens.extend(known);
    Ok(tokens)
}

fn judged(finding: Finding, mended: bool) -> Judged {
    Judged { finding, mended }
}
