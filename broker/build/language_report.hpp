#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/build/command.hpp"
#include "compilers/languages.hpp"

namespace dragoman {

/// One row of `dragoman languages`.
struct LanguageReport {
    const Language* language = nullptr;
    std::string version;        // empty: not asked for, or it did not answer
    std::vector<Need> missing;  // not empty: cannot be used until these are installed
    std::string problem;        // why there is no version although nothing is missing

    bool usable() const { return missing.empty() && problem.empty(); }
};

/// Asks every language's programs side by side; `done` gets the rows in the languages' order, once.
void report_languages(const Languages& languages, CommandRunner& runner,
                      std::function<void(std::vector<LanguageReport>)> done);

}  // namespace dragoman
