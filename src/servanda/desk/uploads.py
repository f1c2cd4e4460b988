"""Files on their way in: what is too large for memory lies on the mission's own disk without a name, so that nothing of it is left wherever a process ends."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class Nameless(FileUploadHandler):
    """Keeps a file that is sent where no folder lists it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file that has no name."""
        super().new_file(*args, **kwargs)
        room = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  open until the request is answered
        self.file = UploadedFile(room, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  Django calls it so
        """Take what came of it."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The whole of it, from its beginning."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Let go of what came."""
        if hasattr(self, "file"):
            self.file.close()


def clear(folder: Path) -> None:
    """Remove what processes of older versions left in a mission's folder when they were killed while a file was sent."""
    for path in folder.glob("tmp*.upload*"):
        path.unlink(missing_ok=True)
