//! Jobs that say something else of a number than the creation that has it: forged ones, or what a
//! mistaken redrive brings. They come when all else is done, beside repeats of the accepted ones.

use std::collections::BTreeSet;

use chat::{
    jobs::{CreateChat, CreateMessage, Job, Task},
    model::{Chat, ChatNumber, Message, MessageBody},
};

use crate::{faults::random, final_state::ALL, world::World};

/// Messages of a seed of which such jobs come.
const MESSAGES: usize = 4;

/// Sends the jobs, and returns what the mistaken ones ask for: each must become a dead letter and
/// change nothing.
pub(crate) async fn send(world: &World) -> Vec<Task> {
    let mut random = random(world.weather.seed, "mistakes");
    let mut mistaken = Vec::new();
    let mut repeats = Vec::new();
    for chat in world.store.list_chats(&world.token, &ALL).await.unwrap() {
        repeats.push(chat_task(world, &chat));
        let mut other = chat.clone();
        other.created_at = other.created_at.plus_millis(1);
        mistaken.push(chat_task(world, &other));
        let rows = world.store.list_messages(&world.token, chat.number, &ALL).await.unwrap();
        for row in random.choose_multiple(rows.iter(), MESSAGES) {
            let was_edited = row.revision > 1;
            let mut other = row.clone();
            // The text of an edited message says nothing about the creation any more.
            if was_edited || random.bool() {
                other.created_at = other.created_at.plus_millis(1);
            } else {
                other.body = MessageBody::new(format!("not {}", row.body.as_str())).unwrap();
            }
            mistaken.push(message_task(world, &chat, &other));
            repeats.push(message_task(world, &chat, row));
        }
    }
    let mut jobs: Vec<&Task> = mistaken.iter().chain(&repeats).collect();
    random.shuffle(&mut jobs);
    for task in jobs {
        world.weather.queue.push(Job::new(task.clone()).to_body());
    }
    mistaken
}

fn chat_task(world: &World, chat: &Chat) -> Task {
    Task::CreateChat(CreateChat {
        access_token: world.token.clone(),
        number: chat.number,
        created_at: chat.created_at,
    })
}

fn message_task(world: &World, chat: &Chat, message: &Message) -> Task {
    let chat_number: ChatNumber = chat.number;
    Task::CreateMessage(CreateMessage {
        access_token: world.token.clone(),
        chat_number,
        chat_created_at: chat.created_at,
        number: message.number,
        body: message.body.clone(),
        created_at: message.created_at,
    })
}

/// Dead letters are the mistaken jobs, all of them, and nothing else.
pub(crate) fn check(mistaken: &[Task], dead_letters: &[String], broken: &mut Vec<String>) {
    let described = |task: &Task| format!("{task:?}");
    let expected: BTreeSet<String> = mistaken.iter().map(described).collect();
    let dead: BTreeSet<String> = dead_letters
        .iter()
        .map(|body| Job::from_body(body).map_or_else(|_| body.clone(), |job| described(&job.task)))
        .collect();
    for letter in dead.difference(&expected) {
        broken.push(format!("a dead letter: {letter}"));
    }
    for task in expected.difference(&dead) {
        broken.push(format!("a mistaken job is no dead letter: {task}"));
    }
}
