"""Whether what docs/pipeline/ names is there: alarms that take a release back, and the lock files
whose advisories are asked."""

import re

from samcli.yamlhelper import yaml_parse

from console import Failure, say
from settings import ROOT

FOLDER = ROOT / "docs" / "pipeline"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
MOST_TRIGGERS = 5


def check() -> None:
    script = (FOLDER / "deploy.sh").read_text()
    watched = re.search(r"alarms=\((.+)\)", script)[1].split()
    alarms = yaml_parse((ROOT / "infra" / "alarms.yaml").read_text())["Resources"].values()
    named = {str(each.get("Properties", {}).get("AlarmName", "")) for each in alarms}
    problems = [
        f"deploy.sh watches {name}, which infra/alarms.yaml does not have"
        for name in watched
        if not any(f"${{Service}}-{name}'" in each for each in named)
    ]
    if len(watched) > MOST_TRIGGERS:
        problems.append(f"CloudFormation watches at most {MOST_TRIGGERS} alarms")
    workflow = yaml_parse((FOLDER / "advisories.yml").read_text())
    # YAML 1.1 reads the key `on` as true.
    patterns = workflow[True]["push"]["paths"]
    locks = [
        path
        for kind in ("Cargo.lock", "*requirements.txt", "package-lock.json")
        for path in [
            *ROOT.glob(kind),
            *ROOT.glob(f"localstack/{kind}"),
            *ROOT.glob(f"tests/*/{kind}"),
        ]
    ]
    problems += [
        f"advisories.yml is not run for a change of {path.relative_to(ROOT)}"
        for path in locks
        if not any(path.match(pattern.removeprefix("**/")) for pattern in patterns)
    ]
    if problems:
        raise Failure("\n  ".join(["docs/pipeline/ and the project differ:", *problems]))
    say(f"✓ the pipeline watches {len(watched)} alarms, and {len(locks)} lock files")
