"""Reads how many tests passed from what the test programs print."""
import re
from collections import Counter

DOCTEST = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed \|\s*(\d+) skipped")
UNITTEST = re.compile(r"^Ran (\d+) tests? in .*\n\n(?:OK|FAILED)(.*)$", re.M)
CTEST_END = re.compile(r"^\s*\d+/\d+ Test\s+#(\d+): .*?(\.\.\.|\*\*\*)(.*)$", re.M)


def of_ctest(output):
    """(passed, failed, skipped) of `ctest -V`: doctest and unittest programs count by their cases, any other test as one."""
    passed = failed = skipped = 0
    for number, _, end in CTEST_END.findall(output):
        ok, not_run = "Passed" in end, "Skipped" in end or "Disabled" in end
        cases = of_program("\n".join(re.findall(rf"^{number}: ?(.*)$", output, re.M)))
        if cases:
            good, bad, left_out = cases
            passed, skipped = passed + good, skipped + left_out
            failed += bad or (not ok)  # all cases well and yet a bad end: a sanitizer, or a crash on the way out
        else:
            passed, failed, skipped = passed + ok, failed + (not ok and not not_run), skipped + not_run
    return passed, failed, skipped


def of_program(printed):
    """The same of one test program's output, or None where it does not count."""
    if cases := DOCTEST.search(printed):
        return tuple(map(int, cases.groups()))
    if cases := UNITTEST.search(printed):
        ends = dict(re.findall(r"(failures|errors|skipped|expected failures|unexpected successes)=(\d+)", cases[2]))
        bad = sum(int(ends.get(end, 0)) for end in ("failures", "errors", "unexpected successes"))
        left_out = int(ends.get("skipped", 0)) + int(ends.get("expected failures", 0))
        return int(cases[1]) - bad - left_out, bad, left_out
    return None


def of_summary(output):
    """(passed, failed, skipped) of the last line that says how many passed or failed, as pytest's does."""
    for line in reversed(output.splitlines()):
        found = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)\b", line)}
        if found:
            passed = found.get("passed", 0) + found.get("xpassed", 0)
            failed = found.get("failed", 0) + found.get("error", 0) + found.get("errors", 0)
            return passed, failed, found.get("skipped", 0) + found.get("xfailed", 0)
    return 0, 0, 0


def reasons(output):
    """Why something was skipped: pytest's `SKIPPED [n] place: reason`, the conversations' `skipped language name: reason`."""
    found = Counter(re.findall(r"^SKIPPED \[\d+\] .*$", output, re.M))
    found.update(f"{language}: {reason}" for language, reason in re.findall(r"^skipped (\S+) \S+: (.*)$", output, re.M))
    return [f"{reason} ({times} times)" if times > 1 else reason for reason, times in found.items()]


def believed(code, result):
    """A summary without failures and a bad exit code do not go together: one more failure."""
    if code != 0 and not result.failed:
        result.failed += 1
        result.notes.append(f"ended with code {code}, whatever its summary says")
    return result
