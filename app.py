"""The Chalice app: hands the project's workflows and tasks to `chalice deploy`."""

from chalice import Chalice

from ladle.deploy.chalice import attach

app = Chalice(app_name="nyc-flights")
attach(app)
