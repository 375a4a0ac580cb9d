//! HTTP/1.1 servers on loopback ports of their own, with and without TLS.

use std::{net::SocketAddr, sync::Arc};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// A request that was read whole.
#[derive(Debug)]
pub(crate) struct WholeRequest {
    pub(crate) head: hyper::http::request::Parts,
    pub(crate) body: Bytes,
}

/// What a server does with requests.
pub(crate) trait Answers: Send + Sync + 'static {
    fn answer(
        self: Arc<Self>,
        request: WholeRequest,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send;

    /// A client has connected.
    fn connected(&self) {}
}

/// A server, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(
        answers: Arc<impl Answers>,
        tls: Option<TlsAcceptor>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                answers.connected();
                tokio::spawn(serve(stream, tls.clone(), Arc::clone(&answers)));
            }
        });
        Ok(Self { address, accepting })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Serves one connection to its end. A client that breaks off is no fault of this side.
async fn serve(stream: TcpStream, tls: Option<TlsAcceptor>, answers: Arc<impl Answers>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answers = Arc::clone(&answers);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, hyper::Error>(answers.answer(WholeRequest { head, body }).await)
        }
    });
    let _ = stream.set_nodelay(true);
    let http = http1::Builder::new();
    match tls {
        None => {
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        }
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            }
        }
    }
}
