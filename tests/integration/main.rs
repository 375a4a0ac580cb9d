//! Integration tests, on the deployed stack and on its engines.
