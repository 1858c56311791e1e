"""IAM roles with their policies."""

from __future__ import annotations

import json

from ladle.deploy.resources import ManagedPolicy, Role
from ladle.deploy.services.base import Aws, Found, Values, gone, pairs

__all__ = ["ManagedPolicies", "Roles"]


class Roles:
    """Roles. Policies that a role no longer has are removed."""

    def read(self, aws: Aws, resource: Role) -> Found | None:
        found = gone(aws.client("iam").get_role, RoleName=resource.name)
        if found is None:
            return None
        tags = {each["Key"]: each["Value"] for each in found["Role"].get("Tags", [])}
        return Found({"arn": found["Role"]["Arn"], "name": resource.name}, tags)

    def create(self, aws: Aws, resource: Role) -> Values:
        boundary = {"PermissionsBoundary": resource.boundary} if resource.boundary else {}
        made = aws.client("iam").create_role(
            RoleName=resource.name,
            Path=resource.path,
            AssumeRolePolicyDocument=json.dumps(resource.trust),
            Tags=pairs(resource.tags),
            **boundary,
        )
        self._put(aws, resource)
        return {"arn": made["Role"]["Arn"], "name": resource.name}

    def update(self, aws: Aws, resource: Role, values: Values) -> Values:
        client = aws.client("iam")
        client.update_assume_role_policy(RoleName=resource.name, PolicyDocument=json.dumps(resource.trust))
        if resource.boundary:
            client.put_role_permissions_boundary(
                RoleName=resource.name, PermissionsBoundary=resource.boundary
            )
        else:
            gone(client.delete_role_permissions_boundary, RoleName=resource.name)
        self._put(aws, resource)
        for name in self._policies(aws, resource.name):
            if name not in resource.documents:
                gone(client.delete_role_policy, RoleName=resource.name, PolicyName=name)
        for attached in client.list_attached_role_policies(RoleName=resource.name)["AttachedPolicies"]:
            if attached["PolicyArn"] not in resource.attached:
                gone(client.detach_role_policy, RoleName=resource.name, PolicyArn=attached["PolicyArn"])
        client.tag_role(RoleName=resource.name, Tags=pairs(resource.tags))
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        client, name = aws.client("iam"), values["name"]
        if gone(client.get_role, RoleName=name) is None:
            return
        for policy in self._policies(aws, name):
            gone(client.delete_role_policy, RoleName=name, PolicyName=policy)
        for attached in client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            gone(client.detach_role_policy, RoleName=name, PolicyArn=attached["PolicyArn"])
        gone(client.delete_role, RoleName=name)

    def _put(self, aws: Aws, resource: Role) -> None:
        for name, document in resource.documents.items():
            aws.client("iam").put_role_policy(
                RoleName=resource.name, PolicyName=name, PolicyDocument=json.dumps(document)
            )
        for policy in resource.attached:
            aws.client("iam").attach_role_policy(RoleName=resource.name, PolicyArn=policy)

    def _policies(self, aws: Aws, role: str) -> list[str]:
        found: list[str] = aws.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
        return found


class ManagedPolicies:
    """Managed policies. IAM keeps five versions of one: here the latest is the only one."""

    def read(self, aws: Aws, resource: ManagedPolicy) -> Found | None:
        found = gone(aws.client("iam").get_policy, PolicyArn=aws.text(resource.arn))
        if found is None:
            return None
        tags = {each["Key"]: each["Value"] for each in found["Policy"].get("Tags", [])}
        return Found({"arn": found["Policy"]["Arn"], "name": resource.name}, tags)

    def create(self, aws: Aws, resource: ManagedPolicy) -> Values:
        made = aws.client("iam").create_policy(
            PolicyName=resource.name,
            Path=resource.path,
            PolicyDocument=json.dumps(resource.document),
            Tags=pairs(resource.tags),
        )
        return {"arn": made["Policy"]["Arn"], "name": resource.name}

    def update(self, aws: Aws, resource: ManagedPolicy, values: Values) -> Values:
        client, arn = aws.client("iam"), values["arn"]
        self._forget(aws, arn)
        document = json.dumps(resource.document)
        client.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
        self._forget(aws, arn)
        client.tag_policy(PolicyArn=arn, Tags=pairs(resource.tags))
        return {"arn": arn, "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        client, arn = aws.client("iam"), values["arn"]
        if gone(client.get_policy, PolicyArn=arn) is None:
            return
        self._forget(aws, arn)
        for role in client.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]:
            gone(client.detach_role_policy, RoleName=role["RoleName"], PolicyArn=arn)
        gone(client.delete_policy, PolicyArn=arn)

    def _forget(self, aws: Aws, arn: str) -> None:
        """Delete all versions but the one in force."""
        client = aws.client("iam")
        for version in client.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                gone(client.delete_policy_version, PolicyArn=arn, VersionId=version["VersionId"])
