#include "broker/reload/history/version.hpp"

#include <ctime>

#include "broker/session/transcript.hpp"

namespace dragoman {
namespace {

/// "2026-01-31T12:00:00.250Z"
std::string iso_8601(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    const auto whole = floor<seconds>(time);
    const std::time_t count = system_clock::to_time_t(whole);
    std::tm parts{};
    ::gmtime_r(&count, &parts);
    char date[32];
    const std::size_t size = std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    const std::string fraction = std::to_string(1000 + duration_cast<milliseconds>(time - whole).count());
    return std::string(date, size) + "." + fraction.substr(1) + "Z";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(valid_utf8(text)); }

}  // namespace

std::string_view name(VersionStatus status) {
    switch (status) {
        case VersionStatus::starting:
            return "starting";
        case VersionStatus::playing:
            return "playing";
        case VersionStatus::parked:
            return "parked";
        case VersionStatus::replaced:
            return "replaced";
        case VersionStatus::failed:
            return "failed";
    }
    return "?";
}

Json to_json(const Version& version) {
    Json files = Json::array();
    for (const KeptFile& file : version.files)
        files.push_back({{"path", valid_utf8(file.path.string())},
                         {"copied", file.is_copied},
                         {"why_not", text_or_null(file.why_not)}});
    return {{"version", version.number},
            {"status", name(version.status)},
            {"source", valid_utf8(version.source.string())},
            {"language", version.language},
            {"content_hash", text_or_null(version.content_hash)},
            {"saved", iso_8601(version.saved)},
            {"ticks", version.ticks},
            {"failure", text_or_null(version.failure)},
            {"can_run", version.no_artefact.empty()},
            {"no_artefact", text_or_null(version.no_artefact)},
            {"files", std::move(files)}};
}

Json to_json(const std::vector<Version>& versions) {
    Json all = Json::array();
    for (const Version& version : versions) all.push_back(to_json(version));
    return all;
}

}  // namespace dragoman
