from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin app with the portal's site (a module of its own: it loads before any model)."""

    default_site = "cop_portal.admin_site.PortalAdminSite"
