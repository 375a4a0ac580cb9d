//! How the worker's throughput falls where a hot chat's writes meet conflicts.

use crate::{
    error::Failure,
    measure::{self, Conditions, Subject},
    memory_sizes::LATENCY,
    operation::BATCH,
    report::{Conflicts, median},
    stand_ins::Behaviour,
};

/// Parts of all writes that meet a conflict.
const RATES: [f64; 5] = [0.0, 0.1, 0.2, 0.35, 0.5];
const RUNS: usize = 3;
const CALLS: u32 = 300;

pub(crate) async fn measure(subject: &Subject) -> Result<Vec<Conflicts>, Failure> {
    let mut all = Vec::new();
    for conflict_rate in RATES {
        let behaviour = Behaviour { latency: LATENCY, conflict_rate, ..Behaviour::default() };
        let conditions =
            Conditions { calls: CALLS, behaviour, tls: None, quota: None, counted_in: None };
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(measure::run(subject, conditions).await?);
        }
        let seconds = median(&runs).warm_mean_seconds;
        all.push(Conflicts { conflict_rate, messages_per_second: f64::from(BATCH) / seconds });
    }
    Ok(all)
}
