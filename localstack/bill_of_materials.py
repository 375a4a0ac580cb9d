"""What the functions are made of, as cargo resolves it: a CycloneDX document, and the licences."""

import json
import subprocess
import tomllib
from pathlib import Path

from build import FUNCTIONS, tools_environment
from settings import ROOT


def packages() -> list[dict]:
    """All crates that are linked into a function, on Linux; the project's own first."""
    command = ["cargo", "metadata", "--format-version=1", "--locked"]
    command += ["--filter-platform=aarch64-unknown-linux-gnu"]
    answer = subprocess.run(
        command, cwd=ROOT, env=tools_environment(), capture_output=True, check=True
    )
    metadata = json.loads(answer.stdout)
    by_id = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    waiting = [id for id, package in by_id.items() if package["name"] in FUNCTIONS]
    linked: set[str] = set()
    while waiting:
        id = waiting.pop()
        if id in linked or "proc-macro" in kinds(by_id[id]):
            continue
        linked.add(id)
        for dependency in nodes[id]["deps"]:
            # Neither those of tests nor those of build scripts are in a binary.
            if any(each["kind"] is None for each in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    found = [by_id[id] for id in linked]
    return sorted(found, key=lambda each: (each["source"] is not None, each["name"]))


def kinds(package: dict) -> set[str]:
    return {kind for target in package["targets"] for kind in target["kind"]}


def cyclonedx() -> str:
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(each["name"], each["version"]): each.get("checksum") for each in lock}
    components = []
    for package in packages():
        name, version = package["name"], package["version"]
        component = {
            "type": "library",
            "bom-ref": f"pkg:cargo/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:cargo/{name}@{version}",
            "licenses": [{"expression": expression(package)}],
        }
        if checksum := checksums[name, version]:
            component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        components.append(component)
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "lambda-chat", "version": version}
        },
        "components": components,
    }
    return json.dumps(document, indent=1) + "\n"


def expression(package: dict) -> str:
    """SPDX; older crates write a slash for OR."""
    return package["license"].replace("/", " OR ")


def licences() -> str:
    """Each crate with its licence, then the texts, each once with the crates that carry it."""
    listed, texts = [], {}
    for package in packages():
        name = f"{package['name']} {package['version']}"
        listed.append(f"{name}: {expression(package)}")
        folder = Path(package["manifest_path"]).parent
        for file in sorted(folder.glob("*")):
            if file.is_file() and file.name.upper().startswith(
                ("LICENSE", "LICENCE", "COPYING", "NOTICE")
            ):
                texts.setdefault(file.read_text(errors="replace").strip(), []).append(name)
    parts = [f"{', '.join(names)}\n\n{text}" for text, names in texts.items()]
    rule = "\n\n" + "-" * 80 + "\n\n"
    return rule.join(["\n".join(listed), *parts]) + "\n"
