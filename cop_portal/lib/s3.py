"""Files in an S3 bucket (the optional extra `s3`): members are sent there by an address signed for a minute."""

from typing import Any

from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

from cop_portal.lib.buckets import SIGNED_SECONDS


class SignedS3Storage(S3Storage):
    """A private bucket; nothing in it has an address that lasts."""

    def signed_address(self, name: str, *, shown_name: str, media_type: str, inline: bool) -> str:
        """Returns where a file can be fetched within SIGNED_SECONDS, and what the bucket is to say of it."""
        answer: dict[str, Any] = {
            "ResponseContentType": media_type,
            "ResponseContentDisposition": content_disposition_header(not inline, shown_name) or "attachment",
            "ResponseCacheControl": "private, no-cache",
        }
        return str(self.url(name, parameters=answer, expire=SIGNED_SECONDS))
