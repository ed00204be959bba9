"""TOML that takes long is refused before it is read, and nothing else is."""

from __future__ import annotations

import random
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from tomllib import _parser  # type: ignore[attr-defined]

import pytest

from sim.errors import ScenarioError
from sim.scenario import toml_text
from sim.scenario.faults import MAX_TOLD
from sim.scenario.overrides import OverrideError, apply
from sim.scenario.reading import MAX_FILE_BYTES, bundled, from_text, load
from sim.scenario.toml_text import DEEPEST, MAX_PARTS, TomlError, parsed

LONG_KEY = ".".join("a" * 20)

SLOW: dict[str, Callable[[int], str]] = {
    "one key": lambda n: "a." * 60_000 + "a=1" if n == 0 else "\n#" + "x" * 100,
    "keys of as many parts as may be": lambda n: f"a{n}" + ".a" * (MAX_PARTS - 1) + "=1\n",
    "headers of as many parts as may be": lambda n: f"[a{n}" + ".a" * (MAX_PARTS - 1) + "]\n",
    "keys of two parts": lambda n: f"a{n}.a=1\n",
    "headers of two parts": lambda n: f"[a{n}.a]\n",
    "a table again and again": lambda n: "[[a.b]]\n",
    "keys that nobody knows": lambda n: f"{n:x}=1\n",
    "keys that are nearly known": lambda n: ("[interruptions]\n" if n == 0 else "") + f"switch_minutes{n}=1\n",
    "a mixture of nothings": lambda n: '[[incidents]]\neffort_hours={dist="mixture",parts=[' if n == 0 else "{},",
    "brackets": lambda n: "a=" if n == 0 else "[",
    "tables within tables": lambda n: "{a=",
    "short lists": lambda n: f"a{n}=[[[[1]]]]\n",
    "escapes": lambda n: 'name="' if n == 0 else "\\n",
    "quotes": lambda n: 'name="""' if n == 0 else '\\"',
    "a key in quotes": lambda n: '"' if n == 0 else "a",
    "a large number": lambda n: "name=0x" if n == 0 else "f",
    "many policies": lambda n: "[policies]\n" if n == 0 else f"a{n}={{b=1}}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_no_file_of_a_mebibyte_takes_five_seconds_of_a_core(name: str) -> None:
    pieces, size = [], 0
    while size < MAX_FILE_BYTES - 130_000 or not pieces:
        pieces.append(SLOW[name](len(pieces)))
        size += len(pieces[-1])
    begun = time.process_time()
    with pytest.raises(ScenarioError) as error:
        from_text("".join(pieces).encode(), "it")
    assert time.process_time() - begun < 5
    assert len(error.value.faults) <= MAX_TOLD + 1
    assert len(str(error.value)) < 100_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"x = 1\n{LONG_KEY} = 1", "a key in line 2 has more than 16 parts"),
        (f"[{LONG_KEY}]", "a key in line 1 has more than 16 parts"),
        (f"[[{LONG_KEY}]]", "a key in line 1 has more than 16 parts"),
        (f"a = {{ b = 1, {LONG_KEY} = 1 }}", "more than 16 parts"),
        (".".join(["'a'"] * 20) + " = 1", "more than 16 parts"),
        (' . '.join(['"a"'] * 20) + " = 1", "more than 16 parts"),
        ("\n".join(f"{LONG_KEY[:29]}.b{n} = 1" for n in range(2_000)), "more than 20,000 parts"),
        ("a = " + "[" * (DEEPEST + 1), "brackets are nested too deep"),
        ("a = 0x" + "f" * 5_000, "20,000 bits"),
        ("a = " + "9" * 5_000, "thousands of digits"),
        ("a = ", "is not TOML"),
    ],
)  # fmt: skip
def test_what_would_take_long_is_named(text: str, words: str) -> None:
    with pytest.raises(TomlError, match=words):
        parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        f'a = "{LONG_KEY}"',
        f"a = '{LONG_KEY}'",
        f'a = """\n{LONG_KEY}\n"""',
        f"a = '''\n{LONG_KEY}\n'''",
        f'a = """x""""" # {LONG_KEY}',
        f"a = 1 # {LONG_KEY}",
        f'a = "\\"{LONG_KEY}"',
        f'"{LONG_KEY}" = 1',
        "a = [" + "1.5, " * 50_000 + "]",
        "a = '" + "[" * 100 + "'",
    ],
)
def test_what_stands_in_strings_and_comments_is_not_counted(text: str) -> None:
    assert parsed(text) == tomllib.loads(text)


def test_every_scenario_that_ships_is_read() -> None:
    for path in bundled().values():
        assert parsed(path.read_text("utf-8")) == tomllib.loads(path.read_text("utf-8"))


def test_the_parser_meets_no_longer_key_than_was_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml_text, "MAX_PARTS", 3)
    met: list[int] = []
    read = _parser.parse_key

    def counted(text: str, at: int) -> tuple[int, tuple[str, ...]]:
        end, key = read(text, at)
        met.append(len(key))
        return end, key

    monkeypatch.setattr(_parser, "parse_key", counted)
    signs = [
        '"""',
        "'''",
        '"',
        "'",
        "\\",
        '\\"',
        "#",
        "\n",
        "a",
        ".",
        "a.a",
        "=",
        "1",
        "[",
        "]",
        "{",
    ]
    signs += [
        "}",
        ",",
        " ",
        "a=",
        "a.a.a.a=1\n",
        'a="',
        '"\n',
        "a='''",
        "'''\n",
        'a="""',
        '"""\n',
        "\r\n",
    ]
    chance = random.Random(1)
    for _ in range(30_000):
        text = "".join(chance.choice(signs) for _ in range(chance.randrange(2, 14)))
        met.clear()
        try:
            parsed(text)
        except TomlError as error:
            if "parts" in str(error):
                continue
        assert max(met, default=0) <= 3, text


def test_long_keys_are_refused_in_changes_too() -> None:
    with pytest.raises(OverrideError, match="at most 16 parts"):
        apply("a." * 60_000 + "a=1", {})
    table = {"a": 1}
    begun = time.process_time()
    apply("a={" + "a." * 60_000 + "a=1}", table)
    assert time.process_time() - begun < 1
    assert isinstance(table["a"], str)  # what is no TOML is text, which validation then names


def test_a_file_says_which_line(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text(f'name = "x"\n{LONG_KEY} = 1\n')
    with pytest.raises(ScenarioError, match=r"long.toml: is not a scenario: a key in line 2"):
        load(path)
