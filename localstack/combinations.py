"""The parameters of template.yaml in every combination that makes other resources, and what of
them is refused."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from console import Failure

# What the template has no default for.
ALWAYS = {"AdminKeySha256": "open"}


@dataclass(frozen=True, eq=False)
class Choice:
    """Values of parameters that belong together, and the conditions that make resources with them,
    in template.yaml and in the templates of infra/."""

    parameters: dict[str, str]
    conditions: frozenset[str] = frozenset()


def choice(*conditions: str, **parameters: str) -> Choice:
    return Choice(parameters, frozenset(conditions))


OWN_DOMAIN = ("MakesSearchDomain", "SearchIsSigned", "HasDomain")
SEARCHES = [
    choice(*OWN_DOMAIN, "IsBurstable"),
    choice(*OWN_DOMAIN, SearchInstanceType="r6g.large.search", SearchVolumeSize="500"),
    choice(*OWN_DOMAIN, "IsProduction", SearchDomain="production"),
    choice(
        *(*OWN_DOMAIN, "IsProduction", "IsBurstable"),
        SearchDomain="production",
        SearchInstanceType="t3.medium.search",
        SearchVolumeSize="200",
    ),
    choice(SearchDomain="existing", SearchUrl="http://search.example.com:9200"),
    choice(
        *("SearchIsSigned", "HasDomain"),
        SearchDomain="existing",
        SearchUrl="https://search.example.com",
        SearchDomainArn="arn:aws:es:us-east-1:000000000000:domain/messages",
    ),
]
NAMED = {
    "DomainName": "chat.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d",
}
TOLD = {"AlarmEmail": "operator@example.com"}
# The emulator has no budgets, so the last one's is left out there: cfn-lint alone reads it.
ALARMS = [
    choice(),
    choice("TellsSomebody", **TOLD),
    choice("TellsSomebody", **TOLD, MonthlyBudget="50"),
]
# These change properties of resources that are there without them, too.
SWITCHES = [
    [choice(), choice(**{name: value})]
    for name, value in {
        "BasePath": "chat/v1",
        "RestoredTable": "restored",
        "MaximumReadUnits": "1000",
        "MaximumWriteUnits": "1000",
        "CrudMaximumConcurrency": "5",
        "Tracing": "Active",
        "RouteMetrics": "enabled",
    }.items()
]


def names(hosted_zone: str) -> list[Choice]:
    record = choice("HasDomainName", "MakesRecord", **NAMED, HostedZoneId=hosted_zone)
    return [choice(), choice("HasDomainName", **NAMED), record]


def combinations(hosted_zone: str) -> Iterator[tuple[Choice, ...]]:
    """All that make other resources, each with those switches set that meet most choices which they
    have not met before, so that any two choices are deployed together."""
    made = [SEARCHES, names(hosted_zone), ALARMS]
    unmet = {
        frozenset(pair)
        for two in itertools.combinations([*made, *SWITCHES], 2)
        for pair in itertools.product(*two)
    }
    switches = list(itertools.product(*SWITCHES))
    for each in itertools.product(*made):
        best = max((each + some for some in switches), key=lambda all_: len(pairs(all_) & unmet))
        unmet -= pairs(best)
        yield best
    if unmet:
        raise Failure("too few combinations: some two choices are never deployed together")


def pairs(choices: tuple[Choice, ...]) -> set[frozenset[Choice]]:
    return {frozenset(pair) for pair in itertools.combinations(choices, 2)}


def parameters_of(choices: tuple[Choice, ...]) -> dict[str, str]:
    return ALWAYS | {name: value for each in choices for name, value in each.parameters.items()}


# By each rule of the template, parameters that it refuses.
REFUSED_BY_RULES = {
    "AnExistingDomainHasAnAddress": {"SearchDomain": "existing"},
    "AnAddressIsOfAnExistingDomain": {"SearchUrl": "https://search.example.com"},
    "ADomainNameHasACertificate": {"DomainName": NAMED["DomainName"]},
    "ACertificateIsOfADomainName": {"CertificateArn": NAMED["CertificateArn"]},
    "AHostedZoneIsOfADomainName": {"HostedZoneId": "Z0123456789ABCDEFGHIJ"},
    "ADomainsArnIsOfAnExistingDomain": {
        "SearchDomainArn": "arn:aws:es:us-east-1:000000000000:domain/messages"
    },
    "ASmallNodeHasASmallVolume": {"SearchVolumeSize": "200"},
    "ANodeOf200GibibytesHasNoMore": {
        "SearchInstanceType": "c6g.large.search",
        "SearchVolumeSize": "500",
    },
    "ANodeOf500GibibytesHasNoMore": {
        "SearchInstanceType": "c6g.xlarge.search",
        "SearchVolumeSize": "1000",
    },
    "ANodeOf1000GibibytesHasNoMore": {
        "SearchInstanceType": "m6g.large.search",
        "SearchVolumeSize": "2000",
    },
    "ABudgetTellsSomebody": {"MonthlyBudget": "50"},
    "ALargeBatchHasAWindow": {"WorkerBatchSize": "11"},
}

# Values that a parameter refuses by itself, and AWS later: each pattern and each bound has some.
REFUSED_VALUES = {
    "AdminKeySha256": [
        "",
        "closed",
        # An empty key, and the line breaks that hashing a variable that is not set gives.
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
        "7eb70257593da06f682a3ddda54a9d260d4fc514f645237f5ca74b08f8da61a6",
    ],
    "CorsAllowOrigins": ["https://example.com/page", "example.com"],
    "OriginSecretSha256": ["secret"],
    "RateLimit": ["0"],
    "BurstLimit": ["0"],
    # Certificate Manager and API Gateway want a name below a top-level domain.
    "DomainName": [
        "localhost",
        "chat..example.com",
        "chat.example.com.",
        "-chat.example.com",
        "10.0.0.1",
    ],
    "CertificateArn": ["0a1b2c3d"],
    "HostedZoneId": ["/hostedzone/Z0123456789"],
    "BasePath": ["/chat", "chat/", "chat//v1"],
    "SearchInstanceType": [
        "r6g.large",
        "i3.large.search",  # no volumes
        "or1.large.search",
        "r6gd.large.search",
        "m6.large.search",  # no such types
        "m6g.2large.search",
    ],
    "SearchUrl": ["https://search.example.com/"],
    "SearchDomainArn": ["messages"],
    "MemorySize": ["64"],
    "CrudMaximumConcurrency": ["-1"],
    "RestoredTable": ["a"],
    "MaximumReadUnits": ["-1"],
    "MaximumWriteUnits": ["-1"],
    "AlarmEmail": ["operator"],
    "MonthlyBudget": ["-1"],
    "WorkerBatchSize": ["1001"],
    "WorkerBatchWindow": ["61"],
    "WorkerMaximumConcurrency": ["1"],
}
