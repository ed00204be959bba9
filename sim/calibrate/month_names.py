"""Names of months in the languages that trackers write; which language it is, the whole column decides."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

_LANGUAGES = {
    "English": "january february march april may june july august september october november december",
    "German": "januar/janner februar/feber marz/mrz april mai juni juli august september oktober november dezember",
    "French": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre",
    "Portuguese": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "Dutch": "januari februari maart/mrt april mei juni juli augustus september oktober november december",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november december",
    "Danish": "januar februar marts april maj juni juli august september oktober november december",
    "Norwegian": "januar februar mars april mai juni juli august september oktober november desember",
    "Finnish": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesakuuta heinakuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "Polish": "stycznia/styczen lutego/luty marca/marzec kwietnia/kwiecien maja czerwca/czerwiec lipca/lipiec sierpnia/sierpien wrzesnia/wrzesien pazdziernika listopada grudnia/grudzien",
    "Czech": "ledna/leden unora brezna/brezen dubna/duben kvetna/kveten cervna/cerven/cvn cervence/cervenec/cvc srpna/srpen zari rijna/rijen listopadu prosince/prosinec",
    "Slovak": "januara februara marca/marec aprila maja juna jula augusta septembra/september oktobra/oktober novembra/november decembra/december",
    "Hungarian": "januar februar marcius aprilis majus junius julius augusztus szeptember oktober november december",
    "Romanian": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie/nov decembrie",
    "Bulgarian": "януари февруари март април маи юни юли август септември октомври ноември декември",
    "Croatian": "sijecnja/sijecanj veljace/veljaca ozujka/ozujak travnja/travanj svibnja/svibanj lipnja/lipanj srpnja/srpanj kolovoza rujna/rujan listopada studenoga/studeni prosinca/prosinac",
    "Serbian": "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
    "Slovenian": "januar februar marec april maj junij julij avgust september oktober november december",
    "Russian": "января/январь февраля/февраль марта апреля/апрель мая/маи июня/июнь июля/июль августа сентября/сентябрь октября/октябрь ноября/ноябрь декабря/декабрь",
    "Ukrainian": "січня/січень лютого/лютии березня/березень квітня/квітень травня/травень червня/червень липня/липень серпня/серпень вересня/вересень жовтня/жовтень листопада грудня/грудень",
    "Greek": "ιανουαριου/ιανουαριοσ φεβρουαριου/φεβρουαριοσ μαρτιου/μαρτιοσ απριλιου/απριλιοσ μαιου/μαιοσ ιουνιου/ιουνιοσ ιουλιου/ιουλιοσ αυγουστου/αυγουστοσ σεπτεμβριου/σεπτεμβριοσ οκτωβριου/οκτωβριοσ νοεμβριου/νοεμβριοσ δεκεμβριου/δεκεμβριοσ",
    "Turkish": "ocak subat mart nisan mayıs haziran temmuz agustos eylul ekim kasım aralık",
    "Estonian": "jaanuar veebruar marts aprill mai juuni juuli august september oktoober november detsember",
    "Latvian": "janvaris februaris marts aprilis maijs junijs julijs augusts septembris oktobris novembris decembris",
    "Lithuanian": "sausio/sausis vasario/vasaris kovo/kovas balandzio/balandis geguzes birzelio/birzelis liepos/liepa rugpjucio/rugpjutis rugsejo/rugsejis spalio/spalis lapkricio/lapkritis gruodzio/gruodis",
    "Catalan": "gener febrer marc abril maig juny juliol agost setembre octubre novembre desembre",
    "Galician": "xaneiro febreiro marzo abril maio xuno xullo agosto setembro outubro novembro decembro",
    "Icelandic": "januar februar mars april mai juni juli agust september oktober november desember",
    "Indonesian": "januari februari maret april mei juni juli agustus september oktober november desember",
    "Malay": "januari februari mac april mei jun julai ogos september oktober november disember",
}
"""Language: its months from January on, without accents; forms that share no beginning stand side by side
(Unicode CLDR 47, wide names; abbreviations are their beginnings)."""

SHORTEST = 3
"""Letters that an abbreviation has at least."""


def months_of(words: Iterable[str]) -> Mapping[str, int]:
    """Return the month, 1 to 12, of each word that is one.

    The language that knows most of the words is taken, since some are other months elsewhere: "lis" is
    November in Polish and October in Croatian. What it does not know is looked up in the others.
    """
    wanted = list(dict.fromkeys(words))
    known = [
        {word: month for word in wanted if (month := _month(language, without_accents(word)))}
        for language in _LANGUAGES
    ]
    found: dict[str, int] = {}
    for table in sorted(known, key=len):  # the best comes last and counts
        found |= table
    return found


def without_accents(word: str) -> str:
    """Return a word in lower case, its letters without accents and without a full stop."""
    letters = unicodedata.normalize("NFKD", word.casefold().strip(" ."))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=4_096)
def _month(language: str, word: str) -> int:
    """Return the one month whose name begins with the word; 0 for none or several."""
    if len(word) < SHORTEST:
        return 0
    months = _LANGUAGES[language].split()
    found = [
        number
        for number, names in enumerate(months, 1)
        if any(name.startswith(word) for name in names.split("/"))
    ]
    return found[0] if len(found) == 1 else 0
