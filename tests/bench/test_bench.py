"""Every measurement of the outbox runs, with few people, and nobody is missed or told twice in it."""

import xml.etree.ElementTree as ET

import pytest

from bench import audience, broadcast, deliveries, ledger, memory, workers
from bench.chart import Chart, svg

SVG = "{http://www.w3.org/2000/svg}"


def cells(shown):
    """The table's rows, without its head, by what stands in their first column."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in shown.splitlines()[2:]]
    return {line[0]: line[1:] for line in lines}


@pytest.mark.long
async def test_the_broadcast_reaches_everybody_once():
    """Ours runs beside the plain loop, which loses those whom the server did not take so soon."""
    shown = cells(await broadcast.measure(40, {"loop": "plain"}))

    assert shown["Kallelse"][:3] == ["40", "0", "0"]
    reached, lost, twice = (int(cell) for cell in shown["loop"][:3])
    assert (reached + lost, twice) == (40, 0)


@pytest.mark.long
async def test_deliveries_are_counted_in_both():
    """Each of the loop and the product sent exactly one message to each."""
    shown = cells(await deliveries.measure(people=50, rounds=1, bare_people=50))

    assert [row[-1] for row in shown.values()] == ["0", "0"]


@pytest.mark.long
@pytest.mark.postgres
async def test_the_ledger_runs_on_both_databases():
    """A row for each, and the urgent came out of both."""
    shown = cells(await ledger.measure(people=200, sent=100, urgent=2))

    assert [name.partition(",")[0] for name in shown] == ["SQLite", "PostgreSQL"]


@pytest.mark.long
@pytest.mark.postgres
async def test_audiences_are_counted_on_both_databases():
    """Everyone is everyone, and a combination fewer than each of its parts."""
    shown = cells(await audience.measure(members=400, rounds=1))

    assert shown["everyone"][0] == "400"
    assert 0 < int(shown["all of these at once"][0]) < int(shown["an office"][0])


@pytest.mark.long
@pytest.mark.postgres
async def test_workers_share_the_deliveries():
    """Each message once, whoever of them sent it."""
    shown = cells(await workers.measure(people=200, rounds=1, workers=(1, 2)))

    assert [row[-1] for row in shown.values()] == ["0", "0"]


@pytest.mark.long
async def test_memory_is_read_at_each_step():
    """At the start and after each number of deliveries."""
    shown = cells(await memory.measure((20, 50)))

    assert list(shown) == ["0", "20", "50"]


def test_the_chart_says_what_it_shows():
    """Who does not see it gets its title and description, and every line has its name."""
    made = ET.fromstring(  # noqa: S314 - our own picture
        svg(Chart("En & två", "Två linjer", "s", "st"), {"en": [(0, 0), (9, 4)], "två": [(0, 2), (5, 2)]})
    )

    assert made.get("role") == "img"
    assert [made.findtext(f"{SVG}{name}") for name in ("title", "desc")] == ["En & två", "Två linjer"]
    assert {"en", "två"} <= {text.text for text in made.iter(f"{SVG}text")}
