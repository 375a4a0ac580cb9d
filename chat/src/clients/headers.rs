//! Who calls, in one short header. The SDK would say it in two that are made anew for each call, and
//! name its calls and attempts in two more: a twentieth of a call for what nobody here reads.

use aws_runtime::{
    invocation_id::InvocationIdInterceptor, request_info::RequestInfoInterceptor,
    user_agent::UserAgentInterceptor,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
            },
            disable_interceptor, dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

const USER_AGENT: &str = concat!("lambda-chat/", env!("CARGO_PKG_VERSION"));
const CAUSE: &str = "one header says who calls";

/// Takes the place of what the SDK adds to a request about itself.
#[derive(Debug)]
pub(super) struct ShortHeaders;

#[dyn_dispatch_hint]
impl Intercept for ShortHeaders {
    fn name(&self) -> &'static str {
        "ShortHeaders"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let state = config.interceptor_state();
        state.store_put(disable_interceptor::<InvocationIdInterceptor>(CAUSE));
        state.store_put(disable_interceptor::<RequestInfoInterceptor>(CAUSE));
        state.store_put(disable_interceptor::<UserAgentInterceptor>(CAUSE));
        Ok(())
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().headers_mut().insert("user-agent", USER_AGENT);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::recorder;

    #[tokio::test]
    async fn a_request_says_who_calls_and_nothing_more_about_it() {
        let (clients, recorder) = recorder::clients(recorder::Answer::good(), None);
        clients.dynamodb().list_tables().send().await.unwrap();
        let request = recorder.requests().remove(0);
        assert_eq!(request.headers().get("user-agent"), Some(USER_AGENT));
        let mut names: Vec<_> = request.headers().iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "authorization",
                "content-length",
                "content-type",
                "host",
                "user-agent",
                "x-amz-date",
                "x-amz-target"
            ]
        );
    }
}
