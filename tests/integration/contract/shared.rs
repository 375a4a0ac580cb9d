//! Fixtures that many tests only read. No test may change one.

use tests::Api;
use tokio::sync::OnceCell;

/// How many messages the long chat holds: more than the largest page.
pub(super) const MANY_MESSAGES: usize = 103;

/// How many chats the wide application holds: more than a page by default.
pub(super) const MANY_CHATS: u64 = 53;

/// An application with one chat with one message, which nothing changes any more.
pub(super) struct Small {
    pub(super) application: String,
    pub(super) chat: String,
    pub(super) message: String,
}

pub(super) async fn small(api: &Api) -> &'static Small {
    static SMALL: OnceCell<Small> = OnceCell::const_new();
    let create = || async {
        let (application, chat) = api.create_application_and_chat().await;
        let message = api.create_message(&chat, "a small message").await;
        api.until_settled(&application, &chat, &message).await;
        api.until_found(&chat, "small", 1).await;
        Small { application, chat, message }
    };
    SMALL.get_or_init(create).await
}

/// A chat with [`MANY_MESSAGES`] messages, each of which the keyword `lorem` finds.
pub(super) async fn long_chat(api: &Api) -> &'static str {
    static LONG_CHAT: OnceCell<String> = OnceCell::const_new();
    let create = || async {
        let (_, chat) = api.create_application_and_chat().await;
        // Every third holds the word, the others only a part of one.
        let body = |n| if n % 3 == 0 { format!("{n} lorem") } else { format!("{n} loremipsum") };
        let bodies: Vec<String> = (0..MANY_MESSAGES).map(body).collect();
        api.create_messages(&chat, &bodies).await;
        api.until_found(&chat, "lorem", bodies.len()).await;
        chat
    };
    LONG_CHAT.get_or_init(create).await
}

/// An application with [`MANY_CHATS`] chats.
pub(super) async fn wide_application(api: &Api) -> &'static str {
    static WIDE_APPLICATION: OnceCell<String> = OnceCell::const_new();
    let create = || async {
        let application = api.create_application().await;
        tests::together((0..MANY_CHATS).map(|_| api.create_chat(&application))).await;
        api.read_until(&application, |it| it["chat_count"] == MANY_CHATS).await;
        application
    };
    WIDE_APPLICATION.get_or_init(create).await
}
