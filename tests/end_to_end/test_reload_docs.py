"""The examples in docs/hot-reload.md are run, and saved while they play."""
import re

import pytest
from running import ROOT
from watched import WatchedRun

PAGE = (ROOT / "docs/hot-reload.md").read_text()
NAMED = re.compile(r"^```\w+\n(?:#|--|//) (?:ml/)?([\w.]+)\n(.*?)^```", re.M | re.S)
EXAMPLES = {name: text for name, text in NAMED.findall(PAGE)}
COMMENT = {".py": "#", ".lua": "--", ".cpp": "//"}
MANIFEST = 'script = "game.py"\nfps = 100\n[players]\nnames = ["1P"]\n'


def played(run):
    """What the player has answered, tick by tick, as the page's game logs it."""
    logged = [event["message"] for event in run.events if event["event"] == "log" and event["player"] == "game"]
    return [message.removeprefix("1P ") for message in logged if message != "1P None"]


@pytest.fixture
def game(tmp_path):
    (tmp_path / "ml").mkdir()
    (tmp_path / "dragoman.toml").write_text(MANIFEST)
    (tmp_path / "game.py").write_text(EXAMPLES["game.py"])
    return tmp_path


@pytest.mark.parametrize("suffix", COMMENT)
def test_a_player_of_the_page_counts_on_when_it_is_saved(dragoman, game, suffix):
    name = "1P" + suffix
    (game / "ml" / name).write_text(EXAMPLES[name])
    with WatchedRun(dragoman, game) as run:
        run.wait_ticks(3)
        run.save(name, EXAMPLES[name] + COMMENT[suffix] + " saved\n")
        run.wait_step("swapped")
        run.wait_ticks(5)
    answers = played(run)
    assert len(answers) > 5 and answers == [str(n + 1) for n in range(len(answers))], run


def test_the_game_of_the_page_knows_its_entities_when_it_is_saved(dragoman, game):
    (game / "ml/1P.py").write_text(EXAMPLES["1P.py"])
    with WatchedRun(dragoman, game) as run:
        run.wait_ticks(3)
        (game / "game.py").write_text(EXAMPLES["game.py"] + "# saved\n")
        run.wait_step("swapped", "game")
        run.wait_ticks(5)
    answers = played(run)
    assert run.steps("game")[:2] == ["begun", "swapped"], run
    assert len(answers) > 5 and answers == [str(n + 1) for n in range(len(answers))], run


def test_each_message_of_the_page_is_one_that_is_told():
    """As they stand in the code."""
    code = "".join((ROOT / file).read_text() for file in (
        "broker/report/reload_text.cpp", "broker/reload/seat.cpp", "broker/reload/watch/limits.cpp"))
    for message in ("cannot play: ", "what plays goes on", " after it was saved", "was saved and is as it was", " ticks old", "as a shadow: ",
                    "saved files are not noticed: "):
        assert message in PAGE and message in code, message


def test_each_option_of_the_page_is_one_of_run(command):
    told = command("run", "--help").ended_with(0).stdout
    for option in set(re.findall(r"--(?:watch|keep-\w+|probation|shadow\S*?)\b", PAGE)):
        assert option in told, option
