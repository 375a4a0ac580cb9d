//! Whether this machine's clock tells the time that services tell.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, context::BeforeDeserializationInterceptorContextRef, dyn_dispatch_hint,
        },
        orchestrator::HttpResponse,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{DateTime, config_bag::ConfigBag, date_time::Format};

/// Services refuse a signature whose time is 5 minutes from theirs:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>.
const TOLERANCE: Duration = Duration::from_mins(1);

/// The clock as a service saw it last when it refused a call. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock {
    is_off: Arc<AtomicBool>,
}

impl Clock {
    pub(super) fn is_off(&self) -> bool {
        self.is_off.load(Ordering::Relaxed)
    }
}

#[dyn_dispatch_hint]
impl Intercept for Clock {
    fn name(&self) -> &'static str {
        "Clock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if response.status().is_client_error()
            && let Some(theirs) = time_of(response)
        {
            let ours = components.time_source().unwrap_or_default().now();
            let apart = ours.duration_since(theirs).unwrap_or_else(|error| error.duration());
            self.is_off.store(apart > TOLERANCE, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn time_of(response: &HttpResponse) -> Option<SystemTime> {
    let date = DateTime::from_str(response.headers().get("date")?, Format::HttpDate).ok()?;
    SystemTime::try_from(date).ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::{Config, retry::RetryConfig};

    use super::*;
    use crate::clients::recorder::{self, Answer};

    /// As a service refuses a signature whose time has passed, half an hour ahead of this machine.
    fn refusal() -> Answer {
        let theirs = SystemTime::now() + Duration::from_mins(30);
        Answer {
            status: 400,
            date: Some(DateTime::from(theirs).fmt(Format::HttpDate).unwrap()),
            body: r#"{"__type":"com.amazon.coral.service#InvalidSignatureException"}"#,
        }
    }

    #[tokio::test]
    async fn a_call_is_repeated_with_the_time_of_the_service_that_refused_it() {
        let (clients, recorder) = recorder::clients(refusal(), None);
        clients.dynamodb().list_tables().send().await.unwrap();
        assert_half_an_hour_apart(&recorder.times());
    }

    #[tokio::test]
    async fn a_call_that_is_not_repeated_has_the_next_one_signed_with_that_time() {
        let (clients, recorder) = recorder::clients(refusal(), None);
        let client = clients.dynamodb();
        for refused in [true, false] {
            let once = Config::builder().retry_config(RetryConfig::disabled());
            let outcome = client.list_tables().customize().config_override(once).send().await;
            assert_eq!(outcome.is_err(), refused, "{outcome:?}");
        }
        assert_half_an_hour_apart(&recorder.times());
    }

    fn assert_half_an_hour_apart(times: &[SystemTime]) {
        let [first, second] = times else { panic!("{times:?}") };
        let apart = second.duration_since(*first).unwrap();
        assert!((Duration::from_mins(29)..Duration::from_mins(31)).contains(&apart), "{apart:?}");
    }
}
