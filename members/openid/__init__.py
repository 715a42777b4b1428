"""Signing in with any OpenID Connect provider that the environment names."""
