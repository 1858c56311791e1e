"""The views of the page, one module each: a stage and a query in, plain JSON values out."""
