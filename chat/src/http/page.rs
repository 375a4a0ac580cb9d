//! Which part of a list is asked for, and the address of the part after it (RFC 8288).

use std::{fmt::Write as _, ops::RangeInclusive};

use super::encoding::encode;

/// The highest number that a chat or a message can have.
const MAX_NUMBER: u64 = 9_999_999_999;

/// How many items a page holds at most: 1 to 100, 50 where the request does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    pub(super) fn new(limit: u64) -> Option<Self> {
        u8::try_from(limit).ok().filter(|limit| (1..=100).contains(limit)).map(Self)
    }

    /// The limit, from 1 to 100.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// The end of the range at which a page begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The lowest number first.
    #[default]
    Ascending,
    /// The highest number first.
    Descending,
}

/// A page of chats or messages: a part of a range of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RangePage {
    /// Only numbers above this one.
    pub after: Option<u64>,
    /// Only numbers below this one.
    pub before: Option<u64>,
    /// The end of the range at which the page begins.
    pub order: Order,
    /// Items at most.
    pub limit: Limit,
}

impl RangePage {
    /// The lowest and the highest number that can be in the range; none where the range holds no
    /// number, so that nothing has to be looked up.
    pub fn numbers(&self) -> Option<RangeInclusive<u64>> {
        let first = self.after.map_or(Some(1), |after| after.checked_add(1))?;
        let last = self.before.map_or(Some(MAX_NUMBER), |before| before.checked_sub(1))?;
        let last = last.min(MAX_NUMBER);
        (first <= last).then_some(first..=last)
    }

    /// The `Link` to the page after the one whose last item has this number: the bound at which
    /// the page began moves there, the other one stays.
    pub fn next_link(&self, last_number: u64) -> String {
        let (after, before) = match self.order {
            Order::Ascending => (Some(last_number), self.before),
            Order::Descending => (self.after, Some(last_number)),
        };
        let mut query = String::new();
        for (name, bound) in [("after", after), ("before", before)] {
            if let Some(bound) = bound {
                // Writing to a String does not fail.
                let _ = write!(query, "{name}={bound}&");
            }
        }
        if self.order == Order::Descending {
            query.push_str("order=desc&");
        }
        link(&query, self.limit)
    }
}

/// A page that begins at a cursor which the server handed out, or at the list's beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorPage<C> {
    /// Where the page begins.
    pub cursor: Option<C>,
    /// Items at most.
    pub limit: Limit,
}

impl<C> CursorPage<C> {
    /// The `Link` to the page that begins at the cursor.
    pub fn next_link(&self, cursor: &str) -> String {
        link(&format!("cursor={}&", encode(cursor)), self.limit)
    }

    /// The `Link` to the page of a search that begins at the cursor.
    pub fn next_search_link(&self, keyword: &str, cursor: &str) -> String {
        link(&format!("keyword={}&cursor={}&", encode(keyword), encode(cursor)), self.limit)
    }
}

fn link(query: &str, Limit(limit): Limit) -> String {
    format!("<?{query}limit={limit}>; rel=\"next\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChatNumber;

    #[test]
    fn a_limit_is_1_to_100_and_50_by_default() {
        for limit in [1, 50, 100] {
            assert_eq!(u64::from(Limit::new(limit).unwrap().get()), limit);
        }
        for limit in [0, 101, 256, 257, u64::MAX] {
            assert_eq!(Limit::new(limit), None, "{limit}");
        }
        assert_eq!(Limit::default().get(), 50);
    }

    #[test]
    fn after_and_before_are_exclusive_bounds_whatever_the_order() {
        for (after, before, numbers) in [
            (None, None, Some(1..=MAX_NUMBER)),
            (Some(0), None, Some(1..=MAX_NUMBER)),
            (Some(50), None, Some(51..=MAX_NUMBER)),
            (None, Some(51), Some(1..=50)),
            (Some(50), Some(52), Some(51..=51)),
            (Some(50), Some(51), None),
            (Some(50), Some(50), None),
            (Some(50), Some(1), None),
            (None, Some(0), None),
            (None, Some(1), None),
            (None, Some(2), Some(1..=1)),
            (None, Some(MAX_NUMBER + 1), Some(1..=MAX_NUMBER)),
            (None, Some(u64::MAX), Some(1..=MAX_NUMBER)),
            (Some(MAX_NUMBER - 1), None, Some(MAX_NUMBER..=MAX_NUMBER)),
            (Some(MAX_NUMBER), None, None),
            (Some(u64::MAX), None, None),
            (Some(u64::MAX), Some(u64::MAX), None),
        ] {
            for order in [Order::Ascending, Order::Descending] {
                let page = RangePage { after, before, order, limit: Limit::default() };
                assert_eq!(page.numbers(), numbers, "{page:?}");
            }
        }
        assert!(ChatNumber::try_from(MAX_NUMBER).is_ok());
        assert!(ChatNumber::try_from(MAX_NUMBER + 1).is_err());
    }

    #[test]
    fn the_next_page_s_address_is_a_query_only_reference_that_can_be_read() {
        use Order::{Ascending, Descending};
        for (after, before, order, link) in [
            (None, None, Ascending, "<?after=50&limit=20>; rel=\"next\""),
            (Some(30), None, Ascending, "<?after=50&limit=20>; rel=\"next\""),
            (None, Some(90), Ascending, "<?after=50&before=90&limit=20>; rel=\"next\""),
            (None, None, Descending, "<?before=50&order=desc&limit=20>; rel=\"next\""),
            (None, Some(70), Descending, "<?before=50&order=desc&limit=20>; rel=\"next\""),
            (Some(9), None, Descending, "<?after=9&before=50&order=desc&limit=20>; rel=\"next\""),
        ] {
            let page = RangePage { after, before, order, limit: Limit(20) };
            assert_eq!(page.next_link(50), link);
        }
        assert_eq!(RangePage::default().next_link(50), "<?after=50&limit=50>; rel=\"next\"");
    }

    #[test]
    fn a_cursor_and_a_keyword_are_encoded_in_a_link() {
        let page = CursorPage::<()> { cursor: None, limit: Limit(5) };
        assert_eq!(page.next_link("a-Z_0.~"), "<?cursor=a-Z_0.~&limit=5>; rel=\"next\"");
        assert_eq!(page.next_link("a+/=>"), "<?cursor=a%2B%2F%3D%3E&limit=5>; rel=\"next\"");
        assert_eq!(
            page.next_search_link("a&b>\" é%\0+", "c"),
            "<?keyword=a%26b%3E%22%20%C3%A9%25%00%2B&cursor=c&limit=5>; rel=\"next\""
        );
    }
}
