"""The floor: the least that a page of Django costs. One view, one template, 50 rows, 5 queries."""
