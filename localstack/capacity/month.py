"""What a month costs, used and unused: now, and with what release 0.1.0 had switched on."""

from dataclasses import dataclass

from capacity import cost
from capacity.deployed import Deployed

# What the functions write in any hour in which each is used: creations that three functions accept;
# persisted, indexed, and how late; refusals of one kind, by function and by reason.
FUNCTION_METRICS = 3 + 4 + 2
# 4xx, 5xx, Count, IntegrationLatency, Latency and DataProcessed:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
METRICS_A_ROUTE = 6
# A function samples the first request of each second, and of the others one in 20:
# https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
SAMPLED = 0.05


@dataclass(frozen=True)
class Watched:
    """What is watched, and charged for."""

    alarm_metrics: int
    routes: int
    route_metrics: bool
    traced: bool


def now(deployed: Deployed) -> Watched:
    return Watched(deployed.alarm_metrics, deployed.routes, deployed.route_metrics, deployed.traced)


def traces(messages: float, invocations: float) -> float:
    """Traces a second, of a function that so many requests a second reach, and of the worker."""
    return sum(min(1, each) + max(0, each - 1) * SAMPLED for each in (messages, invocations))


def of_watching(prices: dict, watched: Watched, messages: float, batch: int) -> dict[str, float]:
    """Dollars a month where so many messages a second arrive, at least some in every hour."""
    price = prices["monitoring"]
    sampled = traces(messages, messages / batch) * cost.SECONDS_A_MONTH / 1e6
    return {
        "alarms": watched.alarm_metrics * price["alarm_metric_month"],
        "dashboard": price["dashboard_month"],
        "the functions' metrics": FUNCTION_METRICS * price["metric_month"],
        "metrics of each route": watched.route_metrics
        * (watched.routes * METRICS_A_ROUTE * price["metric_month"]),
        "traces": watched.traced * sampled * prices["traces"]["per_million"],
    }


def of_month(measured: dict, prices: dict, watched: Watched, messages: float) -> dict[str, float]:
    """Dollars a month, the small domain included."""
    rate = cost.rates(measured, prices)[0]
    used = cost.of_a_million(measured, prices, rate)
    domain = used.pop("OpenSearch") * rate.messages * cost.SECONDS_A_MONTH / 1e6
    millions = messages * cost.SECONDS_A_MONTH / 1e6
    return {
        "search domain": domain,
        **of_watching(prices, watched, messages, rate.batch),
        "messages": sum(used.values()) * millions,
    }


def text(measured: dict, prices: dict, deployed: Deployed, before: dict) -> str:
    watched = Watched(**{name: before[name] for name in Watched.__dataclass_fields__})
    idle = 10_000 / cost.SECONDS_A_MONTH
    each = [
        of_month(measured, prices, those, messages)
        for messages in (idle, 1)
        for those in (watched, now(deployed))
    ]
    rows = [
        f"| {part} | " + " | ".join(f"{of[part]:,.2f}" for of in each) + " |" for part in each[0]
    ]
    totals = " | ".join(f"**{sum(of.values()):,.2f}**" for of in each)
    used = each[2:]
    a_million = [sum(of.values()) / cost.SECONDS_A_MONTH * 1e6 for of in used]
    production = cost.rates(measured, prices)[1]
    domain = production.domain_hour * 730
    domain += production.domain_gb * prices["opensearch"]["gp3_gb_month"]
    return f"""## A month
Dollars, with the small domain. *Idle* is 10,000 messages in the month, some in every hour, so that every metric is charged for. Release 0.1.0 traced requests and counted each route apart; `Tracing` and `RouteMetrics` switch that on.

| | idle, 0.1.0 | idle, now | 1 a second, 0.1.0 | 1 a second, now |
|---|---|---|---|---|
{chr(10).join(rows)}
| **all** | {totals} |
| a million messages | – | – | {a_million[0]:,.2f} | {a_million[1]:,.2f} |

{deployed.alarm_metrics} metrics have alarms ({watched.alarm_metrics} in 0.1.0). The functions write {FUNCTION_METRICS} metrics in an hour without trouble; each further kind of refusal or of trouble is one more, at {prices["monitoring"]["metric_month"]:.2f} if it shows in every hour of the month. A message is traced twice, once where it is accepted and once where it is persisted; of more than one a second, one in 20 more. With `RouteMetrics` the {deployed.routes} routes of today would cost {deployed.routes * METRICS_A_ROUTE * prices["monitoring"]["metric_month"]:,.2f}. A service that nobody calls at all pays for domain, alarms and dashboard alone. The production domain costs {domain:,.0f} instead of the small one's {each[0]["search domain"]:,.2f}.
"""
