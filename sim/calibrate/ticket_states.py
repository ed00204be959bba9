"""What trackers' words for states mean, in several languages, and the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.calibrate.month_names import without_accents

NEW, ACTIVE, WAITING, DONE, UNKNOWN = "new", "active", "waiting", "resolved", ""
STATES = (NEW, ACTIVE, WAITING, DONE)
_STATES = {
    NEW: "new|open|opened|to do|todo|triggered|backlog|offen|neu|aberto|aberta|nuevo|nueva|novo|nova|abierto|abierta|a fazer|itens pendentes|tareas por hacer|por hacer"
    "|zu erledigen|à faire|ouvert|ouverte|nouveau|nouvelle|selected for development|reopened|triage|unstarted|proposed|reported|created|da fare|completare|aperto|aperta|nuovo|te doen|open te doen|nieuw"
    "|att göra|ny|öppen|opgaver|å gjøre|åpen|åben|tehtävä|avoin|uusi|do zrobienia|otwarte|nowe|nowy|zbývá udělat|otevřeno|nový|teendő|nyitott|de făcut|deschis|к выполнению|сделать|открыт|открыто|новый|новая|відкрито|yapılacaklar|açık|yeni"
    "|to-do|未着手|作業前|新規|オープン|待办|待处理|新建|打开|해야 할 일|할 일|열림|새로 만들기|new ticket|open unassigned|unacknowledged|firing|approved|ready|fr",
    ACTIVE: "active|in progress|work in progress|assigned|acknowledged|acked|in arbeit|in bearbeitung|em andamento|em progresso|en cours|en curso|en progreso|in review|testing|in testing|in test|code review|started|doing|committed|investigating"
    "|in corso|bezig|onder handen|pågår|pågående|i gang|under arbeid|kesken|käynnissä|w toku|w trakcie|probíhá|folyamatban|în curs|в работе|в процессе|в процесі|devam ediyor|進行中|対応中|处理中|进行中|正在进行|진행 중|fixing|monitoring|mitigated|identified|in behandeling|being processed",
    DONE: "resolved|closed|done|complete|completed|cancelled|canceled|merged|fixed|solved|erledigt|geschlossen|gelöst|abgeschlossen|fertig|geschlossen (erfolgreich)"
    "|itens concluídos|concluído|concluída|fechado|fechada|resolvido|resolvida|terminé|terminée|fermé|fermée|clôturé|résolu|résolue|listo|lista|cerrado|cerrada|resuelto|resuelta|finalizada|finalizado|hecho|completado"
    "|closed successful|closed unsuccessful|closed with workaround|removed|declined|duplicate|won't do|won't fix|verified|released|deployed|post-incident|completata|completato|chiuso|chiusa|risolto|risolta|fatto|gereed|klaar|gesloten|opgelost"
    "|klar|klart|stängd|löst|färdig|udført|lukket|løst|fullført|utført|ferdig|valmis|suljettu|ratkaistu|gotowe|ukończone|zamknięte|zakończone|rozwiązane|hotovo|uzavřeno|vyřešeno|kész|lezárt|megoldott|finalizat|închis|rezolvat|готово|закрыт|закрыто|решен|решён|решено|выполнено|сделано"
    "|виконано|закрито|tamam|tamamlandı|kapatıldı|çözüldü|完了|解決済み|クローズ|完成|已完成|已解决|已关闭|关闭|완료|완료됨|해결됨|닫힘",
}  # fmt: skip
_STATE = {
    without_accents(word): state for state, words in _STATES.items() for word in words.split("|")
}
_WAITING = re.compile(
    r"(?:awaiting|waiting|pending|on hold|hold|blocked|suspended|paused|snoozed|wartet|wartend|warten|en espera|en attente|aguardando|em espera|pendente|pendiente|in attesa|in afwachting|wacht|väntar|venter|odottaa|oczekuje|wstrzymane|čeká|ожида|приостановлен|очікує|bekl|保留|等待|挂起|대기|보류)"
)


def state(text: str, corrections: Mapping[str, str]) -> str:
    """Return NEW, ACTIVE, WAITING or DONE; UNKNOWN for a word that is not understood."""
    word = text.strip().casefold()
    corrected = corrections.get(word)
    if corrected in STATES:
        return corrected
    if _WAITING.match(word):
        return WAITING
    return _STATE.get(without_accents(word), UNKNOWN)
