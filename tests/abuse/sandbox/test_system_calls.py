"""Raw system calls, each tried by itself: refused, and what no honest program tries is the end."""
import platform

import pytest
from holding import HERE
from system_calls import FATAL, LISTS, QUIET

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the lists name calls of x86-64")
HEAD = (HERE / "scripts/attempts.c").read_text()


def tries(attempts):
    lines = "\n".join(f'    TRY("{name}", {call});' for name, call in attempts.items())
    return f"{HEAD}\nstatic json_t* vice(void) {{\n    json_t* said = json_object();\n    prepare();\n{lines}\n    return said;\n}}\n"


@pytest.mark.parametrize("about", LISTS)
def test_each_call_is_refused(pit, about):
    said = pit.plays("c", tries(LISTS[about]), "--tick-timeout", "20s").goes_on()
    assert set(said) == set(LISTS[about]), said
    # Refused by the sandbox, and not for want of a good argument.
    odd = {name: how for name, how in said.items() if how not in ("EPERM", "ENOSYS", "EACCES", "ENOENT", "EROFS", QUIET.get(name))}
    assert not odd, odd


@pytest.mark.one_hold
@pytest.mark.parametrize("name", FATAL)
def test_fatal_calls(pit, name):
    failure = pit.plays("c", tries({name: FATAL[name]})).loses("denied", "denied")
    if "int 0x80" not in name and "x32" not in name:
        assert name.split()[0] in failure["message"], failure
