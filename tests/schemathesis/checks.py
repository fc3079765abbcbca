"""Our own checks, and replacements for the default checks that schemathesis.toml disables."""

import itertools
import json
import os
import urllib.request

import schemathesis

COUNT = itertools.count()


def get_control(path):
    with urllib.request.urlopen(f"{os.environ['AJO_IMS_URL']}/_emulator/{path}") as response:
        return json.load(response)


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Uses an existing uid for every other call that needs a configuration; schemathesis invents the uid of these calls."""
    if case.operation.definition.raw["operationId"] in ("can_deploy", "deploy", "undeploy") and not is_negative(case):
        uids = [config["uid"] for config in get_control("configs")["configs"]]
        number = next(COUNT)
        if uids and number % 2 == 0:
            case.path_parameters["uid"] = uids[number // 2 % len(uids)]


def is_negative(case):
    return case.meta is not None and case.meta.generation.mode.is_negative


def difference_count(response):
    """The number of differences in the contract header of the response."""
    found = response.headers.get("x-emulator-contract", ["ok"])[0]
    return 0 if found == "ok" else int(found.split()[0])


def service_code(body):
    """The service's error code. The error is an object or a string with JSON."""
    error = body.get("error", {})
    return (json.loads(error) if isinstance(error, str) else error).get("code")


@schemathesis.check
def errors_match_documentation(ctx, response, case):
    """A 500 has an error code, and a call without a token gets 403010."""
    if response.status_code == 500:
        assert service_code(response.json()), "a 500 without the service's code"
    if "authorization" not in {name.lower() for name in response.request.headers} and response.status_code == 403:
        assert response.json()["error_code"] == "403010", "the error for a call without a token differs from the documentation"


@schemathesis.check
def invalid_definitions_are_flagged(ctx, response, case):
    """An invalid definition is rejected, or stored with a canDeploy error."""
    if case.operation.definition.raw["operationId"] not in ("create", "update") or not is_negative(case):
        return
    # A null field counts as absent, and a required one is rejected.
    violations = [it for it in last_differences(difference_count(response)) if it["pointer"].startswith("/body/") and "is null" not in it["description"]]
    if response.status_code == 200 and violations:
        status = response.json()["canDeploy"]["validationStatus"]
        assert status == "error", "an invalid definition is reported as deployable"


@schemathesis.check
def contract_mode_agrees(ctx, response, case):
    """Contract mode finds no difference in the emulator's responses, nor in the body of a valid call."""
    found = last_differences(difference_count(response))
    in_response = [difference for difference in found if difference["direction"] == "response"]
    assert not in_response, f"the response differs from the specification: {in_response}"
    # Without metadata we do not know how the call was generated; a header may be missing from an otherwise valid call.
    if case.meta is not None and not is_negative(case):
        in_body = [difference for difference in found if difference["pointer"].startswith("/body")]
        assert not in_body, f"contract mode differs from schemathesis: {in_body}"


def last_differences(count):
    """The newest differences. Calls are sequential, so they belong to the last call."""
    if count == 0:
        return []
    return get_control("contract")["differences"][-count:]
