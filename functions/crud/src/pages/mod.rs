//! What a browser opens: the console, the reference, and the OpenAPI document behind both.

mod files;

use chat::http::{Problem, Request, Response, Segment};

use files::File;

/// Relative, so that they hold below any base path.
const INDEX: &str =
    r#"{"applications":"applications","console":"console","docs":"docs","openapi":"openapi.json"}"#;

/// A page runs its own scripts and styles only, calls this service only, and stands in no frame.
const CONSOLE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The reference's viewer has its icons in its style sheet.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Asked for again each time, and answered 304 where it is the same.
const REVALIDATED: &str = "no-cache";

/// Its address changes with its content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// For a year; a browser heeds it over TLS only.
const TLS_ONLY: &str = "max-age=31536000";

/// To the console for people, otherwise where everything is.
pub(crate) fn index(request: &Request<'_>) -> Response {
    let answer = if request.asks_for_html() {
        Response::see_other("console")
    } else {
        Response::ok(INDEX.to_owned())
    };
    answer.with_header("vary", "accept")
}

pub(crate) fn console(request: &Request<'_>) -> Result<Response, Problem> {
    page(request, "console", CONSOLE_POLICY)
}

pub(crate) fn docs(request: &Request<'_>) -> Result<Response, Problem> {
    page(request, "docs", DOCS_POLICY)
}

pub(crate) fn openapi(request: &Request<'_>) -> Result<Response, Problem> {
    answer(request, "openapi.json", REVALIDATED)
}

pub(crate) fn asset(
    request: &Request<'_>,
    version: Segment<'_>,
    file: Segment<'_>,
) -> Result<Response, Problem> {
    let path = format!("assets/{}/{}", version.as_str(), file.as_str());
    answer(request, &path, IMMUTABLE)
}

fn page(request: &Request<'_>, name: &str, policy: &'static str) -> Result<Response, Problem> {
    let path = if request.trailing_slash() { &*format!("{name}/") } else { name };
    let answer = answer(request, path, REVALIDATED)?;
    Ok(answer
        .with_header("content-security-policy", policy)
        .with_header("cross-origin-opener-policy", "same-origin")
        .with_header("strict-transport-security", TLS_ONLY))
}

/// A file, compressed for whom it may be. Its tag is weak: it is the same for both forms.
fn answer(request: &Request<'_>, path: &str, caching: &'static str) -> Result<Response, Problem> {
    let file = File::find(path).ok_or_else(Problem::not_found)?;
    let answer = if request.if_none_match().is_some_and(|tags| tags.match_tag(file.etag)) {
        Response::not_modified()
    } else if request.accepts_gzip() {
        Response::ok_bytes(file.content_type, file.gzip).with_header("content-encoding", "gzip")
    } else {
        Response::ok_text(file.content_type, file.text().map_err(Problem::internal)?)
    };
    Ok(answer
        .with_header("etag", format!("W/{}", file.etag))
        .with_header("cache-control", caching)
        .with_header("vary", "accept-encoding"))
}
