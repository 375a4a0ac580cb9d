"""Writes docs/capacity.md and its plots from what was measured and the prices."""

import json

from capacity import cost, deployed, flood, month, simulate
from capacity.plot import svg
from console import Failure, say
from settings import ROOT

FOLDER = ROOT / "docs" / "capacity"
DOCUMENT = ROOT / "docs" / "capacity.md"
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
PARTITION_WRITE_UNITS = 1000


def write() -> None:
    measured, prices = read("measured"), read("prices")
    for run in runs(measured):
        drawn = {"arriving": run.arrivals, "written": run.done}
        (FOLDER / f"{run.title}.svg").write_text(
            svg(run.title.replace("-", " "), drawn, "a second")
        )
        waits = {"waiting": run.waiting}
        (FOLDER / f"{run.title}-waiting.svg").write_text(svg("jobs that wait", waits, "jobs"))
    DOCUMENT.write_text(text(measured, prices))
    say(f"✓ {DOCUMENT.relative_to(ROOT)}")


def check() -> None:
    """That it says what template.yaml, the measurements and the prices say now."""
    if DOCUMENT.read_text() != text(read("measured"), read("prices")):
        raise Failure(f"{DOCUMENT.relative_to(ROOT)} is behind: `make capacity` writes it anew")
    say(f"✓ {DOCUMENT.relative_to(ROOT)} is what template.yaml, measurements and prices give")


def read(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text())


def runs(measured: dict) -> list[simulate.Run]:
    workers = worker_limit(measured)
    return [
        simulate.burst("one-hot-chat", min(chat_limit(measured).values())),
        simulate.burst("many-chats", workers),
        simulate.backlog("a-backlog", workers),
    ]


def text(measured: dict, prices: dict) -> str:
    parts = [
        introduction(measured, prices),
        costs(measured, prices),
        month.text(measured, prices, deployed.read(), read("release-0.1.0")),
        flood.text(measured, prices, deployed.read()),
        invocations(measured),
        limits(measured, chat_limit(measured), application_limit(measured), worker_limit(measured)),
        simulation(runs(measured)),
    ]
    return "\n".join(parts)


def chat_limit(measured: dict) -> dict[str, float]:
    """Messages a second of one chat, by what limits them."""
    batch = measured["invocations"]["persist 10 messages of a chat"]["calls"]
    transaction = batch["DynamoDB TransactWriteItems"]
    # All but the two units of the chat's count fall on the chat's partition of rows.
    a_row = (transaction["write_units"] - 2) / cost.BATCH
    return {
        "its counter, one write each": PARTITION_WRITE_UNITS,
        "its rows, which share a partition": PARTITION_WRITE_UNITS / a_row,
        f"its count, raised by one transaction at a time of {transaction['ms']:.0f} ms": cost.BATCH
        * 1000
        / transaction["ms"],
    }


def application_limit(measured: dict) -> float:
    """Messages a second of many chats of one application: its row and theirs share a partition."""
    touches = measured["invocations"]["persist 10 messages of 10 chats"]["calls"][
        "DynamoDB UpdateItem"
    ]
    # A count stands in a transaction, which doubles its unit.
    a_message = 2 + touches["each"] * touches["write_units"] / cost.BATCH
    return PARTITION_WRITE_UNITS / a_message


def worker_limit(measured: dict) -> float:
    """Messages a second that all workers do together, each of another chat."""
    batch = measured["invocations"]["persist 10 messages of 10 chats"]
    milliseconds = cost.billed_gb_seconds(batch) * 1000 * 1024 / cost.MEMORY_MB
    return deployed.read().concurrency * cost.BATCH * 1000 / milliseconds


def introduction(measured: dict, prices: dict) -> str:
    return f"""# What it costs and where it ends
Written by `make capacity` from [what was measured](capacity/measured.json) and from [public prices](capacity/prices.json); `make measure-capacity` measures anew. Change either rather than this page.

- **Measured** on {measured["date"]}, {measured["machine"]}: the release binaries on the local stack, one invocation at a time, {measured["repeats"]} of each kind, texts of {measured["text_bytes"]} bytes. Calls, bytes and request units are the same in an account. Processor time depends on the processor. The time of a call is the emulator's: DynamoDB and SQS in an account answer in single-digit milliseconds as a rule, so what depends on it (Lambda's cost, the workers' limit) is an estimate.
- **Prices** are those of {prices["region"]} on {prices["date"]}, in US dollars, without free tier and discounts.
- Functions have {cost.MEMORY_MB} MB, the default. To what they log come {cost.PLATFORM_BYTES} bytes an invocation for Lambda's own lines, and {cost.EVENT_OVERHEAD} a line.
"""


def costs(measured: dict, prices: dict) -> str:
    rates = cost.rates(measured, prices)
    each = [cost.of_a_million(measured, prices, rate) for rate in rates]
    head = " | ".join(f"{rate.messages:,} a second" for rate in rates)
    rows = [
        f"| {part} | " + " | ".join(f"{of[part]:,.2f}" for of in each) + " |" for part in each[0]
    ]
    totals = [sum(of.values()) for of in each]
    months = [
        total * rate.messages * cost.SECONDS_A_MONTH / 1e6
        for total, rate in zip(totals, rates, strict=True)
    ]
    reads = ["read a message", "list 50 messages", "edit a message", "search"]
    read_rows = [
        f"| {name} | {sum(cost.of_reads(measured, prices, name).values()):,.2f} |" for name in reads
    ]
    servers = cost.always_on(prices)
    small = rates[0]
    watching = sum(month.of_watching(prices, month.now(deployed.read()), 1, small.batch).values())
    left = servers - each[0]["OpenSearch"] * small.messages * cost.SECONDS_A_MONTH / 1e6 - watching
    parts = ", ".join(part["what"] for part in prices["always_on"]["parts"])
    return f"""## A million messages
Accepted, persisted and searchable; dollars.

| | {head} |
|---|{"---|" * len(rates)}
{chr(10).join(rows)}
| **all** | {" | ".join(f"**{total:,.2f}**" for total in totals)} |
| a month at that rate | {" | ".join(f"{dollars:,.0f}" for dollars in months)} |
| jobs in a batch | {" | ".join(str(rate.batch) for rate in rates)} |
| search domain | {" | ".join(rate.domain for rate in rates)} |

The search domain is paid by the hour, what watches the service [by the month](#a-month), all else by use. Logs are what gateway and functions write, and are kept for 30 days; data transfer is the answers, to the internet. Keeping a million messages costs {cost.of_keeping(measured, prices):.2f} a month in the table, point-in-time recovery included.

A million of crud's requests, without the search domain:

| | dollars |
|---|---|
{chr(10).join(read_rows)}

**The servers of the service before this one**, always on: {parts}. That is {servers:,.0f} a month whether used or not. The same money pays this service for {left / (totals[0] - each[0]["OpenSearch"]):,.0f} million messages a month beside its small domain and what watches it.
"""


def invocations(measured: dict) -> str:
    rows = []
    for name, invocation in measured["invocations"].items():
        calls = ", ".join(
            f"{call['each']:g} × {each.split(' ', 1)[1]}"
            for each, call in invocation["calls"].items()
        )
        rows.append(
            f"| {name} | {calls} | {cost.units(invocation, 'write_units'):g} "
            f"| {cost.units(invocation, 'read_units'):g} | {invocation['processor_ms']:.1f} "
            f"| {invocation['event_bytes']:,} | {invocation['answer_bytes']:,} "
            f"| {invocation['log']['bytes']:,} |"
        )
    return f"""## What was measured
| | calls | write units | read units | processor, ms | event, bytes | answer, bytes | log, bytes |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

A document costs the search engine {measured["indexing"]["processor_ms_each"]:.2f} ms of a processor, indexed by batches of ten.
"""


def limits(measured: dict, chat: dict[str, float], application: float, workers: float) -> str:
    chats = "; ".join(f"{what}: {limit:,.0f}" for what, limit in chat.items())
    defaults = deployed.read()
    shard = 2000 / measured["indexing"]["processor_ms_each"]
    return f"""## Where it ends
Each part, the first sign of its limit, and what to change.

| Part | Limit | Symptom | What to change |
|---|---|---|---|
| one chat | messages a second: {chats} | [old-jobs](runbook.md#old-jobs), `Conflicts`; beyond the counter's, 503 | larger batches (`WorkerBatchSize`, `WorkerBatchWindow`) make transactions fewer; beyond its rows' limit only several chats help |
| one application | messages a second over many chats: {application:,.0f}; its row and those of its chats share a partition key, which takes {PARTITION_WRITE_UNITS:,} write units a second ([decision 13](decisions/0013-a-chats-time-moves-with-its-count.md)) | [table-throttles](runbook.md#table-throttles), [old-jobs](runbook.md#old-jobs) | several applications; larger batches, where they hold several messages of a chat |
| gateway | `RateLimit`, {defaults.rate} a second and route; the account's own is 10,000 a second | 429 | `RateLimit`; the quota *Throttle rate* |
| Lambda | 1,000 environments at once in an account (new accounts: fewer) | [function-throttles](runbook.md#function-throttles) | the quota *Concurrent executions* |
| workers | {defaults.concurrency} at once: {workers:,.0f} messages a second of as many chats | [old-jobs](runbook.md#old-jobs) | `WorkerMaximumConcurrency`, `WorkerBatchSize` |
| queue | 120,000 jobs in flight; no limit to those that wait, for 14 days | none before the workers' | – |
| table | on demand: twice its earlier peak at once, 40,000 write units a second by default | [table-throttles](runbook.md#table-throttles) | warm throughput before an event; the quota |
| conflicts | transactions on one chat's row at the same time | `Conflicts`, [persist-lag](runbook.md#persist-lag) | larger batches; fewer workers |
| indexing | one shard, so the two processors of one data node: {shard:,.0f} documents a second | [index-lag](runbook.md#index-lag), [search-processor](runbook.md#search-processor) | `number_of_shards` in `chat/src/search/index.json` and `chatctl reindex`; larger nodes |
| searching | {defaults.search_rate} a second of each route by which searches may come; short keywords in large chats read every text of the chat | [slow-answers](runbook.md#slow-answers) | larger nodes; the routes' limits in `template.yaml` |
"""


def simulation(runs: list[simulate.Run]) -> str:
    parts = []
    for run in runs:
        most, longest = max(run.waiting), max(map(run.lag, range(0, len(run.arrivals), 5)))
        parts.append(f"""### {run.title.replace("-", " ").capitalize()}
{run.about} At most {most:,.0f} jobs wait, and a message up to {longest:,.0f} s.

![what arrives and what is written](capacity/{run.title}.svg)
![jobs that wait](capacity/{run.title}-waiting.svg)
""")
    return (
        "## Simulated\nSecond by second, from the limits above: what arrives beyond a limit waits in the queue.\n\n"
        + "\n".join(parts)
    )
