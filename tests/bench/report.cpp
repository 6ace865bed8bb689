#include "tests/bench/report.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

namespace dragoman::bench {
namespace {

using Json = nlohmann::ordered_json;

bool is_over(const Row& row) { return row.limit && (row.at_least ? row.ratio < *row.limit : row.ratio > *row.limit); }

double rounded(double value) { return std::stod(std::to_string(value)); }

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

Json machine() {
    utsname system{};
    uname(&system);
    double load = 0;
    getloadavg(&load, 1);
    return {{"processor", processor()},
            {"cores", std::thread::hardware_concurrency()},
            {"kernel", system.release},
            {"build", BENCH_BUILD},
            {"load", rounded(load)}};
}

}  // namespace

void Report::head() const {
    std::printf("%s\n\n%-27s %6s %6s %9s %9s %-3s %-13s\n", machine().dump().c_str(), "id", "ratio", "limit", "value",
                "floor", "", "rounds' ratios");
}

void Report::add(Row row) {
    char limit[16] = "-";
    if (row.limit) std::snprintf(limit, sizeof limit, row.at_least ? ">=%.0f" : "%.2f", *row.limit);
    const char* verdict = !verdict_ || !row.limit ? "" : !is_over(row) ? "ok" : row.at_least ? "UNDER" : "OVER";
    std::printf("%-27s %6.2f %6s %9.2f %9.2f %-3s %5.2f - %-5.2f %-5s %s\n", row.id.c_str(), row.ratio, limit,
                row.value, row.floor, row.unit.c_str(), row.lowest, row.highest, verdict, row.note.c_str());
    std::fflush(stdout);
    rows_.push_back(std::move(row));
}

void Report::skip(const std::string& id, const std::string& reason) {
    std::printf("%-27s not measured: %s\n", id.c_str(), reason.c_str());
    std::fflush(stdout);
    ++skipped_;
}

bool Report::write(const std::filesystem::path& path) const {
    Json rows = Json::array();
    for (const Row& row : rows_)
        rows.push_back({{"id", row.id},
                        {"ratio", rounded(row.ratio)},
                        {"limit", row.limit ? Json(*row.limit) : Json()},
                        {"at_least", row.at_least},
                        {"value", rounded(row.value)},
                        {"floor", rounded(row.floor)},
                        {"unit", row.unit},
                        {"lowest", rounded(row.lowest)},
                        {"highest", rounded(row.highest)},
                        {"rounds", row.rounds},
                        {"note", row.note}});
    std::ofstream file(path);
    file << Json{{"machine", machine()}, {"rows", rows}}.dump(1) << '\n';
    return static_cast<bool>(file.flush());
}

int Report::over() const { return static_cast<int>(std::count_if(rows_.begin(), rows_.end(), is_over)); }

}  // namespace dragoman::bench
