"""From the source of a workflow to its typed form."""
