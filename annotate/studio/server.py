"""The embedded Label Studio: installed beside us, started on loopback, stopped exactly.

Its data folder holds the database, the login (0600), the log and `server.json`, which the server's own process writes
before it becomes Label Studio. So there is never a running server that a later `stop` could not find, whatever
happened to the process that started it.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from annotate.errors import ServerError
from annotate.studio.server_install import Progress, install, installed_executable, last_lines, locked, silent

__all__ = ["EmbeddedStudio", "Login", "ServerStatus"]

HOST = "127.0.0.1"
EMAIL = "annotator@localhost.localdomain"
LOG_LIMIT = 5_000_000  # bytes; a larger log is put aside at the next start
START_SECONDS = 300
STOP_SECONDS = 10
_POLL_SECONDS = 0.25
_REPORT_SECONDS = 10
_CLOCK_SECONDS = 2  # how far a process's creation and the state file it wrote may lie apart

# What Label Studio must not be made to call: its own default list, without loopback, where `annotate serve` answers it.
_BANNED_SUBNETS = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "233.252.0.0/24", "240.0.0.0/4", "255.255.255.255/32", "::/128", "::ffff:0:0/96", "::ffff:0:0:0/96",
    "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:0000::/32", "2001:20::/28", "2001:db8::/32", "2002::/16",
    "fc00::/7", "fe80::/10", "ff00::/8",
)  # fmt: skip

# Writes its own pid, then becomes the server: $0 state file, $1 port, the rest is the command.
_LAUNCH = 'printf \'{"pid": %d, "port": %d}\' "$$" "$1" > "$0" && shift && exec "$@"'


@dataclass(frozen=True, slots=True)
class Login:
    """Who the embedded server knows: for people the email and password, for programs the token."""

    email: str
    password: str
    token: str


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How the embedded server is doing; `url` and `pid` are None unless it runs."""

    running: bool
    healthy: bool
    url: str | None
    pid: int | None
    installed: bool
    data_folder: Path
    log: Path


class EmbeddedStudio:
    """One Label Studio of our own, on loopback, with its data in `data_folder`.

    executable: a label-studio to use instead of the one installed into `cache_folder`.
    """

    def __init__(self, data_folder: Path, cache_folder: Path, *, executable: Path | None = None) -> None:
        self.data_folder = data_folder.absolute()
        self.cache_folder = cache_folder.absolute()
        self._executable = executable

    @property
    def url(self) -> str:
        """The address of the running server.

        Raises: ServerError when it does not run.
        """
        if self._process() is None:
            raise ServerError("the embedded Label Studio is not running", mend="run `annotate studio start`")
        return _url(self._last_port())

    @property
    def token(self) -> str:
        """The API token of the embedded server's user."""
        return self.login.token

    @property
    def login(self) -> Login:
        """The login of the embedded server, made on first use."""
        file = self.data_folder / "login.json"
        if not file.is_file():
            self._make_folder()
            fresh = Login(EMAIL, secrets.token_urlsafe(12), secrets.token_hex(20))
            _write_private(file, json.dumps(asdict(fresh)))
        try:
            return Login(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            raise ServerError(
                "the login cannot be read", where=str(file), mend="restore it, or move its folder away to start anew"
            ) from None

    @property
    def log(self) -> Path:
        """The file that the server writes to."""
        return self.data_folder / "server.log"

    def start(self, *, progress: Progress = silent, timeout: float = START_SECONDS) -> ServerStatus:
        """Start the server, or find it running, and return when it answers.

        progress is called with short messages; timeout in seconds, the install not counted. Two starts at once start
        one server. Raises: ServerError with the end of the log when it does not come up; nothing is left running then.
        """
        executable = self._executable or install(self.cache_folder, progress=progress)
        self._make_folder()
        with locked(self.data_folder / "server.lock"):
            if self._process() is None:
                self._launch(executable, _free_port(self._last_port()))
                progress("starting Label Studio")
            try:
                self._wait(timeout, progress)
            except BaseException:
                self._end(STOP_SECONDS)
                raise
        return self.status()

    def stop(self, *, grace: float = STOP_SECONDS) -> bool:
        """End the server and its children, politely first; return whether one was running.

        grace: seconds between SIGTERM and SIGKILL.
        """
        if not self.data_folder.is_dir():
            return False
        with locked(self.data_folder / "server.lock"):
            return self._end(grace)

    def status(self) -> ServerStatus:
        """Tell whether the server runs and answers."""
        process = self._process()
        port = self._last_port()
        return ServerStatus(
            running=process is not None,
            healthy=process is not None and port in _listening(process) and _answers(port),
            url=_url(port) if process else None,
            pid=process.pid if process else None,
            installed=bool(self._executable or installed_executable(self.cache_folder)),
            data_folder=self.data_folder,
            log=self.log,
        )

    @property
    def _state_file(self) -> Path:
        return self.data_folder / "server.json"

    def _state(self, key: str) -> int:
        try:
            value = json.loads(self._state_file.read_text(encoding="utf-8"))[key]
        except (OSError, ValueError, KeyError, TypeError):
            return 0
        return value if isinstance(value, int) else 0

    def _last_port(self) -> int:
        return self._state("port")

    def _process(self) -> psutil.Process | None:
        """Return the process we started, if it lives: that pid, that old, with our data folder."""
        if not (pid := self._state("pid")):
            return None
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                # Our own child, ended: collect it.
                process.wait(0)
                return None
            written = self._state_file.stat().st_mtime
            ours = process.environ().get("LABEL_STUDIO_BASE_DATA_DIR") == str(self.data_folder)
            return process if ours and process.create_time() <= written + _CLOCK_SECONDS else None
        except (OSError, psutil.Error):
            return None

    def _make_folder(self) -> None:
        self.data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _launch(self, executable: Path, port: int) -> None:
        if self.log.is_file() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.old"))
        command = [str(executable), "start", "--no-browser", "--internal-host", HOST, "--port", str(port)]
        output = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # The shell's words are fixed, ours reach it as arguments; a session of its own outlives our terminal.
        os.posix_spawn(
            "/bin/sh",
            ["/bin/sh", "-c", _LAUNCH, str(self._state_file), str(port), *command, "--log-level", "WARNING"],
            _environment(self.data_folder, self.login, port, executable.parent),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), output, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )

    def _wait(self, timeout: float, progress: Progress) -> None:
        """Wait until our own process answers on the port it was given."""
        began = reported = time.monotonic()
        appeared = False
        while (now := time.monotonic()) - began < timeout:
            process = self._process()
            port = self._last_port()
            ports = _listening(process) if process else set()
            if port in ports and _answers(port):
                return
            if ports and port not in ports:
                # Label Studio takes the next port when its own is busy.
                raise self._failure(f"port {port} was taken by another program meanwhile")
            # The first moments belong to the shell that has not written its pid yet.
            if process is None and (appeared or now - began > STOP_SECONDS):
                raise self._failure("Label Studio ended while it was starting")
            appeared = appeared or process is not None
            if now - reported >= _REPORT_SECONDS:
                progress(f"waiting for Label Studio ({now - began:.0f} s; the first start takes about a minute)")
                reported = now
            time.sleep(_POLL_SECONDS)
        raise self._failure(f"Label Studio did not answer within {timeout:.0f} s")

    def _failure(self, what: str) -> ServerError:
        tail = last_lines(self.log)
        for secret in (self.login.password, self.login.token):
            tail = tail.replace(secret, "…")
        return ServerError(f"{what}: {tail}", where=str(self.log), mend="try again, or read the log")

    def _end(self, grace: float) -> bool:
        process = self._process()
        if process is None:
            return False
        # psutil compares creation times again before each signal, so that a reused pid is never hit.
        alive = [process, *process.children(recursive=True)]
        for signal in (psutil.Process.terminate, psutil.Process.kill):
            alive = _after(signal, alive, grace)
        if alive:
            raise ServerError("Label Studio cannot be stopped", where=f"process {alive[0].pid}", mend="end it by hand")
        return True


def _after(
    signal: Callable[[psutil.Process], None], processes: Iterable[psutil.Process], grace: float
) -> list[psutil.Process]:
    """Send a signal to each process and return those that still live after `grace` seconds."""
    targets = list(processes)
    for process in targets:
        with suppress(psutil.NoSuchProcess):
            signal(process)
    _, alive = psutil.wait_procs(targets, timeout=grace if targets else 0)
    # In a container whose first process collects nobody, the dead stay as zombies.
    return [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _environment(data_folder: Path, login: Login, port: int, programs: Path) -> dict[str, str]:
    """Return the server's whole environment: nothing of ours leaks in, since it reads names as plain as DEBUG."""
    return {
        "PATH": f"{programs}{os.pathsep}{os.defpath}",
        "HOME": str(data_folder),
        "LANG": "C.UTF-8",
        "LABEL_STUDIO_BASE_DATA_DIR": str(data_folder),
        "LABEL_STUDIO_HOST": _url(port),
        "LABEL_STUDIO_USERNAME": login.email,
        "LABEL_STUDIO_PASSWORD": login.password,
        "LABEL_STUDIO_USER_TOKEN": login.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "CORS_ALLOW_ALL_ORIGINS": "false",
        "LOCAL_FILES_SERVING_ENABLED": "false",
        "ENABLE_LOCAL_FILES_STORAGE": "false",
        "USE_DEFAULT_BANNED_SUBNETS": "false",
        "USER_ADDITIONAL_BANNED_SUBNETS": ",".join(_BANNED_SUBNETS),
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }


def _free_port(preferred: int) -> int:
    """Return `preferred` when nothing listens there, else a port that the system finds free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            # As the server itself does: a port whose last connections are still closing counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerError("no free port on loopback", mend="end some programs that listen there")


def _answers(port: int) -> bool:
    """Tell whether a Label Studio on `port` says that it is up. No proxy is asked."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        return answer.status == 200 and json.loads(answer.read()) == {"status": "UP"}
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _listening(process: psutil.Process) -> set[int]:
    """Return the loopback ports that this process and its children listen on."""
    try:
        return {
            connection.laddr.port
            for one in (process, *process.children(recursive=True))
            for connection in one.net_connections(kind="tcp4")
            if connection.status == psutil.CONN_LISTEN
        }
    except psutil.Error:
        return set()


def _write_private(file: Path, content: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as output:  # noqa: PTH123 - from a descriptor
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    draft.replace(file)
