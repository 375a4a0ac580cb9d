//! Pages: reading `Link`, and following it to its end.

use serde_json::Value;
use url::Url;

use crate::{Answer, Api};

/// A query's names and values, decoded, in the order of their names.
pub type Query = Vec<(String, String)>;

/// The address of the next page as the answer names it, if there is one. Checks the header's form.
#[track_caller]
pub fn next_link(answer: &Answer) -> Option<String> {
    let link = answer.header("link")?;
    let target = link
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix(r#">; rel="next""#))
        .unwrap_or_else(|| panic!("not one next link: {answer:?}"));
    assert!(target.starts_with('?'), "not a query-only reference: {answer:?}");
    Some(target.to_owned())
}

/// Where a reference leads from the address asked (RFC 3986, section 5).
#[track_caller]
pub(crate) fn resolve(target: &str, reference: &str) -> String {
    let base = Url::parse("http://stack").and_then(|host| host.join(target)).expect("an address");
    let url = base.join(reference).unwrap_or_else(|error| panic!("{reference}: {error}"));
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

impl Answer {
    /// What the next link asks for, decoded and sorted by name.
    #[track_caller]
    pub fn next_query(&self) -> Option<Query> {
        let link = next_link(self)?;
        let url = Url::parse("http://stack").and_then(|host| host.join(&link)).expect("a query");
        let mut query: Query = url.query_pairs().into_owned().collect();
        query.sort();
        Some(query)
    }

    /// Where `Location` leads, resolved against the address asked.
    #[track_caller]
    pub fn location(&self) -> String {
        let location = self.header("location").unwrap_or_else(|| panic!("no Location: {self:?}"));
        let (_, target) = self.request.split_once(' ').expect("a verb and a target");
        resolve(target, location)
    }
}

impl Api {
    /// Follows a list from a target to its end and returns its pages.
    pub async fn pages(&self, target: &str) -> Vec<Answer> {
        let mut target = target.to_owned();
        let mut pages = Vec::new();
        loop {
            let page = self.get(&target).await;
            page.expect(200);
            let next = next_link(&page).map(|link| resolve(&target, &link));
            pages.push(page);
            match next {
                Some(next) => target = next,
                None => return pages,
            }
            assert!(pages.len() < 10_000, "the pages of {target} never end");
        }
    }

    /// Follows a list from a target to its end and returns its items.
    pub async fn follow(&self, target: &str) -> Vec<Value> {
        self.pages(target).await.iter().flat_map(Answer::list).collect()
    }
}
