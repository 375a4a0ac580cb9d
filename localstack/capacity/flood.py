"""What it costs a day if somebody asks for as much as the gateway lets through."""

import math

from capacity import cost
from capacity.deployed import Deployed

SECONDS_A_DAY = 86_400
# The longest text and the largest page that the contract has.
LONGEST_TEXT = 65_535
LARGEST_PAGE = 5_000_000
# After which a search is given up.
LONGEST_SEARCH_SECONDS = 5
# https://aws.amazon.com/api-gateway/pricing/ and https://aws.amazon.com/sqs/pricing/
HTTP_API_UNIT = 512 * 1024
SQS_UNIT = 64 * 1024

Costs = dict[str, float]


def guess(measured: dict, prices: dict) -> Costs:
    """Of a million requests for what does not exist: one look-up each."""
    return cost.of_reads(measured, prices, "read a message")


def refused_creation(measured: dict, prices: dict) -> Costs:
    """Of a million creations below what does not exist: a write that is refused is paid for."""
    costs = guess(measured, prices)
    return costs | {"DynamoDB": prices["dynamodb"]["per_million_write_units"]}


def message(measured: dict, prices: dict) -> Costs:
    rate = cost.rates(measured, prices)[1]
    costs = cost.of_a_million(measured, prices, rate)
    del costs["OpenSearch"]  # paid by the hour, flooded or not
    return costs


def long_message(measured: dict, prices: dict) -> Costs:
    """As a short one, with what grows with the text: a row's write units, twice in a transaction,
    and the requests that a queue counts."""
    costs = message(measured, prices)
    row = row_bytes(measured)
    longer = LONGEST_TEXT - measured["text_bytes"]
    more_units = 2 * (math.ceil((row + longer) / 1024) - math.ceil(row / 1024))
    queue = prices["sqs"]
    # Sent and received with it; a deletion has no text.
    more_requests = 2 * (math.ceil((row + longer) / SQS_UNIT) - 1)
    costs["DynamoDB"] += more_units * prices["dynamodb"]["per_million_write_units"]
    costs["SQS"] += more_requests * (
        queue["per_million_requests"] + queue["fair_per_million_requests"]
    )
    return costs


def long_search(measured: dict, prices: dict) -> Costs:
    """Each as long as a search may take."""
    costs = cost.of_reads(measured, prices, "search")
    longer = LONGEST_SEARCH_SECONDS * cost.MEMORY_MB / 1024
    longer -= cost.billed_gb_seconds(measured["invocations"]["search"])
    costs["Lambda"] += longer * 1e6 * prices["lambda"]["per_gb_second_arm64"]
    return costs


def large_page(measured: dict, prices: dict) -> Costs:
    """As a page of 50 short messages, with what grows with the page."""
    page = measured["invocations"]["list 50 messages"]
    costs = cost.of_reads(measured, prices, "list 50 messages")
    more_units = (LARGEST_PAGE / page["answer_bytes"] - 1) * cost.units(page, "read_units")
    more_requests = math.ceil(LARGEST_PAGE / HTTP_API_UNIT) - 1
    gb_seconds = large_page_seconds(measured) * cost.MEMORY_MB / 1024
    costs["HTTP API"] += more_requests * prices["http_api"]["per_million_requests"]
    costs["Lambda"] += gb_seconds * 1e6 * prices["lambda"]["per_gb_second_arm64"]
    costs["DynamoDB"] += more_units * prices["dynamodb"]["per_million_read_units"]
    costs["data transfer"] += cost.of_transfer(prices, LARGEST_PAGE - page["answer_bytes"])
    return costs


def large_page_seconds(measured: dict) -> float:
    """For how long an environment works on a page, its calls aside, by how much longer 50 messages
    take than one."""
    page, one = (measured["invocations"][name] for name in ("list 50 messages", "read a message"))
    more_bytes = page["answer_bytes"] - one["answer_bytes"]
    a_byte = (page["processor_ms"] - one["processor_ms"]) / more_bytes
    return a_byte * LARGEST_PAGE / 1000 * cost.MB_A_PROCESSOR / cost.MEMORY_MB


def row_bytes(measured: dict) -> float:
    return cost.units(measured["invocations"]["persist 1 message"], "put_bytes") + cost.ROW_OVERHEAD


def text(measured: dict, prices: dict, deployed: Deployed) -> str:
    searches = deployed.search_routes * deployed.search_rate
    of_crud = deployed.crud_routes * deployed.rate
    creations = deployed.creation_routes * deployed.rate
    without = [("guessed addresses, one route", [(deployed.rate, guess(measured, prices))])]
    everywhere = [
        (of_crud + searches, guess(measured, prices)),
        (creations, refused_creation(measured, prices)),
    ]
    without.append(("guessed addresses, every route", everywhere))
    with_token = [
        (f"messages of {measured['text_bytes']} bytes", deployed.rate, message),
        (f"messages of {LONGEST_TEXT:,} bytes", deployed.rate, long_message),
        (f"searches that take {LONGEST_SEARCH_SECONDS} s", searches, long_search),
        (f"pages of {LARGEST_PAGE // 1_000_000} MB", deployed.rate, large_page),
    ]
    rows = [row("without a token", *each) for each in without]
    rows += [
        row("with a token", what, [(rate, of(measured, prices))]) for what, rate, of in with_token
    ]
    kept = (row_bytes(measured) + LONGEST_TEXT) * deployed.rate * SECONDS_A_DAY / 1e9
    table = prices["dynamodb"]
    kept_cost = kept * (table["per_gb_month"] + table["recovery_per_gb_month"])
    units = 1000 * SECONDS_A_DAY / 1e6 * table["per_million_write_units"]
    environments = deployed.rate * large_page_seconds(measured)
    return f"""## A flood
What a day costs if somebody asks for all that the gateway lets through by default: {deployed.rate} requests a second of each route, {deployed.search_rate} of the {deployed.search_routes} by which searches may come. What it refuses beyond that (429) [is not charged for](https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-pricing.html). Without the search domain, which costs the same whatever reaches it.

| Who | Flood | requests a second | dollars a day | most of it |
|---|---|---|---|---|
{chr(10).join(rows)}

These are upper bounds: they take as many environments of Lambda as the flood asks for ({environments:,.0f} at once for the pages), while a new account has 10. The long messages of a day, some {kept:,.0f} GB, cost {kept_cost:,.0f} more in every month that they are kept.

What bounds it:

- `RateLimit`: each row grows with it, but for that of searches, whose limits stand in `template.yaml`.
- `MaximumWriteUnits` and `MaximumReadUnits`: 1,000 write units a second are {units:,.0f} dollars a day at most, 1,000 read units {1000 * SECONDS_A_DAY / 1e6 * table["per_million_read_units"]:,.0f}. What exceeds them is refused, the tenants' requests too.
- `MonthlyBudget` tells `AlarmEmail`, hours later: AWS counts costs some times a day.
- `CrudMaximumConcurrency`, where the account's quota allows it: searches and pages share what is left.
- A CDN with rate rules for single clients [in front](secure.md#behind-a-cdn), which also keeps guesses from the gateway.
"""


def row(who: str, what: str, parts: list[tuple[int, Costs]]) -> str:
    """Each part: requests a second, and what a million of them cost."""
    costs: Costs = {}
    for rate, of in parts:
        for name, dollars in of.items():
            costs[name] = costs.get(name, 0) + dollars * rate * SECONDS_A_DAY / 1e6
    most = max(costs, key=costs.__getitem__)
    rate = sum(rate for rate, _ in parts)
    return f"| {who} | {what} | {rate:,} | {sum(costs.values()):,.0f} | {most} |"
