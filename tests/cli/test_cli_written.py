"""`ladle run FILE.asl.json`: state machines that a person wrote, with the project's tasks."""

import json

MACHINE = {
    "Comment": "By hand, in JSONPath",
    "StartAt": "length",
    "States": {
        "length": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "${length}", "Payload": {"args": {"word.$": "$.word"}}},
            "OutputPath": "$.Payload",
            "Next": "nested",
        },
        "nested": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": "${wait_long}", "Input": {"times": 0}},
            "OutputPath": "$.Output",
            "Next": "send",
        },
        "send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
            "Parameters": {"Bucket": "reports", "Key": "by-hand.txt", "Body.$": "States.Format('{}', $)"},
            "ResultPath": None,
            "End": True,
        },
    },
}


def test_it_calls_tasks_workflows_and_services(ladle, project):
    """Functions and machines by name, AWS in memory; kept like any run."""
    (project / "hand.asl.json").write_text(json.dumps(MACHINE))
    result = ladle("run", "hand.asl.json", "--input", '{"word": "rose"}', "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert (record["workflow"], record["output"]) == ("hand", 1)
    assert (project / ".ladle/aws/reports/by-hand.txt").read_text() == "1"
    assert "nested   1 run (1 succeeded)" in ladle("show", "last").stdout


def test_a_wrong_definition_is_refused_with_its_problems(ladle, project):
    """As `ladle check` tells them, before anything runs."""
    (project / "hand.asl.json").write_text('{"StartAt": "A", "States": {"B": {"Type": "Pass", "End": true}}}')
    result = ladle("run", "hand.asl.json")
    assert result.exit_code == 1
    assert "A301" in result.stderr
    assert ladle("run", "nothing.asl.json").exit_code == 2
    (project / "hand.asl.json").write_text(
        json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${nobody}", "End": True}}})
    )
    unknown = ladle("run", "hand.asl.json")
    assert (unknown.exit_code, "${nobody}" in unknown.stderr) == (2, True)
