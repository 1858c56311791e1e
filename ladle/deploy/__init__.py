"""Shipping a project to AWS: everything that a stage consists of, as plain data, and what creates it.

`stage` reads what differs between stages, `assemble` turns a project and a stage into `resources`, `package`
says what travels in the Lambda package. `services` knows how each kind of resource is made on AWS, and
`chalice` hands all of it to `chalice deploy`.
"""
