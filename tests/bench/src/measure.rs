//! One run of one program: from exec through its first poll and its first answer to many more.

use std::path::{Path, PathBuf};

use serde::Serialize;
use tokio_rustls::TlsAcceptor;

use crate::{
    error::Failure,
    operation::Operation,
    process::Process,
    quota::Quota,
    runtime_api::RuntimeApi,
    stand_ins::{Behaviour, StandIns},
};

/// Calls before the ones that count as warm.
const WARM_UP: u32 = 10;

/// What is run: a build's program for an operation.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) operation: Operation,
    pub(crate) build: String,
    pub(crate) binary: PathBuf,
}

/// The conditions of a run.
#[derive(Clone, Copy)]
pub(crate) struct Conditions<'a> {
    /// Warm calls.
    pub(crate) calls: u32,
    pub(crate) behaviour: Behaviour,
    /// Where calls go over TLS: what the stand-ins answer with, and the file that makes them trusted.
    pub(crate) tls: Option<(&'a TlsAcceptor, &'a Path)>,
    pub(crate) quota: Option<&'a Quota>,
    /// Where instructions are counted: what valgrind writes, once the process has ended.
    pub(crate) counted_in: Option<&'a Path>,
}

/// The figures of one run: times in seconds, memory in bytes.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Figures {
    /// From exec to the first poll.
    pub(crate) init_seconds: f64,
    pub(crate) init_cpu_seconds: f64,
    /// From the first event to its answer.
    pub(crate) cold_seconds: f64,
    /// CPU from exec to the first answer.
    pub(crate) cold_cpu_seconds: f64,
    /// From an event to its answer: the mean, the median, and the slowest of a hundred.
    pub(crate) warm_mean_seconds: f64,
    pub(crate) warm_seconds: f64,
    pub(crate) warm_p99_seconds: f64,
    /// CPU from one poll to the next.
    pub(crate) warm_cpu_seconds: f64,
    pub(crate) resident_memory_bytes: f64,
    pub(crate) calls_per_event: f64,
    pub(crate) connections: f64,
}

/// Runs a program once.
pub(crate) async fn run(subject: &Subject, conditions: Conditions<'_>) -> Result<Figures, Failure> {
    let stand_ins =
        StandIns::start(conditions.tls.map(|(tls, _)| tls), conditions.behaviour).await?;
    let mut api = RuntimeApi::start().await?;
    let environment = environment(&api, &stand_ins, conditions);
    let process = match conditions.counted_in {
        Some(log) => Process::start_counted(&subject.binary, environment, log)?,
        None => Process::start(&subject.binary, environment, conditions.quota)?,
    };
    let event = subject.operation.event();
    let check = |answer: &[u8]| {
        let succeeded = subject.operation.succeeded(answer);
        if succeeded { Ok(()) } else { Err(Failure::of_function(answer)) }
    };

    let mut poll = api.poll().await?;
    let init_seconds = process.started.elapsed().as_secs_f64();
    let init_cpu_seconds = process.cpu_time()?.as_secs_f64();

    let cold = api.invoke(poll, event.clone()).await?;
    let cold_cpu_seconds = process.cpu_time()?.as_secs_f64();
    check(&cold.answer)?;
    poll = api.poll().await?;

    for _ in 0..WARM_UP {
        api.invoke(poll, event.clone()).await?;
        poll = api.poll().await?;
    }
    let (cpu_before, calls_before) = (process.cpu_time()?, stand_ins.calls());
    let mut warm = Vec::new();
    for _ in 0..conditions.calls {
        let answered = api.invoke(poll, event.clone()).await?;
        check(&answered.answer)?;
        warm.push(answered.took.as_secs_f64());
        poll = api.poll().await?;
    }
    let calls = f64::from(conditions.calls);
    let warm_cpu = process.cpu_time()?.saturating_sub(cpu_before).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
    let figures = Figures {
        init_seconds,
        init_cpu_seconds,
        cold_seconds: cold.took.as_secs_f64(),
        cold_cpu_seconds,
        warm_mean_seconds: warm.iter().sum::<f64>() / calls,
        warm_seconds: quantile(&mut warm, 0.5),
        warm_p99_seconds: quantile(&mut warm, 0.99),
        warm_cpu_seconds: warm_cpu / calls,
        resident_memory_bytes: process.resident_memory()? as f64,
        calls_per_event: (stand_ins.calls() - calls_before) as f64 / calls,
        connections: stand_ins.connections() as f64,
    };
    process.end()?;
    Ok(figures)
}

fn environment(
    api: &RuntimeApi,
    stand_ins: &StandIns,
    conditions: Conditions<'_>,
) -> Vec<(&'static str, String)> {
    let mut environment = stand_ins.environment();
    environment.extend(
        [
            ("AWS_LAMBDA_RUNTIME_API", &*api.address().to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ("AWS_SESSION_TOKEN", &"IQoJb3JpZ2luX2VjEXAMPLE".repeat(32)),
            ("TABLE_NAME", "lambda-chat-Table-EXAMPLE"),
            ("ADMIN_KEY_SHA256", "open"),
            ("LOG_LEVEL", "info"),
        ]
        .map(|(name, value)| (name, value.to_owned())),
    );
    if let Some((_, file)) = conditions.tls {
        environment.push(("SSL_CERT_FILE", file.display().to_string()));
    }
    environment
}

/// The value below which this part of the values lies.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a position in a short list"
    )]
    let position = ((values.len().saturating_sub(1)) as f64 * part).round() as usize;
    values.get(position).copied().unwrap_or(f64::NAN)
}
