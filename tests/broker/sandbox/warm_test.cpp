#include "broker/sandbox/warm.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "broker/broker.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// The whole of a small text file; empty where there is none.
std::string text_of(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<int> children_of(int pid) {
    std::istringstream text(text_of("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children"));
    return {std::istream_iterator<int>(text), {}};
}

void find_warm_launchers(int parent, std::vector<int>& found) {
    for (const int child : children_of(parent)) {
        const std::string folder = "/proc/" + std::to_string(child);
        const bool is_one = text_of(folder + "/comm") == "dragoman-launch\n" &&
                            text_of(folder + "/cmdline").find("warm.py") != std::string::npos;
        if (is_one)
            found.push_back(child);
        else
            find_warm_launchers(child, found);
    }
}

/// The warm launchers among what this process started.
std::vector<int> warm_launchers() {
    std::vector<int> found;
    find_warm_launchers(::getpid(), found);
    return found;
}

std::set<fs::path> descriptors() {
    std::set<fs::path> all;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) all.insert(entry.path().filename());
    return all;
}

struct Warm : TemporaryFolder {
    Warm() { chmod(path().c_str(), 0755); }

    BrokerOptions options() {
        BrokerOptions given;
        given.events.output = [this](const LiveScript&, Stream, std::string_view text, bool) { output += text; };
        given.events.denied = [this](const LiveScript&, const std::string& call) { denied += call + "\n"; };
        given.warn = [this](const std::string& text) { warnings += text + "\n"; };
        return given;
    }
    /// Its first answer, to an empty scene.
    Json answer(Broker& broker, std::size_t script) {
        REQUIRE(failure(broker, script) == "none");
        broker.tick({{script, "{\"frame\": 0}"}});
        REQUIRE(broker.answer(script).has_value());
        return Json::parse(*broker.answer(script));
    }
    static std::string failure(const Broker& broker, std::size_t script) {
        const auto& failure = broker.script(script).failure();
        return failure ? std::string(name(failure->outcome)) + ": " + failure->message : "none";
    }
    static std::size_t start(Broker& broker, const fs::path& script) {
        const std::size_t number = broker.add({.source = script, .name = "1P"});
        broker.start();
        return number;
    }
    /// Python's start shows that: from nothing, no script has this module.
    fs::path tells_its_start() {
        return write("ml/which.py",
                     "import sys\nwarm = 'ctypes' in sys.modules\n"
                     "class MLPlay:\n    def update(self, scene): return 'warm' if warm else 'cold'\n    def "
                     "reset(self): pass\n");
    }

    std::string output, denied, warnings;
};

const fs::path looks_around = fs::path(__FILE__).parent_path() / "scripts" / "looks_around.py";

}  // namespace

TEST_CASE_FIXTURE(Warm, "a script sees the same whether its start was warm or cold, in every tier") {
    // Copied: it lists its folder.
    const auto script = write("ml/looks_around.py", text_of(looks_around));
    const auto look = [&](SandboxMode mode, bool warm) {
        BrokerOptions given = options();
        given.sandbox = mode;
        Broker broker(given);
        if (warm) REQUIRE(broker.warm_up(script));
        Json seen = answer(broker, start(broker, script));
        seen["denied"] = std::exchange(denied, {});
        return seen;
    };
    for (const SandboxMode mode : {SandboxMode::bubblewrap, SandboxMode::cage, SandboxMode::landlock}) {
        Json cold;
        try {
            cold = look(mode, false);
        } catch (const LaunchError& error) {
            MESSAGE("not here: " << error.what());
            continue;
        }
        Json warm = look(mode, true);
        CHECK(cold["loaded"] != warm["loaded"]);  // else nothing is compared here
        cold.erase("loaded");
        warm.erase("loaded");
        for (const auto& [what, value] : cold.items()) {
            CAPTURE(what);
            CAPTURE(static_cast<int>(mode));
            CHECK(warm[what].dump() == value.dump());
        }
        CHECK(warm.size() == cold.size());
    }
}

TEST_CASE_FIXTURE(Warm,
                  "two warm scripts have random numbers and addresses of their own, and nothing of each other's") {
    const auto script =
        write("ml/r.py",
              "import os, random, sys\nfirst = os.environ.setdefault('MINE', 'first')\nsys.mine = 1\n"
              "class MLPlay:\n    def update(self, scene): return [random.random(), random.Random().random(), "
              "os.urandom(8).hex()]\n    def reset(self): pass\n");
    Broker broker(options());
    REQUIRE(broker.warm_up(script));
    const Json first = answer(broker, start(broker, script));
    const Json second = answer(broker, start(broker, script));
    for (std::size_t i = 0; i < 3; ++i) CHECK(first[i] != second[i]);
}

TEST_CASE_FIXTURE(Warm, "a module beside the script comes before one that the interpreter has loaded") {
    write("ml/random.py", "mine = True\n");
    const auto script = write("ml/s.py",
                              "import random\nclass MLPlay:\n    def update(self, scene): return random.mine\n"
                              "    def reset(self): pass\n");
    Broker broker(options());
    REQUIRE(broker.warm_up(script));
    CHECK(answer(broker, start(broker, script)) == true);
}

TEST_CASE_FIXTURE(Warm, "the ways of a script to end are those of a cold start") {
    const auto ends = [&](Broker& broker, const std::string& code) {
        output.clear();
        static int count = 0;
        const auto file = write("ml/e" + std::to_string(++count) + ".py",
                                "import atexit, os, sys, threading, time\natexit.register(print, 'at exit')\n"
                                "class MLPlay:\n    def update(self, scene):\n        " +
                                    code + "\n    def reset(self): pass\n");
        const std::size_t script = start(broker, file);
        REQUIRE(failure(broker, script) == "none");
        broker.tick({{script, "{\"frame\": 0}"}});
        broker.run_until([&] { return broker.script(script).gone(); });
        const auto end = broker.script(script).end().value();
        std::string told = output;
        // The file's own name is in the traces.
        for (std::size_t at = 0; (at = told.find(file.filename().string())) != std::string::npos;)
            told.replace(at, file.filename().string().size(), "e.py");
        std::string why = failure(broker, script);
        return why.substr(0, why.find(" after ")) + " exit " + std::to_string(end.exit_code) + " signal " +
               std::to_string(end.signal) + "\n" + told;
    };
    Broker cold(options());
    Broker warm(options());
    REQUIRE(warm.warm_up(tells_its_start()));
    for (const std::string code : {
             "sys.exit(3)",
             "sys.exit('because')",
             "os._exit(4)",
             "threading.Thread(target=lambda: (time.sleep(0.05), print('thread ends'))).start(); sys.exit(0)",
             "threading.Thread(target=lambda: 1 / 0).start(); time.sleep(0.05); sys.exit(5)",
             "os.kill(os.getpid(), 9)",
             "os.abort()",
             "sys.stdout.write('no line end'); sys.exit(0)",
             "os.close(1); sys.exit(6)",
             "import ctypes; ctypes.string_at(0)",
             "sys.excepthook = lambda *a: print('hook', file=sys.stderr); raise KeyboardInterrupt",
         }) {
        CAPTURE(code);
        const std::string from_nothing = ends(cold, code);
        CHECK(ends(warm, code) == from_nothing);
    }
}

TEST_CASE_FIXTURE(Warm, "a script's first two starts are cold, later ones are warm") {
    const auto script = tells_its_start();
    Broker broker(options());
    CHECK(answer(broker, start(broker, script)) == "cold");
    CHECK(warm_launchers().empty());
    CHECK(answer(broker, start(broker, script)) == "cold");
    REQUIRE(broker.warm_up(script));  // was begun by the second start
    CHECK(warm_launchers().size() == 1);
    CHECK(answer(broker, start(broker, script)) == "warm");
}

TEST_CASE_FIXTURE(Warm, "many scripts at a time are started warm") {
    const auto script = tells_its_start();
    Broker broker(options());
    for (int i = 0; i < 20; ++i) broker.add({.source = script, .name = std::to_string(i)});
    broker.start();
    for (std::size_t i = 0; i < broker.size(); ++i) CHECK(answer(broker, i) == "warm");
}

TEST_CASE_FIXTURE(Warm, "tools show a warm script as what it is") {
    const auto script = tells_its_start();
    Broker broker(options());
    REQUIRE(broker.warm_up(script));
    const std::size_t number = start(broker, script);
    // The launcher tells the pid by a channel of its own: the script's READY may be read before that.
    for (int tick = 0; tick < 1000 && broker.script(number).pid() == 0; ++tick) answer(broker, number);
    const std::string folder = "/proc/" + std::to_string(broker.script(number).pid());
    std::string command = text_of(folder + "/cmdline");
    std::replace(command.begin(), command.end(), '\0', ' ');
    command.erase(command.find_last_not_of(' ') + 1);  // the room of the interpreter's own stays
    CHECK(command.substr(command.find(' ')) ==
          " -u " + (broker.home() / "clients/python/run.py").string() + " " + script.string());
    CHECK(text_of(folder + "/comm").starts_with("python3"));
}

TEST_CASE_FIXTURE(Warm, "a language that came with a game is never started warm, which would be outside the walls") {
    std::string manifest = text_of(find_home() / "compilers/python/language.toml");
    write("languages/python/language.toml", manifest);
    BrokerOptions given = options();
    given.languages = {path() / "languages"};
    const auto script = tells_its_start();
    Broker broker(given);
    CHECK_FALSE(broker.warm_up(script));
    CHECK(answer(broker, start(broker, script)) == "cold");
}

TEST_CASE_FIXTURE(Warm, "where the language's warm program does not work, starts are cold, and that is said once") {
    std::string manifest = text_of(find_home() / "compilers/python/language.toml");
    const auto line = manifest.find("warm ");
    manifest.replace(line, manifest.find('\n', line) - line, "warm = [\"/bin/sh\", \"-c\", \"echo broken >&2\"]");
    write("dragoman/languages/python/language.toml", manifest);
    const auto script = tells_its_start();
    const char* const config = ::getenv("XDG_CONFIG_HOME");
    const std::string before = config != nullptr ? config : "";
    ::setenv("XDG_CONFIG_HOME", path().c_str(), 1);  // the user's own: a game's would not be started warm at all
    Broker broker(options());
    if (before.empty())
        ::unsetenv("XDG_CONFIG_HOME");
    else
        ::setenv("XDG_CONFIG_HOME", before.c_str(), 1);
    for (int i = 0; i < 5; ++i) {
        CHECK_FALSE(broker.warm_up(script));
        CHECK(answer(broker, start(broker, script)) == "cold");
        std::this_thread::sleep_for(i < 3 ? 1050ms : 0ms);
    }
    CHECK(warnings == "Python scripts are started from nothing: echo broken >&2 cannot be used: broken\n");
}

TEST_CASE_FIXTURE(Warm, "a trusted script is never started by the others' interpreter, nor is any without a sandbox") {
    const auto script = tells_its_start();
    {
        Broker broker(options());
        REQUIRE(broker.warm_up(script));
        CHECK_FALSE(broker.warm_up(script, Trust::trusted));
        ScriptSpec spec{.source = script, .name = "1P"};
        spec.confinement.trust = Trust::trusted;
        const std::size_t trusted = broker.add(spec);
        broker.start();
        CHECK(answer(broker, trusted) == "cold");
        spec.confinement.trust = Trust::trusted_read;
        const std::size_t reads = broker.add(spec);
        broker.start();
        CHECK(answer(broker, reads) == "cold");
        REQUIRE(broker.warm_up(script, Trust::trusted_read));
        CHECK(warm_launchers().size() == 2);
    }
    BrokerOptions off = options();
    off.sandbox = SandboxMode::off;
    Broker broker(off);
    CHECK_FALSE(broker.warm_up(script));
    CHECK(answer(broker, start(broker, script)) == "cold");
    CHECK(warm_launchers().empty());
}

TEST_CASE_FIXTURE(
    Warm, "a warm launcher that is killed takes its scripts along; the next start is cold, later ones are warm") {
    const auto script = tells_its_start();
    Broker broker(options());
    REQUIRE(broker.warm_up(script));
    const std::size_t first = start(broker, script);
    CHECK(answer(broker, first) == "warm");
    REQUIRE(warm_launchers().size() == 1);
    const int victim = warm_launchers().front();
    ::kill(victim, SIGKILL);
    broker.run_until([&] { return broker.script(first).gone(); });
    CHECK(failure(broker, first).starts_with("crashed"));
    std::this_thread::sleep_for(50ms);  // its minders hold its socket until the kernel has ended them too
    const std::size_t second = start(broker, script);
    CHECK(answer(broker, second) == "cold");
    std::this_thread::sleep_for(1100ms);  // not more often than once a second
    const std::size_t third = start(broker, script);
    CHECK(answer(broker, third) == "cold");
    REQUIRE(broker.warm_up(script));
    CHECK(answer(broker, start(broker, script)) == "warm");
    CHECK(warnings == "");
}

TEST_CASE_FIXTURE(Warm, "two hundred warm starts leave nothing behind") {
    const auto script = tells_its_start();
    const auto before = descriptors();
    {
        Broker broker(options());
        REQUIRE(broker.warm_up(script));
        REQUIRE(warm_launchers().size() == 1);
        const std::string launcher = "/proc/" + std::to_string(warm_launchers().front());
        std::set<fs::path> its_descriptors;
        for (int i = 0; i < 200; ++i) {
            const std::size_t number = start(broker, script);
            REQUIRE(failure(broker, number) == "none");
            broker.script(number).kill();
            broker.run_until([&] { return broker.script(number).gone(); });
            if (i == 10)
                for (const auto& entry : fs::directory_iterator(launcher + "/fd")) its_descriptors.insert(entry.path());
        }
        const auto count = std::distance(fs::directory_iterator(launcher + "/fd"), {});
        CHECK(static_cast<std::size_t>(count) == its_descriptors.size());
        std::this_thread::sleep_for(50ms);
        CHECK(children_of(warm_launchers().front()).size() == 2);  // the minders of the next two starts
    }
    CHECK(children_of(::getpid()).empty());
    CHECK(descriptors() == before);
}
