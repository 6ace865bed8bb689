#include "broker/report/report.hpp"
#include "broker/session/time_budget.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman {
namespace {

std::string why(const ReloadEvent& event) { return event.failure ? failure_text(*event.failure, event.file) : ""; }

}  // namespace

std::string failure_text(const Failure& failure, const std::filesystem::path& script) {
    std::string text(plain_message(failure));
    if (failure.outcome != Outcome::ok) text = std::string(name(failure.outcome)) + ": " + text;
    const std::filesystem::path file = failure.file.empty() ? script : std::filesystem::path(failure.file);
    if (failure.line > 0 && !file.empty()) {
        text += ", at " + on_one_line(file.filename().string()) + ":" + std::to_string(failure.line);
        const auto begin = failure.source.find_first_not_of(" \t");
        if (begin != std::string::npos) text += ": " + on_one_line(failure.source.substr(begin));
    }
    return text;
}

std::string reload_text(const ReloadEvent& event) {
    const std::string version = "version " + std::to_string(event.version);
    const std::string more = event.text.empty() ? "" : "; " + event.text;
    switch (event.step) {
        case ReloadStep::begun:
        case ReloadStep::settled:
            return "";
        case ReloadStep::unchanged:
            return harmless(event.file.filename().string()) + " was saved and is as it was";
        case ReloadStep::failed:
            if (!event.failure) return harmless(version + " may not play: " + event.text + "; what plays goes on");
            return harmless(version + " cannot play: " + why(event) +
                            (event.text.empty() ? "; what plays goes on" : more));
        case ReloadStep::swapped:
            return harmless(version + " plays, " + in_ms(event.took) + " after it was saved" + more);
        case ReloadStep::rolled_back:
            return harmless(version + " failed: " + why(event) + more);
        case ReloadStep::differs:
        case ReloadStep::shadowed:
            return harmless(version + " as a shadow: " + event.text);
        case ReloadStep::removed:
        case ReloadStep::backed_off:
            return harmless(event.text);
    }
    return "";
}

}  // namespace dragoman
