"""Scripts may be called whatever a file may be called."""
import pytest

NAMES = ["with some blanks", "it's \"quoted\"", "ünïcødé ☃", "-dash", "new\nline", "$HOME `ls` %d {script} \\n", "a;b&c|d", "#hash"]


@pytest.mark.parametrize("extension", [".py", ".lua"])
def test_scripts_of_any_name_play(command, echo_game, small, extension):
    game = echo_game(seats=len(NAMES), **{f"ml/{name}{extension}": small[extension] for name in NAMES})
    ended = command("run", game, "--json").ended_with(0)
    for player in ended.report["players"]:
        ended.unharmed(player["name"], 11)
    assert sorted(player["script"] for player in ended.report["players"]) == sorted(f"{game}/ml/{name}{extension}" for name in NAMES)


def test_cpp_scripts_of_odd_names_play(command, echo_game, small):
    names = ["it's a \"name\" ☃", "-o", "new\nline"]
    game = echo_game(seats=3, **{f"ml/{name}.cpp": small[".cpp"] for name in names})
    ended = command("run", game, "--json").ended_with(0)
    for player in ended.report["players"]:
        ended.unharmed(player["name"], 11)


def test_a_name_with_a_leading_dash_can_be_given(command, echo_game, small):
    game = echo_game(**{"ml/-i.py": small[".py"]})
    for arguments in (["-i", "./-i.py"], ["--input=-i.py"]):
        command("run", game, *arguments, "--json", cwd=game / "ml").ended_with(0).unharmed("1P", 11)
    command("check", "./-i.py", "--ticks", "2", cwd=game / "ml").ended_with(0)


def test_a_games_folder_of_an_odd_name_is_played(command, folder_with, echo_game, small, tmp_path):
    game = echo_game(**{"ml/a.py": small[".py"]})
    odd = game.rename(tmp_path / "-a 'game' ☃\n")
    command("run", odd, "--json").ended_with(0).unharmed("2P", 11)
    command("run", f"./{odd.name}", "--json", cwd=odd.parent).ended_with(0)


def test_a_name_that_is_no_utf8_does_not_break_the_report(command, echo_game, small, tmp_path):
    game = echo_game()
    name = bytes(tmp_path) + b"/caf\xe9.py"
    with open(name, "w") as file:
        file.write(small[".py"])
    ended = command("run", game, "-i", name.decode(errors="surrogateescape"), "--json").ended_with(0)
    ended.unharmed("1P", 11)


def test_two_different_cpp_files_in_one_folder_are_two_different_players(command, echo_game, small):
    game = echo_game(**{"ml/a.cpp": small[".cpp"].replace('scene_info["frame"]', '"A"'), "ml/b.cpp": small[".cpp"].replace('scene_info["frame"]', '"B"')})
    result = command("run", game, "--json").ended_with(0).report["result"]
    assert result["1P"]["commands"] == ["A"] * 10 and result["2P"]["commands"] == ["B"] * 10


def test_two_files_of_one_name_in_two_folders_are_two_different_players(command, echo_game, small):
    game = echo_game(**{"a/ml_play.cpp": small[".cpp"].replace('scene_info["frame"]', '"A"'), "b/ml_play.cpp": small[".cpp"].replace('scene_info["frame"]', '"B"')})
    result = command("run", game, "-i", game / "a/ml_play.cpp", "-i", game / "b/ml_play.cpp", "--json").ended_with(0).report["result"]
    assert result["1P"]["commands"] == ["A"] * 10 and result["2P"]["commands"] == ["B"] * 10


def test_what_begins_with_a_dot_or_an_underscore_is_no_player(command, echo_game, small):
    game = echo_game(seats=4, players="min = 1", **{f"ml/{name}": small[".py"] for name in ("a.py", ".b.py", "_c.py", "d.py~", "sub/e.py")})
    players = command("run", game, "--json").ended_with(0).report["players"]
    assert [player["script"] for player in players] == [f"{game}/ml/a.py"]
