"""Names of columns by what they mean, in the languages of trackers: what a format does not name itself.

A format's own names come first; these stand in for them, so that a translated export, or a table that somebody
made, is read by the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sim.calibrate.amounts import unit_in

_CUSTOM = re.compile(
    r"(?:custom field|campo personalizado|campo customizado|benutzerdefiniertes feld|champs? personnalisée?s?"
    r"|campo personalizzato|aangepast veld|anpassat fält|brugerdefineret felt|egendefinert felt"
    r"|pole niestandardowe|vlastní pole|пользовательское поле|özel alan|カスタム フィールド|カスタムフィールド"
    r"|自定义字段|사용자 정의 필드)\s*[(（](.+)[)）]$"
)
_IN_BRACKETS = re.compile(r"\s*[(\[（][^)\]）]*[)\]）]\s*$")
_UNIT = re.compile(r"\s+(?:in\s+|\()?([^\W\d_]+)\)?$")


def plain(name: str) -> str:
    """Return a column's name as it is compared: lower case, spaces for underscores, no wrapping."""
    name = " ".join(name.strip().strip("\ufeff").casefold().replace("_", " ").split())
    found = _CUSTOM.match(name)
    return found[1] if found else name


def bare(name: str) -> str:
    """Return a plain name without what stands in brackets behind it, and without a unit at its end."""
    name = _IN_BRACKETS.sub("", name)
    found = _UNIT.search(name)
    if found and unit_in(found[1]) is not None and len(found[1]) > 1:
        name = name[: found.start()]
    return name.strip(" :*#")


HEADINGS: Mapping[str, Sequence[str]] = {
    field: tuple(dict.fromkeys(names.split("|")))
    for field, names in {
        "number": "number|id|key|ticket|ticket id|ticket number|ticket no|ticket no.|ticket nr|ticket nr.|ticketnummer"
        "|ticketnr|incident|incident number|incident id|incident no|case|case number|case id|case no|request id|issue"
        "|issue id|issue number|issue key|reference|ref|nr|no|no.|número|numero|n°|nº|nummer|vorgang|vorgangsnummer"
        "|vorgangsschlüssel|schlüssel|chave|chave da item|clave|clave de incidencia|clé|clé de ticket|chiave"
        "|chiave segnalazione|sleutel|klucz|klíč|nyckel|nøgle|nøkkel|avain|kulcs|cheie|ключ|anahtar|キー|関键字|密钥"
        "|问题关键字|키|номер|编号|番号|protocolo|chamado|folio|ärendenummer|sagsnummer|saksnummer|numer|číslo|номер заявки",
        "opened": "opened|opened at|opened on|open date|open time|opening date|opened date|date opened|created|created at"
        "|created on|created date|created time|creation date|creation time|date created|create time|create date|createdat"
        "|created at date|start|start time|start date|started at|begin|begin time|reported|reported at|reported on|reported date|report date"
        "|date reported|submitted|submitted at|submit date|logged|logged at|log date|raised|raised on|received"
        "|requested|request date|timestamp|datetime|date|erstellt|erstellt am|erstelldatum|erstellungsdatum"
        "|eröffnet|eröffnet am|eröffnungsdatum|geöffnet|geöffnet am|angelegt|angelegt am|gemeldet|gemeldet am|eingang|eingangsdatum|datum"
        "|ouvert|ouvert le|date d'ouverture|créé|créée|créé le|création|date de création|date création|abierto|abierta"
        "|fecha de apertura|fecha apertura|creado|creada|creado el|fecha de creación|fecha creación|fecha|aberto|aberta"
        "|aberto em|data de abertura|data abertura|criado|criada|criado em|data de criação|data criação|data|aperto|aperto il"
        "|data apertura|data di apertura|creato|creata|creazione|data creazione|data di creazione|gemaakt|gemaakt op|aangemaakt"
        "|aangemaakt op|geopend|skapad|skapat|öppnad|oprettet|opprettet|luotu|utworzono|utworzone|utworzony|data utworzenia|vytvořeno"
        "|vytvorené|létrehozva|creat|создано|создан|дата создания|открыт|дата открытия|створено|oluşturuldu|oluşturma|oluşturma tarihi"
        "|作成日|作成日時|作成|起票日|创建日期|创建时间|已创建|建立日期|생성일|만듦|생성",
        "resolved": "resolved|resolved at|resolved on|resolved date|resolved time|resolution date|resolutiondate|resolution time stamp|date resolved|solved|solved at"
        "|solved on|completed|completed at|completed on|completed date|completion date|done|done at|finished|finished at|fixed|fixed at"
        "|closed|closed at|closed on|closed date|closed time|close date|close time|date closed|ended|end|end time|end date|resolvedat|closedat|completedat"
        "|gelöst|gelöst am|erledigt|erledigt am|geschlossen|geschlossen am|abgeschlossen|abgeschlossen am|schließdatum|ende|beendet|lösungsdatum"
        "|résolu|résolue|résolu le|résolution|date de résolution|fermé|fermé le|clôturé|date de clôture|resuelto|resuelta|resuelto el"
        "|fecha de resolución|fecha resolución|cerrado|fecha de cierre|fecha cierre|resolvido|resolvida|resolvido em|data de resolução|data resolução"
        "|fechado|fechado em|encerrado|data de fechamento|data fechamento|concluído em|risolto|risolta|risolto il|data risoluzione|chiuso"
        "|chiuso il|data chiusura|opgelost|opgelost op|gesloten|gesloten op|löst|stängd|avslutad|løst|lukket|ratkaistu|suljettu|rozwiązano"
        "|rozwiązane|zamknięto|data rozwiązania|vyřešeno|vyriešené|uzavřeno|megoldva|lezárva|rezolvat|решено|решён|дата решения|закрыт"
        "|дата закрытия|вирішено|çözüldü|çözümlendi|kapatıldı|解決日|完了日|解決|解决时间|解决日期|已解决|关闭时间|해결일|해결됨|해결",
        "responded": "responded|responded at|first response|first response at|first response date|first responded at|first reply|first reply at"
        "|initial response|initial response time|acknowledged|acknowledged at|ack at|accepted at|started|started at|work started|in progress at"
        "|reaktion|erste reaktion|erstreaktion|erste antwort|première réponse|primera respuesta|primeira resposta|prima risposta",
        "state": "state|status|ticket status|ticket state|status category|estado|état|statut|stato|zustand|situação|tila|stav|stan|állapot|stare|статус|стан|durum"
        "|ステータス|状态|상태|statuskategorie|categoria do status|categoría de estado|catégorie de statut",
        "severity": "severity|priority|sev|prio|urgency|impact|ticket priority|priorität|prioritaet|dringlichkeit|schweregrad|priorité|gravité|urgence"
        "|prioridad|severidad|gravedad|urgencia|prioridade|severidade|gravidade|urgência|priorità|gravità|severità|urgenza|prioriteit|ernst"
        "|urgentie|prioritet|allvarlighetsgrad|alvorlighed|prioriteetti|vakavuus|priorytet|ważność|priorita|závažnost|závažnosť|prioritás"
        "|prioritate|приоритет|серьёзность|срочность|пріоритет|öncelik|önem|önem derecesi|優先度|重要度|深刻度|优先级|严重程度|优先级别|우선순위|심각도",
        "category": "kind|category|type|ticket type|incident type|classification|topic|product|service|component|components|kategorie|art"
        "|catégorie|categoría|categoria|tipo|categorie|kategori|kategoria|luokka|категория|категорія|kategori adı|カテゴリ|カテゴリー|类别|分类|분류|bereich|thema",
        "type": "issue type|issuetype|work item type|work type|tipo de item|vorgangstyp|ticketart|type de ticket|tipo de incidencia|tipo de segnalazione"
        "|tipo di segnalazione|tipo segnalazione|issue-type|typ zgłoszenia|typ problému|typ úkolu|ärendetyp|sagstype|sakstype|tapahtumatyyppi|problématípus"
        "|tip problemă|тип задачи|тип запроса|тип|тип завдання|sorun türü|konu türü|konu tipi|課題タイプ|問題類型|问题类型|事务类型|이슈 유형|이슈유형|tipo de actividad|tipo de problema",
        "group": "team|group|assignment group|support group|assigned group|resolver group|queue|squad|department|board|gruppe|bearbeitergruppe|zuweisungsgruppe|warteschlange"
        "|équipe|groupe|groupe d'affectation|file|equipo|grupo|grupo de asignación|grupo asignado|equipe|grupo de atribuição|fila|gruppo"
        "|squadra|coda|groep|wachtrij|grupp|hold|lag|kö|tiimi|ryhmä|zespół|grupa|kolejka|tým|skupina|csapat|echipă|команда|группа|очередь|група|takım|ekip|grup"
        "|チーム|担当グループ|团队|小组|팀|project|project name|projekt|projektname|projet|nom du projet|proyecto|nombre del proyecto|projeto|nome do projeto"
        "|progetto|nome progetto|nome del progetto|projectnaam|nazwa projektu|název projektu|projektnamn|проект|название проекта|proje|proje adı|プロジェクト|プロジェクト名|项目|项目名称|프로젝트|프로젝트 이름|project key|chave do projeto|projektschlüssel",
        "project": "project key|repository|repo|repository name|project path|project id",
        "person": "person|assignee|assigned to|assigned|owner|agent|engineer|developer|resolved by|resolver|handled by|worker|bearbeiter|zugewiesen an|zugewiesene person|zuständig|verantwortlich"
        "|attribution|attribué à|assigné à|responsable|personne assignée|persona asignada|asignado a|asignado|responsável|atribuído a|atribuído|assegnatario"
        "|assegnato a|toegewezen aan|behandelaar|toegewezen persoon|tilldelad|ansvarig|tildelt|ansvarlig|tildelt til|vastuuhenkilö|przypisany|osoba przypisana|przypisany do|přiřazeno"
        "|řešitel|pridelené|felelős|responsabil|исполнитель|ответственный|виконавець|atanan|sorumlu|担当者|经办人|负责人|담당자",
        "effort_hours": "effort hours|hours|effort|hours spent|hours worked|worked hours|work hours|time spent hours|actual hours|actual effort|completed work|work effort|hands-on hours|hands on"
        "|worked|work|work logged|logged hours|aufwand|stunden|arbeitszeit|arbeitsaufwand|ist-aufwand|zeitaufwand|bearbeitungszeit|horas|horas trabajadas"
        "|esfuerzo|horas trabalhadas|esforço|heures|heures passées|charge|effort réel|ore|ore lavorate|impegno|uren|gewerkte uren|bestede uren|inspanning"
        "|timmar|arbetstid|timer|työaika|tunnit|godziny|nakład pracy|hodiny|óra|ore lucrate|часы|трудозатраты|години|saat|efor|工数|作業時間|工时|耗时|작업시간",
        "effort_seconds": "effort seconds|seconds worked|seconds spent|time spent seconds|time worked seconds",
        "effort_minutes": "effort minutes|minutes worked|minutes spent|time spent minutes|time worked minutes|handling minutes",
        "effort_days": "effort days|days worked|person days|personentage|man days|pt",
        "effort_any": "time spent|time worked|time tracked|time logged|handling time|work time|accounted time|tempo gasto|benötigte zeit|zeit|temps passé|tiempo trabajado"
        "|tiempo empleado|tempo impiegato|bestede tijd|tid|nedlagd tid|brugt tid|käytetty aika|zarejestrowany czas|strávený čas|затраченное время|harcanan süre|消費時間|花费时间|소요 시간",
        "response_seconds": "response seconds|seconds to first response|first response seconds|time to acknowledge seconds",
        "response_minutes": "response minutes|minutes to first response|first reply time in minutes|first response minutes|first reply time minutes",
        "response_hours": "response hours|hours to first response|first response time|first response hours|time to first response",
        "resolution_seconds": "resolution seconds|seconds to resolve|time to resolve seconds",
        "resolution_minutes": "resolution minutes|minutes to resolve|full resolution time in minutes",
        "resolution_hours": "resolution hours|hours to resolve|resolution time|time to resolution|time to resolve|resolution time hours",
        "resolution": "resolution|resolution code|close code|closed code|closure code|close reason|closed reason|reason closed|resolution category|lösung|lösungscode|erledigungsart|abschlussgrund"
        "|resolución|código de cierre|resolução|código de fechamento|risoluzione|resolutie|oplossing|lösningskod|løsning|ratkaisu|rozwiązanie|řešení|riešenie|megoldás|rezoluție|резолюция|решение|çözüm|解決状況|解决结果|해결 방법",
        "reassigned": "reassigned|reassignments|reassignment count|group stations|assignee stations",
        "reopened": "reopened|reopen count|reopens|reopened count|wiedereröffnet",
        "points": "points|story points|story point|story point estimate|estimate|storypoints|estimated points|puntos|puntos de historia|pontos|pontos de história|points de récit|punti|storypunkte|punkte|стори поинты|estimation|ストーリーポイント|故事点|weight",
        "sprint": "sprint|sprint name|iteration|iteration path|cycle|cycle name|スプリント|冲刺|스프린트|спринт",
        "contact": "contact type|channel|source|kontaktart|via",
        "subtask": "subtask|is subtask|is sub-task",
        "level": "hierarchy level|hierarchylevel",
        "updated": "sys updated at",
        "link": "linked ticket|linked issue|related ticket|ticket key|jira issue|jira issue key|jira key|external reference|external id|external ticket|servicenow number|incident reference",
        "change": "sys mod count|update number",
    }.items()
}  # fmt: skip
"""Field: names in lower case, the best first."""


GUESSED = (
    "effort_hours", "severity", "person", "points", "resolved", "opened", "responded", "group", "state",
    "category",
)  # fmt: skip
"""Fields that a word in a name may hint at, those that matter most first."""

_COMMON = frozenset(["date", "time", "name", "field", "custom", "number", "data", "datum", "fecha"])
"""Words that stand in many names and hint at nothing."""

_HINTS = {
    field: frozenset(
        word for name in HEADINGS[field] if " " not in name for word in [name] if len(word) > 3
    )
    - _COMMON
    for field in GUESSED
}


def might_be(name: str) -> str | None:
    """Return the field that a column which is not read may hold, by a word in its name; None for none."""
    words = frozenset(re.findall(r"[^\W\d_]{4,}", plain(name)))
    return next((field for field, hints in _HINTS.items() if words & hints), None)
