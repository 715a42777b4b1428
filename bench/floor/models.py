from django.db import models


class Shelf(models.Model):
    """What rows stand on, so that a list has something to join."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Row(models.Model):
    """One line of the list."""

    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="rows")
    title = models.CharField(max_length=120)
    summary = models.TextField()
    added = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.title
