"""Agendas: timed blocks of one session, and the templates the formats offer."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.formats import Format


class AgendaTemplate(models.Model):
    """What a format usually looks like; admins edit it."""

    format = models.CharField(_("format"), max_length=24, choices=Format, unique=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    people_from = models.PositiveSmallIntegerField(_("people, from"), default=2)
    people_to = models.PositiveSmallIntegerField(_("people, to"), default=30)
    audience_note = models.CharField(_("usually for"), max_length=160, blank=True)
    before = models.CharField(_("how to prepare"), max_length=300, blank=True)
    note = models.CharField(_("note for the lead"), max_length=300, blank=True)

    class Meta:
        app_label = "cop_sessions"
        verbose_name = _("agenda template")
        verbose_name_plural = _("agenda templates")
        ordering = ("format",)

    def __str__(self) -> str:
        return str(Format(self.format).label)


class TemplateStep(models.Model):
    """One block of a template."""

    template = models.ForeignKey(AgendaTemplate, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    title = models.CharField(_("what happens"), max_length=160)

    class Meta:
        app_label = "cop_sessions"
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """One block of a session; its time of day follows from the session's start and the blocks before it."""

    session = models.ForeignKey("cop_sessions.Session", on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    title = models.CharField(_("what happens"), max_length=160)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("led by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        app_label = "cop_sessions"
        verbose_name = _("agenda block")
        verbose_name_plural = _("agenda blocks")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title


def load_templates(content: dict[str, Any]) -> dict[str, AgendaTemplate]:
    """Creates the templates of the shipped content that are missing; returns all of them by format."""
    for entry in content["session_templates"]:
        people_from, people_to = entry["people"]
        template, is_new = AgendaTemplate.objects.get_or_create(
            format=entry["slug"],
            defaults={
                "minutes": entry["minutes"],
                "people_from": people_from,
                "people_to": people_to,
                "audience_note": entry["audience"],
                "before": entry["before"],
                "note": entry.get("trio_note", ""),
            },
        )
        if is_new:
            TemplateStep.objects.bulk_create(
                TemplateStep(template=template, position=position, minutes=minutes, title=title)
                for position, (minutes, title) in enumerate(entry["steps"])
            )
    return {template.format: template for template in AgendaTemplate.objects.prefetch_related("steps")}
