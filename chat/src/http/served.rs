//! The log line of a request that was answered.

use std::time::Duration;

use lambda_runtime::Context;

use super::{Method, Response, StatusCode};
use crate::telemetry::{self, Field, Level, Metric, Metrics};

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
        answer: &Response,
        duration: Duration,
        context: &Context,
        cold_start: bool,
    ) {
        let method = self.method.as_ref().map_or("none", loggable);
        let route = self.route.unwrap_or("none");
        let status = answer.status().as_u16();
        let mut fields: Vec<Field<'_>> = vec![
            ("route", route.into()),
            ("method", method.into()),
            ("status", u64::from(status).into()),
            ("duration_ms", duration.into()),
            ("request_id", (&*context.request_id).into()),
            ("gateway_request_id", (&*self.gateway_request_id).into()),
            ("cold_start", cold_start.into()),
        ];
        fields.extend(answer.number().map(|number| ("number", number.into())));
        fields.extend(trace_id(context).map(|id| ("trace_id", id.into())));
        fields.extend(self.error.as_ref().map(|error| ("error", (&**error).into())));
        let level = if status >= 500 { Level::Error } else { Level::Info };
        let message = format!("{method} {route} {status}");
        telemetry::log(level, "request", &message, &fields, &metrics(answer));
    }
}

fn metrics(answer: &Response) -> Metrics {
    let mut metrics = Metrics::default();
    match answer.status() {
        StatusCode::CREATED => metrics.count(Metric::Accepted, 1),
        status if status.as_u16() >= 400 => metrics.refused(status.as_u16()),
        _ => {}
    }
    metrics.count_conflicts();
    metrics
}

/// The trace that the request belongs to: `Root=…` of what Lambda says.
fn trace_id(context: &Context) -> Option<&str> {
    context.xray_trace_id.as_deref()?.split(';').find_map(|part| part.strip_prefix("Root="))
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
