//! Jobs: what a creation or an edit still has to do once its client has been answered, and the
//! queue that carries them from the HTTP functions to the worker.

mod job;
mod queue;
mod wire;

pub use job::{
    CreateChat, CreateMessage, IndexMessages, Job, MAX_REFERENCES, MAX_UNREAD_ATTEMPTS, Task,
};
pub use queue::{Queue, QueueError};
pub use wire::UnreadableJob;
