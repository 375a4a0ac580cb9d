//! Connections opened before they are asked for: TCP and TLS, and not a byte of HTTP. A request
//! without a meaning would open one too, but a server that refuses it may close the connection, so
//! that the handshake is paid twice. One that was closed meanwhile is found out before it is used.

use std::{
    fmt,
    future::{poll_fn, ready},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use hyper::{
    Uri,
    rt::{Read as _, ReadBuf},
};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector as TcpConnector, rt::TokioIo};
use tokio::net::TcpStream;
use tower_service::Service;

/// Longest that a start waits for a connection; the first call goes on from there.
const OPEN_TIMEOUT: Duration = Duration::from_secs(1);
/// A connection that waited for longer is not used: a server closes one of which nothing is asked,
/// and a process that was frozen meanwhile may not know it yet. Servers wait for tens of seconds.
const LONGEST_UNUSED: Duration = Duration::from_secs(10);

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type Connecting = <HttpsConnector<TcpConnector> as Service<Uri>>::Future;

/// A connector that hands out what was opened before. Clones share it.
#[derive(Clone)]
pub(super) struct Preconnector {
    connector: HttpsConnector<TcpConnector>,
    opened: Arc<Mutex<Vec<Opened>>>,
}

struct Opened {
    address: Uri,
    stream: Stream,
    at: Instant,
}

impl Preconnector {
    pub(super) fn new(connector: HttpsConnector<TcpConnector>) -> Self {
        Self { connector, opened: Arc::default() }
    }

    /// Opens a connection for the first call to this address. Where that fails the call tries again,
    /// and says so if it fails, too.
    pub(super) async fn open(&self, address: Uri) {
        let mut connector = self.connector.clone();
        let opening = async {
            poll_fn(|context| connector.poll_ready(context)).await?;
            connector.call(address.clone()).await
        };
        if let Ok(Ok(stream)) = tokio::time::timeout(OPEN_TIMEOUT, opening).await {
            self.opened().push(Opened { address, stream, at: Instant::now() });
        }
    }

    /// The connection that was opened for this address, if it can still be used.
    fn take(&self, address: &Uri) -> Option<Stream> {
        let mut opened = self.opened();
        let index = opened.iter().position(|it| is_same_server(&it.address, address))?;
        let Opened { mut stream, at, .. } = opened.swap_remove(index);
        (at.elapsed() < LONGEST_UNUSED && is_open(&mut stream)).then_some(stream)
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, Vec<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Uri> for Preconnector {
    type Response = Stream;
    type Error = <HttpsConnector<TcpConnector> as Service<Uri>>::Error;
    type Future = Connecting;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, address: Uri) -> Connecting {
        match self.take(&address) {
            Some(stream) => Box::pin(ready(Ok(stream))),
            None => self.connector.call(address),
        }
    }
}

impl fmt::Debug for Preconnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preconnector").finish_non_exhaustive()
    }
}

fn is_same_server(one: &Uri, other: &Uri) -> bool {
    one.scheme() == other.scheme() && one.authority() == other.authority()
}

/// A server has nothing to say before it is asked: whatever can be read is the end.
fn is_open(stream: &mut Stream) -> bool {
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    let mut context = Context::from_waker(Waker::noop());
    Pin::new(stream).poll_read(&mut context, buffer.unfilled()).is_pending()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::TcpListener,
        sync::mpsc::{self, Receiver},
        thread,
        time::{Duration, Instant},
    };

    use aws_sdk_dynamodb::config::{Builder, retry::RetryConfig};

    use super::is_open;
    use crate::clients::{Clients, Credentials, Service};

    /// A server that tells of each connection and of each request, and closes the first connection
    /// at once if it is told so.
    fn server(closes_the_first: bool) -> (String, Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (events, received) = mpsc::channel();
        thread::spawn(move || {
            for (index, connection) in listener.incoming().enumerate() {
                let (connection, events) = (connection.unwrap(), events.clone());
                events.send("a connection".to_owned()).unwrap();
                if closes_the_first && index == 0 {
                    continue;
                }
                thread::spawn(move || {
                    let mut lines = BufReader::new(&connection).lines().map_while(Result::ok);
                    let request = lines.next().unwrap_or_default();
                    if events.send(request).is_err() || lines.find(String::is_empty).is_none() {
                        return;
                    }
                    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                    (&connection).write_all(answer.as_bytes()).unwrap();
                });
            }
        });
        (url, received)
    }

    /// A call whose failure nobody repeats.
    async fn call(clients: &Clients) -> Result<(), String> {
        let once = Builder::new().retry_config(RetryConfig::disabled());
        let call = clients.dynamodb().list_tables().customize().config_override(once);
        call.send().await.map_err(|error| format!("{error:?}"))?;
        Ok(())
    }

    async fn connected(url: String) -> Clients {
        let credentials = Credentials::new("test", "test", None, None, "test");
        let clients = Clients::new("us-east-1".to_owned(), credentials, Some(url)).unwrap();
        clients.connect(&[Service::DynamoDb]).await;
        clients
    }

    #[tokio::test]
    async fn the_first_call_uses_the_connection_that_was_opened_by_nothing_but_a_handshake() {
        let (url, received) = server(false);
        let clients = connected(url).await;
        assert_eq!(received.recv().unwrap(), "a connection");
        call(&clients).await.unwrap();
        assert_eq!(received.recv().unwrap(), "POST / HTTP/1.1");
        assert_eq!(received.try_recv().ok(), None, "nothing else was opened or asked");
    }

    #[tokio::test]
    async fn a_connection_that_was_closed_before_the_first_call_costs_that_call_nothing() {
        let (url, received) = server(true);
        let clients = connected(url).await;
        assert_eq!(received.recv().unwrap(), "a connection");
        // A function hears of the end as it waits for its first event.
        let deadline = Instant::now() + Duration::from_secs(5);
        while clients.preconnector.opened().iter_mut().any(|it| is_open(&mut it.stream)) {
            assert!(Instant::now() < deadline, "the connection stays open");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        call(&clients).await.unwrap();
        assert_eq!(received.recv().unwrap(), "a connection");
        assert_eq!(received.recv().unwrap(), "POST / HTTP/1.1");
        assert_eq!(received.try_recv().ok(), None);
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_does_not_keep_a_function_from_starting() {
        let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let clients = connected(format!("http://{nowhere}")).await;
        assert!(call(&clients).await.is_err());
    }
}
