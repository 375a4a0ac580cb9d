//! A server that answers as AWS does, in the protocols of five services.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use aws_types::SdkConfig;

/// What is different from an account in which all is well.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// Concurrent executions.
    Concurrency(u32),
    /// An action that the identity's policies do not allow.
    Denied(&'static str),
    /// A call that the caller may not make.
    Forbidden(&'static str),
    /// A call that fails each time.
    Broken(&'static str),
    /// A call that is never answered.
    Silent(&'static str),
    /// Zones that offer a type.
    Zones(usize),
    /// The stack is there, in this state.
    Stack(&'static str),
    /// Roles that there are, of 1,000.
    Roles(u32),
    /// Domains that there are, of 100.
    Domains(usize),
}

pub(super) struct Aws {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Aws {
    pub(super) fn start(faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (faults, seen) = (faults.to_vec(), requests.clone());
        // It ends with the tests' process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (faults, seen) = (faults.clone(), seen.clone());
                thread::spawn(move || serve(&stream.unwrap(), &faults, &seen));
            }
        });
        Self { url, requests }
    }

    /// Nothing listens there.
    pub(super) fn out_of_reach() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { url: format!("http://127.0.0.1:{port}"), requests: Arc::default() }
    }

    pub(super) fn config(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "test", "test", None, None, "test",
            )))
            // As the other commands have it.
            .retry_config(RetryConfig::standard().with_max_attempts(8))
            .http_client(Builder::new().build_http())
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .build()
    }

    /// The path and body of each request so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, faults: &[Fault], seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or_default() <= 2 {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let header = |name: &str| {
        head.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let length = header("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let Some(request) = head.first() else { return };
    let call = call(request, header("x-amz-target"), &body);
    seen.lock().unwrap().push(format!("{request} {body}"));
    if faults.iter().any(|fault| matches!(fault, Fault::Silent(name) if *name == call)) {
        thread::sleep(Duration::from_mins(1));
        return;
    }
    let (status, text) = answer(&call, request, &body, faults);
    let _ = write!(
        &mut &*stream,
        "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
}

/// The operation: in the form of the query protocol, the target of JSON, or the path of REST.
fn call(request: &str, target: Option<String>, body: &str) -> String {
    if let Some(action) = body.strip_prefix("Action=") {
        return action.split('&').next().unwrap().to_owned();
    }
    if let Some(target) = target {
        return target.split('.').next_back().unwrap().to_owned();
    }
    match request {
        _ if request.contains("/instanceTypeDetails/") => "ListInstanceTypeDetails".to_owned(),
        _ if request.contains("/domain") => "ListDomainNames".to_owned(),
        _ => request.to_owned(),
    }
}

fn answer(call: &str, request: &str, body: &str, faults: &[Fault]) -> (u16, String) {
    let is_json = matches!(call, "GetServiceQuota" | "ListInstanceTypeDetails" | "ListDomainNames");
    for fault in faults {
        match *fault {
            Fault::Forbidden(name) if name == call && is_json => {
                return (403, r#"{"__type":"AccessDeniedException","message":"no"}"#.to_owned());
            }
            Fault::Forbidden(name) if name == call => return (403, error("AccessDenied", "no")),
            Fault::Broken(name) if name == call => return (500, "{}".to_owned()),
            _ => {}
        }
    }
    let text = match call {
        "GetCallerIdentity" => query(
            call,
            "<Arn>arn:aws:sts::123456789012:assumed-role/deploy/ci</Arn><Account>123456789012</Account>",
        ),
        "GetRole" => query(
            call,
            "<Role><Path>/teams/</Path><RoleName>deploy</RoleName><RoleId>A</RoleId><Arn>arn:aws:iam::123456789012:role/teams/deploy</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role>",
        ),
        "SimulatePrincipalPolicy" => simulate(body, faults),
        "GetAccountSummary" => {
            let roles = find(faults, |fault| match fault {
                Fault::Roles(roles) => Some(*roles),
                _ => None,
            });
            let entry =
                |key, value| format!("<entry><key>{key}</key><value>{value}</value></entry>");
            let entries = entry("Roles", roles.unwrap_or(20)) + &entry("RolesQuota", 1000);
            query(call, &format!("<SummaryMap>{entries}</SummaryMap>"))
        }
        "DescribeStacks" => {
            let Some(state) = find(faults, |fault| match fault {
                Fault::Stack(state) => Some(*state),
                _ => None,
            }) else {
                let said = "Stack with id lambda-chat does not exist";
                return (400, error("ValidationError", said));
            };
            query(
                call,
                &format!(
                    "<Stacks><member><StackName>lambda-chat</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>{state}</StackStatus></member></Stacks>"
                ),
            )
        }
        "GetServiceQuota" => {
            let value = if body.contains("L-B99A9384") {
                find(faults, |fault| match fault {
                    Fault::Concurrency(quota) => Some(*quota),
                    _ => None,
                })
                .unwrap_or(1000)
            } else {
                100
            };
            format!(r#"{{"Quota":{{"Value":{value}.0}}}}"#)
        }
        "ListInstanceTypeDetails" => instance_types(request, faults),
        "ListDomainNames" => {
            let domains = find(faults, |fault| match fault {
                Fault::Domains(domains) => Some(*domains),
                _ => None,
            });
            let names = vec![r#"{"DomainName":"other"}"#; domains.unwrap_or(3)].join(",");
            format!(r#"{{"DomainNames":[{names}]}}"#)
        }
        _ => panic!("no answer to {call}: {request} {body}"),
    };
    (200, text)
}

fn find<T>(faults: &[Fault], wanted: impl Fn(&Fault) -> Option<T>) -> Option<T> {
    faults.iter().find_map(wanted)
}

fn query(call: &str, result: &str) -> String {
    format!("<{call}Response><{call}Result>{result}</{call}Result></{call}Response>")
}

fn error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )
}

/// Each action with each resource, as IAM evaluates them.
fn simulate(body: &str, faults: &[Fault]) -> String {
    let values = |name: &str| {
        let prefix = format!("{name}.member.");
        let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(_, value)| value.replace("%3A", ":").replace("%2F", "/").replace("%2A", "*"))
            .collect::<Vec<_>>()
    };
    let denied = find(faults, |fault| match fault {
        Fault::Denied(action) => Some(*action),
        _ => None,
    });
    let resources = values("ResourceArns");
    let members: Vec<_> = values("ActionNames")
        .iter()
        .flat_map(|action| resources.iter().map(move |resource| (action, resource)))
        .map(|(action, resource)| {
            let decision = if Some(action.as_str()) == denied { "implicitDeny" } else { "allowed" };
            format!(
                "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName><EvalDecision>{decision}</EvalDecision></member>"
            )
        })
        .collect();
    assert!(!members.is_empty(), "{body}");
    query(
        "SimulatePrincipalPolicy",
        &format!(
            "<IsTruncated>false</IsTruncated><EvaluationResults>{}</EvaluationResults>",
            members.concat()
        ),
    )
}

fn instance_types(request: &str, faults: &[Fault]) -> String {
    let zones = find(faults, |fault| match fault {
        Fault::Zones(zones) => Some(*zones),
        _ => None,
    })
    .unwrap_or(3);
    if zones == 0 {
        return r#"{"InstanceTypeDetails":[]}"#.to_owned();
    }
    assert!(request.contains("retrieveAZs=true"), "{request}");
    let (_, asked) = request.split_once("instanceType=").unwrap();
    let instance_type = asked.split(['&', ' ']).next().unwrap();
    let zones: Vec<_> = ["a", "b", "c"]
        .into_iter()
        .take(zones)
        .map(|zone| format!(r#""eu-central-1{zone}""#))
        .collect();
    format!(
        r#"{{"InstanceTypeDetails":[{{"InstanceType":"{instance_type}","AvailabilityZones":[{}]}}]}}"#,
        zones.join(",")
    )
}
