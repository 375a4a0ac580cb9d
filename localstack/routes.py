"""Checks of the HTTP API's routes in template.yaml, for what the emulator takes and AWS may not."""

from samcli.yamlhelper import yaml_parse

from console import Failure, say
from deploy import TEMPLATE
from settings import ROOT

SEARCH = "/messages/search"
# What a preflight of a traced page asks for. A wildcard stands for all but `authorization`:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
HEADERS = {"*", "authorization"}


def check() -> None:
    resources = yaml_parse(TEMPLATE.read_text())["Resources"]
    routes = {
        name: each["Properties"]["RouteKey"]
        for name, each in resources.items()
        if each["Type"] == "AWS::ApiGatewayV2::Route"
    }
    paths = {key.partition(" ")[2] for key in routes.values() if key != "$default"}
    document = yaml_parse((ROOT / "infra" / "openapi.yaml").read_text())
    described = {path for path in document["paths"] if path.startswith("/applications")}
    stage = resources["ApiStage"]
    settings = stage["Properties"]["RouteSettings"]
    waited_for = {routes[name] for name in stage["DependsOn"]}
    cors = resources["Api"]["Properties"]["CorsConfiguration"]
    searches = [key for key in routes.values() if key.endswith(SEARCH) or key == "$default"]

    must_hold = {
        "no route key ends in a slash": not any(path.endswith("/") for path in paths),
        # A path without a route would be throttled with all others that have none.
        "the routes are the API's paths": paths == described,
        "what may be a search is throttled by itself": sorted(settings) == sorted(searches),
        "no spelling of a search has a wider limit": len({str(each) for each in settings.values()})
        == 1,
        "preflights let any header through": set(cors["AllowHeaders"]) == HEADERS,
        # CloudFormation makes both at once otherwise, and the stage is refused.
        "the stage waits for the routes that it names": waited_for == set(settings),
    }
    broken = [what for what, holds in must_hold.items() if not holds]
    if broken:
        raise Failure("the routes of template.yaml: it does not hold that " + "; ".join(broken))
    say(f"✓ the routes of template.yaml hold {len(must_hold)} rules")
