#include "broker/build/builder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "compilers/content_hash.hpp"
#include "tests/broker/build/spawn_runner.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;

namespace {

const char* const copying_compiler = R"sh(#!/bin/sh
echo "compiled $1" >> "$(dirname "$0")/../../compiled"
grep -q hang "$1" && exec sleep 100
grep -q crash "$1" && kill -SEGV $$
grep -q nothing "$1" && exit 0
if grep -q error "$1"; then echo "$1:7:1: error: it says error" >&2; exit 1; fi
grep -q slow "$1" && sleep 0.3
cp "$1" "$2" && chmod +x "$2"
echo "x: $(sed -n 's/^#include //p' "$1" | tr '\n' ' ')" > "$(dirname "$2")/deps"
)sh";

/// A folder with languages, scripts and a cache. The language "copy" compiles by copying what is no error.
struct Shop : test::TemporaryFolder {
    Shop() {
        language("plain", "[\"/bin/sh\", \"{script}\"]", "");
        language("copy", "[\"{output}\"]",
                 "[compile]\ncommands = [[\"{language}/compiler\", \"{script}\", \"{output}\"]]\n"
                 "depfile = \"{build}/deps\"\ntimeout = \"2s\"\n");
        write_program("languages/copy/compiler", copying_compiler);
    }
    void language(const std::string& name, const std::string& run, const std::string& rest) {
        write("languages/" + name + "/language.toml", "name = \"" + name + "\"\nextensions = [\"." + name +
                                                          "\"]\n[run]\n" +
                                                          (run.empty() ? "" : "command = " + run + "\n") +
                                                          "environment = { HERE = \"{script_dir}\" }\n" + rest);
    }
    void open() {
        close();
        languages = std::make_unique<Languages>(std::vector{path() / "languages"}, path() / "clients");
        for (const auto& problem : languages->problems()) FAIL(problem.text());
        Builder::Options options;
        options.cache = cache;
        options.cores = cores;
        options.on_event = [this](const BuildEvent& event) {
            (events += std::string(name(event.kind)) + " " + event.script.filename().string()) += "\n";
        };
        options.warn = [this](const std::string& message) { warnings += message + "\n"; };
        builder = std::make_unique<Builder>(*languages, runner, options);
    }
    void close() {
        builder.reset();
        languages.reset();
    }
    Built build(const std::filesystem::path& script) {
        if (!builder) open();
        std::optional<Built> built;
        builder->build(script, [&](Built result) { built = std::move(result); });
        runner.wait();
        REQUIRE(built.has_value());
        return *built;
    }
    Runnable good(const std::filesystem::path& script) {
        const auto built = build(script);
        if (const auto* failure = std::get_if<BuildFailure>(&built)) FAIL(failure->text());
        return std::get<Runnable>(built);
    }
    /// "kind: text"
    std::string why_not(const std::filesystem::path& script) {
        const auto built = build(script);
        const auto* failure = std::get_if<BuildFailure>(&built);
        return failure ? std::string(name(failure->kind)) + ": " + failure->text() : "it can be run";
    }
    int times_compiled() {
        const auto text = read("compiled");
        return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    }

    std::filesystem::path cache = path() / "cache";
    unsigned cores = 2;
    std::string events, warnings;
    test::SpawnRunner runner;
    std::unique_ptr<Languages> languages;
    std::unique_ptr<Builder> builder;
};

bool is_in(std::string_view part, std::string_view text) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE_FIXTURE(Shop, "what needs no compiling is run as its manifest says") {
    const auto script = write("ml/a.plain", "echo");
    const auto runnable = good(script);
    CHECK((runnable.argv == std::vector<std::string>{"/bin/sh", script.string()}));
    CHECK(runnable.cwd == path() / "ml");
    CHECK(runnable.environment.at("HERE") == path() / "ml");
    CHECK(runnable.language->name == "plain");
    CHECK(runnable.build.empty());
    CHECK(runner.started == 0);
    CHECK_FALSE(std::filesystem::exists(cache));
}

TEST_CASE_FIXTURE(Shop, "what is compiled is run from its build folder, and found there the next time") {
    const auto script = write("ml/a.copy", "#!/bin/sh\n");
    const auto first = good(script);
    CHECK(first.argv.at(0) == first.build / "script");
    CHECK_FALSE(first.from_cache);
    CHECK(events == "compiling a.copy\ndone a.copy\n");
    open();
    events.clear();
    const auto second = good(script);
    CHECK(second.from_cache);
    CHECK(second.argv == first.argv);
    CHECK(events == "cached a.copy\n");
    CHECK(times_compiled() == 1);
}

TEST_CASE_FIXTURE(Shop, "what was edited is compiled anew, in another folder") {
    const auto script = write("ml/a.copy", "one");
    const auto first = good(script);
    write("ml/a.copy", "two");
    const auto second = good(script);
    CHECK(second.build != first.build);
    CHECK(bytes_of_file(first.argv.at(0)) == "one");
    CHECK(bytes_of_file(second.argv.at(0)) == "two");
}

TEST_CASE_FIXTURE(Shop, "an edited dependency or compiler flag means compiling anew") {
    const auto header = write("ml/a.hpp", "one");
    const auto script = write("ml/a.copy", "#include " + header.string() + "\n");
    CHECK((good(script).dependencies == std::vector{header}));
    CHECK(good(script).from_cache);
    SUBCASE("dependency") { write("ml/a.hpp", "two"); }
    SUBCASE("manifest") { write("languages/copy/language.toml", read("languages/copy/language.toml") + "# edited\n"); }
    open();
    CHECK_FALSE(good(script).from_cache);
    CHECK(good(script).from_cache);
}

TEST_CASE_FIXTURE(Shop, "equal scripts do not share a build") {
    const auto one = good(write("ml/a.copy", "same"));
    const auto other = good(write("ml/b.copy", "same"));
    const auto elsewhere = good(write("other/a.copy", "same"));
    CHECK(one.build != other.build);
    CHECK(one.build != elsewhere.build);
}

TEST_CASE_FIXTURE(Shop, "file names may hold anything") {
    for (const std::string name :
         {"a b", "it's \"quoted\"", "-o", "naïve 脚本", "new\nline", "$(touch x)", "{script}", "a;b", "\xff\xfe"}) {
        CAPTURE(name);
        const auto script = write("ml/" + name + ".copy", "x");
        CHECK(good(script).script == script);
        CHECK(good(script).from_cache);
        CHECK(good(write("ml/" + name + ".plain", "x")).argv.at(1) == path() / "ml" / (name + ".plain"));
    }
}

TEST_CASE_FIXTURE(Shop, "a relative path becomes absolute, a link keeps its name") {
    write("ml/real.plain", "x");
    std::filesystem::create_symlink("real.plain", path() / "ml/link.plain");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(path());
    CHECK(good("./ml/../ml/link.plain").script == path() / "ml/link.plain");
    std::filesystem::current_path(before);
}

TEST_CASE_FIXTURE(Shop, "what is no script is said") {
    std::filesystem::create_directories(path() / "ml/folder.plain");
    ::mkfifo((path() / "ml/pipe.plain").c_str(), 0600);
    write("ml/empty.plain", "");
    std::filesystem::create_symlink("nowhere", path() / "ml/link.plain");
    CHECK(why_not(path() / "ml/none.plain") == "no_such_file: none.plain: no such file");
    CHECK(why_not(path() / "ml/folder.plain") == "no_such_file: folder.plain: is a folder, not a script");
    CHECK(why_not(path() / "ml/pipe.plain") == "no_such_file: pipe.plain: is a pipe, not a script");
    CHECK(why_not(path() / "ml/empty.plain") == "no_such_file: empty.plain: is empty");
    CHECK(why_not(path() / "ml/link.plain") == "no_such_file: link.plain: is a link to a file that does not exist");
    CHECK(why_not(write("ml/a.other", "x")) ==
          "unknown_language: a.other: no language has the extension \".other\"; known are .copy .plain");
    if (::geteuid() != 0) {
        const auto secret = write("ml/secret.plain", "x");
        ::chmod(secret.c_str(), 0);
        CHECK(why_not(secret) == "no_such_file: secret.plain: cannot be read: Permission denied");
    }
}

TEST_CASE_FIXTURE(Shop, "a missing program names its package") {
    language("needy", "[\"{no-such-program}\"]", "");
    write("languages/needy/language.toml", "needs = [{ program = \"no-such-program\", package = \"nosuch\" }]\n" +
                                               read("languages/needy/language.toml"));
    language("careless", "[\"no-such-program\"]", "");
    CHECK(why_not(write("ml/a.needy", "x")) ==
          "missing_program: a.needy: needy cannot be used: no-such-program was not found (apt install nosuch)");
    CHECK(why_not(write("ml/a.careless", "x")) ==
          "missing_program: a.careless: careless cannot be used: no-such-program was not found");
}

TEST_CASE_FIXTURE(Shop, "a compile error has file, line and what the compiler said") {
    const auto script = write("ml/a.copy", "error");
    const auto failure = std::get<BuildFailure>(build(script));
    CHECK(name(failure.kind) == "compile_error");
    CHECK(failure.text() == "a.copy:7: it says error");
    CHECK(failure.file == script);
    CHECK(failure.output == script.string() + ":7:1: error: it says error\n");
    CHECK(events == "compiling a.copy\nfailed a.copy\n");
    CHECK(std::filesystem::is_empty(cache / "builds"));
}

TEST_CASE_FIXTURE(
    Shop, "a file name that a compiler prints is taken from the build folder, a program's name before it left out") {
    language("says", "[\"{output}\"]", "[compile]\ncommands = [[\"/bin/sh\", \"{script}\", \"{script}\"]]");
    write("ml/neighbour.hpp", "x");
    const auto script = write("ml/a.says", "echo luajit: $1:3: bad; exit 1");
    CHECK(why_not(script) == "compile_error: a.says:3: bad");
    write("ml/a.says", "echo ../../../ml/neighbour.hpp:4:1: bad; exit 1");
    CHECK(why_not(script) == "compile_error: neighbour.hpp:4: bad");
    write("ml/a.says", "echo gone.hpp:5: bad; exit 1");
    CHECK(why_not(script) == "compile_error: gone.hpp:5: bad");
}

TEST_CASE_FIXTURE(Shop, "a compiler that hangs, crashes or leaves nothing is a compile error") {
    CHECK(why_not(write("ml/a.copy", "hang")) == "compile_error: a.copy: compiling ended badly: took longer than 2s");
    CHECK(is_in("compiling ended badly: signal 11", why_not(write("ml/b.copy", "crash"))));
    CHECK(is_in("compiling went well, but left no program", why_not(write("ml/c.copy", "nothing"))));
}

TEST_CASE_FIXTURE(Shop, "attempts are made in order, and the first one's messages are shown") {
    language(
        "tries", "[\"{output}\"]",
        "[compile]\ncommands = [[\"{language}/one\", \"{script}\"], [\"{language}/two\", \"{script}\", \"{output}\"]]");
    write_program("languages/tries/one", "#!/bin/sh\necho \"$1:1: error: first\" >&2; exit 1\n");
    write_program("languages/tries/two", "#!/bin/sh\ngrep -q bad \"$1\" && exit 3\ncp /bin/true \"$2\"\n");
    CHECK(good(write("ml/good.tries", "x")).argv.size() == 1);
    CHECK(why_not(write("ml/bad.tries", "bad")) == "compile_error: bad.tries:1: first");
}

TEST_CASE_FIXTURE(Shop, "several compile side by side, no more than there are cores") {
    open();
    int done = 0;
    for (int i = 0; i < 5; ++i) {
        builder->build(write("ml/" + std::to_string(i) + ".copy", "slow"), [&](Built) { ++done; });
    }
    runner.wait();
    CHECK(done == 5);
    CHECK(runner.most_at_a_time == 2);
    CHECK(is_in("queued 4.copy\n", events));
}

TEST_CASE_FIXTURE(Shop, "a script that is asked for twice is built once") {
    open();
    const auto script = write("ml/a.copy", "slow error");
    int failed = 0;
    for (int i = 0; i < 3; ++i) {
        builder->build(script, [&](const Built& built) { failed += std::holds_alternative<BuildFailure>(built); });
    }
    runner.wait();
    CHECK(failed == 3);
    CHECK(times_compiled() == 1);
}

TEST_CASE_FIXTURE(Shop, "who asks after saving gets what was saved") {
    open();
    const auto script = write("ml/a.copy", "slow one");
    std::string first, second;
    builder->build(script, [&](const Built& built) { first = *bytes_of_file(std::get<Runnable>(built).argv.at(0)); });
    ::usleep(150'000);
    write("ml/a.copy", "slow two");
    builder->build(script, [&](const Built& built) { second = *bytes_of_file(std::get<Runnable>(built).argv.at(0)); });
    runner.wait();
    CHECK(second == "slow two");
    CHECK(bytes_of_file(good(script).argv.at(0)) == "slow two");
    write("ml/a.copy", "slow one");
    CHECK(bytes_of_file(good(script).argv.at(0)) == "slow one");
}

TEST_CASE_FIXTURE(Shop, "a builder that goes away answers nobody") {
    open();
    int answers = 0;
    for (const char* name : {"ml/a.copy", "ml/b.copy", "ml/c.copy"}) {
        builder->build(write(name, "slow"), [&](Built) { ++answers; });
    }
    SUBCASE("and the runner ends what runs") {
        close();
        runner.drop();
    }
    SUBCASE("and the runner ends first") {
        runner.drop();
        close();
    }
    SUBCASE("and what runs goes on to its end") {
        close();
        runner.wait();
    }
    CHECK(answers == 0);
    CHECK(std::filesystem::is_empty(cache / "builds"));
}

TEST_CASE_FIXTURE(Shop, "a builder may be ended from its own answer") {
    open();
    bool answered = false;
    builder->build(write("ml/a.copy", "x"), [&](Built) {
        close();
        answered = true;
    });
    runner.wait();
    CHECK(answered);
}

TEST_CASE_FIXTURE(Shop, "where the cache cannot be written, it works all the same and says so") {
    cache = write("a_file", "x") / "cache";
    const auto script = write("ml/a.copy", "x");
    const auto runnable = good(script);
    CHECK(is_in("cannot be written", warnings));
    CHECK(std::filesystem::exists(runnable.argv.at(0)));
    CHECK_FALSE(good(script).from_cache);
    close();
    CHECK_FALSE(std::filesystem::exists(runnable.build));
}

TEST_CASE_FIXTURE(Shop, "where the cache's disk is full, it is compiled in a temporary folder") {
    write_program("languages/copy/compiler",
                  "#!/bin/sh\ncase \"$2\" in */cache/*) echo \"x: No space left on device\" >&2; exit 1;; esac\n"
                  "cp /bin/true \"$2\"; echo x: > \"$(dirname \"$2\")/deps\"\n");
    const auto runnable = good(write("ml/a.copy", "x"));
    CHECK(is_in("has no space left", warnings));
    CHECK(std::filesystem::exists(runnable.argv.at(0)));
    CHECK(std::filesystem::is_empty(cache / "builds"));
}

TEST_CASE_FIXTURE(Shop, "two brokers may build the same at once") {
    open();
    test::SpawnRunner other_runner;
    Builder other(*languages, other_runner, {cache, 1, {}, {}});
    const auto script = write("ml/a.copy", "slow");
    std::optional<Built> one, two;
    builder->build(script, [&](Built built) { one = built; });
    other.build(script, [&](Built built) { two = built; });
    runner.wait();
    other_runner.wait();
    CHECK(std::get<Runnable>(*one).build != std::get<Runnable>(*two).build);
    CHECK(good(script).build == std::get<Runnable>(*two).build);
    CHECK(std::filesystem::exists(std::get<Runnable>(*one).argv.at(0)));
}

TEST_CASE_FIXTURE(Shop, "a compile_script gets its JSON and prints the run command") {
    language("scripted", "", "reads = [\"{build}\"]\n");
    write("languages/scripted/client/here", "");
    write_program("languages/scripted/compile_script", R"(#!/usr/bin/env python3
import json, sys
request = json.load(sys.stdin)
text = open(request["script"]).read()
if "error" in text:
    sys.exit(request["script"] + ":3: error: bad")
json.dump(text.split() if "odd" in text else ["sh", request["build"], request["client"], request["language"]], sys.stdout)
)");
    const auto runnable = good(write("ml/a b.scripted", "x"));
    CHECK((runnable.argv == std::vector<std::string>{"/usr/bin/sh", runnable.build.string(),
                                                     (path() / "languages/scripted/client").string(),
                                                     (path() / "languages/scripted").string()}));
    CHECK((runnable.reads == std::vector{runnable.build}));
    CHECK(good(path() / "ml/a b.scripted").from_cache);
    CHECK(why_not(write("ml/bad.scripted", "error")) == "compile_error: bad.scripted:3: bad");
    CHECK(why_not(write("ml/odd.scripted", "odd no-such-program")) ==
          "missing_program: odd.scripted: scripted cannot be used: odd was not found");
    CHECK(is_in("JSON", why_not(write("ml/\xff.scripted", "x"))));
    write_program("languages/scripted/compile_script", "#!/bin/sh\necho '[\"a\", 1]'\n");
    CHECK(is_in("expected to print the run command as a JSON list of texts, but printed: [\"a\", 1]",
                why_not(path() / "ml/a b.scripted")));
}

TEST_CASE_FIXTURE(Shop, "a compiler's version is asked for once and kept") {
    write("languages/copy/language.toml", "needs = [{ program = \"" + (path() / "tool").string() +
                                              "\" }]\nversion = [\"{" + (path() / "tool").string() + "}\"]\n" +
                                              read("languages/copy/language.toml"));
    write_program("tool", "#!/bin/sh\necho asked >> \"$0.asked\"; echo 1.2.3\n");
    const auto script = write("ml/a.copy", "x");
    good(script);
    open();
    CHECK(good(script).from_cache);
    good(write("ml/b.copy", "x"));
    CHECK(read("tool.asked") == "asked\n");
    write_program("tool", "#!/bin/sh\necho asked >> \"$0.asked\"; echo 1.2.4\n");
    CHECK_FALSE(good(script).from_cache);
    CHECK(read("tool.asked") == "asked\nasked\n");
}
