"""What was closed without being done: duplicates, what was cancelled, declined, or will never be done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from sim.calibrate.month_names import without_accents

NOT_DONE = "not-done"
"""What `--map WORD=not-done` says of a resolution or state."""

_WORDS = (
    r"duplic\w*|duplik\w*|dublett\w*|dubblett\w*|doublon|doppel(?:t|ung)\w*|kopie|dubbel|dublet\w*|дубл\w*|重複|重复|중복"
    r"|cancel\w*|annul\w*|abgebroch\w*|storniert|geannuleerd|anulow\w*|zruš\w*|zrus\w*|avbrut\w*|avbryt\w*|annull\w*|peruutettu|peruttu|megszakít\w*|отмен\w*|скасован\w*|iptal\w*|キャンセル|取消|已取消|취소\w*"
    r"|won'?t (?:do|fix)|wontfix|wont_fix|will not (?:do|fix)|not (?:doing|planned)|not_planned|wird nicht (?:erledigt|behoben|gemacht)|nicht erledigt|no se (?:hara|solucionara|corregira)|nao (?:sera feito|sera corrigido|fazer)|ne sera pas \w+"
    r"|non (?:verra|sara) \w+|wordt niet \w+|kommer inte att \w+|vil ikke bli \w+|ei (?:tehda|korjata)|nie zostanie \w+|nie bedzie \w+|не будет \w+|対応しない|修正しない|不做|不修复|不会修复|不予处理|하지 않음|수정하지 않음"
    r"|reject\w*|declin\w*|abgelehnt|zuruckgewiesen|rechazad\w*|rejeitad\w*|recusad\w*|rejet\w*|refus\w*|rifiutat\w*|afgewezen|avvisad|avvist|afvist|hylatty|odrzucon\w*|zamitnut\w*|отклон\w*|відхилен\w*|reddedildi|却下|拒绝|已拒绝|거부됨"
    r"|invalid|ungultig|withdrawn|zuruckgezogen|retirad\w*|abandon\w*|obsolete|removed|entfernt|verworfen|discarded|merged|spam|out of scope|no longer needed|not needed|nicht notig"
)
_MATCH = re.compile(rf"(?<!\w)(?:{_WORDS})(?!\w)")


def is_not_done(text: str, corrections: Mapping[str, str]) -> bool:
    """Return whether a resolution or a state says that nothing was done.

    Args:
        text: the cell.
        corrections: a word in lower case: NOT_DONE, or a state, as the user says.
    """
    word = text.strip().casefold()
    if word in corrections:
        return corrections[word] == NOT_DONE
    return _MATCH.search(without_accents(word).replace("\u2019", "'")) is not None


def counted(words: Sequence[str], most: int = 4) -> str:
    """Return words with how often each occurs, the most frequent first, such as "25 Duplicate, 3 Won't Do"."""
    found = sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))
    told = ", ".join(f"{count:,} {word[:40]}" for word, count in found[:most])
    rest = len(found) - most
    return told + (f" and {rest} more" if rest > 0 else "")
