"""Novo SGA's database, 1.x and 2.x: what its tables mean here.

Its schema: migrations/sql/v1__init of novosga/novosga for MySQL and PostgreSQL (2.x; the names of its states in
`AtendimentoServiceInterface` of novosga/core), src/Novosga/Install/sql/create (1.x; its states by number).
"""

from __future__ import annotations

from collections.abc import Mapping

from config import Text, Told
from intake.sql_dump import Cell, Table
from server.incumbents.dumped import (
    NEVER,
    NOT_KEPT,
    PASSWORDS,
    PERSONAL,
    Holding,
    Left,
    Matter,
    Person,
    Stay,
    Window,
    counted,
    instant,
    letter,
    needed,
    number_of,
    told,
    yes,
)

SYSTEM, MADE = "Novo SGA", "NS"
ALL, CODED = "atendimentos", ("atendimentos_codificados", "historico_atendimentos_codificados")
PAST = "historico_atendimentos"
OFFERED = ("servicos_unidades", "uni_serv")
WANTED = {
    *(ALL, PAST, *OFFERED, *CODED, "servicos", "unidades", "usuarios", "locais", "prioridades"),
    *("clientes", "agendamentos", "atend_codif", "historico_atend_codif", "lotacoes", "perfis"),
}
BY_NUMBER = {
    "1": "emitida",
    "2": "chamado",
    "3": "iniciado",
    "4": "encerrado",
    "5": "nao_compareceu",
    "6": "cancelada",
    "7": "erro_triagem",
    "8": "encerrado",
}
"""States of 1.x; 8 is a finished one whose services were written down."""


def read(found: Mapping[str, Table], name: str, unit: str = "") -> Holding:
    """What the dump called `name` holds of one unit: the one there is, or the one of this id. Raises Told."""
    needed(found, ("servicos", "unidades", PAST), SYSTEM, name)
    unit = _unit(found, name, unit)
    holding = Holding(f"{SYSTEM} {'1' if 'uni_serv' in found else '2'}")
    offered = next((found[table].rows for table in OFFERED if table in found), [])
    here = {told(row, "servico_id"): row for row in offered if told(row, "unidade_id") == unit}
    for row in found["servicos"].rows:
        of = here.get(told(row, "id"))
        if of is not None and told(row, "nome"):
            active = _on(of) and _on(row) and not row.get("deleted_at")
            holding.matters.append(Matter(told(row, "id"), told(row, "nome"), letter(told(of, "sigla")), active))
    logins = _people(found, holding)
    heavy = (
        {told(r, "id") for r in found["prioridades"].rows if told(r, "peso") not in ("", "0")}
        if ("prioridades" in found)
        else set()
    )
    rows = [(table, row) for table in (PAST, ALL) if table in found for row in found[table].rows]
    mine = [(table, row) for table, row in rows if told(row, "unidade_id") == unit]
    _stays(mine, holding, logins, heavy)
    numbers = {told(row, "num_local") for _, row in mine} - {"", "0"}
    holding.windows = [Window(number) for number in sorted(numbers, key=lambda n: (len(n), n))]
    _left(found, holding, len(rows) - len(mine))
    return holding


def _on(row: Mapping[str, Cell]) -> bool:
    return yes(row["ativo"]) if "ativo" in row else told(row, "status") == "1"


def _unit(found: Mapping[str, Table], name: str, unit: str) -> str:
    units = {told(row, "id"): told(row, "nome") for row in found["unidades"].rows}
    if unit in units:
        return unit
    if len(units) == 1 and not unit:
        return next(iter(units))
    listed = ", ".join(f"{one} {title}" for one, title in units.items())
    raise Told(
        f"{name}：有{len(units)}个单位（{listed}）：请用 --unit 写出其中一个的编号。",
        f"{name}: {len(units)} units ({listed}); name one by its id with --unit",
    )


def _people(found: Mapping[str, Table], holding: Holding) -> dict[str, str]:
    """The staff, and the number of each by its id there."""
    numbers: dict[str, str] = {}
    for row in found["usuarios"].rows if "usuarios" in found else []:
        number = numbers[told(row, "id")] = number_of(told(row, "login"), f"{MADE}{told(row, 'id')}")
        name = " ".join(filter(None, (told(row, "nome"), told(row, "sobrenome"))))
        active = _on(row) and not row.get("deleted_at")
        holding.people.append(Person(number, name, active))
    return numbers


def _stays(
    rows: list[tuple[str, dict[str, Cell]]], holding: Holding, numbers: Mapping[str, str], heavy: set[str]
) -> None:
    again = open_ = begun = 0
    for table, row in rows:
        state = BY_NUMBER.get(told(row, "status"), told(row, "status"))
        if state == "erro_triagem":
            again += 1
            continue
        if table == ALL and state in ("emitida", "chamado", "iniciado"):
            open_ += 1
            continue
        if state == "iniciado":
            begun += 1
            continue
        came, called, began, ended = (instant(row.get(one)) for one in ("dt_cheg", "dt_cha", "dt_ini", "dt_fim"))
        cells = {
            "arrived": came,
            "class": "green" if told(row, "prioridade_id") in heavy else "",
            "counter": told(row, "num_local") if told(row, "num_local") != "0" else "",
            "staff": numbers.get(told(row, "usuario_id"), ""),
        }
        if state == "encerrado":
            cells |= {"called": called, "started": began, "finished": ended}
        elif state == "nao_compareceu":
            cells |= {"called": called or ended, "left": ended}
        elif state == "cancelada":
            cells |= {"called": called, "left": ended}
        elif state == "chamado":
            cells |= {"called": called}
        holding.stays.append(Stay(f"{table} {told(row, 'id')}", told(row, "servico_id"), cells))
    for count, what, why in (
        (
            again,
            Text("取错号的来访", "visits with a wrong number"),
            Text("改取的号是另一条记录，只收那一条。", "the number they got instead is a row of its own, and taken"),
        ),
        (
            open_,
            Text("还没有办结的来访", "visits that are not over"),
            Text("请在 Novo SGA 里清空当天的号以后再导出。", "reset the day's numbers in Novo SGA, then dump it"),
        ),
        (
            begun,
            Text("没有结束时间的来访", "visits without an end"),
            Text("办了多久无法知道。", "how long they took can't be known"),
        ),
    ):
        if count:
            holding.left.append(Left(what, count, why))


def _left(found: Mapping[str, Table], holding: Holding, elsewhere: int) -> None:
    coded = sum(counted(found, table) for table in (*CODED, "atend_codif", "historico_atend_codif"))
    for what, count, why in (
        (PASSWORDS, counted(found, "usuarios"), NEVER),
        (PERSONAL, counted(found, "clientes"), NOT_KEPT),
        (
            Text("其他单位的来访", "visits of other units"),
            elsewhere,
            Text(
                "一次只接收一个单位，请再接收一次，写另一个单位。",
                "one unit at a time; take over once more and name another",
            ),
        ),
        (
            Text("预约", "bookings"),
            counted(found, "agendamentos"),
            Text(
                "预约按人登记：请另交预约名单。",
                "they name people; hand in a list of your own",
            ),
        ),
        (
            Text("一次来访里另办的事项", "further services done in a visit"),
            coded,
            Text("这里一次来访是一个事项。", "a visit is one service here"),
        ),
    ):
        if count:
            holding.left.append(Left(what, count, why))
