from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cop_portal.demo import DemoRefusedError, load_demo


class Command(BaseCommand):
    """`manage.py demo`: loads the demo community into an empty development portal."""

    help = "Loads the demo community. Run twice it changes nothing."

    def handle(self, *args: str, **options: object) -> None:
        try:
            for line in load_demo(now=timezone.now()):
                self.stdout.write(f"demo: {line}")
        except DemoRefusedError as error:
            raise CommandError(str(error)) from error
