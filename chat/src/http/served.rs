//! The log line of a request that was answered.

use std::time::Duration;

use lambda_runtime::Context;

use super::{Method, StatusCode};
use crate::telemetry::{self, Field, Level};

/// What is logged of a request: nothing that its client wrote, but for the method.
#[derive(Debug, Default)]
pub(super) struct Served {
    /// None where the event could not be read.
    pub(super) method: Option<Method>,
    /// The template; none where the path names no route.
    pub(super) route: Option<&'static str>,
    pub(super) gateway_request_id: String,
    /// Why the answer is the server's fault, where it is.
    pub(super) error: Option<String>,
}

impl Served {
    /// Writes the line.
    pub(super) fn log(
        &self,
        status: StatusCode,
        duration: Duration,
        context: &Context,
        cold_start: bool,
    ) {
        let method = self.method.as_ref().map_or("none", loggable);
        let route = self.route.unwrap_or("none");
        let status = status.as_u16();
        let mut fields: Vec<Field<'_>> = vec![
            ("route", route.into()),
            ("method", method.into()),
            ("status", u64::from(status).into()),
            ("duration_ms", duration.into()),
            ("request_id", (&*context.request_id).into()),
            ("gateway_request_id", (&*self.gateway_request_id).into()),
            ("cold_start", cold_start.into()),
        ];
        fields.extend(self.error.as_ref().map(|error| ("error", (&**error).into())));
        let level = if status >= 500 { Level::Error } else { Level::Info };
        telemetry::log(level, "request", &format!("{method} {route} {status}"), &fields);
    }
}

/// The method's name, unless the client made it up.
fn loggable(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
