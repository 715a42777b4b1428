"""The settings of an S3 bucket for files. Imports no package: settings are read before any is needed."""

from typing import Any
from urllib.parse import urlsplit

SIGNED_SECONDS = 60  # how long an address that members are sent to may be used


def options_of(bucket: str, *, endpoint: str, region: str, key: str, secret: str, prefix: str) -> dict[str, Any]:
    """Returns the options of the storage. With an `endpoint` of one's own the bucket is part of the path."""
    return {
        "bucket_name": bucket,
        "endpoint_url": endpoint or f"https://s3.{region}.amazonaws.com",
        "addressing_style": "path" if endpoint else "virtual",
        "region_name": region,
        "access_key": key or None,
        "secret_key": secret or None,
        "location": prefix,
        "signature_version": "s3v4",
        "querystring_expire": SIGNED_SECONDS,
        "default_acl": None,
        "file_overwrite": True,  # names are random; asking first whether one is taken costs a request
    }


def origin_of(bucket: str, *, endpoint: str, region: str) -> str:
    """Returns the origin of signed addresses, which pages must be allowed to show pictures from."""
    if not endpoint:
        return f"https://{bucket}.s3.{region}.amazonaws.com"
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"
