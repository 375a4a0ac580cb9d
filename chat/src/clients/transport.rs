//! HTTP/1.1, with TLS where the address says so, for all calls of a function.
//!
//! The SDK's own client brings HTTP/2, proxies and the system's trust store with it: half a megabyte
//! of a function's file and 4.5 ms of CPU at each start.

use std::{env, fs, io, sync::Arc, time::Duration};

use aws_sdk_dynamodb::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector as TcpConnector},
    rt::TokioExecutor,
};
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use thiserror::Error;

use super::preconnect::Preconnector;

/// Longest time until a connection stands; what follows it is part of the attempt's time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Names a file of certificates to trust in place of the public ones: those of an emulator, or of a
/// search engine, with an authority of its own.
const CERTIFICATES_FILE: &str = "SSL_CERT_FILE";
/// A function calls three services at most.
const RESUMED_SESSIONS: usize = 8;

/// Why there is no transport.
#[derive(Debug, Error)]
pub enum TransportError {
    /// The file of trusted certificates cannot be read.
    #[error("the file that {CERTIFICATES_FILE} names is no list of certificates in PEM")]
    Certificates(#[source] io::Error),
    /// The TLS library refuses its settings.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// The one HTTP client of a function. Cloning shares its connections.
#[derive(Debug, Clone)]
struct Transport(Client<Preconnector, SdkBody>);

/// A client, whose connections are shared by all that it is given to, and what opens connections for
/// it before they are asked for.
pub(super) fn http_client() -> Result<(SharedHttpClient, Preconnector), TransportError> {
    // ring's first random number costs a microsecond, that of rustls' default 39 ms of CPU.
    let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TransportError::Tls)?
        .with_root_certificates(roots()?)
        .with_no_client_auth();
    tls.resumption = Resumption::in_memory_sessions(RESUMED_SESSIONS);
    let mut tcp = TcpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let preconnector = Preconnector::new(connector);
    let client = Client::builder(TokioExecutor::new()).build(preconnector.clone());
    Ok((SharedHttpClient::new(Transport(client)), preconnector))
}

fn roots() -> Result<RootCertStore, TransportError> {
    let Some(file) = env::var_os(CERTIFICATES_FILE) else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let pem = fs::read(file).map_err(TransportError::Certificates)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate
            .map_err(|error| TransportError::Certificates(io::Error::other(error.to_string())))?;
        roots.add(certificate).map_err(TransportError::Tls)?;
    }
    Ok(roots)
}

impl HttpClient for Transport {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async {
            // Connections that do not come about, break or speak something else: all may pass, and
            // how often they are tried again is bounded by the caller.
            let answer = answer.await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
