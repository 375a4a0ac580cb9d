//! Pages: `limit`, ranges, cursors, the next page's link, and pages of large rows.

mod applications;
mod cursors;
mod large;
mod limits;
mod links;
mod ranges;

use super::shared::{Small, small};
use tests::Api;

/// Every list of the small application, ready for one more parameter.
async fn lists(api: &Api) -> [String; 4] {
    let Small { application, chat, .. } = small(api).await;
    [
        "/applications?".to_owned(),
        format!("{application}/chats?"),
        format!("{chat}/messages?"),
        format!("{chat}/messages/search?keyword=small&"),
    ]
}
