"""What template.yaml and the code must agree on, and what AWS asks of it and no emulator does."""

import hashlib
import re
from pathlib import Path

from samcli.yamlhelper import yaml_parse

from console import Failure, say
from deploy import TEMPLATE
from settings import ROOT

# Lambda's guide for SQS event sources asks for six times the function's timeout:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
VISIBILITY_PER_TIMEOUT = 6
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
LONGEST_FUNCTION_NAME = 64
HALF_A_DAY = 12 * 60 * 60


def check() -> None:
    template = yaml_parse(TEMPLATE.read_text())
    resources = template["Resources"]

    def timeout(function: str) -> int:
        return resources[function]["Properties"]["Timeout"]

    http = {
        timeout(name) for name in ("CrudFunction", "CreateChatFunction", "CreateMessageFunction")
    }
    worker = timeout("PersistWorkerFunction")
    queue = resources["JobsQueue"]["Properties"]
    window = template["Parameters"]["WorkerBatchWindow"]["MaxValue"]
    alarms = yaml_parse((ROOT / "infra" / "alarms.yaml").read_text())["Resources"].values()
    alarmed = {each.get("Properties", {}).get("MetricName") for each in alarms}
    operation = milliseconds("chat/src/clients/mod.rs", "OPERATION_TIMEOUT") / 1000
    take_over = milliseconds("chat/src/store/idempotency.rs", "TAKE_OVER_AFTER_MILLIS") / 1000
    safety_net = milliseconds("functions/crud/src/messages.rs", "SAFETY_NET") / 1000
    levels = re.findall(r'Self::\w+ => "(\w+)"', source("chat/src/telemetry/level.rs"))

    domain = yaml_parse((ROOT / "infra" / "search-domain.yaml").read_text())["Resources"]["Domain"]
    functions = [each for each in resources.values() if each["Type"] == "AWS::Serverless::Function"]
    suffixes = [
        each["Properties"]["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}")
        for each in functions
    ]
    said = re.search(r"name of a stack has at most (\d+) characters", source("docs/deploy.md"))
    statements = domain["Properties"]["AccessPolicies"]["Statement"]
    principals = [each["Principal"]["AWS"].get("Fn::Sub", "") for each in statements]

    must_hold = {
        "the HTTP functions have one timeout": len(http) == 1,
        "two calls, each with its retries, end within it": 2 * operation < max(http),
        "a creation is over before its key can be taken over": max(http) < take_over,
        "an edit is over before its safety net is done": max(http) < safety_net,
        "the worker's deadlines are of its timeout": worker
        == milliseconds("functions/persist-worker/src/deadlines.rs", "INVOCATION") / 1000,
        "a job stays invisible for six timeouts and the longest window": queue["VisibilityTimeout"]
        == VISIBILITY_PER_TIMEOUT * worker + window,
        # Each throttled delivery takes the visibility timeout at most.
        "throttled deliveries of half a day do not bury a job": queue["VisibilityTimeout"]
        * queue["RedrivePolicy"]["maxReceiveCount"]
        >= HALF_A_DAY,
        # Else an outage of two hours ends in the dead-letter queue.
        "the worker may send jobs to its own queue for as long as it takes": resources[
            "PersistWorkerFunction"
        ]["Properties"]["RecursiveLoop"]
        == "Allow",
        "an alarm says when Lambda stops it all the same": "RecursiveInvocationsDropped" in alarmed,
        # The service resolves the names of roles when the domain is made, or its policy set.
        "the search domain's policy names the account, no role": all(
            each.endswith(":root") for each in principals
        ),
        "the table cannot be deleted by mistake": resources["Table"]["Properties"][
            "DeletionProtectionEnabled"
        ],
        "an admin key that is empty is refused": not re.search(
            template["Parameters"]["AdminKeySha256"]["AllowedPattern"],
            hashlib.sha256(b"").hexdigest(),
        ),
        # No rule of a template can look at the stack's name.
        "docs/deploy.md says how long a stack's name may be": said is not None
        and int(said[1]) == LONGEST_FUNCTION_NAME - max(map(len, suffixes)),
        "LogLevel allows what the functions read": template["Parameters"]["LogLevel"][
            "AllowedValues"
        ]
        == levels,
    }
    broken = [what for what, holds in must_hold.items() if not holds]
    if broken:
        raise Failure("template.yaml and the code disagree: " + "; ".join(broken))
    say(f"✓ template.yaml and the code agree on {len(must_hold)} things")


def source(path: str) -> str:
    return Path(ROOT, path).read_text()


def milliseconds(path: str, constant: str) -> int:
    """What a constant of the code says: a number of them, or a `Duration`."""
    found = re.search(rf"const {constant}: \w+ = (?:Duration::from_(\w+)\()?([\d_]+)", source(path))
    if found is None:
        raise Failure(f"{path} has no constant {constant}")
    unit = {None: 1, "millis": 1, "secs": 1000, "mins": 60_000}[found[1]]
    return int(found[2].replace("_", "")) * unit
