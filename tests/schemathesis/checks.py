"""What is checked beside schemathesis' own checks, and in place of those that schemathesis.toml excepts."""

import itertools
import json
import os
import urllib.request

import schemathesis

COUNT = itertools.count()


def ask(what):
    with urllib.request.urlopen(f"{os.environ['AJO_IMS_URL']}/_emulator/{what}") as answer:
        return json.load(answer)


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Leads every other call that needs a configuration to one that is there: by itself schemathesis makes up the uid for these."""
    if case.operation.definition.raw["operationId"] in ("can_deploy", "deploy", "undeploy") and not is_negative(case):
        uids = [config["uid"] for config in ask("configs")["configs"]]
        turn = next(COUNT)
        if uids and turn % 2 == 0:
            case.path_parameters["uid"] = uids[turn // 2 % len(uids)]


def is_negative(case):
    return case.meta is not None and case.meta.generation.mode.is_negative


def told(response):
    """What the emulator says of the call: how many differences from the specification."""
    found = response.headers.get("x-emulator-contract", ["ok"])[0]
    return 0 if found == "ok" else int(found.split()[0])


def code_of(answer):
    """The service's code, in whichever of its two forms the answer has it."""
    error = answer.get("error", {})
    return (json.loads(error) if isinstance(error, str) else error).get("code")


@schemathesis.check
def refused_as_documented(ctx, response, case):
    """A 500 names the code, and a call without a token is told 403010."""
    if response.status_code == 500:
        assert code_of(response.json()), "a 500 without the service's code"
    if "authorization" not in {name.lower() for name in response.request.headers} and response.status_code == 403:
        assert response.json()["error_code"] == "403010", "a call without a token is answered otherwise than documented"


@schemathesis.check
def stored_is_spoken_against(ctx, response, case):
    """A definition that breaks the specification is refused, or stored with the word that it cannot be deployed."""
    if case.operation.definition.raw["operationId"] not in ("create", "update") or not is_negative(case):
        return
    # A field that is null counts as one that is not there, and where it must be there it is refused.
    broken = [it for it in last(told(response)) if it["pointer"].startswith("/body/") and "is null" not in it["problem"]]
    if response.status_code == 200 and broken:
        verdict = response.json()["canDeploy"]["validationStatus"]
        assert verdict == "error", "stored as if it could be deployed"


@schemathesis.check
def contract_mode_agrees(ctx, response, case):
    """The emulator's contract mode finds nothing in its own answers, and nothing in a call that was made by the specification."""
    found = last(told(response))
    in_answer = [difference for difference in found if difference["side"] == "answer"]
    assert not in_answer, f"the answer differs from the specification: {in_answer}"
    # Without the meta data nobody knows how the call was made; a header may have been taken away from one that was valid.
    if case.meta is not None and not is_negative(case):
        in_body = [difference for difference in found if difference["pointer"].startswith("/body")]
        assert not in_body, f"contract mode differs from schemathesis: {in_body}"


def last(count):
    """The differences that were found last. One call is made at a time, so they are those of this call."""
    if count == 0:
        return []
    return ask("contract")["differences"][-count:]
