"""Form fields for uploads: several files at once, and the documents below a text."""

import re
from dataclasses import dataclass

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string

from portal.attachments import Attachment, AttachmentRefused, store_attachment
from portal.uploads import MAX_AT_ONCE

__all__ = ["DOCUMENTS", "PICTURES", "AttachmentChoice", "AttachmentsField", "FilesField"]

# HEIC is left out: a phone then converts its photographs to JPEG by itself.
PICTURES = "image/jpeg,image/png,image/gif,image/webp"
DOCUMENTS = ".pdf,.doc,.docx,.xls,.xlsx,.pptx,.odt,.ods,.zip"


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name)


class FilesField(forms.Field):
    """Takes several uploaded files at once and returns them as a list."""

    default_error_messages = {
        "required": "Chưa chọn tệp nào. Hãy chọn một hoặc nhiều tệp.",
        "too_many": f"Mỗi lần chỉ tải lên được {MAX_AT_ONCE} tệp. Hãy chọn lại, chia làm nhiều lần.",
    }

    def __init__(self, *, accept, **options):
        super().__init__(widget=_FilesInput(attrs={"accept": accept}), **options)

    def clean(self, value):
        files = super().clean(value)
        if len(files) > MAX_AT_ONCE:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many")
        return files


@dataclass(frozen=True)
class AttachmentChoice:
    """What a form wants below a text: documents that are stored, in order, and new files."""

    chosen: tuple[Attachment, ...] = ()
    uploads: tuple[UploadedFile, ...] = ()

    def store(self, *, actor):
        """Store the new files; return all documents in order, and why others were refused.

        A refusal ("bieu-mau.exe: …") does not touch the other files: they are in the store,
        and the same file sent again is the same attachment.
        """
        attachments, refusals = list(self.chosen), []
        for upload in self.uploads:
            try:
                stored = store_attachment(content=upload, name=upload.name, actor=actor)
            except AttachmentRefused as refusal:
                refusals.append(f"Tệp {upload.name}: {refusal}")
            else:
                attachments.append(stored)
        return list(dict.fromkeys(attachments)), refusals


_KEY = re.compile(r"\[(\d{1,18})\]\Z", re.ASCII)
_OFFERED = 200  # documents offered by title, the newest
_LINES = 3  # lines in which a title can be chosen


class _AttachmentsWidget(forms.Widget):
    """A line for each document that is there, lines to choose from the store, and an upload."""

    template_name = "portal/attachments_widget.html"
    needs_multipart_form = True

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        offered = Attachment.objects.only("title", "kind")[:_OFFERED]
        return context | {
            "kept": value or (),
            "offered": [f"{each} ({each.kind}) [{each.pk}]" for each in offered],
            "lines": range(_LINES),
            "accept": DOCUMENTS,
        }

    def _render(self, template_name, context, renderer=None):
        return render_to_string(template_name, context)

    def value_from_datadict(self, data, files, name):
        return {
            "kept": [
                (data.get(f"{name}-order-{key}", ""), key)
                for key in data.getlist(f"{name}-kept")
            ],
            "chosen": data.getlist(f"{name}-chosen"),
            "uploads": files.getlist(f"{name}-uploads"),
        }

    def value_omitted_from_data(self, data, files, name):
        # Unticked boxes send nothing.
        return False


class AttachmentsField(forms.Field):
    """The documents below a text: `initial` is a list of attachments, cleaned an `AttachmentChoice`.

    The form stores the new files last (`AttachmentChoice.store`), so that one with other
    mistakes leaves none behind. Works without JavaScript.
    """

    widget = _AttachmentsWidget

    def __init__(self, **options):
        super().__init__(
            **{
                "required": False,
                "label": "Tệp đính kèm",
                "help_text": (
                    "Hiện thành danh sách dưới bài. PDF, Word, Excel, PowerPoint, OpenDocument; "
                    "mỗi tệp không quá 50 MB."
                ),
            }
            | options
        )

    def clean(self, value):
        keys, unclear = _keys(value)
        if unclear:
            raise forms.ValidationError(
                f"Không rõ “{unclear[0][:100]}” là tệp nào. Hãy gõ vài chữ rồi chọn một dòng "
                "trong danh sách hiện ra."
            )
        found = Attachment.objects.in_bulk(keys)
        if len(found) < len(keys):
            raise forms.ValidationError(
                "Có tệp vừa bị xóa khỏi kho. Hãy xem lại danh sách rồi lưu lại."
            )
        if len(value["uploads"]) > MAX_AT_ONCE:
            raise forms.ValidationError(
                FilesField.default_error_messages["too_many"], code="too_many"
            )
        return AttachmentChoice(
            chosen=tuple(found[key] for key in keys), uploads=tuple(value["uploads"])
        )

    def bound_data(self, data, initial):
        """Return the documents to show again in a form that has mistakes."""
        keys, _ = _keys(data)
        found = Attachment.objects.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def has_changed(self, initial, data):
        keys, unclear = _keys(data)
        return bool(
            data["uploads"] or unclear or keys != [each.pk for each in initial or ()]
        )


def _keys(value):
    """Return the keys of the documents that were ticked or chosen, and the lines that name none."""
    keys, unclear = [], []
    lines = [f"[{key}]" for _, key in sorted(value["kept"], key=_place)]
    for line in filter(None, map(str.strip, [*lines, *value["chosen"]])):
        if found := _KEY.search(line):
            keys.append(int(found[1]))
        else:
            unclear.append(line)
    return list(dict.fromkeys(keys)), unclear


def _place(line):
    """Sort by the number typed beside a document; without one it keeps its turn at the end."""
    order, _ = line
    return int(order) if re.fullmatch(r"\d{1,4}", order.strip(), re.ASCII) else 10_000
