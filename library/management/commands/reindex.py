from typing import Any

from django.core.management.base import BaseCommand

from library.indexing import reindex


class Command(BaseCommand):
    """Writes the search index anew; may be stopped and started again at any moment."""

    help = "Write the search index of the library anew."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for done, total in reindex():
            self.stdout.write(f"{done} of {total}")
        self.stdout.write(self.style.SUCCESS(f"{done} materials can be found."))
