//! The HTTP room: reads API Gateway's events, says what is wrong with a request before anything
//! is looked up, and writes answers. Knows the model and what a keyword is, and no engine.
//!
//! What is decided, in this order: a request that did not come through the deployment's CDN, where
//! it names one, is 403; an unknown path is 404; OPTIONS is 204; another method that the
//! route has not is 405; a missing admin key is 401; wrong parameters are 400, 413 or 415; a token
//! or number that names nothing is 404; then come the look-ups. [`serve()`] does the first four.

mod access;
mod array;
mod base_path;
mod conditional;
mod deployment;
mod encoding;
mod event;
mod idempotency;
mod json;
mod json_object;
mod negotiation;
mod origin_secret;
mod page;
pub mod parameters;
mod problem;
mod request;
mod response;
mod route;
mod secret_digest;
mod serve;
mod served;
mod sources;
#[cfg(test)]
mod testing;

pub use access::{AdminKey, InvalidAdminKey};
pub use array::JsonArray;
pub use base_path::{BasePath, InvalidBasePath};
pub use conditional::{EntityTags, etag};
pub use deployment::{Deployment, InvalidDeployment};
pub use event::{HttpEvent, MalformedEvent};
pub use idempotency::IdempotencyKey;
pub use json::{
    ApplicationJson, ChatCreatedJson, ChatJson, MessageCreatedJson, MessageJson, to_json,
};
pub use lambda_http::http::{Method, StatusCode};
pub use lambda_runtime::{Context, Error};
pub use origin_secret::OriginSecret;
pub use page::{CursorPage, Limit, Order, RangePage};
pub use problem::Problem;
pub use request::Request;
pub use response::Response;
pub use route::{Route, Segment};
pub use secret_digest::{InvalidSecretDigest, SecretDigest};
pub use serve::{Handler, answer, serve};
