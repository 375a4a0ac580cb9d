//! Medians over runs, as a table for people and as JSON for the record.

use std::{collections::BTreeMap, fs, process::Command};

use serde::Serialize;

use crate::measure::{Figures, Subject, quantile};

/// The build whose memory sizes are measured, and whose revision the report names.
pub(crate) const CURRENT: &str = "current";

/// All that one invocation of the benchmark found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) date: String,
    pub(crate) machine: String,
    /// Of the build called `current`.
    pub(crate) revision: String,
    pub(crate) runs: u32,
    pub(crate) warm_calls_per_run: u32,
    pub(crate) latency_milliseconds: f64,
    /// Whether the stand-ins refused requests that were not signed, and closed their connections.
    pub(crate) unsigned_refused: bool,
    pub(crate) rows: Vec<Row>,
    pub(crate) memory_sizes: Vec<MemorySize>,
    pub(crate) conflicts: Vec<Conflicts>,
    pub(crate) instructions: Vec<Instructions>,
}

/// What one worker writes of a hot chat whose writes meet conflicts.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Conflicts {
    pub(crate) conflict_rate: f64,
    pub(crate) messages_per_second: f64,
}

/// What a warm call takes of the processor, the kernel's part left out.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Instructions {
    pub(crate) operation: &'static str,
    pub(crate) build: String,
    pub(crate) transport: &'static str,
    pub(crate) per_warm_call: u64,
}

/// One build's medians for one operation over one transport.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) build: String,
    pub(crate) transport: &'static str,
    pub(crate) binary_bytes: u64,
    #[serde(flatten)]
    pub(crate) figures: Figures,
}

/// What an operation takes and costs at one memory size.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MemorySize {
    pub(crate) operation: &'static str,
    pub(crate) megabytes: u32,
    /// Whether a control group held the share; otherwise it is computed from CPU time.
    pub(crate) by_control_group: bool,
    pub(crate) init_seconds: f64,
    pub(crate) cold_seconds: f64,
    pub(crate) warm_seconds: f64,
    pub(crate) warm_p99_seconds: f64,
    /// A million warm events, requests included.
    pub(crate) dollars_per_million: f64,
}

/// Medians of runs.
pub(crate) fn median(runs: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| {
        quantile(&mut runs.iter().map(figure).collect::<Vec<_>>(), 0.5)
    };
    Figures {
        init_seconds: of(|run| run.init_seconds),
        init_cpu_seconds: of(|run| run.init_cpu_seconds),
        cold_seconds: of(|run| run.cold_seconds),
        cold_cpu_seconds: of(|run| run.cold_cpu_seconds),
        warm_mean_seconds: of(|run| run.warm_mean_seconds),
        warm_seconds: of(|run| run.warm_seconds),
        warm_p99_seconds: of(|run| run.warm_p99_seconds),
        warm_cpu_seconds: of(|run| run.warm_cpu_seconds),
        resident_memory_bytes: of(|run| run.resident_memory_bytes),
        calls_per_event: of(|run| run.calls_per_event),
        connections: of(|run| run.connections),
    }
}

pub(crate) fn row(subject: &Subject, transport: &'static str, runs: &[Figures]) -> Row {
    Row {
        operation: subject.operation.name(),
        build: subject.build.clone(),
        transport,
        binary_bytes: fs::metadata(&subject.binary).map_or(0, |file| file.len()),
        figures: median(runs),
    }
}

impl Report {
    /// The tables that are printed.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![
            format!("{} · {} · revision {}", self.date, self.machine, self.revision),
            format!(
                "medians of {} interleaved runs, {} warm calls each; the stand-ins answer after {} ms",
                self.runs, self.warm_calls_per_run, self.latency_milliseconds
            ),
        ];
        if !self.rows.is_empty() {
            lines.push(String::new());
            lines.push(format!(
                "{:<32} {:<12} {:<6} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9} {:>8} {:>6} {:>5} {:>5}",
                "operation",
                "build",
                "by",
                "init ms",
                "cpu ms",
                "cold ms",
                "cold cpu",
                "warm µs",
                "warm cpu",
                "res. MB",
                "MB",
                "calls",
                "conns",
            ));
            lines.extend(self.rows.iter().map(Row::text));
            lines.push(String::new());
            lines.extend(self.ratios());
        }
        if !self.memory_sizes.is_empty() {
            lines.push(String::new());
            lines.push(format!(
                "{:<32} {:>6} {:>9} {:>9} {:>9} {:>9} {:>12}  {}",
                "operation",
                "MB",
                "init ms",
                "cold ms",
                "warm ms",
                "p99 ms",
                "$ a million",
                "share",
            ));
            lines.extend(self.memory_sizes.iter().map(MemorySize::text));
        }
        if let Some(calm) = self.conflicts.first() {
            lines.push(String::new());
            lines.push(
                "one worker, batches of ten messages of one chat, engines that take 4 ms"
                    .to_owned(),
            );
            lines.extend(self.conflicts.iter().map(|it| {
                let part = it.messages_per_second / calm.messages_per_second;
                format!(
                    "{:>4.0} % of writes meet a conflict: {:>5.0} messages a second, {part:.2} of those without",
                    it.conflict_rate * 100.0,
                    it.messages_per_second,
                )
            }));
        }
        if !self.instructions.is_empty() {
            lines.push(String::new());
            lines.push("instructions of a warm call, without those of the kernel".to_owned());
            lines.extend(self.instructions.iter().map(|it| self.instructions_text(it)));
        }
        lines.join("\n") + "\n"
    }

    fn instructions_text(&self, it: &Instructions) -> String {
        let first = self
            .instructions
            .iter()
            .find(|first| first.operation == it.operation && first.transport == it.transport);
        let first = first.unwrap_or(it);
        #[expect(clippy::cast_precision_loss, reason = "a call takes fewer than 2^52 instructions")]
        let ratio = first.per_warm_call as f64 / it.per_warm_call as f64;
        format!(
            "{:<32} {:<12} {:<6} {:>10}  {} / {}: {ratio:.3}",
            it.operation, it.build, it.transport, it.per_warm_call, first.build, it.build,
        )
    }

    /// How the builds compare with the first of them, operation by operation.
    fn ratios(&self) -> Vec<String> {
        let mut groups: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
        for row in &self.rows {
            groups.entry((row.operation, row.transport)).or_default().push(row);
        }
        let mut lines = Vec::new();
        for ((operation, transport), rows) in groups {
            let Some((current, others)) = rows.split_first() else { continue };
            for other in others {
                let ratio =
                    |figure: fn(&Figures) -> f64| figure(&current.figures) / figure(&other.figures);
                lines.push(format!(
                    "{operation} over {transport}, {} / {}: warm CPU {:.3}, cold CPU {:.3}, init CPU {:.3}, \
                     warm time {:.3}, resident memory {:.2}",
                    current.build,
                    other.build,
                    ratio(|f| f.warm_cpu_seconds),
                    ratio(|f| f.cold_cpu_seconds),
                    ratio(|f| f.init_cpu_seconds),
                    ratio(|f| f.warm_seconds),
                    ratio(|f| f.resident_memory_bytes),
                ));
            }
        }
        lines
    }
}

impl Row {
    fn text(&self) -> String {
        let f = &self.figures;
        #[expect(clippy::cast_precision_loss, reason = "a program has fewer than 2^52 bytes")]
        let size = self.binary_bytes as f64 / 1e6;
        format!(
            "{:<32} {:<12} {:<6} {:>8.2} {:>8.2} {:>8.2} {:>9.2} {:>9.0} {:>9.0} {:>8.1} {:>6.2} {:>5.1} {:>5.0}",
            self.operation,
            self.build,
            self.transport,
            f.init_seconds * 1e3,
            f.init_cpu_seconds * 1e3,
            f.cold_seconds * 1e3,
            f.cold_cpu_seconds * 1e3,
            f.warm_seconds * 1e6,
            f.warm_cpu_seconds * 1e6,
            f.resident_memory_bytes / 1e6,
            size,
            f.calls_per_event,
            f.connections,
        )
    }
}

impl MemorySize {
    fn text(&self) -> String {
        format!(
            "{:<32} {:>6} {:>9.1} {:>9.1} {:>9.2} {:>9.2} {:>12.3}  {}",
            self.operation,
            self.megabytes,
            self.init_seconds * 1e3,
            self.cold_seconds * 1e3,
            self.warm_seconds * 1e3,
            self.warm_p99_seconds * 1e3,
            self.dollars_per_million,
            if self.by_control_group { "held" } else { "computed" },
        )
    }
}

/// The processor's name and the number of cores.
pub(crate) fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, name)| name.trim());
    // Not those that this process keeps to.
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    format!("{name}, {cores} cores")
}

/// The day, by the system's clock.
pub(crate) fn today() -> String {
    let date = Command::new("date").arg("-u").arg("+%Y-%m-%d").output();
    date.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
