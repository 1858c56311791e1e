"""Commands about a deployed stage, against machines in memory."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from click.testing import CliRunner

from ladle.cli.app import cli
from ladle.testing import mock_stepfunctions

REGION = "eu-central-1"
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:letters-dev-count"
COUNT = {
    "StartAt": "words_of",
    "QueryLanguage": "JSONata",
    "States": {
        "words_of": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "letters-dev-words_of", "Payload": {}},
            "Output": "{% $states.result.Payload %}",
            "End": True,
        }
    },
}


class BadFile(Exception):
    pass


@pytest.fixture
def stage(project, monkeypatch):
    """The project, with a stage `dev` of one machine, and a function that fails on `torn`."""
    (project / "infra" / "dev.toml").write_text("")
    (project / ".chalice").mkdir()
    (project / ".chalice" / "config.json").write_text(json.dumps({"app_name": "letters"}))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    torn = []

    def words_of(_event, _context):
        if torn:
            raise BadFile("texts/bad.txt is torn")
        return 12

    with mock_stepfunctions({"letters-dev-words_of": words_of}) as service:
        client = boto3.client("stepfunctions")
        role = "arn:aws:iam::123456789012:role/machine"
        client.create_state_machine(name="letters-dev-count", definition=json.dumps(COUNT), roleArn=role)

        def begin(name, fails=False):
            service.advance(1)
            torn[:] = [True] if fails else []
            client.start_execution(stateMachineArn=MACHINE, name=name, input="{}")
            torn.clear()

        yield begin


def ladle(*words):
    return CliRunner().invoke(cli, list(words))


def test_runs_of_a_stage_are_listed(stage):
    """As those of this machine; without transitions, which AWS counts in histories only."""
    stage("rose-1")
    stage("bad-1", fails=True)
    lines = ladle("runs", "--stage", "dev").stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["bad-1", "rose-1"]
    assert "BadFile" in lines[0]
    (failed,) = json.loads(ladle("runs", "count", "--status", "failed", "--stage", "dev", "--json").stdout)
    assert (failed["id"], failed["error"]) == ("bad-1", "BadFile")


def test_a_run_of_a_stage_is_shown(stage):
    """With its steps, its failure, and the commands that go on from there."""
    stage("bad-1", fails=True)
    shown = ladle("show", "last", "--stage", "dev").stdout
    assert "words_of" in shown
    assert "BadFile" in shown
    assert "again    ladle redrive bad-1 --stage dev" in shown
    history = ladle("show", "bad-1", "--stage", "dev", "--history").stdout
    assert "TaskFailed" in history


def test_a_failed_run_is_redriven_after_a_question(stage):
    """No is no; --yes asks nothing."""
    stage("bad-1", fails=True)
    asked = CliRunner().invoke(cli, ["redrive", "bad-1", "--stage", "dev"], input="n\n")
    assert "Redrive it on dev?" in asked.output
    assert "failed" in ladle("show", "bad-1", "--stage", "dev").stdout
    assert "bad-1 goes on" in ladle("redrive", "bad-1", "--stage", "dev", "--yes").stdout
    assert "succeeded" in ladle("show", "bad-1", "--stage", "dev").stdout
    again = ladle("redrive", "bad-1", "--stage", "dev", "--yes")
    assert again.exit_code == 2
    assert "bad-1 succeeded: there is nothing to redrive" in again.output


def test_what_aws_refuses_is_said_in_its_words(stage, monkeypatch):
    """In a line, as JSON too; it is no mistake of Ladle's, and no traceback."""
    stage("bad-1", fails=True)

    def refuse(_client, _record):
        answer = {"Error": {"Code": "AccessDeniedException", "Message": "you may not redrive this."}}
        raise ClientError(answer, "RedriveExecution")

    monkeypatch.setattr("ladle.operate.actions.redrive", refuse)
    said = "AWS refuses RedriveExecution: you may not redrive this (AccessDeniedException)"
    refused = CliRunner().invoke(cli, ["redrive", "bad-1", "--stage", "dev", "--yes"])
    assert (refused.exit_code, refused.stderr) == (2, f"{said}\n")
    told = json.loads(ladle("redrive", "bad-1", "--stage", "dev", "--yes", "--json").stdout)
    assert told["error"]["message"] == said


def test_an_aws_that_does_not_answer_is_told(stage, monkeypatch):
    """With what the client says about it."""
    stage("bad-1", fails=True)

    def lost(_client, _record):
        raise EndpointConnectionError(endpoint_url="https://states.example")

    monkeypatch.setattr("ladle.operate.actions.redrive", lost)
    found = ladle("redrive", "bad-1", "--stage", "dev", "--yes")
    assert found.exit_code == 2
    assert "AWS does not answer: Could not connect to the endpoint URL" in found.output


def test_a_run_of_a_stage_is_watched_and_its_steps_are_shown(stage):
    """With the same words as here; a watched run's exit code says how it ended."""
    stage("rose-1")
    stage("bad-1", fails=True)
    assert "succeeded in" in ladle("watch", "rose-1", "--stage", "dev").stdout
    watched = ladle("watch", "bad-1", "--stage", "dev")
    assert (watched.exit_code, "BadFile" in watched.stdout) == (1, True)
    step = ladle("show", "bad-1", "words_of", "--stage", "dev").stdout
    assert "BadFile: texts/bad.txt is torn" in step
    assert ladle("logs", "rose-1", "--stage", "dev").stdout == ""


def test_runs_of_a_stage_are_found_and_counted(stage):
    """By what failed; their cost is read from their histories when it is asked for."""
    stage("rose-1")
    stage("bad-1", fails=True)
    assert "bad-1" in ladle("runs", "--error", "BadFile", "--step", "words_of", "--stage", "dev").stdout
    assert ladle("runs", "--error", "KeyError", "--stage", "dev").stdout == "no runs like that\n"
    costed = ladle("runs", "--cost", "--stage", "dev", "--json").stdout
    assert [each["transitions"] for each in json.loads(costed)] == [1, 1]
    figures = ladle("stats", "count", "--stage", "dev").stdout
    assert "2 runs: 1 failed, 1 succeeded" in figures
    assert "words_of" in figures


def test_a_failed_run_is_resumed_on_the_deployed_code(stage):
    """It says first what that means, and asks."""
    stage("bad-1", fails=True)
    planned = ladle("resume", "bad-1", "--stage", "dev", "--dry-run").stdout
    assert "count run bad-1 goes on with words_of" in planned
    assert "no step was completed: it begins anew" in planned
    asked = CliRunner().invoke(cli, ["resume", "bad-1", "--stage", "dev"], input="n\n")
    assert "Resume it on dev?" in asked.output
    done = ladle("resume", "bad-1", "--stage", "dev", "--yes")
    assert "run bad-1-r1 started        ladle watch bad-1-r1 --stage dev" in done.stdout
    found = json.loads(ladle("runs", "count", "--trigger", "resume", "--stage", "dev", "--json").stdout)
    assert [(each["id"], each["status"]) for each in found] == [("bad-1-r1", "SUCCEEDED")]


def test_an_ended_run_cannot_be_stopped(stage):
    """It says how it ended."""
    stage("rose-1")
    found = ladle("stop", "rose-1", "--stage", "dev")
    assert found.exit_code == 2
    assert "rose-1 succeeded already: nothing to stop" in found.output


@pytest.mark.usefixtures("stage")
def test_a_stage_that_is_not_there_is_named():
    """With those that are."""
    found = ladle("runs", "--stage", "prd")
    assert found.exit_code == 2
    assert "there is no stage 'prd': infra/ has dev, local" in found.output


@pytest.mark.usefixtures("stage")
def test_a_start_without_the_starter_says_that_the_stage_is_not_deployed():
    """In words of the person's own."""
    found = ladle("start", "count", "bucket=landing", "key=texts/rose.txt", "--stage", "dev")
    assert found.exit_code == 2
    assert "there is no function 'letters-dev-ladle-starter': the stage is not deployed" in found.output


def test_compile_profile_measures_the_runs_of_a_stage(stage, project):
    """Their functions and machines have the project's names in the file."""
    none = ladle("compile", "count", "--profile", "--stage", "dev")
    assert (none.exit_code, "ladle start count --stage dev" in none.stderr) == (0, True)
    stage("one")
    stage("two")
    measured = ladle("compile", "count", "--profile", "--stage", "dev")
    assert measured.exit_code == 0, measured.output
    seconds = json.loads((project / "statemachines" / "count.profile.json").read_text())["seconds"]
    assert set(seconds) == {"words_of"}
    nowhere = ladle("compile", "--profile", "--stage", "nowhere")
    assert (nowhere.exit_code, "there is no stage 'nowhere'" in nowhere.output) == (2, True)
