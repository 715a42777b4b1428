from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cop_portal.archive.reading import RestoreRefusedError, restore_backup


class Command(BaseCommand):
    """`manage.py restore DIR`: a backup into an empty portal, on either database."""

    help = "Fill an empty portal with a backup, of this version or an older one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: str, folder: Path, **options: object) -> None:
        try:
            for line in restore_backup(folder):
                self.stdout.write(f"restore: {line}")
        except RestoreRefusedError as error:
            raise CommandError(str(error)) from error
