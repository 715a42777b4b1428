from typing import Any

from django.core.management.base import BaseCommand

from library.rendered import render_again


class Command(BaseCommand):
    """Makes stored HTML again that an older renderer made; may be stopped and started again."""

    help = "Render the library's Markdown again where an older version of the portal did."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in render_again():
            self.stdout.write(line)
        self.stdout.write(self.style.SUCCESS("All texts are rendered."))
