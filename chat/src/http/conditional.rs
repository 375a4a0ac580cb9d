//! Entity tags and the conditional requests that carry them (RFC 9110, sections 8.8.3 and 13.1).

use crate::model::Revision;

/// The strong entity tag of a revision, with its quotes.
pub fn etag(revision: Revision) -> String {
    format!("\"{revision}\"")
}

/// What `If-Match` or `If-None-Match` lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityTags<'a>(&'a str);

impl<'a> EntityTags<'a> {
    /// Takes a header's value; reads it when it is compared.
    pub const fn new(header: &'a str) -> Self {
        Self(header)
    }

    /// Whether a revision that exists is listed, by strong comparison, which no weak tag passes:
    /// that of `If-Match`.
    pub fn match_strongly(self, revision: Revision) -> bool {
        self.matches(&etag(revision), false)
    }

    /// Whether a revision that exists is listed, by weak comparison: that of `If-None-Match`.
    pub fn match_weakly(self, revision: Revision) -> bool {
        self.match_tag(&etag(revision))
    }

    /// Whether an entity's tag, given with its quotes and without `W/`, is listed by weak comparison.
    pub fn match_tag(self, current: &str) -> bool {
        self.matches(current, true)
    }

    fn matches(self, current: &str, weak_too: bool) -> bool {
        self.0.trim() == "*"
            || Tags(self.0).any(|(weak, tag)| tag == current && (weak_too || !weak))
    }
}

/// The tags of a list, each with whether it is weak. Ends where what follows is no tag: what
/// cannot be read matches nothing, so that a broken `If-Match` never lets an edit pass.
struct Tags<'a>(&'a str);

impl<'a> Iterator for Tags<'a> {
    type Item = (bool, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        // A list may hold empty elements (RFC 9110, section 5.6.1).
        let rest = self.0.trim_start_matches([' ', '\t', ',']);
        let (weak, rest) = match rest.strip_prefix("W/") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (opaque, after) = rest.strip_prefix('"')?.split_once('"')?;
        let end = after.trim_start_matches([' ', '\t']);
        let legal = opaque.bytes().all(|byte| byte > b' ' && byte != 0x7f);
        if !legal || !(end.is_empty() || end.starts_with(',')) {
            self.0 = "";
            return None;
        }
        self.0 = end;
        // The tag with its quotes, as `etag` writes it.
        rest.get(..opaque.len() + 2).map(|tag| (weak, tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_compares_strongly_and_if_none_match_weakly() {
        for (header, strongly, weakly) in [
            ("*", true, true),
            (" * ", true, true),
            ("\"7\"", true, true),
            ("W/\"7\"", false, true),
            ("\"6\"", false, false),
            ("\"6\", \"7\"", true, true),
            ("\"6\",\"7\",\"8\"", true, true),
            ("W/\"7\", \"6\"", false, true),
            ("W/\"7\", \"7\"", true, true),
            (", ,\t\"7\" ,", true, true),
            ("\"a,b\", \"7\"", true, true),
            ("\"a\\\", \"7\"", true, true),
            ("\"\u{e9}\", \"7\"", true, true),
            ("\"\", \"7\"", true, true),
        ] {
            let tags = EntityTags::new(header);
            assert_eq!(tags.match_strongly(7), strongly, "{header}");
            assert_eq!(tags.match_weakly(7), weakly, "{header}");
        }
    }

    #[test]
    fn what_is_no_entity_tag_matches_nothing() {
        for header in [
            "",
            " ",
            ",",
            "7",
            "'7'",
            "\"7",
            "7\"",
            "\"07\"",
            "\" 7\"",
            "w/\"7\"",
            "W/ \"7\"",
            "W/",
            "\"6\" \"7\"",
            "x, \"7\"",
            "*, \"7\"",
            "**",
            "\"7\"x",
            "\"\u{7f}\", \"7\"",
        ] {
            let tags = EntityTags::new(header);
            assert!(!tags.match_strongly(7) && !tags.match_weakly(7), "{header}");
        }
    }

    #[test]
    fn an_etag_changes_with_every_revision() {
        assert_eq!(etag(1), "\"1\"");
        assert_eq!(etag(u64::MAX), "\"18446744073709551615\"");
        assert!(EntityTags::new(&etag(u64::MAX)).match_strongly(u64::MAX));
    }
}
