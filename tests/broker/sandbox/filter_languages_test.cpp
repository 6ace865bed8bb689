#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/broker/sandbox/filtered.hpp"

// The run times start and do typical work behind the filter, and an honest script makes no call that is told.

using namespace dragoman;
using tests::Filtered;
using tests::run_filtered;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "dragoman-filter-XXXXXX";
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string file(const std::string& name, std::string_view text) const {
        std::ofstream(path / name) << text;
        return path / name;
    }
    std::string at(const std::string& name) const { return path / name; }
};

bool missing(const char* program) {
    if (access(program, X_OK) == 0) return false;
    MESSAGE("skipped: there is no ", program);
    return true;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

/// Behind each variant of the filter: it ends well, prints `expected`, and nothing is told of it.
void works(const std::vector<std::string>& program, const std::string& expected) {
    for (const bool told : {true, false})
        for (const bool pid_namespace : {true, false}) {
            const Filtered seen = run_filtered({.pid_namespace = pid_namespace, .told = told}, program, "hello\n");
            CAPTURE(told);
            CAPTURE(pid_namespace);
            CHECK(seen.output == expected);
            CHECK(seen.end == "exit 0");
            CHECK(joined(seen.told) == "");
        }
}

/// A compiler, which may start programs and write.
void compiles(const std::vector<std::string>& compiler, const Folder& folder) {
    const Filtered seen = run_filtered({.processes = true, .writes = true}, compiler, "", folder.path);
    CHECK(seen.output == "");
    CHECK(seen.end == "exit 0");
    CHECK(joined(seen.told) == "");
}

}  // namespace

TEST_CASE("LuaJIT works behind the filter") {
    if (missing("/usr/bin/luajit")) return;
    const Folder folder;
    works({"/usr/bin/luajit", folder.file("script.lua", R"script(
        local ffi = require("ffi")
        ffi.cdef "int getpid(void);"
        local sum = 0
        for i = 1, 1e6 do sum = sum + i % 7 end
        local callback = ffi.cast("int (*)(int)", function(x) return x + 1 end)
        print(io.read("*l"), sum > 0, ffi.C.getpid() > 0, callback(1), os.time() > 0, os.clock() >= 0)
    )script")},
          "hello\ttrue\ttrue\t2\ttrue\ttrue\n");
}

TEST_CASE("CPython works behind the filter: threads, asyncio, sqlite, ctypes, waiting for events") {
    if (missing("/usr/bin/python3")) return;
    const Folder folder;
    works({"/usr/bin/python3", folder.file("script.py", R"script(
import asyncio, concurrent.futures, ctypes, datetime, json, os, random, select, signal, socket, sqlite3, sys, tempfile, threading, time
import subprocess, multiprocessing, uuid, zoneinfo, logging, unittest, http.client, urllib.request

threads = [threading.Thread(target=sum, args=(range(1000),)) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
with concurrent.futures.ThreadPoolExecutor() as pool:
    assert list(pool.map(str, range(3))) == ["0", "1", "2"]

async def main():
    await asyncio.sleep(0.001)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: None)
    os.kill(os.getpid(), signal.SIGUSR1)
    return await asyncio.to_thread(lambda: 3)
assert asyncio.run(main()) == 3

base = sqlite3.connect(":memory:")
base.execute("create table t(x)"), base.execute("insert into t values (7)")
assert base.execute("select x from t").fetchall() == [(7,)]

callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1)
assert callback(1) == 2 and ctypes.CDLL(None).getpid() == os.getpid()

left, right = socket.socketpair()
left.sendall(b"x"); assert right.recv(1) == b"x"
poll = select.poll(); poll.register(0); poll.poll(0); select.select([0], [], [], 0)
epoll = select.epoll(); epoll.register(left); epoll.close()
signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.001); time.sleep(0.005)
assert os.stat("/").st_mode and os.listdir("/usr") and os.cpu_count() and random.random() < 1 and uuid.uuid4()
print(sys.stdin.readline().strip(), json.dumps({"year": datetime.datetime.now().astimezone().year > 2000}))
)script")},
          "hello {\"year\": true}\n");
}

TEST_CASE("CPython's extensions for numbers load behind the filter") {
    const Folder folder;
    if (missing("/usr/bin/python3") ||
        run_filtered({.told = false}, {"/usr/bin/python3", "-c", "import numpy"}).end != "exit 0") {
        MESSAGE("skipped: there is no numpy");
        return;
    }
    works({"/usr/bin/python3", folder.file("script.py", R"script(
import numpy
assert (numpy.eye(200) @ numpy.ones((200, 200))).sum() == 40000
numpy.linalg.svd(numpy.random.rand(60, 60))
try:
    import sklearn.ensemble, sklearn.neighbors
    points, classes = numpy.random.rand(50, 3), numpy.arange(50) % 2
    sklearn.ensemble.RandomForestClassifier(n_jobs=2).fit(points, classes).predict(points)
    sklearn.neighbors.KNeighborsClassifier().fit(points, classes).predict(points)
except ModuleNotFoundError:
    pass
print("loaded")
)script")},
          "loaded\n");
}

TEST_CASE("Node works behind the filter: workers, WebAssembly, files, random numbers") {
    if (missing("/usr/bin/node")) return;
    const Folder folder;
    works({"/usr/bin/node", folder.file("script.js", R"script(
const {Worker, isMainThread, parentPort} = require("worker_threads");
if (!isMainThread) { parentPort.postMessage("worker"); return; }
const found = [];
const wait = [
    new Promise(done => new Worker(__filename).on("message", text => done(found.push(text)))),
    WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => found.push("wasm")),
    new Promise(done => require("readline").createInterface({input: process.stdin}).on("line", line => done(found.push(line)))),
    new Promise(done => require("fs").readFile(__filename, () => done(found.push("file")))),
    new Promise(done => require("zlib").gzip("x", () => done(found.push("gzip")))),
    new Promise(done => require("crypto").randomBytes(8, () => done(found.push("random")))),
    new Promise(done => setTimeout(() => done(found.push("timer")), 5)),
];
Promise.all(wait).then(() => console.log(found.sort().join(" ")));
)script")},
          "file gzip hello random timer wasm worker\n");
}

TEST_CASE("Java is compiled behind the wider filter and works behind the filter") {
    if (missing("/usr/bin/javac")) return;
    const Folder folder;
    const std::string source = folder.file("Script.java", R"script(
import java.util.*;
import java.util.concurrent.*;
public class Script {
    public static void main(String[] arguments) throws Exception {
        var pool = Executors.newFixedThreadPool(4);
        int sum = pool.submit(() -> 42).get();
        pool.shutdown();
        var garbage = new ArrayList<byte[]>();
        for (int i = 0; i < 100; i++) garbage.add(new byte[100000]);
        System.gc();
        Thread.sleep(2);
        System.out.println(new Scanner(System.in).nextLine() + " " + sum);
    }
}
)script");
    const Filtered compiler =
        run_filtered({.processes = true, .writes = true, .told = false},
                     {"/usr/bin/javac", "-J-XX:-UsePerfData", "-d", folder.at(""), source}, "", folder.path);
    CHECK(compiler.output == "");
    CHECK(compiler.end == "exit 0");
    works({"/usr/bin/java", "-XX:-UsePerfData", "-XX:+UnlockDiagnosticVMOptions", "-XX:-DumpPrivateMappingsInCore",
           "-XX:-DumpSharedMappingsInCore", "-cp", folder.at(""), "Script"},
          "hello 42\n");
}

TEST_CASE("C++ is compiled behind the wider filter and works behind the filter, static or not") {
    if (missing("/usr/bin/g++")) return;
    const Folder folder;
    const std::string source = folder.file("script.cpp", R"script(
#include <chrono>
#include <future>
#include <iostream>
#include <thread>
int main() {
    auto answer = std::async(std::launch::async, [] { return 42; });
    std::thread([] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }).join();
    try { throw 1; } catch (int) {}
    std::string line;
    std::getline(std::cin, line);
    std::cout << line << ' ' << answer.get() << std::endl;
}
)script");
    for (const char* how : {"-static", "-pie"}) {
        compiles({"/usr/bin/g++", "-std=c++20", how, "-pthread", source, "-o", folder.at("program")}, folder);
        works({folder.at("program")}, "hello 42\n");
    }
}

TEST_CASE("C is compiled behind the wider filter and works behind the filter") {
    if (missing("/usr/bin/gcc")) return;
    const Folder folder;
    const std::string source = folder.file("script.c", R"script(
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(void) {
    char line[80];
    char* memory = malloc(4 << 20);
    if (memory == NULL || fgets(line, sizeof line, stdin) == NULL) return 1;
    memory = realloc(memory, 16 << 20);
    printf("%s%d\n", line, memory != NULL && time(NULL) > 0);
    free(memory);
}
)script");
    compiles({"/usr/bin/gcc", "-O2", source, "-o", folder.at("program")}, folder);
    works({folder.at("program")}, "hello\n1\n");
}

TEST_CASE("Rust is compiled behind the wider filter and works behind the filter") {
    if (missing("/usr/bin/rustc")) return;
    const Folder folder;
    const std::string source = folder.file("script.rs", R"script(
fn main() {
    let threads: Vec<_> = (0..4).map(|i| std::thread::spawn(move || i)).collect();
    let sum: i32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    println!("{} {}", line.trim(), sum);
}
)script");
    compiles({"/usr/bin/rustc", "-O", source, "-o", folder.at("program")}, folder);
    works({folder.at("program")}, "hello 6\n");
}

TEST_CASE("Go is compiled behind the wider filter and works behind the filter") {
    if (missing("/usr/bin/go")) return;
    const Folder folder;
    const std::string source = folder.file("script.go", R"script(
package main
import ("bufio"; "fmt"; "os"; "sync"; "time")
func main() {
    var all sync.WaitGroup
    var lock sync.Mutex
    sum := 0
    for i := 0; i < 8; i++ {
        all.Add(1)
        go func(i int) {
            defer all.Done()
            for j := 0; j < 1000000; j++ { if j % 1000 == 0 { lock.Lock(); sum += i; lock.Unlock() } }
            time.Sleep(time.Millisecond)
        }(i)
    }
    all.Wait()
    line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
    fmt.Print(line, sum, "\n")
}
)script");
    compiles({"/usr/bin/go", "build", "-o", folder.at("program"), source}, folder);
    works({folder.at("program")}, "hello\n28000\n");
}

TEST_CASE("what a script tries and may not is named as it was written") {
    if (missing("/usr/bin/python3")) return;
    const auto told = [](const std::string& script) {
        return run_filtered({}, {"/usr/bin/python3", "-S", "-c", script}).told;
    };
    const auto first = [&](const std::string& script) {
        const auto all = told(script);
        return all.empty() ? std::string("nothing") : all.front();
    };
    CHECK(first("open('/tmp/x', 'w')") == R"(open("/tmp/x", O_WRONLY|O_CREAT|O_TRUNC, 0666))");
    CHECK(first("import os; os.fork()") == "fork()");
    CHECK(first("import _socket; _socket.socket(2, 1)") == "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC)");
    CHECK(first("import os; os.mkdir('/tmp/x')") == R"(mkdir("/tmp/x", 0777))");
    CHECK(first("import mmap; mmap.mmap(-1, 4096)") ==
          "mmap(0, 0x1000, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0)");
}

TEST_CASE("what a script looked for can be told, and it still finds it") {
    if (missing("/usr/bin/python3")) return;
    const Filtered seen = run_filtered({.told_opens = true},
                                       {"/usr/bin/python3", "-S", "-c", "print(open('/etc/hostname').read() != '')"});
    CHECK(seen.output == "True\n");
    CHECK(seen.told.back() == R"(open("/etc/hostname", O_RDONLY))");
}
