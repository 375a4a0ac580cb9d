//! What the environment tells the tests: where the stack and its engines are.

/// The value of an environment variable that `make test` sets.
///
/// # Panics
/// Where it is missing: a test that cannot run has failed.
pub fn variable(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!(
            "{name} is not set: run `make test`, which starts what the tests need and sets it"
        ),
    }
}
