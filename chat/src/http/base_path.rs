//! The path below which a deployment's routes stand.

use std::str::FromStr;

use thiserror::Error;

/// What precedes the routes in every path, such as `chat/v1`; empty where nothing does.
///
/// The gateway leaves the key of an API mapping in the path that it passes on, and takes it away
/// before it chooses a route, so a path below the base path and the same path alone are one route.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// A setting that is no base path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a base path is segments of letters, digits, `-`, `_` and `.`, with slashes between them")]
pub struct InvalidBasePath;

impl FromStr for BasePath {
    type Err = InvalidBasePath;

    /// Reads the setting: empty, or segments without a slash at either end.
    fn from_str(setting: &str) -> Result<Self, InvalidBasePath> {
        let is_segment = |segment: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !segment.is_empty() && segment.bytes().all(allowed)
        };
        if setting.is_empty() || setting.split('/').all(is_segment) {
            Ok(Self(setting.to_owned()))
        } else {
            Err(InvalidBasePath)
        }
    }
}

impl BasePath {
    /// The path below the base path; the path itself where it does not stand there.
    pub(super) fn strip<'p>(&self, path: &'p str) -> &'p str {
        if self.0.is_empty() {
            return path;
        }
        let below = path.strip_prefix('/').and_then(|path| path.strip_prefix(&*self.0));
        match below {
            Some("") => "/",
            // The next segment must be one of its own.
            Some(below) if below.starts_with('/') => below,
            _ => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_base_path_of_the_deployment_is_stripped() {
        for (base_path, path, expected) in [
            ("", "/applications/x", "/applications/x"),
            ("", "/chat/applications", "/chat/applications"),
            ("", "", ""),
            ("chat", "/chat/applications/x", "/applications/x"),
            ("chat", "/chat/applications/", "/applications/"),
            ("chat", "/chat/", "/"),
            ("chat", "/chat", "/"),
            ("chat", "/chat/chat/console", "/chat/console"),
            ("chat", "/applications/x", "/applications/x"),
            ("chat", "/chats/applications", "/chats/applications"),
            ("chat", "/other/applications", "/other/applications"),
            ("chat", "//chat/applications", "//chat/applications"),
            ("chat", "chat/applications", "chat/applications"),
            ("chat/v1", "/chat/v1/docs", "/docs"),
            ("chat/v1", "/chat/docs", "/chat/docs"),
            ("applications", "/applications/applications/x", "/applications/x"),
        ] {
            let base = base_path.parse::<BasePath>().unwrap();
            assert_eq!(base.strip(path), expected, "{base_path} {path}");
        }
    }

    #[test]
    fn a_base_path_is_segments_with_slashes_between_them() {
        for setting in ["", "chat", "chat/v1", "a-b_c.d/2"] {
            assert!(setting.parse::<BasePath>().is_ok(), "{setting}");
        }
        for setting in ["/", "/chat", "chat/", "a//b", " ", "a b", "é", "a%20b", "{proxy+}"] {
            assert_eq!(setting.parse::<BasePath>(), Err(InvalidBasePath), "{setting}");
        }
    }
}
