//! Signs the SDK's requests in a fraction of the time that its own signer takes, a quarter of a warm
//! call otherwise: the key is derived once a day, and of the headers those are signed that must be.
//!
//! This writes the text that is signed, no more; deriving keys and signing are the library's. What is
//! out of the ordinary the SDK's own signer signs, and everything once a service has shown another
//! time than this machine's, by which that signer shifts its own.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use aws_credential_types::Credentials;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4Signer};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, Sign},
        identity::{Identity, SharedIdentityResolver},
        orchestrator::HttpRequest,
        runtime_components::{GetIdentityResolver, RuntimeComponents},
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::{SigningName, region::SigningRegion};
use base16ct::lower;
use sha2::{Digest as _, Sha256};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use super::clock::Clock;

/// The name of Signature Version 4 with HMAC and SHA-256.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
pub(super) const TIME: &[BorrowedFormatItem<'static>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");
/// Of `20220809T221752Z`, the date.
const DATE_LENGTH: usize = 8;

/// Takes the place of the SDK's scheme of the same name.
#[derive(Debug)]
pub(super) struct Scheme {
    signer: Signer,
}

impl Scheme {
    pub(super) fn new(clock: Clock) -> Self {
        Self { signer: Signer { clock, key: Mutex::default(), sdk: SigV4Signer::new() } }
    }
}

impl AuthScheme for Scheme {
    fn scheme_id(&self) -> AuthSchemeId {
        SCHEME_ID
    }

    fn identity_resolver(
        &self,
        identity_resolvers: &dyn GetIdentityResolver,
    ) -> Option<SharedIdentityResolver> {
        identity_resolvers.identity_resolver(SCHEME_ID)
    }

    fn signer(&self) -> &dyn Sign {
        &self.signer
    }
}

struct Signer {
    clock: Clock,
    key: Mutex<Option<Key>>,
    sdk: SigV4Signer,
}

/// What signs the requests of one day, region and service, by one access key.
struct Key {
    credential: String,
    bytes: Vec<u8>,
}

/// Who signs, for what, and when.
struct Occasion<'a> {
    credentials: &'a Credentials,
    region: &'a str,
    service: &'a str,
    time: SystemTime,
}

impl<'a> Occasion<'a> {
    /// `None` where an endpoint asks for another region or service than the client's.
    fn of(
        identity: &'a Identity,
        endpoint: &AuthSchemeEndpointConfig<'_>,
        components: &RuntimeComponents,
        config: &'a ConfigBag,
    ) -> Option<Self> {
        if endpoint.get("signingRegion").is_some() || endpoint.get("signingName").is_some() {
            return None;
        }
        Some(Self {
            credentials: identity.data()?,
            region: config.load::<SigningRegion>()?.as_ref(),
            service: config.load::<SigningName>()?.as_ref(),
            time: components.time_source().unwrap_or_default().now(),
        })
    }
}

impl Sign for Signer {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        endpoint: AuthSchemeEndpointConfig<'_>,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        if !self.clock.is_off()
            && let Some(host) = host_of_plain(request).map(str::to_owned)
            && let Some(occasion) = Occasion::of(identity, &endpoint, components, config)
        {
            return self.sign(request, host, &occasion);
        }
        self.sdk.sign_http_request(request, identity, endpoint, components, config)
    }
}

impl Signer {
    /// Signs a plain request, as
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html> says.
    fn sign(
        &self,
        request: &mut HttpRequest,
        host: String,
        occasion: &Occasion<'_>,
    ) -> Result<(), BoxError> {
        let time = OffsetDateTime::from(occasion.time).format(TIME)?;
        let date = time.get(..DATE_LENGTH).unwrap_or_default();
        let scope = format!("{date}/{}/{}/aws4_request", occasion.region, occasion.service);
        let credential = format!("{}/{scope}", occasion.credentials.access_key_id());

        let headers = request.headers_mut();
        headers.try_insert("host", host)?;
        headers.try_insert("x-amz-date", time.clone())?;
        if let Some(token) = occasion.credentials.session_token() {
            headers.try_insert("x-amz-security-token", token.to_owned())?;
        }
        let (signed_headers, digest) = canonical_request(request);
        let text = format!("{ALGORITHM}\n{time}\n{scope}\n{digest}");
        let signature = self.signature(&credential, &text, occasion);
        let authorization = format!(
            "{ALGORITHM} Credential={credential}, SignedHeaders={signed_headers}, \
             Signature={signature}"
        );
        request.headers_mut().try_insert("authorization", authorization)?;
        Ok(())
    }

    /// Signs a text with the key of the call before, or with a new one on the day's first call and
    /// for other credentials.
    fn signature(&self, credential: &str, text: &str, occasion: &Occasion<'_>) -> String {
        let mut kept = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        let key = kept.take().filter(|key| key.credential == credential).unwrap_or_else(|| {
            let secret = occasion.credentials.secret_access_key();
            let key =
                v4::generate_signing_key(secret, occasion.time, occasion.region, occasion.service);
            Key { credential: credential.to_owned(), bytes: key.as_ref().to_vec() }
        });
        let signature = v4::calculate_signature(&key.bytes, text.as_bytes());
        *kept = Some(key);
        signature
    }
}

impl fmt::Debug for Signer {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

/// The host and port of a request that goes to the root, with a body in memory, as all of both
/// services do; there is nothing to escape or to sort then.
fn host_of_plain(request: &HttpRequest) -> Option<&str> {
    request.body().bytes()?;
    let uri = request.uri();
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    // A port that goes without saying would be signed though others leave it out.
    let is_plain = request.method() == "POST"
        && !host.contains(['/', '?', '@'])
        && !host.ends_with(":443")
        && !host.ends_with(":80");
    is_plain.then_some(host)
}

/// The names of the signed headers, and the digest of the text that stands for the request.
fn canonical_request(request: &HttpRequest) -> (String, String) {
    // As others do, those of x-amzn- too, but for the trace, which what lies between may change.
    let is_signed = |name: &str| match name {
        "content-type" | "host" => true,
        "x-amzn-trace-id" => false,
        name => name.starts_with("x-amz"),
    };
    let mut headers: Vec<_> =
        request.headers().iter().filter(|(name, _)| is_signed(name)).collect();
    headers.sort_unstable();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let body = request.body().bytes().unwrap_or_default();
    let body = lower::encode_string(&Sha256::digest(body));

    let mut digest = Sha256::new_with_prefix("POST\n/\n\n");
    for (name, value) in headers {
        for part in [name, ":", value.trim(), "\n"] {
            digest.update(part);
        }
    }
    for part in ["\n", &names, "\n", &body] {
        digest.update(part);
    }
    (names, lower::encode_string(&digest.finalize()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_sdk_dynamodb::types::AttributeValue;
    use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
    use aws_smithy_types::body::SdkBody;
    use time::PrimitiveDateTime;

    use super::*;
    use crate::clients::recorder::{Answer, REGION, clients, credentials};

    const TARGET: &str = "x-amz-target";

    fn request() -> HttpRequest {
        let mut request = HttpRequest::new(SdkBody::from("{}"));
        request.set_method("POST").unwrap();
        request.set_uri("https://dynamodb.eu-central-1.amazonaws.com/").unwrap();
        request.headers_mut().insert(TARGET, "DynamoDB_20120810.ListTables");
        request
    }

    fn signed_headers(request: &HttpRequest) -> Vec<&str> {
        let authorization = request.headers().get("authorization").unwrap();
        let (_, rest) = authorization.split_once("SignedHeaders=").unwrap();
        rest.split_once(',').unwrap().0.split(';').collect()
    }

    /// What the library would have signed the same headers with.
    fn signed_by_library(request: &HttpRequest, service: &str, credentials: Credentials) -> String {
        let names = signed_headers(request);
        let headers = request.headers().iter().filter(|(name, _)| {
            names.contains(name) && !["host", "x-amz-date", "x-amz-security-token"].contains(name)
        });
        let time = request.headers().get("x-amz-date").unwrap();
        let identity = credentials.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(service)
            .time(PrimitiveDateTime::parse(time, TIME).unwrap().assume_utc().into())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let body = SignableBody::Bytes(request.body().bytes().unwrap());
        let signable =
            SignableRequest::new(request.method(), request.uri(), headers, body).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut headers = instructions.headers();
        headers.find(|(name, _)| *name == "authorization").unwrap().1.to_owned()
    }

    #[tokio::test]
    async fn calls_of_the_sdk_are_signed_as_the_library_signs_them() {
        for session_token in [None, Some("IQoJb3JpZ2luX2VjEXAMPLE=")] {
            let (clients, recorder) = clients(Answer::good(), session_token);
            let name = AttributeValue::S("Zoë's  chat".to_owned());
            let put = clients.dynamodb().put_item().table_name("table").item("name", name);
            put.send().await.unwrap();
            let queue = "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs";
            let message = clients.sqs().send_message().queue_url(queue).message_body("Zoë");
            message.send().await.unwrap();

            let requests = recorder.requests();
            assert_eq!(requests.len(), 2);
            for (request, service) in requests.iter().zip(["dynamodb", "sqs"]) {
                let mut expected = vec!["content-type", "host", "x-amz-date"];
                expected.extend(session_token.map(|_| "x-amz-security-token"));
                expected.push(TARGET);
                expected.extend((service == "sqs").then_some("x-amzn-query-mode"));
                assert_eq!(signed_headers(request), expected);
                let mut sent = request.headers().iter().map(|(name, _)| name);
                assert!(sent.all(|name| !name.starts_with("x-amz-") || expected.contains(&name)));
                let host = format!("{service}.{REGION}.amazonaws.com");
                assert_eq!(request.headers().get("host"), Some(&*host));
                assert_eq!(request.headers().get("x-amz-security-token"), session_token);
                assert_eq!(
                    request.headers().get("authorization").unwrap(),
                    signed_by_library(request, service, credentials(session_token)),
                );
            }
        }
    }

    #[test]
    fn a_key_is_that_of_its_day_region_service_and_credentials() {
        let Scheme { signer } = Scheme::new(Clock::default());
        let day = Duration::from_hours(24);
        let noon = SystemTime::UNIX_EPOCH + 19_213 * day + day / 2;
        let other = Credentials::new("AKIDOTHER", "other", None, None, "test");
        for (credentials, service, time) in [
            (credentials(None), "dynamodb", noon),
            (credentials(None), "dynamodb", noon + day / 3),
            (credentials(None), "dynamodb", noon + day),
            (credentials(None), "sqs", noon + day),
            (other, "sqs", noon + day),
        ] {
            let mut request = request();
            let occasion = Occasion { credentials: &credentials, region: REGION, service, time };
            let host = host_of_plain(&request).unwrap().to_owned();
            signer.sign(&mut request, host, &occasion).unwrap();
            assert_eq!(
                request.headers().get("authorization").unwrap(),
                signed_by_library(&request, service, credentials.clone()),
                "{service} at {time:?}"
            );
        }
    }

    #[test]
    fn only_posts_to_the_root_with_a_body_in_memory_are_plain() {
        assert_eq!(host_of_plain(&request()).unwrap(), "dynamodb.eu-central-1.amazonaws.com");
        for (method, uri, plain) in [
            ("POST", "http://127.0.0.1:8000", Some("127.0.0.1:8000")),
            ("POST", "http://127.0.0.1:8000/", Some("127.0.0.1:8000")),
            ("GET", "http://127.0.0.1:8000/", None),
            ("POST", "http://127.0.0.1:8000/prefix/", None),
            ("POST", "http://127.0.0.1:8000/?a=b", None),
            ("POST", "http://user@127.0.0.1:8000/", None),
            ("POST", "https://dynamodb.eu-central-1.amazonaws.com:443/", None),
        ] {
            let mut request = request();
            request.set_method(method).unwrap();
            request.set_uri(uri).unwrap();
            assert_eq!(host_of_plain(&request), plain, "{method} {uri}");
        }
    }
}
