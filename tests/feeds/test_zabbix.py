"""Zabbix: the packet as its own library reads it, answers that took nothing, and the template on a run."""

from __future__ import annotations

import json
import logging
import re
import socket
import struct
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import yaml
from zabbix_utils import ItemValue, ProcessingError
from zabbix_utils.common import ZabbixProtocol

from monitor.feeds import readout, service_states, zabbix
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.verdict import Run
from tests.feeds import day, made
from tests.reports import runs
from tests.suite import ROOT
from tests.wire.servers import Connection, Script, Server, silent, unused_port

LOG = logging.getLogger("zabbix")
TAKEN = "processed: 1; failed: 0; total: 1; seconds spent: 0.000045"
TEMPLATE = yaml.safe_load((ROOT / "deploy/zabbix/template.yaml").read_text(encoding="utf-8"))["zabbix_export"]
(WHOLE,) = TEMPLATE["templates"]


@contextmanager
def pair(content: bytes) -> Iterator[socket.socket]:
    """A socket of which this can be read."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        threading.Thread(target=ours.sendall, args=(content,), daemon=True).start()
        yield theirs


def read(content: bytes) -> Any:
    """A packet as Zabbix' own library reads it."""
    with pair(content) as theirs:
        return json.loads(ZabbixProtocol.parse_sync_packet(theirs, LOG, ProcessingError))


def answering(body: bytes, packet: bytes | None = None) -> Script:
    """Take a packet whole, and answer."""

    def script(connection: Connection) -> None:
        head = connection.sock.recv(13, socket.MSG_WAITALL)
        length = struct.unpack("<4sBII", head)[2]
        content = connection.sock.recv(length, socket.MSG_WAITALL)
        connection.server.requests.append((head + content).decode("latin-1"))
        connection.send(ZabbixProtocol.create_packet(body, LOG) if packet is None else packet)

    return script


def sent(run: Run, server: Server, seconds: float = 10.0) -> str:
    values = {zabbix.VARIABLE: f"127.0.0.1:{server.port}"}
    return zabbix.send(run, FeedSettings(), Courier.within(values, Scrubber(), seconds))


def info(text: str, response: str = "success") -> bytes:
    return json.dumps({"response": response, "info": text}).encode()


def test_packet_is_the_one_that_the_library_would_write() -> None:
    run = made.sick()
    told = read(zabbix.packet(run, FeedSettings()))
    (value,) = told["data"]
    theirs = ItemValue(value["host"], value["key"], value["value"], value["clock"])
    body = json.dumps({"request": "sender data", "data": [theirs.to_json()], "clock": told["clock"]})

    assert zabbix.packet(run, FeedSettings()) == ZabbixProtocol.create_packet(body, LOG)
    assert json.loads(value["value"]) == zabbix.document(run)


@made.each_run
def test_any_run_has_each_name_once_and_unknown_has_a_number_of_its_own(run: Run) -> None:
    document = zabbix.document(run)
    for some in (document["tenants"], document["targets"]):
        names = [each["name"] for each in some]
        assert len(names) == len(set(names))
        assert {each["status"] for each in some} <= {0, 1, 2, 3}
        assert not [name for name in names if re.search(r"""[\\'"\[\]{}]""", name)]
        if run.mode != "live":
            assert {each["status"] for each in some} <= {2}


def test_value_is_taken_where_nothing_failed() -> None:
    with Server(answering(info(TAKEN))) as server:
        said = sent(made.sick(), server)

    assert said == "1 value taken"
    assert read(server.requests[0].encode("latin-1"))["data"][0]["key"] == "auth0.run"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (answering(info("processed: 0; failed: 1; total: 1; seconds spent: 0.1")), "took nothing .*failed: 1"),
        (answering(info("")), "took nothing"),
        (answering(info("not permitted", "failed")), "refused it: not permitted"),
        (answering(b"[]"), "not as Zabbix does"),
        (answering(b"{"), "not as Zabbix does"),
        (answering(b"", b"HTTP/1.1 400 Bad Request\r\n\r\n<html>"), "does not speak Zabbix' protocol"),
        (answering(b"", b"ZBXD\x01\xff\xff\xff\x7f\x00\x00\x00\x00"), "in a form that is not read here"),
        (answering(b"", b""), "does not speak Zabbix' protocol"),
    ],
    ids=["failed", "no count", "refused", "no object", "no JSON", "another protocol", "too long", "nothing"],
)
def test_answer_that_took_nothing_is_said_with_its_variable(script: Script, why: str) -> None:
    with Server(script) as server, pytest.raises(Unsent, match=f"{zabbix.VARIABLE} .*{why}"):
        sent(made.sick(), server)


def test_server_that_hangs_costs_its_time_and_one_that_is_not_there_none() -> None:
    with Server(silent) as server, pytest.raises(Unsent, match=rf"{zabbix.VARIABLE} did not answer|its time was over"):
        sent(made.sick(), server, 0.5)
    with pytest.raises(Unsent, match=f"{zabbix.VARIABLE} was not reached"):
        zabbix.send(
            made.sick(),
            FeedSettings(),
            Courier.within({zabbix.VARIABLE: f"127.0.0.1:{unused_port()}"}, Scrubber(), 5),
        )


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("zabbix.acme.example", "zabbix.acme.example:10051"),
        ("10.0.0.1:10052", "10.0.0.1:10052"),
        ("[::1]:10051", "::1:10051"),
        ("https://zabbix.acme.example", ""),
        ("zabbix:0", ""),
        ("zabbix:99999", ""),
        ("a b", ""),
    ],
)
def test_server_is_a_host_and_a_port(given: str, url: str) -> None:
    if url:
        assert zabbix.destination({zabbix.VARIABLE: given}).url == url
    else:
        with pytest.raises(Unsent, match=zabbix.VARIABLE):
            zabbix.destination({zabbix.VARIABLE: given})


def test_day_of_300_tenants_is_one_value_within_the_bound() -> None:
    content = zabbix.packet(day.bad(), FeedSettings())
    document = json.loads(read(content)["data"][0]["value"])

    assert len(content) < zabbix.BYTES
    assert len(document["tenants"]) == day.TENANTS


def test_old_run_is_not_sent() -> None:
    with Server(answering(info(TAKEN))) as server:
        with pytest.raises(Unsent, match="too old"):
            sent(made.sick(ago=700), server)
        assert server.requests == []


def test_value_has_each_tenant_and_target_with_its_number_its_sentence_and_its_seconds() -> None:
    late = runs.degraded(target="prod:corp", kind="login")
    run = made.told(late, runs.unknown(target="prod:blue"), runs.verdict(target="eu"), ago=50, seconds=2.0)
    states = {each.service.removeprefix("auth0 "): each.line for each in service_states.of_tenants(run)}

    document = zabbix.document(run)
    assert document == {
        "mode": "live",
        "started": round((readout.ended(run) or 0) - 2.0),
        "tenants": [
            {"name": "prod", "status": 2, "said": states["prod"]},
            {"name": "eu", "status": 0, "said": states["eu"]},
        ],
        "targets": [
            {"name": "prod:corp", "tenant": "prod", "status": 1, "seconds": 4.2},
            {"name": "prod:blue", "tenant": "prod", "status": 2},
        ],
    }
    assert abs(document["started"] - (time.time() - 50)) < 30


def test_of_two_names_that_are_one_item_the_worse_is_told() -> None:
    for some in (["a'b", 'a"b'], ['a"b', "a'b"]):
        run = made.told(runs.verdict(target=some[0]), runs.down(target=some[1]))
        (tenant,) = zabbix.document(run)["tenants"]
        assert (tenant["name"], tenant["status"]) == ("a_b", 3)
        run = made.told(runs.down(target=some[0]), runs.verdict(target=some[1]))
        (tenant,) = zabbix.document(run)["tenants"]
        assert tenant["status"] == 3


def test_packet_is_of_the_host_that_is_configured_at_the_end_of_the_run() -> None:
    run = made.sick(ago=50)
    told = read(zabbix.packet(run, FeedSettings(host="probe-7")))

    assert told["request"] == "sender data"
    assert told["clock"] == told["data"][0]["clock"] == int(readout.ended(run) or 0)
    assert (told["data"][0]["host"], told["data"][0]["key"]) == ("probe-7", "auth0.run")


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("processed: 1; failed: 0; total: 1; seconds spent: 0.1", True),
        ("processed: 1; failed: 1; total: 2; seconds spent: 0.1", False),
        ("processed: 0; failed: 0; total: 1; seconds spent: 0.1", False),
    ],
)
def test_value_is_taken_only_where_one_was_processed_and_none_failed(text: str, *, is_taken: bool) -> None:
    with Server(answering(info(text))) as server:
        if is_taken:
            assert sent(made.sick(), server) == "1 value taken"
            return
        with pytest.raises(Unsent, match=r"took nothing .*: see that a host auth0 has the template"):
            sent(made.sick(), server)


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"ZBXD\x03\x02\x00\x00\x00\x00\x00\x00\x00{}", "in a form that is not read here"),
        (b"ZBXD\x01\xa1\x86\x01\x00\x00\x00\x00\x00{}", "in a form that is not read here"),
        (b"ZBXD\x01\xa0\x86\x01\x00\x00\x00\x00\x00{}", "not as Zabbix does"),
        (b"ZBXD\x01\x02\x00", "does not speak Zabbix' protocol"),
    ],
    ids=["compressed", "too long", "long and cut off", "no whole header"],
)
def test_answer_in_another_form_is_told_as_such(packet: bytes, why: str) -> None:
    with Server(answering(b"", packet)) as server, pytest.raises(Unsent, match=f"{zabbix.VARIABLE} .*{why}"):
        sent(made.sick(), server)


def test_answer_that_comes_in_pieces_is_read_whole() -> None:
    whole = ZabbixProtocol.create_packet(info(TAKEN), LOG)

    def script(connection: Connection) -> None:
        head = connection.sock.recv(13, socket.MSG_WAITALL)
        connection.sock.recv(struct.unpack("<4sBII", head)[2], socket.MSG_WAITALL)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(len(whole)):
            connection.send(whole[place : place + 1])

    with Server(script) as server:
        assert sent(made.sick(), server) == "1 value taken"


def elements() -> Iterator[dict[str, Any]]:
    """Every item and prototype of the template."""
    yield from WHOLE["items"]
    for rule in WHOLE["discovery_rules"]:
        yield rule
        yield from rule["item_prototypes"]


def taken(path: str, document: Any) -> Any:
    """What a path of the template takes out of a run: the few forms that it uses."""
    if plain := re.fullmatch(r"\$\.(\w+)", path):
        return document[plain[1]]
    chosen = re.fullmatch(r'\$\.(\w+)\[\?\(@\.name == "([^"]*)"\)\]\.(\w+)\.first\(\)', path)
    assert chosen, path
    return next(each[chosen[3]] for each in document[chosen[1]] if each["name"] == chosen[2])


def test_every_id_of_the_template_is_a_uuid_of_version_4_and_there_once() -> None:
    found = re.findall(r"uuid: (\w+)", (ROOT / "deploy/zabbix/template.yaml").read_text(encoding="utf-8"))

    assert len(found) == len(set(found)) > 10
    assert {uuid.UUID(each).version for each in found} == {4}


def test_every_path_of_the_template_finds_its_value_in_a_run() -> None:
    document = zabbix.document(made.sick())
    for element in elements():
        for step in element.get("preprocessing", ()):
            path = step["parameters"][0].replace("{#TENANT}", "prod").replace("{#TARGET}", "staging:password")
            assert taken(path, document) is not None
        if element["type"] == "DEPENDENT":
            assert element["master_item"] == {"key": zabbix.ITEM}
    for rule in WHOLE["discovery_rules"]:
        some = document[rule["preprocessing"][0]["parameters"][0].removeprefix("$.")]
        assert [each[rule["lld_macro_paths"][0]["path"].removeprefix("$.")] for each in some]


def test_triggers_of_the_template_ask_its_own_items_and_unknown_is_no_problem_of_login() -> None:
    keys = {element["key"] for element in elements()}
    triggers = [
        each for item in elements() for name in ("triggers", "trigger_prototypes") for each in item.get(name, ())
    ]
    for trigger in triggers:
        asked = re.findall(r"\(/([^/]+)/([^,)]+)", trigger["expression"])
        assert asked
        assert all(template == WHOLE["template"] and key in keys for template, key in asked)

    assert [each["name"] for each in triggers if re.search(r"\)=2\b", each["expression"])] == [
        "Auth0: {#TENANT} could not be judged for 30 minutes"
    ]
    mapped = {each["newvalue"]: int(each["value"]) for each in WHOLE["valuemaps"][0]["mappings"]}
    assert mapped == {str(status): code for status, code in zabbix.CODES.items() if str(status) != "skipped"}
