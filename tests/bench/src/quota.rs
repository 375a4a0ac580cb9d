//! A function's share of a core, by a control group as Lambda does it: 1,769 MB of memory are one
//! core, and less is the same part of it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::error::Failure;

/// Memory that comes with one whole core.
pub(crate) const MEGABYTES_PER_CORE: u32 = 1_769;
/// How often a share is dealt out anew. Lambda's is not documented; 20 ms is what the control group
/// of a running function shows.
const PERIOD_MICROS: u32 = 20_000;

/// A control group with a quota, removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Quota {
    folder: PathBuf,
}

impl Quota {
    /// The share that comes with so much memory; `None` where this machine lets nobody set one.
    pub(crate) fn of_memory(megabytes: u32) -> Option<Self> {
        let micros = PERIOD_MICROS * megabytes / MEGABYTES_PER_CORE;
        let name = format!("lambda-chat-bench-{}", std::process::id());
        let unified = Path::new("/sys/fs/cgroup/cgroup.controllers");
        let (folder, settings) = if unified.exists() {
            let folder = Path::new("/sys/fs/cgroup").join(name);
            (folder, vec![("cpu.max", format!("{micros} {PERIOD_MICROS}"))])
        } else {
            let folder = Path::new("/sys/fs/cgroup/cpu").join(name);
            let period = ("cpu.cfs_period_us", PERIOD_MICROS.to_string());
            (folder, vec![period, ("cpu.cfs_quota_us", micros.to_string())])
        };
        fs::create_dir(&folder).ok()?;
        let quota = Self { folder };
        for (file, value) in settings {
            fs::write(quota.folder.join(file), value).ok()?;
        }
        Some(quota)
    }

    /// Holds a process, with all its threads, to the quota.
    pub(crate) fn hold(&self, pid: i32) -> Result<(), Failure> {
        Ok(fs::write(self.folder.join("cgroup.procs"), pid.to_string())?)
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}
