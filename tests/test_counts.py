"""What the closing line of `./dev test` rests on."""
import counts

CTEST = """\
test 1
    Start 1: protocol
1: Test command: build/tests/test_protocol
1: [doctest] test cases:  20 |  18 passed | 2 failed | 1 skipped
1: [doctest] Status: FAILURE!
1/4 Test #1: protocol .........................***Failed    0.12 sec
2: [doctest] test cases: 5 | 5 passed | 0 failed | 0 skipped
2: ERROR: LeakSanitizer: detected memory leaks
2/4 Test #2: ecs ..............................***Failed    0.12 sec
3: no doctest in here
3/4 Test #3: other ............................   Passed    0.01 sec
4/4 Test #4: crashes ..........................***Exception: SegFault  0.50 sec
"""


def test_a_doctest_program_counts_by_its_cases_and_a_bad_end_as_one_failure():
    assert counts.of_ctest(CTEST) == (18 + 5 + 1, 2 + 1 + 1, 1)


def test_a_unittest_program_counts_by_its_cases():
    output = "7: Ran 12 tests in 0.1s\n7: \n7: FAILED (failures=1, errors=2, skipped=3)\n1/1 Test #7: client ...***Failed 0.2 sec\n"
    assert counts.of_ctest(output) == (6, 3, 3)
    assert counts.of_ctest("7: Ran 2 tests in 0.1s\n7: \n7: OK\n1/1 Test #7: client ....   Passed 0.2 sec\n") == (2, 0, 0)


def test_a_test_that_was_not_run_is_skipped():
    assert counts.of_ctest("1/1 Test #1: gone ........***Skipped   0.01 sec") == (0, 0, 1)


def test_errors_count_as_failures_and_expected_failures_as_skipped():
    assert counts.of_summary("...\n3 failed, 10 passed, 2 skipped, 1 xfailed, 4 errors in 3.21s\n") == (10, 7, 3)


def test_the_last_summary_counts():
    assert counts.of_summary("1 passed\nnoise\n7 passed, 0 failed, 2 skipped\nbye") == (7, 0, 2)


def test_output_without_a_summary_counts_nothing():
    assert counts.of_summary("Segmentation fault") == (0, 0, 0)


def test_skips_are_told_once_with_their_number():
    output = "skipped go calls: go is missing\nskipped go bye: go is missing\nSKIPPED [1] tests/a.py:3: no gcc\n"
    assert counts.reasons(output) == ["SKIPPED [1] tests/a.py:3: no gcc", "go: go is missing (2 times)"]
