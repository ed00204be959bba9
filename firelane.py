"""The `firelane` command: Ctrl-C ends it with a word, however early it comes."""

from __future__ import annotations

import gc
import os
import signal
import sys

COULD_NOT = 1


class _Stopped(BaseException):
    """Ctrl-C, or a polite kill."""


def _stop(signum: int, frame: object) -> None:
    for handled in (signal.SIGINT, signal.SIGTERM):
        signal.signal(handled, signal.SIG_IGN)  # one is enough; a second would cut the clearing up
    raise _Stopped


def _open_closed_streams() -> None:
    """What goes to a stream that the shell closed (`>&-`) goes nowhere, rather than to another."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _what_is_written() -> str:
    files = sys.modules.get("sim.files")  # not there where Ctrl-C came before
    written = files.written if files is not None else []
    return f"Written before that: {', '.join(written)}." if written else "No file was written."


def main() -> None:
    """Run the command line."""
    _open_closed_streams()
    for handled in (signal.SIGINT, signal.SIGTERM):
        signal.signal(handled, _stop)
    # Our matrices are small: threads to multiply them would only cost their start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        gc.disable()  # what is imported stays
        from sim.cli import command_line  # takes half a second, in which Ctrl-C may come

        gc.enable()
        gc.freeze()
        command_line()
    except _Stopped:
        print(f"Stopped. {_what_is_written()}", file=sys.stderr, flush=True)
        sys.exit(COULD_NOT)


if __name__ == "__main__":
    main()
