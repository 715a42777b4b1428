"""What the search looks at: one row a material, written by `library.indexing`, read by `library.finding`."""

from django.db import models


class SearchEntry(models.Model):
    """The words of one material as tokens (`library.words.written`), and how much it weighs among equals.

    On SQLite triggers keep two FTS5 tables beside it, on PostgreSQL it has three generated `tsvector`
    columns; the migration `search_index` makes them. The short columns come first: a row's long ones lie
    on other pages of the database, which ranking then need not read.
    """

    material = models.OneToOneField(
        "library.Material", on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    weight = models.IntegerField(help_text="day of publication since 1970, and 14 days for each member it helped")
    has_file_text = models.BooleanField(default=False)
    title = models.TextField()
    tags = models.TextField()
    beginnings = models.TextField(help_text="words of title and tags, not stemmed: for suggestions")
    body = models.TextField(help_text="summary, text, answers")
    file = models.TextField(help_text="text of the newest file")

    class Meta:
        app_label = "library"

    def __str__(self) -> str:
        return str(self.material_id)
