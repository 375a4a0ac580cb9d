"""What accepted messages cost: measured calls, bytes and units times public prices."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from capacity import deployed

SECONDS_A_MONTH = 730 * 3600
# Lambda gives a function of 1,769 MB one processor, and others their part of it:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MB_A_PROCESSOR = 1769
MEMORY_MB = 256
BATCH = 10
# Bytes that DynamoDB bills beyond an item's own:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
ROW_OVERHEAD = 100
# What Lambda writes around an invocation (START, END and REPORT with its trace), as the examples of
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html have it.
PLATFORM_LINES, PLATFORM_BYTES = 3, 450
# What CloudWatch adds to each event:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
EVENT_OVERHEAD = 26


@dataclass(frozen=True)
class Rate:
    """Messages a second, how full batches are at that rate, and the domain that takes them."""

    messages: int
    batch: int
    domain: str
    domain_hour: float
    domain_gb: int


def rates(measured: dict, prices: dict) -> list[Rate]:
    search = prices["opensearch"]
    masters = 3 * search["m6g.large_hour"]

    def production(messages: int, batch: int) -> Rate:
        nodes = max(3, nodes_for(measured, messages))
        domain = f"{nodes} × r6g.large, 3 × m6g.large"
        hour = nodes * search["r6g.large_hour"] + masters
        return Rate(messages, batch, domain, hour, 100 * nodes)

    small = Rate(1, 1, "1 × t3.small", search["t3.small_hour"], 20)
    return [small, production(100, BATCH // 2), production(10_000, BATCH)]


def nodes_for(measured: dict, messages: int) -> int:
    """Data nodes in three zones, two processors each and two thirds of them in use, each document
    indexed twice: once in each copy."""
    processors = 2 * messages * measured["indexing"]["processor_ms_each"] / 1000
    return 3 * math.ceil(processors / (2 * 2 / 3) / 3)


def billed_gb_seconds(invocation: dict) -> float:
    """Processor time as long as a share of a processor takes for it, and the calls' own time."""
    waiting = sum(call["each"] * call["ms"] for call in invocation["calls"].values())
    working = invocation["processor_ms"] * MB_A_PROCESSOR / MEMORY_MB
    return (waiting + working) / 1000 * MEMORY_MB / 1024


def units(invocation: dict, kind: str) -> float:
    return sum(call["each"] * call[kind] for call in invocation["calls"].values())


def log_bytes(invocation: dict) -> float:
    """What the log of an invocation is billed as."""
    log = invocation["log"]
    events = log["lines"] + PLATFORM_LINES
    return log["bytes"] + PLATFORM_BYTES + EVENT_OVERHEAD * events


def of_logs(prices: dict, logged: float) -> float:
    """Dollars for a million times so many bytes, taken in and kept for a month."""
    return logged * 1e6 / 1e9 * (prices["logs"]["per_gb"] + prices["logs"]["kept_per_gb_month"])


def access_log_bytes() -> int:
    return deployed.read().access_log_bytes + EVENT_OVERHEAD


def of_transfer(prices: dict, answer: float) -> float:
    """Dollars for a million answers of so many bytes, to the internet."""
    return answer * 1e6 / 1e9 * prices["transfer"]["per_gb_out"]


def of_batch(measured: dict, batch: int, of_one: Callable[[dict], float]) -> float:
    """Of a batch of one chat's messages, between the two sizes that were measured."""
    one = of_one(measured["invocations"]["persist 1 message"])
    ten = of_one(measured["invocations"]["persist 10 messages of a chat"])
    return one + (ten - one) * (batch - 1) / (BATCH - 1)


def of_a_million(measured: dict, prices: dict, rate: Rate) -> dict[str, float]:
    """Dollars for a million accepted messages, by part, reads and searches apart."""
    accept = measured["invocations"]["create a message"]
    share = 1 / rate.batch
    gb_seconds = billed_gb_seconds(accept) + share * of_batch(
        measured, rate.batch, billed_gb_seconds
    )
    row_units = share * of_batch(measured, rate.batch, lambda each: units(each, "write_units"))
    month = rate.messages * SECONDS_A_MONTH / 1e6
    search = prices["opensearch"]
    fixed = rate.domain_hour * 730 + rate.domain_gb * search["gp3_gb_month"]
    return {
        "HTTP API": prices["http_api"]["per_million_requests"],
        "Lambda": prices["lambda"]["per_million_requests"] * (1 + share)
        + gb_seconds * 1e6 * prices["lambda"]["per_gb_second_arm64"],
        "DynamoDB": (units(accept, "write_units") + row_units)
        * prices["dynamodb"]["per_million_write_units"],
        # Sent one by one; received and deleted by the batch. A fair queue's are dearer.
        "SQS": (prices["sqs"]["per_million_requests"] + prices["sqs"]["fair_per_million_requests"])
        * (1 + 2 * share),
        "logs": of_logs(
            prices,
            access_log_bytes()
            + log_bytes(accept)
            + share * of_batch(measured, rate.batch, log_bytes),
        ),
        "data transfer": of_transfer(prices, accept["answer_bytes"]),
        "OpenSearch": fixed / month,
    }


def of_reads(measured: dict, prices: dict, name: str) -> dict[str, float]:
    """Dollars for a million requests of crud, by part."""
    invocation = measured["invocations"][name]
    table, function = prices["dynamodb"], prices["lambda"]
    return {
        "HTTP API": prices["http_api"]["per_million_requests"],
        "Lambda": function["per_million_requests"]
        + billed_gb_seconds(invocation) * 1e6 * function["per_gb_second_arm64"],
        "DynamoDB": units(invocation, "read_units") * table["per_million_read_units"]
        + units(invocation, "write_units") * table["per_million_write_units"],
        "logs": of_logs(prices, access_log_bytes() + log_bytes(invocation)),
        "data transfer": of_transfer(prices, invocation["answer_bytes"]),
    }


def always_on(prices: dict) -> float:
    """Dollars a month for the servers of the service before this one, idle or not."""
    return sum(part["hour"] for part in prices["always_on"]["parts"]) * 730


def of_keeping(measured: dict, prices: dict) -> float:
    """Dollars a month for a million messages in the table, with point-in-time recovery."""
    row = units(measured["invocations"]["persist 1 message"], "put_bytes") + ROW_OVERHEAD
    table = prices["dynamodb"]
    return row * 1e6 / 1e9 * (table["per_gb_month"] + table["recovery_per_gb_month"])
