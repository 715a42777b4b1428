from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cop_portal.setup_check import findings


class Command(BaseCommand):
    """`manage.py check_setup`: tells in words what is missing before members come; exit 1 while something is."""

    help = "Tell what is missing before this portal should face the world."

    def handle(self, *args: Any, **options: Any) -> None:
        missing = 0
        for one in findings(timezone.now()):
            missing += one.must and not one.is_well
            mark = self.style.SUCCESS("ok  ") if one.is_well else self.style.ERROR("todo") if one.must else "note"
            self.stdout.write(f"{mark} {one.subject}{': ' if one.advice else ''}{one.advice}")
        if missing:
            raise CommandError(f"Still to do: {missing}.")
