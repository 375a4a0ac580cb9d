//! The parameters of the deployment that is checked, as `sam deploy --parameter-overrides` takes
//! them, and the template's defaults of those that a check looks at.

use std::str::FromStr;

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// Parameters that were given, each `Name=Value`.
#[derive(Debug, Clone, Default)]
pub struct Parameters(Vec<Parameter>);

/// One of them.
#[derive(Debug, Clone)]
pub struct Parameter {
    name: String,
    value: String,
}

impl From<Vec<Parameter>> for Parameters {
    fn from(given: Vec<Parameter>) -> Self {
        Self(given)
    }
}

impl FromStr for Parameter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("must be Name=Value")?;
        if section(name).is_none() {
            return Err(format!("template.yaml has no parameter {name}"));
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

impl Parameters {
    /// What the deployment has for a parameter.
    pub(super) fn text(&self, name: &str) -> &str {
        let given = self.0.iter().rfind(|parameter| parameter.name == name);
        given.map_or_else(|| default(name), |parameter| parameter.value.as_str())
    }

    /// The same of a number.
    pub(super) fn number(&self, name: &str) -> u32 {
        self.text(name).parse().unwrap_or_default()
    }
}

/// The lines of a parameter of the template.
fn section(name: &str) -> Option<&'static str> {
    let (_, parameters) = TEMPLATE.split_once("\nParameters:\n")?;
    let (parameters, _) = parameters.split_once("\n\n")?;
    let head = format!("  {name}:\n");
    let start =
        if parameters.starts_with(&head) { 0 } else { parameters.find(&format!("\n{head}"))? + 1 };
    let lines = parameters.get(start + head.len()..)?;
    let end = lines
        .match_indices("\n  ")
        .find(|(at, _)| lines.get(at + 3..).is_some_and(|rest| !rest.starts_with(' ')))
        .map_or(lines.len(), |(at, _)| at);
    lines.get(..end)
}

fn default(name: &str) -> &'static str {
    section(name)
        .and_then(|lines| lines.lines().find_map(|line| line.trim().strip_prefix("Default: ")))
        .map_or("", |value| value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_has_the_defaults_of_the_template() {
        let none = Parameters::default();
        assert_eq!(none.text("SearchDomain"), "small");
        assert_eq!(none.text("DomainName"), "");
        assert_eq!(none.number("WorkerMaximumConcurrency"), 20);
        assert_eq!(none.number("CrudMaximumConcurrency"), 0);
        assert_eq!(none.text("AdminKeySha256"), "", "it has none");
        let given: Parameter = "SearchDomain=production".parse().unwrap();
        assert_eq!(Parameters::from(vec![given]).text("SearchDomain"), "production");
    }

    #[test]
    fn a_parameter_that_the_template_lacks_is_refused() {
        for text in ["SearchDomian=production", "Default=1", "SearchDomain", "=", "Table=x"] {
            assert!(text.parse::<Parameter>().is_err(), "{text}");
        }
    }
}
