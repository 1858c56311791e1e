"""Jobs that a task waits for (`.sync`) in the AWS in memory: followed to their ends, or refused."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name

from ladle.asl.integrations import OPTIMIZED, SYNC
from ladle.engine import Engine, TaskSucceeded, VirtualClock, compile_machine
from ladle.engine.protocols import TaskFailed, TaskSubmitted
from ladle.local.aws import AwsServices
from ladle.local.aws.forms import FORMS
from ladle.local.aws.jobs import JOBS, run_job
from ladle.services import naming

Clients = Callable[[str], Any]
RunTask = Callable[..., Any]
ROLE = "arn:aws:iam::123456789012:role/job"


def output(execution: Any) -> Any:
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause)
    return {name: value for name, value in execution.output.items() if not name.startswith("Sdk")}


def test_every_job_that_step_functions_waits_for_is_known() -> None:
    """But for runs of machines, which are the engine's own, and `eks:runJob`, which no service has."""
    waited = {
        (service, action)
        for service, actions in OPTIMIZED.items()
        for action, patterns in actions.items()
        if SYNC in patterns
    }
    assert waited - set(JOBS) == {("states", "startExecution"), ("eks", "runJob")}
    assert set(JOBS) <= waited


def in_moto(service: str, action: str) -> bool:
    """Whether moto has an action of a service."""
    try:
        module = importlib.import_module(f"moto.{service.replace('-', '')}.responses")
    except ModuleNotFoundError:
        return False
    form = FORMS.get((service, action))
    wanted = xform_name(form.action if form else action)
    return any(hasattr(one, wanted) for _, one in inspect.getmembers(module, inspect.isclass))


@pytest.mark.parametrize(("service", "action"), JOBS, ids=lambda value: str(value))
def test_what_the_aws_in_memory_does_not_do_is_known(service: str, action: str) -> None:
    """So that it is refused before anything is called, and used once moto does it."""
    home = naming.OPTIMIZED[service].service
    form = FORMS.get((service, action))
    can = in_moto(home, form.action if form else action) and in_moto(home, JOBS[service, action].describe)
    assert can is JOBS[service, action].in_memory


SAGEMAKER: dict[str, dict[str, Any]] = {
    "ProcessingJob": {
        "AppSpecification": {"ImageUri": "image"},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
        "RoleArn": ROLE,
    },
    "TransformJob": {
        "ModelName": "m",
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/"}}},
        "TransformOutput": {"S3OutputPath": "s3://b/"},
        "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
    },
    "HyperParameterTuningJob": {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "ResourceLimits": {"MaxParallelTrainingJobs": 1},
        },
    },
}


@pytest.mark.parametrize("kind", SAGEMAKER)
def test_jobs_of_sagemaker(task: RunTask, kind: str) -> None:
    """Each is named and described alike."""
    given = {f"{kind}Name": "one", **SAGEMAKER[kind]}
    found = output(task(f"arn:aws:states:::sagemaker:create{kind}.sync", given))
    assert (found[f"{kind}Name"], found[f"{kind}Status"]) == ("one", "Completed")


def test_clusters_and_node_groups_of_eks(task: RunTask) -> None:
    """Made, and removed: what is not there any more has been."""
    network = {"SubnetIds": ["subnet-1", "subnet-2"]}
    cluster = {"Name": "one", "RoleArn": ROLE, "ResourcesVpcConfig": network}
    found = output(task("arn:aws:states:::eks:createCluster.sync", cluster))
    assert found["Cluster"]["Status"] == "ACTIVE"
    assert found["Cluster"]["Endpoint"]
    names = {"ClusterName": "one", "NodegroupName": "workers"}
    group = {**names, "NodeRole": ROLE, "Subnets": ["subnet-1"]}
    assert output(task("arn:aws:states:::eks:createNodegroup.sync", group))["Nodegroup"]["Status"] == "ACTIVE"
    assert output(task("arn:aws:states:::eks:deleteNodegroup.sync", names))
    assert (
        output(task("arn:aws:states:::eks:deleteCluster.sync", {"Name": "one"}))["Cluster"]["Name"] == "one"
    )


def test_a_cluster_of_emr(task: RunTask, aws: Clients) -> None:
    """Under the names that Step Functions has for its actions; a step would run on it for ever."""
    given = {
        "Name": "one",
        "ServiceRole": "EMR_DefaultRole",
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ReleaseLabel": "emr-7.1.0",
        "Instances": {
            "KeepJobFlowAliveWhenNoSteps": True,
            "MasterInstanceType": "m5.xlarge",
            "InstanceCount": 1,
        },
    }
    found = output(task("arn:aws:states:::elasticmapreduce:createCluster.sync", given))
    assert found["Cluster"]["Id"] == found["ClusterId"]
    protect = {"ClusterId": found["ClusterId"], "TerminationProtected": False}
    output(task("arn:aws:states:::elasticmapreduce:setClusterTerminationProtection", protect))
    step = {"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar"}, "ActionOnFailure": "CONTINUE"}
    where = {"ClusterId": found["ClusterId"], "Step": step}
    assert output(task("arn:aws:states:::elasticmapreduce:addStep", where))["StepId"].startswith("s-")
    refused = task("arn:aws:states:::elasticmapreduce:addStep.sync", where)
    assert refused.error == "States.Runtime"
    assert "does not end in the AWS in memory" in refused.cause
    ended = output(
        task("arn:aws:states:::elasticmapreduce:terminateCluster.sync", {"ClusterId": found["ClusterId"]})
    )
    assert ended["Cluster"]["Status"]["State"] == "TERMINATED"
    assert aws("emr").list_clusters()["Clusters"][0]["Status"]["State"] == "TERMINATED"


def test_applications_of_emr_serverless(task: RunTask) -> None:
    """The job runs, and the application is stopped and removed; results are those of the documentation."""
    given = {"Name": "one", "ReleaseLabel": "emr-6.6.0", "Type": "SPARK"}
    made = output(task("arn:aws:states:::emr-serverless:createApplication.sync", given))
    there = {"ApplicationId": made["ApplicationId"]}
    run = output(
        task(
            "arn:aws:states:::emr-serverless:startJobRun.sync",
            {**there, "ExecutionRoleArn": ROLE, "JobDriver": {"SparkSubmit": {"EntryPoint": "s3://b/x.py"}}},
        )
    )
    assert run["JobRunId"]
    assert output(task("arn:aws:states:::emr-serverless:stopApplication.sync", there)) == there
    assert output(task("arn:aws:states:::emr-serverless:startApplication.sync", there)) == there
    output(task("arn:aws:states:::emr-serverless:stopApplication.sync", there))
    assert output(task("arn:aws:states:::emr-serverless:deleteApplication.sync", there)) == there


def test_a_virtual_cluster_of_emr_on_eks(task: RunTask, aws: Clients) -> None:
    """Removed; a job would run on it for ever."""
    output(
        task(
            "arn:aws:states:::eks:createCluster.sync",
            {"Name": "k", "RoleArn": ROLE, "ResourcesVpcConfig": {"SubnetIds": ["subnet-1"]}},
        )
    )
    provider = {"type": "EKS", "id": "k", "info": {"eksInfo": {"namespace": "n"}}}
    cluster = aws("emr-containers").create_virtual_cluster(name="v", containerProvider=provider)["id"]
    job = {
        "Name": "j",
        "VirtualClusterId": cluster,
        "ExecutionRoleArn": ROLE,
        "ReleaseLabel": "emr-6.3.0-latest",
        "JobDriver": {"SparkSubmitJobDriver": {"EntryPoint": "s3://b/x.py"}},
    }
    assert "does not end" in task("arn:aws:states:::emr-containers:startJobRun.sync", job).cause
    ended = output(task("arn:aws:states:::emr-containers:deleteVirtualCluster.sync", {"Id": cluster}))
    assert ended["State"] == "TERMINATED"


@pytest.mark.parametrize(
    ("resource", "fake"),
    [
        ("databrew:startJobRun", "aws.databrew.start_job_run"),
        ("mediaconvert:createJob", "aws.mediaconvert.create_job"),
        ("codebuild:startBuildBatch", "aws.codebuild.start_build_batch"),
        ("sagemaker:createLabelingJob", "aws.sagemaker.create_labeling_job"),
        ("eks:runJob", "aws.eks.run_job"),
    ],
)
def test_what_is_not_done_here_is_refused_with_the_ways_round(
    task: RunTask, resource: str, fake: str
) -> None:
    """A function in its place in tests, or one's own account; nothing is called before."""
    found = task(f"arn:aws:states:::{resource}.sync", {"Name": "x"})
    assert found.error == "States.Runtime"
    assert f"local runs cannot wait for the end of what {resource} starts" in found.cause
    assert f'plain_run(…, fakes={{"{fake}": …}})' in found.cause
    assert "--aws real" in found.cause


@pytest.mark.parametrize(("service", "action"), JOBS, ids=lambda value: str(value))
def test_a_job_ends_as_its_service_says(service: str, action: str) -> None:
    """Whatever the service: with each status that stands for success, and each that stands for failure."""
    job = JOBS[service, action]
    given: dict[str, Any] = dict.fromkeys(
        ("Name", "JobName", "Id", "ClusterId", "ClusterName", "NodegroupName", "VirtualClusterId"), "x"
    )
    given |= {"ApplicationId": "x", "JobRunId": "x"}
    given |= {f"{kind}Name": "x" for kind in ("ProcessingJob", "TransformJob", "TrainingJob", "LabelingJob")}
    given["HyperParameterTuningJobName"] = "x"
    for status in (*job.succeeded, *job.failed):
        outcomes: list[Any] = []
        run_job(job, action, given, Answers(status), outcomes.append)
        assert isinstance(outcomes[0], TaskSubmitted)
        wanted = TaskSucceeded if status in job.succeeded else TaskFailed
        assert isinstance(outcomes[1], wanted), status
        if wanted is TaskFailed:
            assert outcomes[1].error == "States.TaskFailed"


class Answers:
    """A service whose every answer has every field that any job is read from."""

    def __init__(self, status: str) -> None:
        self.status = status

    def __call__(self, _action: str, _arguments: Any) -> TaskSucceeded:
        one: dict[str, Any] = {"Id": "i", "State": self.status, "LastStatus": self.status, "Containers": []}
        one |= {"JobRunState": self.status, "BuildStatus": self.status, "BuildBatchStatus": self.status}
        if self.status == "FAILED":
            one |= {"LastStatus": "STOPPED", "Containers": [{"ExitCode": 1}]}
        kinds = ("Training", "Processing", "Transform", "Labeling", "HyperParameterTuning")
        top = {f"{kind}JobStatus": self.status for kind in kinds}
        top |= {"State": self.status, "Status": self.status, "TaskArn": "t", "JobArn": "j"}
        top |= dict.fromkeys(
            ("JobId", "RunId", "JobRunId", "QueryExecutionId", "StepId", "ClusterId", "Id"), "i"
        )
        deep = {**one, "Status": {"State": self.status}}
        flat = {**one, "Status": self.status}
        top |= {"Cluster": Both(self.status, one), "Step": deep, "QueryExecution": deep, "JobRun": flat}
        top |= {"Job": flat, "Build": flat, "BuildBatch": flat, "Application": flat, "VirtualCluster": flat}
        top |= {"Nodegroup": flat, "Builds": [flat], "BuildBatches": [flat], "Jobs": [flat]}
        top |= {"Tasks": [{**flat, "TaskArn": "t"}]}
        return TaskSucceeded(top)


class Both(dict[str, Any]):
    """A cluster, whose status is a word with EKS, and an object with EMR."""

    def __init__(self, status: str, more: dict[str, Any]) -> None:
        super().__init__(**more)
        self["Status"] = Status(status)


class Status(str):
    """A word that has itself as its state."""

    def __getitem__(self, key: Any) -> str:  # type: ignore[override]
        return str(self) if key == "State" else super().__getitem__(key)


def test_a_workflow_waits_for_a_job_here(aws: Clients) -> None:
    """From the definition to the output, as `ladle run` does it."""
    del aws
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
        "Arguments": {"ProcessingJobName": "one", **SAGEMAKER["ProcessingJob"]},
        "Output": "{% $states.result.ProcessingJobStatus %}",
        "End": True,
    }
    engine = Engine(AwsServices(), clock=VirtualClock())
    machine = {"StartAt": "T", "QueryLanguage": "JSONata", "States": {"T": state}}
    execution = engine.start(compile_machine(json.dumps(machine), name="m"), {})
    engine.run(execution)
    assert execution.output == "Completed"
