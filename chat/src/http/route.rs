//! The routes: which path is which, what its segments name, and which methods it has.

use std::fmt;

use super::{Method, Problem};
use crate::model::{AccessToken, ChatNumber, MessageNumber};

/// A path of the contract, with the segments that name something as they were sent.
///
/// `Debug` and `Display` write the route's template, never its segments: a token must not reach a
/// log line.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is its template, and each member a segment of it")]
pub enum Route<'a> {
    Index,
    Console,
    Docs,
    OpenApi,
    Health,
    Readiness,
    Asset { version: Segment<'a>, file: Segment<'a> },
    Applications,
    Application { token: Segment<'a> },
    Chats { token: Segment<'a> },
    Chat { token: Segment<'a>, chat: Segment<'a> },
    Messages { token: Segment<'a>, chat: Segment<'a> },
    Message { token: Segment<'a>, chat: Segment<'a>, message: Segment<'a> },
    MessageSearch { token: Segment<'a>, chat: Segment<'a> },
}

impl<'a> Route<'a> {
    /// The route that a path below the base path names, if any. One slash may end it; an empty
    /// segment names nothing.
    pub fn parse(path: &'a str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        if path.is_empty() {
            return Some(Self::Index);
        }
        let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
        if segments.clone().any(str::is_empty) {
            return None;
        }
        let mut next = || segments.next();
        match next()? {
            "applications" => {}
            "assets" => {
                let (version, file) = (Segment(next()?), Segment(next()?));
                return next().is_none().then_some(Self::Asset { version, file });
            }
            "health" => {
                return match (next(), next()) {
                    (None, _) => Some(Self::Health),
                    (Some("ready"), None) => Some(Self::Readiness),
                    _ => None,
                };
            }
            page => {
                let route = match page {
                    "console" => Self::Console,
                    "docs" => Self::Docs,
                    "openapi.json" => Self::OpenApi,
                    _ => return None,
                };
                return next().is_none().then_some(route);
            }
        }
        let Some(token) = next().map(Segment) else { return Some(Self::Applications) };
        let route = match (next(), next().map(Segment), next(), next()) {
            (None, ..) => Self::Application { token },
            (Some("chats"), None, ..) => Self::Chats { token },
            (Some("chats"), Some(chat), None, _) => Self::Chat { token, chat },
            (Some("chats"), Some(chat), Some("messages"), message) => match message {
                None => Self::Messages { token, chat },
                Some("search") => Self::MessageSearch { token, chat },
                Some(message) => Self::Message { token, chat, message: Segment(message) },
            },
            _ => return None,
        };
        next().is_none().then_some(route)
    }

    /// The route as it stands in the contract.
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Index => "/",
            Self::Console => "/console",
            Self::Docs => "/docs",
            Self::OpenApi => "/openapi.json",
            Self::Health => "/health",
            Self::Readiness => "/health/ready",
            Self::Asset { .. } => "/assets/{version}/{file}",
            Self::Applications => "/applications",
            Self::Application { .. } => "/applications/{access_token}",
            Self::Chats { .. } => "/applications/{access_token}/chats",
            Self::Chat { .. } => "/applications/{access_token}/chats/{chat_number}",
            Self::Messages { .. } => "/applications/{access_token}/chats/{chat_number}/messages",
            Self::Message { .. } => {
                "/applications/{access_token}/chats/{chat_number}/messages/{message_number}"
            }
            Self::MessageSearch { .. } => {
                "/applications/{access_token}/chats/{chat_number}/messages/search"
            }
        }
    }

    /// The path's last segment, on routes that create: what a relative `Location` begins with.
    pub(super) fn collection(&self) -> &'static str {
        self.template().rsplit('/').next().unwrap_or_default()
    }

    /// The methods that the route has, as `Allow` lists them.
    pub const fn allow(&self) -> &'static str {
        match self {
            Self::Applications | Self::Chats { .. } | Self::Messages { .. } => {
                "GET, HEAD, OPTIONS, POST"
            }
            Self::Application { .. } | Self::Message { .. } => "GET, HEAD, OPTIONS, PATCH, PUT",
            Self::Chat { .. }
            | Self::MessageSearch { .. }
            | Self::Index
            | Self::Console
            | Self::Docs
            | Self::OpenApi
            | Self::Health
            | Self::Readiness
            | Self::Asset { .. } => "GET, HEAD, OPTIONS",
        }
    }

    /// Whether the route has the method.
    pub fn allows(&self, method: &Method) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method.as_str())
    }
}

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.template())
    }
}

impl fmt::Debug for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.template())
    }
}

/// A segment of a path as it was sent: not empty, otherwise any text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a>(&'a str);

impl<'a> Segment<'a> {
    /// The segment as it was sent: never for a log line.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// The access token that the segment is.
    ///
    /// # Errors
    /// 404 where it is not 24 base58 characters.
    pub fn access_token(self) -> Result<AccessToken, Problem> {
        AccessToken::parse(self.0).map_err(|_| Problem::not_found())
    }

    /// The chat's number that the segment is.
    ///
    /// # Errors
    /// 404 for a sign, a leading zero, other characters or over 10 digits.
    pub fn chat_number(self) -> Result<ChatNumber, Problem> {
        ChatNumber::parse(self.0).map_err(|_| Problem::not_found())
    }

    /// The message's number that the segment is.
    ///
    /// # Errors
    /// 404 for a sign, a leading zero, other characters or over 10 digits.
    pub fn message_number(self) -> Result<MessageNumber, Problem> {
        MessageNumber::parse(self.0).map_err(|_| Problem::not_found())
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Segment(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Segment<'_> = Segment("T");
    const C: Segment<'_> = Segment("C");
    const M: Segment<'_> = Segment("M");

    #[test]
    fn every_route_answers_with_and_without_a_trailing_slash() {
        for (path, route) in [
            ("/applications", Route::Applications),
            ("/applications/T", Route::Application { token: T }),
            ("/applications/T/chats", Route::Chats { token: T }),
            ("/applications/T/chats/C", Route::Chat { token: T, chat: C }),
            ("/applications/T/chats/C/messages", Route::Messages { token: T, chat: C }),
            (
                "/applications/T/chats/C/messages/M",
                Route::Message { token: T, chat: C, message: M },
            ),
            ("/applications/T/chats/C/messages/search", Route::MessageSearch { token: T, chat: C }),
            ("/console", Route::Console),
            ("/docs", Route::Docs),
            ("/openapi.json", Route::OpenApi),
            ("/assets/C/M", Route::Asset { version: C, file: M }),
        ] {
            assert_eq!(Route::parse(path), Some(route));
            assert_eq!(Route::parse(&format!("{path}/")), Some(route));
            for wrong in [
                format!("{path}//"),
                format!("/{path}"),
                path[1..].to_owned(),
                path.replacen("applications", "applications/", 1) + "/x",
                path.to_uppercase(),
            ] {
                assert_eq!(Route::parse(&wrong), None, "{wrong}");
            }
        }
    }

    #[test]
    fn the_index_is_the_path_that_is_one_slash() {
        assert_eq!(Route::parse("/"), Some(Route::Index));
    }

    #[test]
    fn other_paths_name_no_route() {
        for path in [
            "",
            "//",
            "/console/x",
            "/docs/index.html",
            "/openapi.yaml",
            "/assets",
            "/assets/C",
            "/assets/C/M/x",
            "/assets//M",
            "/application",
            "/applications?x",
            " /applications",
            "/Applications",
            "/applications/T/chat",
            "/applications//chats",
            "/applications/T//C",
            "/applications/T/chats//messages",
            "/applications/T/chats/C/message",
            "/applications/T/chats/C/messages//",
            "/applications/T/chats/C/messages/M/x",
            "/applications/T/chats/C/messages/search/x",
            "/applications/T/chats/C/messages/search/x/y/z",
            "/x/applications",
        ] {
            assert_eq!(Route::parse(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_segment_may_hold_any_character() {
        for segment in ["a b", "\0", "\u{fffd}", "%2F", "?", "#", "..", "é", "\""] {
            let path = format!("/applications/{segment}");
            let expected = Route::Application { token: Segment(segment) };
            assert_eq!(Route::parse(&path), Some(expected), "{segment:?}");
            assert!(Segment(segment).access_token().is_err());
            assert!(Segment(segment).chat_number().is_err());
            assert!(Segment(segment).message_number().is_err());
        }
    }

    #[test]
    fn head_comes_with_get_and_options_is_everywhere() {
        let segment = Segment("x");
        for (route, methods) in [
            (Route::Applications, "GET POST"),
            (Route::Application { token: segment }, "GET PUT PATCH"),
            (Route::Chats { token: segment }, "GET POST"),
            (Route::Chat { token: segment, chat: segment }, "GET"),
            (Route::Messages { token: segment, chat: segment }, "GET POST"),
            (Route::Message { token: segment, chat: segment, message: segment }, "GET PUT PATCH"),
            (Route::MessageSearch { token: segment, chat: segment }, "GET"),
            (Route::Index, "GET"),
            (Route::Console, "GET"),
            (Route::Docs, "GET"),
            (Route::OpenApi, "GET"),
            (Route::Asset { version: segment, file: segment }, "GET"),
        ] {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "get"] {
                let allowed = methods.split(' ').any(|listed| listed == method);
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                assert_eq!(route.allows(&method), allowed, "{route} {method}");
            }
            assert!(route.allows(&Method::HEAD) && route.allows(&Method::OPTIONS));
        }
    }

    #[test]
    fn a_token_in_a_route_is_hidden_from_logs() {
        let route = Route::parse("/applications/SECRET/chats").unwrap();
        assert_eq!(format!("{route:?} {route}"), format!("{0} {0}", route.template()));
        let Route::Chats { token } = route else { panic!("{route}") };
        assert!(!format!("{token:?}").contains("SECRET"));
    }
}
