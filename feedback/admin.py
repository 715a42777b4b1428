"""The feedback app in the Django admin: question sets only. Open answers are in no admin."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Poll, Question, QuestionSet


class QuestionInline(admin.TabularInline[Question, QuestionSet]):
    model = Question
    extra = 0
    fields = ("position", "key", "type", "text", "options", "low", "high", "for_absent", "required")

    def has_add_permission(self, request: HttpRequest, obj: QuestionSet | None = None) -> bool:
        return self._may_edit(obj)

    def has_change_permission(self, request: HttpRequest, obj: QuestionSet | None = None) -> bool:
        return self._may_edit(obj)

    def has_delete_permission(self, request: HttpRequest, obj: QuestionSet | None = None) -> bool:
        return self._may_edit(obj)

    def _may_edit(self, obj: QuestionSet | None) -> bool:
        return obj is not None and not is_in_use(obj)


@admin.register(QuestionSet)
class QuestionSetAdmin(admin.ModelAdmin[QuestionSet]):
    """A version that a poll uses is never edited: an action copies it into a new one."""

    list_display = ("scope", "version", "is_current")
    list_filter = ("is_current", "scope")
    readonly_fields = ("scope", "version", "is_current")
    inlines = (QuestionInline,)
    actions = ("write_new_version",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: QuestionSet | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Copy into a new version to edit"))
    def write_new_version(self, request: HttpRequest, chosen: QuerySet[QuestionSet]) -> None:
        for old in chosen.filter(is_current=True):
            new = copy_as_next_version(old)
            messages.success(request, _("%(name)s is ready to be edited.") % {"name": new})


def is_in_use(questions: QuestionSet) -> bool:
    """Whether a poll asks these questions."""
    return Poll.objects.filter(core=questions).exists() or Poll.objects.filter(specific=questions).exists()


@transaction.atomic
def copy_as_next_version(old: QuestionSet) -> QuestionSet:
    """Returns a copy with the next version number, which polls that open from now on use."""
    questions = list(old.questions.all())
    QuestionSet.objects.filter(pk=old.pk).update(is_current=False)
    new = QuestionSet.objects.create(scope=old.scope, version=old.version + 1)
    for question in questions:
        question.pk, question.set = None, new
    Question.objects.bulk_create(questions)
    return new
