"""HTTP/1 responses as archives keep them: status, header fields, and the body with its encodings undone."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from email.message import Message

from annotate.errors import InputError

_GZIP = b"\x1f\x8b"
# zlib's window bits: gzip or zlib by its own header, and deflate without one, which some servers send.
_WITH_HEADER, _BARE = 47, -15


@dataclass(frozen=True, slots=True)
class Response:
    """status: such as 200. fields: header fields by lower-case name. body: as transferred, encodings not undone."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return media_type(self.fields.get("content-type", ""))

    @property
    def charset(self) -> str | None:
        return charset(self.fields.get("content-type", ""))

    def unchunked(self) -> bytes:
        """Return the body without its transfer encoding.

        Raises: InputError when a chunk is cut.
        """
        if "chunked" not in self.fields.get("transfer-encoding", "").lower():
            return self.body
        return _unchunk(self.body)

    def content(self, limit: int) -> bytes:
        """Return the body with transfer and content encoding undone, at most one byte more than `limit`.

        Raises: InputError when an encoding is cut, damaged or not supported.
        """
        body = self.unchunked()
        encoding = self.fields.get("content-encoding", "identity").strip().lower()
        # Some crawlers undo the encoding and keep the field: then there is no gzip to undo.
        if encoding in {"", "identity"} or (encoding in {"gzip", "x-gzip"} and not body.startswith(_GZIP)):
            return body
        if encoding in {"gzip", "x-gzip"}:
            return _inflate(body, _WITH_HEADER, limit)
        if encoding == "deflate":
            return _inflate(body, _WITH_HEADER if body[:1] == b"\x78" else _BARE, limit)
        raise InputError(f"the content encoding {encoding!r} is not supported")


def parse_response(block: bytes) -> Response:
    """Take an archived response apart.

    Raises: InputError when it does not begin with an HTTP status line.
    """
    head, _, body = block.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    parts = status_line.split(None, 2)
    if len(parts) < 2 or not parts[0].startswith("HTTP/") or not (parts[1].isascii() and parts[1].isdigit()):
        raise InputError("not an HTTP response")
    return Response(int(parts[1][:3]), fields_of(lines), body)


def fields_of(lines: list[str]) -> dict[str, str]:
    """Return header fields by lower-case name; of a repeated field the first."""
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def media_type(content_type: str) -> str:
    """Return the media type of a Content-Type field in lower case, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def charset(content_type: str) -> str | None:
    """Return the charset parameter of a Content-Type field, if it has one."""
    message = Message()
    message["Content-Type"] = content_type
    return message.get_content_charset()


def _unchunk(body: bytes) -> bytes:
    parts: list[bytes] = []
    position = 0
    while True:
        end = body.find(b"\r\n", position)
        size = body[position:end].partition(b";")[0].strip() if end >= 0 else b""
        if not 0 < len(size) <= 16 or not all(byte in b"0123456789abcdefABCDEF" for byte in size):
            if position == 0:
                return body  # crawlers that undo the chunks often keep the field
            raise InputError("the chunked response is cut or damaged")
        length = int(size, 16)
        if length == 0:
            return b"".join(parts)
        chunk = body[end + 2 : end + 2 + length]
        if len(chunk) < length:
            raise InputError("the chunked response is cut or damaged")
        parts.append(chunk)
        position = end + 2 + length + 2


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    engine = zlib.decompressobj(window)
    try:
        content = engine.decompress(body, limit + 1)
    except zlib.error:
        raise InputError("the compressed response is damaged") from None
    if not engine.eof and len(content) <= limit:
        raise InputError("the compressed response is cut")
    return content
