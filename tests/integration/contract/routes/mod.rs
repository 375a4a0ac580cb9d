//! Routes: each verb and path, what it answers, and what no path names.

mod applications;
mod browser;
mod caches;
mod chats;
mod health;
mod messages;
mod methods;
mod original;
mod paths;
mod slashes;

use super::shared::Small;

/// A path of the contract, the query that a GET of it needs, and the verbs that it answers.
struct Route {
    path: String,
    query: &'static str,
    verbs: &'static [&'static str],
}

/// Every path of the contract, as it stands for the small application.
fn routes(small: &Small) -> Vec<Route> {
    let Small { application, chat, message } = small;
    let route = |path: String, query, verbs| Route { path, query, verbs };
    vec![
        route("/applications".to_owned(), "", &["GET", "POST"]),
        route(application.clone(), "", &["GET", "PATCH", "PUT"]),
        route(format!("{application}/chats"), "", &["GET", "POST"]),
        route(chat.clone(), "", &["GET"]),
        route(format!("{chat}/messages"), "", &["GET", "POST"]),
        route(message.clone(), "", &["GET", "PATCH", "PUT"]),
        route(format!("{chat}/messages/search"), "?keyword=small", &["GET"]),
        route("/openapi.json".to_owned(), "", &["GET"]),
        route("/health".to_owned(), "", &["GET"]),
        route("/health/ready".to_owned(), "", &["GET"]),
    ]
}

/// The paths that answer HTML.
fn pages() -> [Route; 2] {
    ["/console", "/docs"].map(|path| Route { path: path.to_owned(), query: "", verbs: &["GET"] })
}
