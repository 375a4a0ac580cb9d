"""What template.yaml allows each function, as a test compares it with what the function does."""

from collections.abc import Iterator

from samcli.yamlhelper import yaml_parse

from deploy import TEMPLATE


def of_functions() -> dict[str, list[str]]:
    """By function, each action on a resource, the resource by its name in the template:
    `dynamodb:Query Table/index/applications`."""
    resources = yaml_parse(TEMPLATE.read_text())["Resources"]
    functions = {
        each["Metadata"]["BuildProperties"]["Binary"]: each["Properties"]["Role"]["Fn::GetAtt"][0]
        for each in resources.values()
        if each["Type"] == "AWS::Serverless::Function"
    }
    return {name: sorted(of_role(resources, role)) for name, role in functions.items()}


def of_role(resources: dict, role: str) -> Iterator[str]:
    documents = [each["PolicyDocument"] for each in resources[role]["Properties"]["Policies"]]
    documents += [
        each["Properties"]["PolicyDocument"]
        for each in resources.values()
        if each["Type"] == "AWS::IAM::Policy" and {"Ref": role} in each["Properties"]["Roles"]
    ]
    for statement in (each for document in documents for each in document["Statement"]):
        statement = chosen(statement)
        for action in as_list(statement["Action"]):
            yield f"{action} {resource_name(statement['Resource'])}"


def as_list(value: str | list) -> list:
    return value if isinstance(value, list) else [value]


def chosen(value: dict) -> dict:
    """What stands where a condition holds."""
    return value["Fn::If"][1] if "Fn::If" in value else value


def resource_name(resource: str | dict) -> str:
    if isinstance(resource, str):
        return resource
    resource = chosen(resource)
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0]
    name, _, rest = resource["Fn::Sub"].removeprefix("${").partition("}")
    return name.split(".")[0] + rest
