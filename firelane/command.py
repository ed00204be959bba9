"""The `firelane` command: Ctrl-C ends it with a word, however early it comes."""

from __future__ import annotations

import gc
import io
import os
import sys

from firelane.stopping import COULD_NOT, end, is_asked, watch


def _open_closed_streams() -> None:
    """Let what goes to a stream that the shell closed (`>&-`) go nowhere, rather than to
    another."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _speak_utf8() -> None:
    """Write UTF-8, whatever the locale says, so that the same command gives the same bytes; a
    terminal gets its own letters, and signs it has none for as question marks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _keep_pictures_ours() -> None:
    """Have Matplotlib open no window and read nobody's matplotlibrc, which it looks for in the
    working folder first."""
    os.environ["MPLBACKEND"] = "agg"
    os.environ["MATPLOTLIBRC"] = os.devnull
    if os.path.exists("matplotlibrc"):
        here = os.getcwd()
        os.chdir(os.path.dirname(__file__))
        try:
            import matplotlib  # noqa: F401
        finally:
            os.chdir(here)


NO_MEMORY = b"There is not enough memory for the program. Fewer --workers need less.\n"

_SHORT_OF_IT = (
    "failed to map segment",
    "cannot allocate memory",
    "can't start new thread",
    "could not find/load shared object",
    "error return without exception set",
    "without setting an exception",
)
"""How libraries say that there was no memory for them."""


MIN_MEMORY = 656 << 20
"""Bytes of address space; with less, libraries fail halfway, each in its own way."""


def _end_for_want_of_memory() -> None:
    """End the program at once: libraries that were half loaded may crash when they are cleared
    up."""
    os.write(2, NO_MEMORY)
    os._exit(COULD_NOT)


def _check_memory() -> None:
    """End the program, with a word, where the system sets a limit that is far too low, before
    anything fails of it."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < MIN_MEMORY:
        _end_for_want_of_memory()


def _is_want_of_memory(error: BaseException | None) -> bool:
    """Whether an error, or one behind it, came of too little memory."""
    while error is not None:
        said = str(error).lower()
        if isinstance(error, MemoryError) or any(words in said for words in _SHORT_OF_IT):
            return True
        error = error.__cause__ or error.__context__
    return False


def main() -> None:
    """Run the command line."""
    _open_closed_streams()
    _speak_utf8()
    watch()
    _check_memory()
    # Our matrices are small: threads to multiply them would only cost their start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _keep_pictures_ours()
    try:
        gc.disable()  # what is imported stays
        from sim.commands.app import command_line  # takes half a second, in which Ctrl-C may come

        gc.enable()
        gc.freeze()
        command_line()
    except BaseException as error:
        if not is_asked():
            if not _is_want_of_memory(error):
                raise
            _end_for_want_of_memory()
    if is_asked():
        end()
