"""Activities: tasks that workers fetch, and the tags of activities and machines."""

from __future__ import annotations

from typing import Any

from ladle.local.stepfunctions.checks import check_arn, check_name
from ladle.local.stepfunctions.errors import ApiError, no_resource
from ladle.local.stepfunctions.machines import OWN_KEY
from ladle.local.stepfunctions.paging import page
from ladle.local.stepfunctions.world import Activity, Desk

__all__ = [
    "create_activity",
    "delete_activity",
    "describe_activity",
    "get_activity_task",
    "list_activities",
    "list_tags_for_resource",
    "tag_resource",
    "untag_resource",
]


def create_activity(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """CreateActivity. Creating one again changes nothing."""
    name = request["name"]
    check_name(name)
    arn = desk.arn("activity", name)
    world = desk.world
    if arn not in world.activities:
        encryption = request.get("encryptionConfiguration") or dict(OWN_KEY)
        world.activities[arn] = Activity(arn, name, world.now(), encryption)
        world.engine.activities.create(arn)
        world.tags[arn] = {tag["key"]: tag.get("value", "") for tag in request.get("tags") or ()}
    return {"activityArn": arn, "creationDate": world.activities[arn].created}


def _found(desk: Desk, arn: str) -> Activity:
    check_arn(arn, "activity")
    found = desk.world.activities.get(arn)
    if found is None:
        raise ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
    return found


def describe_activity(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeActivity."""
    found = _found(desk, request["activityArn"])
    return {**_item(found), "encryptionConfiguration": found.encryption}


def delete_activity(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteActivity. Deleting one that is not there changes nothing."""
    arn = request["activityArn"]
    check_arn(arn, "activity")
    if desk.world.activities.pop(arn, None) is not None:
        desk.world.engine.activities.delete(arn)
        desk.world.tags.pop(arn, None)
    return {}


def list_activities(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ListActivities, in the order of creation."""
    here = desk.arn("activity", "")
    found = [activity for arn, activity in desk.world.activities.items() if arn.startswith(here)]
    items, more = page(found, request, "activities")
    return {"activities": [_item(activity) for activity in items], **more}


def _item(activity: Activity) -> dict[str, Any]:
    return {"activityArn": activity.arn, "name": activity.name, "creationDate": activity.created}


def get_activity_task(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """GetActivityTask. Where there is no task the answer comes at once, without one: no time passes."""
    found = _found(desk, request["activityArn"])
    with desk.world.driver.if_free() as free:
        if free:
            desk.world.driver.settle()
        task = desk.world.engine.activities.take(found.arn, request.get("workerName"))
    return {} if task is None else {"taskToken": task.token, "input": task.input}


# Tags -----------------------------------------------------------------------------------------------------


def _tags(desk: Desk, arn: str) -> dict[str, str]:
    check_arn(arn, "stateMachine", "activity")
    if arn not in desk.world.machines and arn not in desk.world.activities:
        raise no_resource(arn)
    return desk.world.tags.setdefault(arn, {})


def tag_resource(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """TagResource, for machines and activities."""
    tags = _tags(desk, request["resourceArn"])
    tags |= {tag["key"]: tag.get("value", "") for tag in request["tags"]}
    return {}


def untag_resource(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """UntagResource."""
    tags = _tags(desk, request["resourceArn"])
    for key in request["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ListTagsForResource."""
    tags = _tags(desk, request["resourceArn"])
    return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
