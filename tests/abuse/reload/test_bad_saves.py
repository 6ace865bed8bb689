"""What is saved is no script: the match goes on, and the message says what is wrong with the file."""
import os
import shutil
import time

import pytest
from reloading import clear, fresh
from watched import player, save_in_place


@pytest.fixture(scope="module")
def playing(watch):
    with watch({"1P.py": player(".py"), "2P.lua": player(".lua")}) as match:
        yield match


@pytest.fixture
def match(playing):
    """One match for all of these tests. After each a good save is played at once, with the state, and no tick was missed."""
    playing.begin_anew()
    playing.seat, playing.suffix = "1P", ".py"
    yield playing
    clear(playing.script)
    assert playing.play(fresh(playing.suffix))["seen"] == 1, playing
    playing.plays_on()


def test_an_empty_file_is_told(match):
    save_in_place(match.script, "")
    failure = match.fails()
    assert failure["outcome"] == "compile_error" and "empty" in failure["message"], failure


@pytest.mark.parametrize("seat, suffix", [("1P", ".py"), ("2P", ".lua")])
def test_of_a_half_written_file_the_line_is_told(match, seat, suffix):
    match.seat, match.suffix = seat, suffix
    text = fresh(suffix)
    half = text[:text.index("VERSION") + 3]
    save_in_place(match.script, half)
    failure = match.fails()
    assert (failure["outcome"], failure["file"], failure["line"]) == ("compile_error", str(match.script), len(half.splitlines())), failure


def test_a_file_that_cannot_be_read_is_told(match):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    match.script.chmod(0)
    assert "cannot be read" in match.fails()["message"]
    match.script.chmod(0o644)


def test_a_folder_in_its_place_is_told(match):
    clear(match.script)
    match.script.mkdir()
    assert "folder" in match.fails()["message"]


def test_a_pipe_in_its_place_is_told_and_not_waited_for(match):
    clear(match.script)
    os.mkfifo(match.script)
    assert "pipe" in match.fails()["message"]


def test_a_device_in_its_place_is_told(match):
    clear(match.script)
    match.script.symlink_to("/dev/zero")
    assert "regular" in match.fails()["message"]


def test_a_link_that_leads_to_itself_is_told(match):
    clear(match.script)
    match.script.symlink_to(match.script)
    assert "links" in match.fails()["message"]


def test_bytes_that_are_no_text_are_told(match):
    match.script.write_bytes(b"\xff\xfe\0\0" * 1000)
    assert match.fails()["outcome"] == "compile_error"


def test_of_a_thousand_saves_in_a_second_few_are_tried_and_the_last_plays(match):
    began = time.monotonic()
    for number in range(999):
        save_in_place(match.script, player(".py", f"save {number}"))
    match.play(fresh(".py"))
    each = 0.02  # a burst of saves is two at most, and over when it is quiet for so long
    assert match.steps().count("begun") < 10 + 2 * (time.monotonic() - began) / each, match.steps()


def test_a_folder_that_is_made_again_is_watched_again(match):
    folder = match.script.parent
    texts = {path: path.read_text() for path in folder.iterdir() if path.is_file()}
    shutil.rmtree(folder)
    folder.mkdir()
    for path, text in texts.items():
        path.write_text(text)


def test_a_dangling_link_in_its_place_is_told(match):
    clear(match.script)
    match.script.symlink_to("nowhere.py")
    assert "link" in match.fails()["message"]
