//! What each operation takes and costs at Lambda's memory sizes.

use std::{path::Path, time::Duration};

use tokio_rustls::TlsAcceptor;

use crate::{
    error::Failure,
    measure::{self, Conditions, Figures, Subject},
    quota::{MEGABYTES_PER_CORE, Quota},
    report::{self, MemorySize},
    stand_ins::Behaviour,
};

/// The sizes that are measured, in MB.
const SIZES: [u32; 5] = [128, 256, 512, 1_024, 1_769];
/// What an engine in the same region takes to answer.
pub(crate) const LATENCY: Duration = Duration::from_millis(4);
const RUNS: usize = 3;
const CALLS: u32 = 50;
/// us-east-1, arm64, the first tier, November 2025: <https://aws.amazon.com/lambda/pricing/>
const DOLLARS_PER_GB_SECOND: f64 = 0.000_013_333_4;
const DOLLARS_PER_MILLION_REQUESTS: f64 = 0.20;
/// Durations are billed in whole milliseconds, by the same page.
const BILLED_STEP_SECONDS: f64 = 0.001;

pub(crate) async fn measure(
    subjects: &[&Subject],
    (tls, authority): (&TlsAcceptor, &Path),
) -> Result<Vec<MemorySize>, Failure> {
    let mut sizes = Vec::new();
    for subject in subjects {
        for megabytes in SIZES {
            let quota = Quota::of_memory(megabytes);
            let conditions = Conditions {
                calls: CALLS,
                behaviour: Behaviour { latency: LATENCY, ..Behaviour::default() },
                tls: Some((tls, authority)),
                quota: quota.as_ref(),
                counted_in: None,
            };
            let mut runs = Vec::new();
            for _ in 0..RUNS {
                runs.push(measure::run(subject, conditions).await?);
            }
            sizes.push(size(subject, megabytes, quota.is_some(), &report::median(&runs)));
        }
    }
    Ok(sizes)
}

fn size(subject: &Subject, megabytes: u32, held: bool, figures: &Figures) -> MemorySize {
    // Without a quota, CPU time is stretched by what the share lacks.
    let stretch = f64::from(MEGABYTES_PER_CORE) / f64::from(megabytes);
    let stretched = |seconds: f64, cpu: f64| {
        if held { seconds } else { seconds + cpu * (stretch - 1.0) }
    };
    let cold_cpu = figures.cold_cpu_seconds - figures.init_cpu_seconds;
    let warm_seconds = stretched(figures.warm_seconds, figures.warm_cpu_seconds);
    let billed = (warm_seconds / BILLED_STEP_SECONDS).ceil() * BILLED_STEP_SECONDS;
    let gigabytes = f64::from(megabytes) / 1_024.0;
    MemorySize {
        operation: subject.operation.name(),
        megabytes,
        by_control_group: held,
        init_seconds: stretched(figures.init_seconds, figures.init_cpu_seconds),
        cold_seconds: stretched(figures.cold_seconds, cold_cpu),
        warm_seconds,
        warm_p99_seconds: stretched(figures.warm_p99_seconds, figures.warm_cpu_seconds),
        dollars_per_million: billed * gigabytes * DOLLARS_PER_GB_SECOND * 1e6
            + DOLLARS_PER_MILLION_REQUESTS,
    }
}
