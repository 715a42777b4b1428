"""Forms that create something: sent again, they create nothing more and lead to the same page."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.shortcuts import resolve_url

from members.guards import SentForm
from members.models import Member

KEPT_FOR = timedelta(days=7)


class KeyField(forms.UUIDField):
    """A key that is made when the form is shown. One that is missing or damaged is replaced by a new one."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, initial=uuid.uuid4, **kwargs)

    def clean(self, value: Any) -> uuid.UUID:
        return self._key(value) or uuid.uuid4()

    def bound_data(self, data: Any, initial: Any) -> Any:
        return self._key(data) or initial

    def _key(self, value: Any) -> uuid.UUID | None:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


class OnceForm(forms.Form):
    """A mixin for forms that create something: `key` is the same each time the same words are sent.

        class TopicForm(OnceForm, forms.ModelForm[Topic]): ...

        form = TopicForm(request.POST)
        if form.is_valid():
            key = form.cleaned_data["key"]
            return redirect(once(request.user, key, create=lambda: propose(form, by=request.user), now=now))

    Its template shows `{{ form.key }}` among the hidden fields, as `{{ form }}` does by itself.
    """

    key = KeyField()

    def clean_key(self) -> uuid.UUID:
        """What was typed is part of it: after the browser's Back, other words are another form."""
        fields = getattr(self.data, "lists", self.data.items)()
        typed = sorted((name, value) for name, value in fields if name != "csrfmiddlewaretoken")
        files = sorted((name, str(file), getattr(file, "size", 0)) for name, file in self.files.items())
        return uuid.uuid5(self.cleaned_data["key"], repr((typed, files)))


def once(member: Member, key: uuid.UUID, *, create: Callable[[], Any], now: datetime) -> str:
    """Returns the address of what `create` made, now or when this form was sent before.

    `create` returns a row with `get_absolute_url`, or an address. It runs at most once for a member
    and key, in the transaction that notes the key: others that come meanwhile wait for its end, and
    try themselves should it fail.
    """
    with transaction.atomic():
        sent, is_first = SentForm.objects.get_or_create(member=member, key=key, defaults={"url": "", "at": now})
        if is_first:
            sent.url = resolve_url(create())
            sent.save(update_fields=["url"])
    return sent.url


def forget_sent_forms(now: datetime) -> int:
    """Deletes the keys of forms that nobody will send again; returns how many."""
    return SentForm.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
