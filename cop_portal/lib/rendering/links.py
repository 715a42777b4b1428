"""Bare addresses: http:// and https:// become links whatever their host; names without a scheme never do."""

from markdown import Extension, Markdown
from pymdownx.magiclink import MagiclinkExtension, MagiclinkPattern

# The group must exist; nothing without a scheme may match it.
_BARE_ADDRESS = r"(?i)(?<!\w)(?:https?://|(?P<www>(?!)))"


class BareLinksExtension(Extension):
    """magiclink, without `www.`, ftp, mail addresses and names of repositories."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the library's name)
        magic = MagiclinkExtension()
        magic.extendMarkdown(md)
        pattern = MagiclinkPattern(_BARE_ADDRESS, md)
        pattern.config = magic.getConfigs()
        md.inlinePatterns.register(pattern, "magic-link", 85)
        md.inlinePatterns.deregister("magic-mail")
