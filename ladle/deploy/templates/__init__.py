"""The resources of a stage as templates of other deployers: CloudFormation (SAM) and Terraform."""
