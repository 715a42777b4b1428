from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed static files; imports inside our ES modules are rewritten as well."""

    support_js_module_import_aggregation = True
