from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cop_portal.archive.writing import BackupRefusedError, write_backup


class Command(BaseCommand):
    """`manage.py backup DIR`: every row and file into a folder, while the portal runs."""

    help = "Write every row and file into a folder. Answers of open polls are left out: they stay anonymous."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: str, folder: Path, **options: object) -> None:
        try:
            for line in write_backup(folder, now=timezone.now()):
                self.stdout.write(f"backup: {line}")
        except BackupRefusedError as error:
            raise CommandError(str(error)) from error
