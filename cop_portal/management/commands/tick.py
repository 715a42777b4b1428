from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cop_portal.tick import tick


class Command(BaseCommand):
    help = "Does the periodic work once. Run it every minute; late, twice or in parallel does no harm."

    def handle(self, **options: Any) -> None:
        failed = tick(timezone.now())
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")
