from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from library.import_actions import begin_import, run_import, start_import
from library.importing import archives
from library.importing.entries import UnreadableFileError
from library.models import Import, Material
from members.models import Member


class Command(BaseCommand):
    """Brings the zip of an export along that is too large for the page."""

    help = "Adds what the zip of an export holds, for one member. Stopped in the middle, the same command goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--member", required=True, help="mail address of whom it will belong to")

    def handle(self, *args: Any, file: Path, member: str, **options: Any) -> None:
        owner = Member.objects.filter(email__iexact=member, is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no active member {member}.")
        for done, total in run_import(self._begun(file, owner)):
            self.stdout.write(f"{done} of {total}")

    def _begun(self, file: Path, owner: Member) -> Import:
        same = Import.objects.filter(member=owner, name=file.name[:120], state=Import.State.RUNNING)
        if known := same.first():
            return known
        try:
            content = file.read_bytes()
            with file.open("rb") as archive:
                new = begin_import(
                    archives.entries(archive), source=Import.Source.ARCHIVE, name=file.name[:120], archive=content,
                    by=owner, now=timezone.now(),
                )  # fmt: skip
        except (OSError, UnreadableFileError) as problem:
            raise CommandError(str(problem)) from problem
        start_import(new, shown_as=Material.ShownAs.OWNER, audience=Material.Audience.MEMBERS)
        return new
