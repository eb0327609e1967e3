"""One connection to a Label Studio: requests, and every way they fail turned into our errors.

The SDK is imported on first use only (it takes two seconds) and retries nothing: a repeated import is how tasks come
to stand in a project twice, so repeating is left to `annotate.studio.push`, which looks first. Bulk requests go
through the SDK's HTTP layer with a body encoded here: its own encoder costs as much as a fifth of an import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from annotate.errors import StudioError, StudioRefused, StudioUnreachable

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

__all__ = ["Connection", "Json"]

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 180.0
_DETAIL_LIMIT = 300

Json = Mapping[str, Any]
_T = TypeVar("_T")


class Connection:
    """A connection over HTTP, for Label Studio 1.23: what asks a server for something is built on it.

    url: the server's address without a path to its API; token: of either kind, legacy or personal access token.
    Each operation raises StudioRefused when the server answered that it did not act, and StudioUnreachable when it gave
    no usable answer: then it may have acted, or may act yet.
    """

    def __init__(self, url: str, token: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._answer_seconds = answer_seconds
        self._made: LabelStudio | None = None

    def close(self) -> None:
        """Close the connections."""
        if self._made is not None:
            self._made._client_wrapper.httpx_client.httpx_client.close()
            self._made = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the way there -------------------------------------------------------------------------------------------

    def request(self, doing: str, method: str, path: str, params: Json | None = None, body: object = None) -> Any:
        """Send one request and return its JSON answer (None when it is empty); doing: a verb phrase for errors."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8")

        def send(sdk: LabelStudio) -> Any:
            from label_studio_sdk.core.api_error import ApiError

            response = sdk._client_wrapper.httpx_client.request(
                path,
                method=method,
                params=dict(params) if params else None,
                content=content,
                headers=None if content is None else {"content-type": "application/json"},
                request_options={"max_retries": 0},
            )
            if not 200 <= response.status_code < 300:
                raise ApiError(status_code=response.status_code, body=response.text)
            return response.json() if response.content else None

        return self.sdk(doing, send)

    def sdk(self, doing: str, call: Callable[[LabelStudio], _T]) -> _T:
        """Call the SDK, and turn its errors into ours."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError
        from label_studio_sdk.core.parse_error import ParsingError

        try:
            return call(self._connected())
        except ApiError as error:
            raise self._answered(doing, error.status_code, error.body) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise self._unanswered(doing, error) from None
        except (ParsingError, ValueError, LookupError) as error:
            raise self.unusable(doing, type(error).__name__) from None

    def _connected(self) -> LabelStudio:
        if self._made is None:
            import httpx
            from label_studio_sdk import LabelStudio

            # Redirects are not followed: they would turn a POST into a GET. A proxy is of no use on loopback.
            http = httpx.Client(
                timeout=httpx.Timeout(self._answer_seconds, connect=CONNECT_SECONDS),
                follow_redirects=False,
                trust_env=httpx.URL(self.url).host not in {"127.0.0.1", "localhost", "::1"},
            )
            self._made = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.url, api_key=self._token, httpx_client=http, max_retries=0
            )
        return self._made

    # -- its errors ----------------------------------------------------------------------------------------------

    def read(self, doing: str, read: Callable[[], _T]) -> _T:
        """Take what is needed from an answer; StudioUnreachable when it is not there."""
        try:
            return read()
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise self.unusable(doing, f"it lacks {error}") from None

    def unusable(self, doing: str, why: str) -> StudioUnreachable:
        """Make the error for an answer that nothing can be done with."""
        return StudioUnreachable(
            f"could not {doing}: the answer cannot be used, {why}",
            where=self.url,
            mend="check that this is the address of a Label Studio 1.23",
        )

    def _unanswered(self, doing: str, error: Exception) -> StudioUnreachable:
        import httpx

        reached = not isinstance(
            error, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol | httpx.InvalidURL
        )
        why = f"no answer ({type(error).__name__})" if reached else f"cannot be reached ({type(error).__name__})"
        mend = "see whether it is busy, then run the same command again"
        return StudioUnreachable(
            f"could not {doing}: {why}",
            where=self.url,
            mend=mend if reached else "start it with `annotate studio start`, or check the URL",
        )

    def _answered(self, doing: str, status: int | None, body: object) -> StudioError:
        what = f"could not {doing}: HTTP {status}{self._detail(body)}"
        if status is not None and 400 <= status < 500 and status != 408:
            mend = _MEND.get(status, "run `annotate doctor`, or see the server's log")
            return StudioRefused(what, where=self.url, mend=mend, status=status)
        if status is not None and 300 <= status < 400:
            return StudioUnreachable(what, where=self.url, mend="use the address that it redirects to")
        return StudioUnreachable(what, where=self.url, mend="see the server's log, then run the same command again")

    def _detail(self, body: object) -> str:
        try:
            content = json.loads(body) if isinstance(body, str) else body
        except ValueError:
            return ""  # a web page, not a message
        if isinstance(content, Mapping):
            content = content.get("validation_errors") or content.get("detail") or content
        detail = " ".join(json.dumps(content, ensure_ascii=False, default=str).split()).strip('".')
        return ": " + detail.replace(self._token, "…")[:_DETAIL_LIMIT] if content else ""


_MEND = {
    400: "the server says what it does not accept",
    401: "check the token: ANNOTATE_STUDIO_TOKEN or --token-file",
    403: "ask for a token of a user who may do this",
    404: "check the URL and the project",
    413: "the article is too large for this server",
    429: "wait a while, then run the same command again",
}
