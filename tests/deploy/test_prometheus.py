"""deploy/prometheus and deploy/grafana: what they ask for is there, and is answered by a real Prometheus."""

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.deploy.files import COMPOSE, compose, services
from tests.deploy.prometheus import (
    ALERTMANAGER,
    DASHBOARD,
    RULES_TEST,
    SCRAPE,
    alerts,
    grouped,
    panels,
    read,
    scraping,
    selectors,
)
from tests.docs.signals_document import EXPORTED, metrics
from tests.pipeline.faults import SERVICES, Fault
from tests.pipeline.hooks import SOON, Hooks
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.receiver import Receiver
from tests.pipeline.sender import Sender
from tests.pipeline.served import Served
from tests.pipeline.subscriber import Feed, Publisher
from tests.waiting import wait_until

NIGHT: Final = night(8, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
AT_ONCE: Final = (("services.heartbeat:LAG_EVERY_S", 0.1), ("services.heartbeat:BEAT_EVERY_S", 0.1))

TARGET: Final = {"job", "instance", "service"}
"""Labels that Prometheus gives each target, as deploy/prometheus/prometheus.yml names them."""

MAY_BE_EMPTY: Final = {
    "Oldest held": "nothing is held",
    "Limits reached in an hour": "none was reached",
    "Warnings and errors a minute": "none was logged",
    "Server's memory": "the server of a test has no limit",
}
"""Panels of the dashboard without data on a night without trouble, each with the reason."""

RUNBOOK: Final = '{{ or $externalLabels.runbook "docs/runbook.md" }}'
"""Where the runbook is, as prometheus.yml says for all alerts."""

NOT_YET: Final = {
    "tallywire_limit_reached_total": "counted when a limit is reached",
    "tallywire_backup_good_timestamp_seconds": "of whoever makes backups",
    **dict.fromkeys(EXPORTED, "of an exporter"),
}
"""Metrics that alerts name and a night without trouble does not have."""


def queries() -> dict[str, list[str]]:
    """Return every query of dashboard and alerts, by where it stands."""
    return {
        **{f"panel {title}": found for title, found in panels().items()},
        **{f"alert {name}": [alert["expr"]] for name, alert in alerts().items()},
    }


def test_queries_name_metrics_and_labels_that_there_are() -> None:
    """Promise: dashboard and alerts ask for nothing but what docs/signals.md has."""
    known: dict[str, set[str]] = {}
    for name, (metric, labels, _) in metrics().items():
        endings = {"counter": ("_total",), "info": ("_info",), "histogram": ("_bucket", "_count", "_sum")}
        for ending in endings.get(metric.type, ("",)):
            known[name + ending] = {*labels, *(("le",) if ending == "_bucket" else ())}
    known |= {name: set() for name in ("up", "scrape_duration_seconds", "process_start_time_seconds")}
    known |= {name: set() for name in ("process_resident_memory_bytes", "process_cpu_seconds_total")}
    known |= {name: set(labels) for name, (labels, _) in EXPORTED.items()}
    for where, found in queries().items():
        for query in found:
            named = selectors(query)
            assert named, where
            assert {name for name, _ in named} <= known.keys(), where
            for name, asked in named:
                assert asked <= known[name] | TARGET, (where, name)
            assert grouped(query) <= {label for name, _ in named for label in known[name]} | TARGET, where


def test_every_alert_is_tried_firing_and_quiet() -> None:
    """Promise: each alert has one test in which it fires and one in which it does not; promtool runs them."""
    tried = read(RULES_TEST)["tests"]
    told = [(rule["alertname"], bool(rule["exp_alerts"])) for test in tried for rule in test["alert_rule_test"]]
    assert sorted(told) == sorted((name, fires) for name in alerts() for fires in (True, False))


def test_every_alert_says_how_urgent_it_is_who_acts_and_where_it_is_explained() -> None:
    """Promise: whoever is woken knows what is wrong, and has the page that says what to do."""
    for name, alert in alerts().items():
        assert alert["labels"].keys() == {"severity", "who"}, name
        assert alert["labels"]["severity"] in {"page", "look"}, name
        assert alert["labels"]["who"] in {"operator", "desk", "maintainer"}, name
        assert alert["annotations"]["summary"].endswith("."), name
        assert alert["annotations"]["runbook_url"] == f"{RUNBOOK}#{name.lower()}", name
        used = set(re.findall(r"\$labels\.(\w+)", alert["annotations"]["summary"]))
        by = re.search(r"^\s*(?:sum|max|min|count|histogram_quantile\(.*sum) by \(([^)]*)\)", alert["expr"])
        assert by is None or used <= set(by[1].replace(" ", "").split(",")), name


def test_the_example_for_alertmanager_leaves_out_what_follows_alone() -> None:
    """Promise: its rules name alerts that there are; none leaves itself out, nor a trouble of its own."""
    example = read(ALERTMANAGER)
    assert {one["receiver"] for one in example["route"]["routes"]} < {one["name"] for one in example["receivers"]}
    left_out: set[str] = set()
    for rule in example["inhibit_rules"]:
        source, target = (
            set(re.fullmatch(r'alertname =~? "([A-Za-z|]+)"', *rule[f"{side}_matchers"])[1].split("|"))  # type: ignore[index]  # the test fails then
            for side in ("source", "target")
        )
        assert source | target <= alerts().keys()
        assert not source & target
        assert set(rule.get("equal", ())) <= {"service", "stage", "election"}
        left_out |= target
    own = {
        "ServiceGone",
        "EntryParked",
        "HoldWaits",
        "LimitReached",
        "ServerMayLoseData",
        "ServerMemory",
        "DiskFilling",
    }
    assert not left_out & own


def test_every_service_of_the_compose_file_is_scraped_under_its_name() -> None:
    """Promise: no process is forgotten, and each is named as rules and dashboard ask for it."""
    job, *others = read(SCRAPE)["scrape_configs"]
    assert [other["job_name"] for other in others] == ["node", "doors"]
    scraped = {group["labels"]["service"]: group["targets"] for group in job["static_configs"]}
    assert scraped == {name: [f"{name}:9101"] for name in services(compose(COMPOSE)["services"])}
    assert job["job_name"] == "tallywire"


def test_the_dashboard_answers_questions_with_any_data_source() -> None:
    """Promise: a row for each question, its Prometheus chosen at the top, no panel beside another one's place."""
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    rows = [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"]
    assert rows == [
        *("Is it taken?", "Is it published?", "Do readers get it?", "What waits for a person?"),
        "Servers and processes",
    ]
    assert [one["name"] for one in dashboard["templating"]["list"]] == ["datasource", "election"]
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24, panel["title"]
        taken |= cells
        for asked in (panel, *panel.get("targets", ())):
            assert asked.get("datasource", {"uid": "${datasource}"})["uid"] == "${datasource}"
        assert panel["type"] == "row" or panel["description"].endswith("."), panel["title"]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_every_query_has_an_answer_on_a_played_night(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: a real Prometheus takes the rules, and finds what dashboard and alerts ask for on a played night."""
    fault = Fault(constants=AT_ONCE)
    running = {name: Served(pipeline.start(name, fault, metrics=True)) for name in SERVICES}
    pipeline.open(NIGHT).settle()
    sender = Sender(pipeline, fault, metrics=True)
    answers = iter([500])
    with Receiver(lambda _: next(answers, 204)) as receiver, ExitStack() as stack:
        Hooks(pipeline).add(receiver, "newsroom")
        publisher = Publisher(pipeline, fault, metrics=True)
        running |= {
            "posting": Served(sender.service),
            "publishing": Served(publisher.service),
            "webhooks": Served(pipeline.start("webhooks", Fault(constants=(*AT_ONCE, *SOON)), metrics=True)),
        }
        publisher.await_ready()
        targets = {name: urlsplit(one.url).netloc for name, one in running.items()}
        prometheus = stack.enter_context(scraping(targets, tmp_path))
        messages = iter(NIGHT.declarations)
        left = [(title, query) for title, found in panels().items() for query in found if title not in MAY_BE_EMPTY]
        needed = {name for alert in alerts().values() for name, _ in selectors(alert["expr"])} - NOT_YET.keys()
        left += [(f"alerts name {name}", f"count({name})") for name in sorted(needed)]

        def answered() -> bool:
            # The night goes on: something taken, something refused, somebody who reads and leaves.
            sender.post(ELECTION, next(messages, b"garbage"))
            sender.post(ELECTION, b"garbage")
            with Feed(publisher, f"/v1/elections/{ELECTION}/events?after=0") as feed:
                next(feed.blocks())
            left[:] = [(title, query) for title, query in left if not prometheus.query(query)]
            return not left

        try:
            wait_until(answered, what="every query to be answered")
        except AssertionError:
            raise AssertionError(left) from None
        for title in MAY_BE_EMPTY:
            for query in panels()[title]:
                prometheus.query(query)

        def evaluated() -> bool:
            rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
            assert [rule["lastError"] for rule in rules if rule["health"] == "err"] == []
            return all(rule["health"] == "ok" for rule in rules)

        wait_until(evaluated, what="every rule to be evaluated")
        firing = {
            alert["labels"]["alertname"] for alert in prometheus.ask("alerts")["alerts"] if alert["state"] == "firing"
        }
        assert firing <= {"ManyRefused"}
