"""What the worker does for the practice app."""

from django.tasks import task

from practice.drawing import run_draw


@task()
def draw_round(round_id: int, draw_number: int) -> None:
    """Draws the groups of a round, unless somebody asked for another draw meanwhile."""
    run_draw(round_id, draw_number)
