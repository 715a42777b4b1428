from django.urls import path

from library import care_views, draft_views, file_views, history_views, tag_views, trace_views, views, writing_views

app_name = "library"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", writing_views.new, name="new"),
    path("new/article/", writing_views.new_article, name="new_article"),
    path("new/article/preview/", writing_views.preview, name="preview"),
    path("new/autosave/", draft_views.autosave_new, name="autosave_new"),
    path("new/link/", writing_views.new_link, name="new_link"),
    path("new/file/", writing_views.new_file, name="new_file"),
    path("new/insight/", writing_views.new_insight, name="new_insight"),
    path("mine/", views.mine, name="mine"),
    path("bin/", writing_views.own_bin, name="bin"),
    path("reading-list/", trace_views.reading_list, name="reading_list"),
    path("tags/", views.tags, name="tags"),
    path("tags/suggestions/", views.tag_suggestions, name="tag_suggestions"),
    path("tags/<numbered:number>/", views.tag, name="tag"),
    path("tags/<numbered:number>/edit/", tag_views.edit_tag, name="edit_tag"),
    path("<numbered:number>/", views.material, name="material"),
    path("<numbered:number>/file/", file_views.file, name="file"),
    path("<numbered:number>/file/<int:version>/", file_views.file_version, name="file_version"),
    path("<numbered:number>/edit/", writing_views.edit, name="edit"),
    path("<numbered:number>/autosave/", draft_views.autosave, name="autosave"),
    path("<numbered:number>/history/", history_views.history, name="history"),
    path("<numbered:number>/history/<int:edit>/", history_views.version, name="version"),
    path("<numbered:number>/delete/", writing_views.delete, name="delete"),
    path("<numbered:number>/restore/", writing_views.restore, name="restore"),
    path("<numbered:number>/still-true/", care_views.still_true, name="still_true"),
    path("<numbered:number>/became/", care_views.became, name="became"),
    path("<numbered:number>/helped/", trace_views.helped, name="helped"),
    path("<numbered:number>/reading/", trace_views.reading, name="reading"),
    path("<numbered:number>/adapt/", trace_views.adaptation, name="adapt"),
    path("<numbered:number>/comments/", trace_views.comment, name="comment"),
    path("<numbered:number>/comments/<int:comment>/", trace_views.change_comment, name="comment_edit"),
    path("<numbered:number>/comments/<int:comment>/delete/", trace_views.remove_comment, name="comment_delete"),
]
