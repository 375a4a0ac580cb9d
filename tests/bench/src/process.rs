//! One function's process: on a core of its own, with what Lambda sets in its environment.

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    sys::signal::{Signal, kill},
    time::{ClockId, clock_getcpuclockid},
    unistd::Pid,
};

use crate::{error::Failure, quota::Quota};

/// The core that functions run on; everything else runs on the first.
const FUNCTIONS_CORE: usize = 1;

const VALGRIND: &str = "valgrind";

/// A running function. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pid: Pid,
    clock: ClockId,
    pub(crate) started: Instant,
}

impl Process {
    pub(crate) fn start(
        binary: &Path,
        environment: Vec<(&'static str, String)>,
        quota: Option<&Quota>,
    ) -> Result<Self, Failure> {
        let process = Self::spawn(&mut Command::new(binary), environment)?;
        if let Some(quota) = quota {
            quota.hold(process.pid.as_raw())?;
        }
        Ok(process)
    }

    /// Has valgrind count its instructions, and write them to this file at its end.
    pub(crate) fn start_counted(
        binary: &Path,
        environment: Vec<(&'static str, String)>,
        log: &Path,
    ) -> Result<Self, Failure> {
        let mut log_file = OsString::from("--log-file=");
        log_file.push(log);
        let mut valgrind = Command::new(VALGRIND);
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        Self::spawn(valgrind.arg(log_file).arg(binary), environment)
    }

    fn spawn(
        command: &mut Command,
        environment: Vec<(&'static str, String)>,
    ) -> Result<Self, Failure> {
        // A child starts where its parent runs, so this process moves over for a moment.
        let this = Pid::this();
        let home = sched_getaffinity(this)?;
        sched_setaffinity(this, &core(FUNCTIONS_CORE)?)?;
        let started = Instant::now();
        let child = command
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        sched_setaffinity(this, &home)?;
        let program = Path::new(command.get_program()).display();
        let child = child.map_err(|error| Failure::System(format!("{program}: {error}")))?;
        let pid = i32::try_from(child.id()).map_err(|error| Failure::System(error.to_string()))?;
        let pid = Pid::from_raw(pid);
        Ok(Self { child, pid, clock: clock_getcpuclockid(pid)?, started })
    }

    /// CPU time of all threads since the program's start.
    pub(crate) fn cpu_time(&self) -> Result<Duration, Failure> {
        Ok(Duration::from(self.clock.now()?))
    }

    /// Memory that the process holds at present, in bytes.
    pub(crate) fn resident_memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB"))
            .and_then(|kilobytes| kilobytes.trim().parse::<u64>().ok())
            .ok_or_else(|| Failure::System("no VmRSS in /proc".to_owned()))?;
        Ok(kilobytes * 1024)
    }

    /// Has it end, and waits for that.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        kill(self.pid, Signal::SIGTERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which the run has noticed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says so where there is no valgrind.
pub(crate) fn find_valgrind() -> Result<(), Failure> {
    Command::new(VALGRIND).arg("--version").output().map_err(|error| {
        Failure::System(format!("instructions are counted by {VALGRIND}: {error}"))
    })?;
    Ok(())
}

/// Keeps this process, and so the stand-ins, off the functions' core.
pub(crate) fn keep_to_first_core() -> Result<(), Failure> {
    sched_setaffinity(Pid::this(), &core(0)?)?;
    Ok(())
}

fn core(number: usize) -> Result<CpuSet, Failure> {
    let mut set = CpuSet::new();
    set.set(number)?;
    Ok(set)
}
