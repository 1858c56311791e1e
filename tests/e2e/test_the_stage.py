"""The sample project by the commands of the README: deployed, used, deployed again, deleted.

The tests run in their order: each stands on the stage that the first one deployed.
"""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import ACCOUNT, REGION, Account, eventually, readme_commands
from tests.e2e.large import ROWS

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

before: set[str] = set()
deploys: list[float] = []
"""Seconds that each deploy took."""


def changes(printed: str) -> list[str]:
    """What a deploy says that it created, changed or deleted."""
    return re.findall(r"^(?:Creating|Updating|Replacing|Deleting) (?!deployment package).*$", printed, re.M)


def test_the_command_deploys_the_stage(account: Account) -> None:
    """`chalice deploy` makes a function for each task, a machine for each workflow, and what starts them."""
    buckets, deploy, _, _ = readme_commands()
    account.shell(buckets)
    before.update(account.inventory())
    began = time.monotonic()
    printed = account.shell(deploy)
    deploys.append(time.monotonic() - began)
    assert "nyc-flights-dev-daily_delays" in printed
    made = account.inventory() - before
    assert {"lambda nyc-flights-dev-load_day", "stepfunctions nyc-flights-dev-daily_delays"} <= made
    assert {"scheduler nyc-flights-dev-monthly_report-1", "iam nyc-flights-dev-function-load_day"} <= made


def test_a_second_deploy_changes_nothing(account: Account) -> None:
    """Nothing of an unchanged project is created, changed or deleted."""
    _, deploy, _, _ = readme_commands()
    functions = account.client("lambda").list_functions()["Functions"]
    assert changes(account.shell(deploy)) == []
    again = account.client("lambda").list_functions()["Functions"]
    assert {each["FunctionName"]: (each["CodeSha256"], each["LastModified"]) for each in again} == {
        each["FunctionName"]: (each["CodeSha256"], each["LastModified"]) for each in functions
    }


def test_an_upload_starts_a_run_that_publishes_the_report(account: Account) -> None:
    """The file of a day, put into the bucket, becomes the report of that day."""
    _, _, upload, _ = readme_commands()
    account.shell(upload)
    run = account.ended("daily_delays", "2013-01-01-", 90)
    assert run["status"] == "SUCCEEDED", run
    assert json.loads(run["output"])["flights"] == 842
    assert {"2013-01-01/index.html", "2013-01-01/report.json"} <= account.objects("reports")
    report = json.loads(account.read("reports", "2013-01-01/report.json"))
    assert report["report"]["late"] == 254
    assert [each["carrier"] for each in report["carriers"]][:1] == ["EV"]


def test_an_event_that_comes_twice_starts_one_run(account: Account) -> None:
    """Delivered again, the very event of the upload finds its run already there."""
    events = eventually(lambda: account.messages("uploads"), "the event of the upload")
    (event,) = [each for each in events if each["detail"]["object"]["key"] == "flights/2013-01-01.csv"]
    account.client("lambda").invoke(
        FunctionName="nyc-flights-dev-ladle-starter",
        InvocationType="Event",
        Payload=json.dumps({**event, "workflow": "daily_delays"}),
    )
    lines = eventually(
        lambda: [line for line in account.log("ladle-starter") if line["message"] == "started before"],
        "the starter's line about the second event",
    )
    assert [line["run"] for line in lines] == list(account.runs("daily_delays"))


def test_logs_are_structured_and_say_which_run(account: Account) -> None:
    """The starter says which run it started, and with what name it can be found."""
    (line,) = [line for line in account.log("ladle-starter") if line["message"] == "started"]
    (name,) = account.runs("daily_delays")
    assert (line["level"], line["service"], line["workflow"]) == ("INFO", "nyc-flights", "daily_delays")
    assert (line["run"], line["execution"]) == (name, account.run("daily_delays", name)["executionArn"])


def test_each_call_of_a_task_has_a_line_that_says_where_it_belongs(account: Account) -> None:
    """Its workflow, run, step and attempt, how it ended; and of a Map which item it was."""
    (name,) = account.runs("daily_delays")
    place = {
        "workflow": "daily_delays",
        "run": account.run("daily_delays", name)["executionArn"],
        "attempt": 1,
    }
    for task, step in (
        ("load_day", "load_day"),
        ("join_weather", "join_weather"),
        ("publish_day", "publish_day"),
    ):
        (line,) = account.log(task)
        assert line == {**line, **place, "message": "task succeeded", "task": task, "step": step}
    lines = account.log("delays")
    assert sorted(line["item"] for line in lines) == list(range(14))
    assert all(line == {**line, **place, "step": "delays each"} for line in lines)


def test_a_broken_day_is_quarantined_and_one_alert_arrives(account: Account) -> None:
    """A file that cannot be read leaves the landing folder; whoever subscribed hears of the run, once."""
    account.shell("aws s3 cp data/landing/flights/2013-01-05.csv s3://nyc-flights-landing-dev/flights/")
    run = account.ended("daily_delays", "2013-01-05-")
    assert (run["status"], run["error"]) == ("FAILED", "BadFile")
    assert "quarantine/flights/2013-01-05.csv" in account.objects("landing")
    assert "flights/2013-01-05.csv" not in account.objects("landing")

    (failed,) = [line for line in account.log("load_day") if line["message"] == "task failed"]
    assert (failed["level"], failed["error"], failed["run"]) == ("ERROR", "BadFile", run["executionArn"])

    (message,) = eventually(lambda: account.messages("alerts"), "an alert")
    assert message["Subject"] == "[nyc-flights dev] daily_delays failed: BadFile"
    facts = json.loads(message["MessageAttributes"]["facts"]["Value"])
    assert (facts["execution"], facts["step"]) == (run["executionArn"], "load_day")
    assert "line 42: 20 fields, expected 19" in facts["cause"]

    def said() -> list[str]:
        return [line["alert"] for line in account.log("ladle-alerts") if line["message"] == "alert"]

    eventually(said, "the line of the function that alerts")
    # The event of the failed run comes again, as EventBridge may deliver it twice.
    account.client("lambda").invoke(
        FunctionName="nyc-flights-dev-ladle-alerts",
        Payload=json.dumps(
            {
                "source": "aws.states",
                "detail-type": "Step Functions Execution Status Change",
                "detail": {
                    "executionArn": run["executionArn"],
                    "stateMachineArn": run["stateMachineArn"],
                    "name": run["name"],
                    "status": "FAILED",
                },
            }
        ),
    )
    assert said() == ["sent", "none: it was sent before"]
    assert account.messages("alerts") == []


def test_the_stages_runs_are_seen_by_the_commands_that_show_local_ones(account: Account) -> None:
    """Listed, shown with their steps, failure and logs; found by a part of the name."""
    listed = account.shell("ladle runs --stage dev")
    assert re.search(r"2013-01-01-\w+ +daily_delays", listed), listed
    assert re.search(r"2013-01-05-\w+ +daily_delays.*BadFile", listed), listed
    (failed,) = json.loads(account.shell("ladle runs daily_delays --status failed --stage dev --json"))
    assert failed["error"] == "BadFile"

    shown = account.shell("ladle show 2013-01-01 --stage dev")
    assert re.search(r"✓ load_day +[\d.]+ s", shown), shown
    assert "succeeded in" in shown
    broken = account.shell(f"ladle show {failed['id']} --stage dev")
    assert "line 42: 20 fields, expected 19" in broken
    assert f"ladle redrive {failed['id']} --stage dev" in broken
    assert "publish_day" in account.shell("ladle show 2013-01-01 --stage dev --logs")


def test_a_run_is_started_from_the_command_line(account: Account) -> None:
    """By name once, however often it is asked for; what the workflow does not take is refused."""
    upload = "bucket=nyc-flights-landing-dev key=flights/2013-01-01.csv"
    words = f"ladle start daily_delays {upload} --stage dev"
    assert "run by-hand started" in account.shell(f"{words} --name by-hand")
    assert account.ended("daily_delays", "by-hand", 90)["status"] == "SUCCEEDED"
    assert "run by-hand was started before" in account.shell(f"{words} --name by-hand")
    refused = account.shell("ladle start daily_delays bucket=1 --stage dev 2>&1 || echo exit $?")
    assert "key" in refused
    assert "exit 2" in refused


@pytest.mark.timeout(600)
def test_tasks_pass_values_of_any_size(account: Account) -> None:
    """50 MB go through ten tasks; the workflow branches on a field and maps over all 100,000 rows, twice."""
    account.shell(f"ladle start large rows={ROWS} --name large --stage dev")
    run = account.ended("large", "large", 580)
    assert run["status"] == "SUCCEEDED", run.get("cause")
    assert json.loads(run["output"]) == sum(range(ROWS)) + 10 * ROWS
    bucket = f"nyc-flights-dev-values-{ACCOUNT}-{REGION}"
    listed = account.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    stored = [each for each in listed if each["Size"] > 50_000_000]
    assert len(stored) == 9
    assert all(each["Key"].startswith("dev/nyc-flights-dev-large/large/") for each in stored)


@pytest.mark.timeout(600)
def test_a_local_run_passes_them_as_well(account: Account) -> None:
    """The same workflow with the same rows, on the embedded engine."""
    printed = account.shell(f"ladle run large rows={ROWS} --json", 580)
    assert json.loads(printed)["output"] == sum(range(ROWS)) + 10 * ROWS


@pytest.mark.timeout(600)
def test_a_schedule_set_to_the_next_minute_fires(account: Account) -> None:
    """A schedule set to the next minute starts the month's report, which runs the days as nested runs."""
    # The first minute that begins when the deploy below is over.
    ready = datetime.now(UTC) + timedelta(seconds=15 + 1.5 * max(deploys))
    due = ready.replace(second=0, microsecond=0) + timedelta(minutes=1)
    month = (due.replace(day=1) - timedelta(days=1)).date().replace(day=1)
    header, *rows = account.read("landing", "flights/2013-01-01.csv").decode().splitlines()
    day = [re.sub(r"^2013,1,1,", f"{month.year},{month.month},1,", row) for row in rows if ",HA," in row]
    weather = account.read("reference", "weather/2013-01-01.csv")
    s3 = account.client("s3")
    s3.put_object(Bucket="nyc-flights-reference-dev", Key=f"weather/{month}.csv", Body=weather)
    s3.put_object(
        Bucket="nyc-flights-landing-dev",
        Key=f"flights/{month}.csv",
        Body="\n".join([header, *day, ""]).encode(),
    )

    assert account.ended("daily_delays", f"{month}-")["status"] == "SUCCEEDED"

    account.edit(
        "statemachines/monthly_report.py",
        'Cron("0 6 1 * ? *", timezone="America/New_York")',
        f'Cron("{due.minute} {due.hour} {due.day} {due.month} ? {due.year}", timezone="UTC", '
        'input={"last_day": 1})',
    )
    _, deploy, _, _ = readme_commands()
    changed = changes(account.shell(deploy))
    # The package says what starts a workflow, and all functions share it.
    others = [each for each in changed if not each.startswith("Updating function: ")]
    assert others == ["Updating schedule: nyc-flights-dev-monthly_report-1"]

    run = account.ended("monthly_report", "", 300)
    assert run["status"] == "SUCCEEDED", run
    given = json.loads(run["input"])
    assert datetime.fromisoformat(given["scheduled_for"]) == due
    assert given["last_day"] == 1
    assert json.loads(run["output"])["days"] == 1
    assert f"{month:%Y-%m}/index.html" in account.objects("reports")


def test_nothing_was_left_unstarted(account: Account) -> None:
    """The dead-letter queue is empty."""
    assert account.messages("nyc-flights-dev-ladle-dead-letters") == []


def test_the_command_deletes_the_stage(account: Account) -> None:
    """After `chalice delete` the account has what it had before; buckets and what is in them stay."""
    _, _, _, delete = readme_commands()
    account.shell(delete)
    assert account.inventory() == before
    assert "2013-01-01/report.json" in account.objects("reports")
