//! How many instructions a warm call takes, counted by valgrind: figures that neither a noisy
//! machine nor the order of runs changes, for comparing builds that are close to each other.

use std::path::Path;

use tokio_rustls::TlsAcceptor;

use crate::{
    error::Failure,
    measure::{self, Conditions, Subject},
    report::Instructions,
    stand_ins::Behaviour,
};

/// Two runs that differ in their warm calls alone: what they differ by is what those took.
const FEW_CALLS: u32 = 50;
const MANY_CALLS: u32 = 250;

pub(crate) async fn measure(
    subjects: &[Subject],
    (tls, authority): (&TlsAcceptor, &Path),
) -> Result<Vec<Instructions>, Failure> {
    let mut all = Vec::new();
    for subject in subjects {
        for (transport, tls) in [("http", None), ("https", Some((tls, authority)))] {
            let few = count(subject, tls, FEW_CALLS).await?;
            let many = count(subject, tls, MANY_CALLS).await?;
            all.push(Instructions {
                operation: subject.operation.name(),
                build: subject.build.clone(),
                transport,
                per_warm_call: many.saturating_sub(few) / u64::from(MANY_CALLS - FEW_CALLS),
            });
        }
    }
    Ok(all)
}

/// Instructions of one run, from exec to its end, without those of the kernel.
async fn count(
    subject: &Subject,
    tls: Option<(&TlsAcceptor, &Path)>,
    calls: u32,
) -> Result<u64, Failure> {
    let log = std::env::temp_dir().join(format!("bench-{}.valgrind", std::process::id()));
    let behaviour = Behaviour::default();
    let conditions = Conditions { calls, behaviour, tls, quota: None, counted_in: Some(&log) };
    measure::run(subject, conditions).await?;
    let said = std::fs::read_to_string(&log)?;
    std::fs::remove_file(&log)?;
    said.lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
        .ok_or_else(|| Failure::System(format!("valgrind counted nothing: {said}")))
}
