//! Sorting a batch: jobs by tenant and chat, repeats of one number merged. No I/O.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    panic::catch_unwind,
};

use chat::{
    jobs::{
        CreateChat, CreateMessage, IndexMessages, Job, MAX_UNREAD_ATTEMPTS, Task, UnreadableJob,
    },
    model::{AccessToken, ChatNumber, MessageNumber, MessageReference},
    store::{NewChat, NewMessage},
};

use crate::{
    event::Record,
    fate::{Fate, Fates},
};

/// A batch's work, tenant by tenant.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) tenants: BTreeMap<AccessToken, Tenant>,
    /// The jobs by their records' indices; `None` where a record is none.
    pub(crate) jobs: Vec<Option<Job>>,
}

/// One application's work.
#[derive(Debug, Default)]
pub(crate) struct Tenant {
    /// Chats to be written.
    pub(crate) new_chats: BTreeMap<ChatNumber, Work<NewChat>>,
    /// Messages to be written, by their chats.
    pub(crate) chats: BTreeMap<ChatNumber, ChatWork>,
    /// Rows to be made searchable as they are.
    pub(crate) references: BTreeMap<MessageReference, Reference>,
}

/// One chat's messages to be written.
#[derive(Debug)]
pub(crate) struct ChatWork {
    /// The chat itself, should its row be missing.
    pub(crate) chat: NewChat,
    pub(crate) messages: BTreeMap<MessageNumber, Work<NewMessage>>,
}

/// Something to be done, and the records that ask for it: a redelivery may stand beside its
/// original, and DynamoDB refuses two actions on one item in a transaction.
#[derive(Debug)]
pub(crate) struct Work<T> {
    pub(crate) what: T,
    pub(crate) records: Vec<usize>,
}

/// A row to be made searchable, and what asks for it.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    /// Whether its parents are touched too.
    pub(crate) edited: bool,
    /// The most attempts that a job asking for it made.
    pub(crate) attempt: u32,
    pub(crate) records: Vec<usize>,
}

impl Batch {
    /// Sorts a batch; a record that is no job of this release gets its fate at once.
    pub(crate) fn sort(records: &[Record], fates: &mut Fates) -> Self {
        let mut batch = Self::default();
        for (index, record) in records.iter().enumerate() {
            let job = match catch_unwind(|| Job::from_body(&record.body)) {
                Ok(job) => job,
                Err(_) => Err(UnreadableJob::Malformed("reading it panicked".to_owned())),
            };
            match &job {
                Ok(job) => batch.add(index, job, fates),
                Err(error) => fates.settle(&[index], &unreadable(error, record.attempt())),
            }
            batch.jobs.push(job.ok());
        }
        batch
    }

    fn add(&mut self, record: usize, job: &Job, fates: &mut Fates) {
        let tenant = self.tenants.entry(job.task.access_token().clone()).or_default();
        let is_same = match &job.task {
            Task::CreateChat(task) => tenant.add_chat(record, task),
            Task::CreateMessage(task) => tenant.add_message(record, task),
            Task::IndexMessages(task) => {
                tenant.add_references(record, task, job.attempt);
                true
            }
        };
        if !is_same {
            // One of the two has a row, or will have; alone, each is compared with it.
            let reason = "another job of its batch has its number and another time or text";
            fates.settle(&[record], &Fate::PutOff(reason.to_owned()));
        }
    }
}

/// A newer worker may read what this one cannot, for as long as the queue keeps a message.
fn unreadable(error: &UnreadableJob, attempt: u32) -> Fate {
    match error {
        UnreadableJob::Newer(_) if attempt < MAX_UNREAD_ATTEMPTS => Fate::PutOff(error.to_string()),
        UnreadableJob::Newer(_) => Fate::Dead(format!("{error}, for 14 days")),
        UnreadableJob::Malformed(_) => Fate::Dead(error.to_string()),
    }
}

impl Tenant {
    /// Whether nothing in the batch says otherwise of the number.
    fn add_chat(&mut self, record: usize, task: &CreateChat) -> bool {
        let chat = NewChat { number: task.number, created_at: task.created_at };
        self.new_chats.entry(task.number).or_insert_with(|| Work::of(chat)).add(record, &chat)
    }

    /// Whether nothing in the batch says otherwise of the number.
    fn add_message(&mut self, record: usize, task: &CreateMessage) -> bool {
        let chat = NewChat { number: task.chat_number, created_at: task.chat_created_at };
        let work = self
            .chats
            .entry(task.chat_number)
            .or_insert_with(|| ChatWork { chat, messages: BTreeMap::new() });
        let message = NewMessage {
            number: task.number,
            body: task.body.clone(),
            created_at: task.created_at,
        };
        match work.messages.entry(task.number) {
            Entry::Vacant(entry) => entry.insert(Work::of(message)).records.push(record),
            Entry::Occupied(mut entry) => return entry.get_mut().add(record, &message),
        }
        true
    }

    fn add_references(&mut self, record: usize, task: &IndexMessages, attempt: u32) {
        for &reference in &task.messages {
            let work = self.references.entry(reference).or_default();
            work.edited |= task.edited;
            work.attempt = work.attempt.max(attempt);
            work.records.push(record);
        }
    }
}

impl<T: PartialEq> Work<T> {
    fn of(what: T) -> Self {
        Self { what, records: Vec::new() }
    }

    /// Adds a record that asks for the same; `false`, and nothing added, where it asks for another.
    fn add(&mut self, record: usize, what: &T) -> bool {
        let is_same = self.what == *what;
        if is_same {
            self.records.push(record);
        }
        is_same
    }
}

#[cfg(test)]
mod tests {
    use chat::model::{MessageBody, Timestamp};

    use super::*;

    fn record(task: Task) -> Record {
        Record::new("id".to_owned(), Job::new(task).to_body())
    }

    fn message(token: &AccessToken, chat: u64, number: u64) -> Task {
        Task::CreateMessage(CreateMessage {
            access_token: token.clone(),
            chat_number: ChatNumber::try_from(chat).unwrap(),
            chat_created_at: Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap(),
            number: MessageNumber::try_from(number).unwrap(),
            body: MessageBody::new(format!("text {number}")).unwrap(),
            created_at: Timestamp::parse("2022-08-09T22:17:53.000Z").unwrap(),
        })
    }

    #[test]
    fn jobs_of_one_number_are_merged() {
        let token = AccessToken::generate().unwrap();
        let chat = Task::CreateChat(CreateChat {
            access_token: token.clone(),
            number: ChatNumber::try_from(1).unwrap(),
            created_at: Timestamp::now(),
        });
        let records = [
            record(message(&token, 1, 1)),
            record(message(&token, 1, 2)),
            record(message(&token, 1, 1)),
            record(message(&token, 2, 1)),
            record(chat.clone()),
            record(chat),
        ];
        let mut fates = Fates::all_done(records.len());
        let batch = Batch::sort(&records, &mut fates);
        assert!(fates.are_done(&[0, 1, 2, 3, 4, 5]));
        let tenant = &batch.tenants[&token];
        let first = &tenant.chats[&ChatNumber::try_from(1).unwrap()];
        assert_eq!(first.messages.len(), 2);
        assert_eq!(first.messages[&MessageNumber::try_from(1).unwrap()].records, [0, 2]);
        assert_eq!(tenant.new_chats[&ChatNumber::try_from(1).unwrap()].records, [4, 5]);
        assert_eq!(tenant.chats.len(), 2);
    }

    #[test]
    fn a_record_that_is_no_job_gets_its_fate_and_the_rest_is_sorted() {
        let token = AccessToken::generate().unwrap();
        let bodies = ["{", r#"{"version":1,"kind":"fly"}"#, r#"{"version":9,"kind":"fly"}"#];
        let mut records: Vec<Record> =
            bodies.iter().map(|body| Record::new("id".to_owned(), (*body).to_owned())).collect();
        records.push(record(message(&token, 1, 1)));
        let mut fates = Fates::all_done(records.len());
        let batch = Batch::sort(&records, &mut fates);
        assert_eq!(batch.tenants.len(), 1);
        let fates: Vec<Fate> = fates.into_iter().collect();
        assert!(matches!(fates[0], Fate::Dead(_)) && matches!(fates[1], Fate::Dead(_)));
        assert!(matches!(fates[2], Fate::PutOff(_)));
        assert_eq!(fates[3], Fate::Done);
    }

    #[test]
    fn two_jobs_of_one_number_that_differ_are_not_merged() {
        let token = AccessToken::generate().unwrap();
        let Task::CreateMessage(mut other) = message(&token, 1, 1) else { panic!() };
        other.body = MessageBody::new("another".to_owned()).unwrap();
        let records = [
            record(message(&token, 1, 1)),
            record(Task::CreateMessage(other)),
            record(message(&token, 1, 1)),
        ];
        let mut fates = Fates::all_done(records.len());
        let batch = Batch::sort(&records, &mut fates);
        let chat = &batch.tenants[&token].chats[&ChatNumber::try_from(1).unwrap()];
        assert_eq!(chat.messages[&MessageNumber::try_from(1).unwrap()].records, [0, 2]);
        assert!(fates.are_done(&[0, 2]) && !fates.are_done(&[1]));
    }

    #[test]
    fn a_job_of_a_newer_release_is_given_up_after_14_days_of_attempts() {
        let newer = UnreadableJob::Newer(9);
        assert!(matches!(unreadable(&newer, MAX_UNREAD_ATTEMPTS - 1), Fate::PutOff(_)));
        let Fate::Dead(reason) = unreadable(&newer, MAX_UNREAD_ATTEMPTS) else { panic!() };
        assert_eq!(reason, "a job of version 9, newer than this worker, for 14 days");
        let json = r#"{"Records": [
            {"messageId": "1", "body": "", "messageAttributes": {"attempt":
                {"stringValue": "7", "binaryListValues": [], "dataType": "Number"}}},
            {"messageId": "2", "body": "", "messageAttributes": {}},
            {"messageId": "3", "body": ""}
        ]}"#;
        let event: crate::SqsEvent = serde_json::from_str(json).unwrap();
        let attempts: Vec<u32> = event.records.iter().map(Record::attempt).collect();
        assert_eq!(attempts, [7, 0, 0]);
    }
}
